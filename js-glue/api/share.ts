// Structural sharing: what did not change keeps its identity from one answer to the next, so that a list of a thousand
// with one change redraws one row.

/** `next`, with every part of it that equals the same part of `previous` taken from there. */
export function share<T>(previous: unknown, next: T): T {
  if (Object.is(previous, next)) return next
  if (Array.isArray(previous) && Array.isArray(next))
    return shareMembers(previous, next, next.length, previous.length) as T
  if (isPlain(previous) && isPlain(next)) {
    return shareMembers(previous, next, Object.keys(next).length, Object.keys(previous).length) as T
  }
  return next
}

type Members = Record<string, unknown>

function shareMembers(previous: object, next: object, size: number, sizeBefore: number): object {
  const [before, after] = [previous as Members, next as Members]
  const shared = (Array.isArray(next) ? [] : Object.create(Object.getPrototypeOf(next))) as Members
  let same = size === sizeBefore
  for (const key of Object.keys(after)) {
    const value = Object.hasOwn(before, key) ? share(before[key], after[key]) : after[key]
    // Not by assignment: a key `__proto__` has to stay a key.
    Object.defineProperty(shared, key, { value, writable: true, enumerable: true, configurable: true })
    if (!Object.hasOwn(before, key) || !Object.is(before[key], value)) same = false
  }
  return same ? previous : shared
}

/** Only what JSON makes: a stream or a Date is what it is. */
function isPlain(value: unknown): value is Members {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** `next`, or `previous` if it holds the same values in the same order. */
export function shareList<T>(previous: T[], next: T[]): T[] {
  const same = previous.length === next.length && next.every((item, i) => Object.is(item, previous[i]))
  return same ? previous : next
}
