// Puts functions of a module that are alike next to each other, which makes it compress better: what stood shortly
// before is cheaper to repeat than what stood far away. The order means nothing to the module itself. It works on
// WebAssembly's text, in which an instruction is a line and functions are called by name, so that wasm-opt numbers them
// when it reads the text again.

/** So many of the functions before it are looked at for one that a function is like. */
const REACH = 3

/** A pair that more than one in so many of the functions has does not tell which are alike. */
const COMMON = 3

/** A module's text, with its functions in that order. */
export function withLikeNextToLike(text) {
  const forms = text.replace(/\n\)\s*$/, "").split(/\n(?= \()/)
  const isFunction = (form) => form.startsWith(" (func ")
  const functions = forms.filter(isFunction)
  if (functions.length === 0) throw new Error("the module's text has no functions where they are looked for")
  const order = chain(functions.map(pairsOf))
  return [...forms.filter((form) => !isFunction(form)), ...order.map((at) => functions[at]), ")\n"].join("\n")
}

/** Each two lines of a function that follow on each other, and how often it has them. */
function pairsOf(text) {
  const [head, ...rest] = text.split("\n").map((line) => line.trim())
  const lines = [head.replace(/\$\S+/, ""), ...rest.filter((line) => line !== ")")]
  const pairs = new Map()
  for (let at = 1; at < lines.length; at++) {
    const pair = `${lines[at - 1]}\n${lines[at]}`
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  return pairs
}

/** Numbers of functions: the first one, and then always the one that is most like one of the last. */
function chain(functions) {
  const { owners, weight, sizes } = weigh(functions)
  const left = new Set(functions.keys())
  const order = []
  const recent = []
  /** What part of both a function has in common with each that is left, by their numbers. */
  const alike = (at) => {
    const shared = new Map()
    for (const [pair, times] of functions[at]) {
      const others = owners.get(pair)
      if (others.length * COMMON > functions.length) continue
      for (const other of others) {
        if (!left.has(other)) continue
        const both = Math.min(times, functions[other].get(pair)) * weight(pair)
        shared.set(other, (shared.get(other) ?? 0) + both / Math.sqrt(sizes[at] * sizes[other]))
      }
    }
    return shared
  }
  let next = 0
  while (next !== undefined) {
    order.push(next)
    left.delete(next)
    recent.unshift(alike(next))
    recent.splice(REACH)
    next = left.values().next().value
    let most = 0
    recent.forEach((shared, ago) => {
      for (const [other, much] of shared) {
        const likeness = much / (1 + ago / 2)
        if (left.has(other) && likeness > most) [most, next] = [likeness, other]
      }
    })
  }
  return order
}

/** Which functions have a pair, what it counts for (the more, the fewer have it), and what each function's add up to. */
function weigh(functions) {
  const owners = new Map()
  functions.forEach((pairs, at) => {
    for (const pair of pairs.keys()) {
      if (!owners.has(pair)) owners.set(pair, [])
      owners.get(pair).push(at)
    }
  })
  const weight = (pair) => 1 / Math.log2(1 + owners.get(pair).length)
  const sizes = functions.map((pairs) => {
    let size = 1
    for (const [pair, times] of pairs) size += times * weight(pair)
    return size
  })
  return { owners, weight, sizes }
}
