// Guards against changing items in place. All queries share the objects, so such a change would show elsewhere without
// a notification, and the next answer would undo it. In development, items are frozen in place, so they stay the same
// plain objects and `structuredClone` can copy them. In production this does nothing.
import type { Ref } from "raclette-wasm"

declare const process: { env: { NODE_ENV?: string } }

/** Bundlers replace the mode. A page without a bundler has no `process`, and counts as production. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== "production"
  } catch {
    return false
  }
}

const guarded = new WeakSet<object>()

/** Array methods that change the array. */
const changing = ["copyWithin", "fill", "pop", "push", "reverse", "shift", "sort", "splice", "unshift"] as const

/** The method that Node calls to print an object. */
const inspect = Symbol.for("nodejs.util.inspect.custom")

/**
 * Returns `value`, deeply frozen in development. `query`: the name in the error of a change; without it the engine's
 * own error is thrown.
 */
export const guard: <T>(value: T, query?: string) => T = isDevelopment() ? guardAll : (value) => value

/** The value of a ref, guarded if the ref is the runtime's own. */
export function guardedValue<T>(ref: Ref<T>, query?: string): T {
  return "initial" in ref ? guard(ref.value, query) : ref.value
}

function guardAll<T>(value: T, query?: string): T {
  if (!isList(value) && !isPlain(value)) return value
  if (guarded.has(value)) return value
  guarded.add(value)
  for (const member of Object.values(value)) guardAll(member, query)
  if (query !== undefined && Object.isExtensible(value)) {
    if (isList(value)) refuseMethods(value, query)
    else refuseMembers(value, query)
  }
  return Object.freeze(value)
}

/** Replaces members by accessors: the engine's error for a frozen member would not name the query. */
function refuseMembers(item: object, query: string): void {
  for (const [name, member] of Object.entries(item)) {
    Object.defineProperty(item, name, {
      enumerable: true,
      get: () => member,
      set(this: object, next: unknown) {
        if (this === item) throw refusal(`\`${name}\` of an item`, query)
        // An object that inherits from the item.
        Object.defineProperty(this, name, { value: next, configurable: true, enumerable: true, writable: true })
      },
    })
  }
  Object.defineProperty(item, inspect, { value: () => ({ ...item }) })
}

function refuseMethods(list: unknown[], query: string): void {
  for (const name of changing) {
    const value = function (this: unknown, ...args: unknown[]): unknown {
      if (this === list) throw refusal(`a list (by \`${name}\`)`, query)
      return Reflect.apply(Array.prototype[name] as (...given: unknown[]) => unknown, this, args)
    }
    Object.defineProperty(list, name, { value })
  }
}

function refusal(what: string, query: string): TypeError {
  const draft = "Edit a copy: structuredClone(…) makes one."
  return new TypeError(`${what} that ${query} shows cannot be changed: all that show it share it. ${draft}`)
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

/** True for objects that JSON.parse makes, not for streams, dates and the like. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
