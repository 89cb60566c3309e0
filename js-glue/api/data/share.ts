// Structural sharing: unchanged parts keep their identity from one answer to the next, so a list with one change
// re-renders one row.

/** Maximum depth of comparison: JSON may be nested deeper than the stack allows. */
const MAX_DEPTH = 200

/** Returns `next`, with each part that equals the same part of `previous` replaced by that part. */
export function share<T>(previous: unknown, next: T, depth = 0): T {
  if (Object.is(previous, next) || depth === MAX_DEPTH) return next
  if (Array.isArray(previous) && Array.isArray(next)) return shareItems(previous, next, depth + 1) as T
  if (isPlain(previous) && isPlain(next)) return shareMembers(previous, next, depth + 1) as T
  return next
}

/** Results by answer. They are collected with it. */
const outcomes = new WeakMap<object, unknown>()

/** Like `share`, for an answer that many queries may show: the result is cached. */
export function shareAnswer(previous: unknown, answer: unknown): unknown {
  if (previous === undefined || typeof answer !== "object" || answer === null) return answer
  if (outcomes.get(answer) === previous) return previous
  const shared = share(previous, answer)
  if (shared !== answer) outcomes.set(answer, shared)
  return shared
}

function shareItems(previous: unknown[], next: unknown[], depth: number): unknown[] {
  let same = previous.length === next.length
  let shared: unknown[] | undefined
  for (let i = 0; i < next.length; i++) {
    const value = i < previous.length ? share(previous[i], next[i], depth) : next[i]
    if (!Object.is(value, previous[i])) same = false
    if (Object.is(value, next[i])) continue
    shared ??= next.slice()
    shared[i] = value
  }
  return same ? previous : (shared ?? next)
}

type Members = Record<string, unknown>

function shareMembers(previous: Members, next: Members, depth: number): Members {
  const [keysBefore, keys] = [Object.keys(previous), Object.keys(next)]
  let same = keysBefore.length === keys.length
  let shared: Members | undefined
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    if (key !== keysBefore[i] && !Object.hasOwn(previous, key)) {
      same = false
      continue
    }
    const value = share(previous[key], next[key], depth)
    if (!Object.is(value, previous[key])) same = false
    if (Object.is(value, next[key])) continue
    shared ??= copyOf(next)
    shared[key] = value
  }
  return same ? previous : (shared ?? next)
}

/**
 * Copies an object. If it has a prototype, members are spread, not assigned: `__proto__` has to stay an ordinary key.
 */
function copyOf(members: Members): Members {
  return Object.getPrototypeOf(members) === null ? Object.assign(Object.create(null), members) : { ...members }
}

/** Whether it is a value that JSON creates. Streams and Dates are not compared. */
function isPlain(value: unknown): value is Members {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Returns `previous` if it contains the same values in the same order, otherwise `next`. */
export function shareList<T, List extends readonly T[]>(previous: List, next: List): List {
  const same = previous.length === next.length && next.every((item, i) => Object.is(item, previous[i]))
  return same ? previous : next
}
