// Arguments are new objects at every render; what they say decides whether anything changed.

/** A text that is equal for equal values: the order of keys and members that are undefined do not count. */
export function keyOf(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => plainOf(member)) ?? ""
}

function plainOf(member: unknown): unknown {
  if (typeof member === "function") return "ƒ"
  if (typeof member === "bigint") return `${member}n`
  if (typeof member !== "object" || member === null || Array.isArray(member)) return member
  return ["{}", ...entriesOf(member)]
}

/** Entries, of Headers and their like as well. */
function entriesOf(member: object): unknown[] {
  if (Symbol.iterator in member) return [...(member as Iterable<unknown>)]
  return Object.entries(member)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Whether two objects have the same members, where any function is as good as another, and a copy as what it copies. */
export function sameParts(a: object, b: object): boolean {
  return sameMembers(a, b, (before, now) => {
    if (typeof before === "function") return typeof now === "function"
    return Object.is(before, now) || (isPlain(before) && isPlain(now) && sameMembers(before, now, Object.is))
  })
}

function sameMembers(a: object, b: object, isSame: (before: unknown, now: unknown) => boolean): boolean {
  const [before, after] = [Object.entries(a), Object.entries(b)]
  return before.length === after.length && after.every(([name, value]) => isSame(a[name as keyof typeof a], value))
}

/** An object whose members are all there is to it. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
