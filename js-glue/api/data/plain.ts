// Makes plain copies of arguments, so that later changes by the caller do not affect a request. Refs, functions and
// getters are replaced by their current values at every depth. Values that JSON cannot represent are refused.
import { RacletteError } from "../../types/errors"

/** Maximum depth. The core and `JSON.stringify` cannot handle params of any depth. */
const MAX_DEPTH = 200

type Members = Record<string, unknown>

/** Returns a plain copy of `value`. Throws `BAD_ARGUMENT`, and exceptions of its getters, functions and `toJSON`. */
export function plainCopy(value: unknown): unknown {
  return copyOf(value, "", [])
}

/** The current value of a ref or function, which may be another one. Other values are returned unchanged. */
export function toValue(value: unknown): unknown {
  let held = value
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (typeof held === "function") held = held()
    else if (isRef(held)) held = held.value
    else return held
  }
  throw tooDeep()
}

/** Whether it is a plain object, in this realm or another. */
export function isPlain(value: unknown): value is Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Whether it is a ref of Vue, or one with `subscribe`, like those of Preact and ours. Its `value` is inherited. */
function isRef(value: unknown): value is { readonly value: unknown } {
  if (typeof value !== "object" || value === null) return false
  if ((value as Members).__v_isRef === true) return true
  return "value" in value && !Object.hasOwn(value, "value") && typeof (value as Members).subscribe === "function"
}

function copyOf(given: unknown, key: string, within: object[]): unknown {
  let value = toValue(given)
  if (value instanceof Date) return new Date(value)
  if (typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON === "function" && typeof value === "object") {
    value = toValue((value as { toJSON(key: string): unknown }).toJSON(key))
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value
  if (within.includes(value)) throw new RacletteError("BAD_ARGUMENT", `params: \`${key}\` is circular`)
  if (within.length === MAX_DEPTH) throw tooDeep()
  within.push(value)
  const copy = Array.isArray(value)
    ? Array.from(value, (item, i) => copyOf(item, String(i), within))
    : membersOf(value as Members, key, within)
  within.pop()
  return copy
}

function membersOf(value: Members, key: string, within: object[]): Members {
  const names = Object.keys(value)
  if (names.length === 0 && !isPlain(value)) {
    throw new RacletteError("BAD_ARGUMENT", `params: \`${key}\` is a ${kindOf(value)}, which JSON cannot represent`)
  }
  return mapMembers(value, (member, name) => copyOf(member, name, within))
}

/** A copy of an object with changed members. */
export function mapMembers(value: object, change: (member: unknown, name: string) => unknown): Members {
  // Spread, so that `__proto__` is an ordinary member, which assignment then replaces.
  const copy: Members = { ...value }
  for (const name of Object.keys(copy)) copy[name] = change(copy[name], name)
  return copy
}

/** Names a value in an error. */
export function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value
  return (value.constructor as { name?: unknown } | undefined)?.name?.toString() || "object"
}

function tooDeep(): RacletteError {
  return new RacletteError("BAD_ARGUMENT", `params: nested more than ${MAX_DEPTH} levels deep`)
}
