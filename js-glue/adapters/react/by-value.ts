// Arguments are new objects at every render, and queries that follow on each other have values of their own; what they say
// decides whether anything changed.
import { isRef } from "../shared/api-shape"

/**
 * A text that is equal for values that say the same: the order of keys and members that are undefined do not count, nor
 * which function it is. Refs say what they hold, and what cannot be looked into says that it is itself.
 */
export function keyOf(value: unknown, within: readonly object[] = []): string {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "function") return "ƒ"
  if (typeof value === "bigint") return `${value}n`
  // -0 is asked for as 0 is.
  if (typeof value !== "object" || value === null) return String(value === 0 ? 0 : value)
  if (within.includes(value)) return "↺"
  const inside = [...within, value]
  if (isRef(value)) return keyOf(value.value, inside)
  if (value instanceof Date) return `Date ${value.getTime()}`
  if (hasToJson(value)) return keyOf(value.toJSON(), inside)
  if (Array.isArray(value)) return `[${Array.from(value, (item) => keyOf(item, inside)).join()}]`
  return keyOfMembers(value, inside)
}

function keyOfMembers(value: object, within: readonly object[]): string {
  // Headers and their like have entries as well.
  if (Symbol.iterator in value) return `(${keyOf([...(value as Iterable<unknown>)], within)})`
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  if (entries.length === 0 && !isPlain(value)) return identityOf(value)
  const texts = entries.map(([name, member]) => `${JSON.stringify(name)}:${keyOf(member, within)}`)
  return `{${texts.sort().join()}}`
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === "function"
}

const identities = new WeakMap<object, string>()
let lastIdentity = 0

function identityOf(value: object): string {
  const identity = identities.get(value) ?? `#${++lastIdentity}`
  identities.set(value, identity)
  return identity
}

/** Whether two objects have the same members, where any function is as good as another, and a copy as what it copies. */
export function sameParts(a: object, b: object): boolean {
  return sameMembers(a, b, (before, now) =>
    typeof before === "function" ? typeof now === "function" : isCopy(before, now),
  )
}

/** Deeper is taken for another value: it may hold itself. */
const MAX_DEPTH = 200

/** Whether `a` is `b`, or objects and lists of what is, at any depth. */
export function isCopy(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true
  if (depth === MAX_DEPTH || !((isPlain(a) && isPlain(b)) || (Array.isArray(a) && Array.isArray(b)))) return false
  return sameMembers(a, b, (before, now) => isCopy(before, now, depth + 1))
}

function sameMembers(a: object, b: object, isSame: (before: unknown, now: unknown) => boolean): boolean {
  const names = namesOf(b)
  return (
    namesOf(a).length === names.length &&
    names.every((name) => Object.hasOwn(a, name) && isSame(Reflect.get(a, name), Reflect.get(b, name)))
  )
}

/** The names of members that are something. */
function namesOf(value: object): string[] {
  return Object.keys(value).filter((name) => Reflect.get(value, name) !== undefined)
}

/** An object whose members are all there is to it. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
