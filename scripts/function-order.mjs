// Reorders the functions of a module so that similar ones are adjacent. Then the module compresses better, since a
// nearby repetition is cheaper than a distant one. The order does not change the module's behavior. It works on the
// text format, in which each instruction is a line and calls use names; wasm-opt assigns the numbers when it reads the
// text.

/** How many of the last functions a candidate is compared with. */
const REACH = 4

/** Pairs that more than one in `COMMON` functions have are ignored: they do not tell functions apart. */
const COMMON = 3

/** The text of a module with its functions reordered. Throws if it finds no functions. */
export function orderBySimilarity(text) {
  const forms = text.replace(/\n\)\s*$/, "").split(/\n(?= \()/)
  const isFunction = (form) => form.startsWith(" (func ")
  const functions = forms.filter(isFunction)
  if (functions.length === 0) throw new Error("No functions found: the text format of wasm-opt may have changed")
  const order = chain(functions.map(pairsOf))
  return [...forms.filter((form) => !isFunction(form)), ...order.map((at) => functions[at]), ")\n"].join("\n")
}

/** The pairs of consecutive lines of a function, with their counts. */
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

/** The order, as indices: the first function, then each time the one most similar to one of the last. */
function chain(functions) {
  const { owners, weight, sizes } = weigh(functions)
  const left = new Set(functions.keys())
  const order = []
  const recent = []
  /** The similarity of a function to each remaining one, by index. */
  const similarities = (at) => {
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
    recent.unshift(similarities(next))
    recent.splice(REACH)
    next = left.values().next().value
    let most = 0
    recent.forEach((shared, ago) => {
      for (const [other, much] of shared) {
        const similarity = much / (1 + ago / 2)
        if (left.has(other) && similarity > most) [most, next] = [similarity, other]
      }
    })
  }
  return order
}

/**
 * The functions that have each pair, the weight of a pair (rare pairs weigh more), and each function's total weight.
 */
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
