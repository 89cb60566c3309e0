// Comparison by value: arguments are new objects at every render, and successive queries have equal but distinct
// values.
import { isRef } from "../shared/api-shape"

/**
 * A string that is the same for equal values. The order of keys, undefined members and the identity of functions do not
 * count. Refs are compared by their value, opaque objects by identity.
 */
export function keyOf(value: unknown, within: readonly object[] = []): string {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "function") return "ƒ"
  if (typeof value === "bigint") return `${value}n`
  // -0 counts as 0.
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
  // Headers, maps and the like.
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

/** True if two objects have equal members. All functions count as equal. */
export function sameParts(a: object, b: object): boolean {
  return sameMembers(a, b, (before, now) =>
    typeof before === "function" ? typeof now === "function" : isCopy(before, now),
  )
}

/** Deeper values, which may be circular, count as different. */
const MAX_DEPTH = 200

/** True if `a` deeply equals `b`. */
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

/** Names of members that are not undefined. */
function namesOf(value: object): string[] {
  return Object.keys(value).filter((name) => Reflect.get(value, name) !== undefined)
}

/** True for plain objects. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
