// Items are shared by all that show them: who changes one in place changes what others show, without telling them, and is
// undone by the next answer without being told. In development they are frozen, where they are, so that they stay the same
// objects for everybody. They stay plain as well: no proxy, so `structuredClone` makes a draft of each. In production
// nothing is done.
import type { Ref } from "raclette-wasm"

declare const process: { env: { NODE_ENV?: string } }

/** A bundler puts the mode in. On a page without one there is no `process`, and that is production. */
function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== "production"
  } catch {
    return false
  }
}

const guarded = new WeakSet<object>()

/** Methods of lists that change them. */
const changing = ["copyWithin", "fill", "pop", "push", "reverse", "shift", "sort", "splice", "unshift"] as const

/** What Node prints instead of an object. */
const inspect = Symbol.for("nodejs.util.inspect.custom")

/**
 * `value`, frozen at every depth in development. `query`: what the error of whoever changes it names; without one the
 * error is the engine's own.
 */
export const guard: <T>(value: T, query?: string) => T = isDevelopment() ? guardAll : (value) => value

/** The value of a ref, guarded if it is the runtime's own: what others keep in theirs is theirs to change. */
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

/** An assignment to a frozen member fails without a name of ours; so members get setters, which is what is left to be had. */
function refuseMembers(item: object, query: string): void {
  for (const [name, member] of Object.entries(item)) {
    Object.defineProperty(item, name, {
      enumerable: true,
      get: () => member,
      set(this: object, next: unknown) {
        if (this === item) throw refusal(`\`${name}\` of an item`, query)
        // Of what has the item for its prototype.
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

/** As JSON makes it: a stream or a Date is what it is. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
