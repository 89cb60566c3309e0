// The adapters' assumptions about the API: a ref is any member with `value` and `subscribe`, and an operation is any
// function at $data.<entity>.<operation>. So new refs of the API need no change in the adapters.
import type { Data, Operation, Ref } from "raclette-wasm"

/** True for a ref. */
export function isRef(member: unknown): member is Ref<unknown> {
  if (typeof member !== "object" || member === null || !("value" in member)) return false
  return typeof (member as Partial<Ref<unknown>>).subscribe === "function"
}

/** The value to show during hydration. */
export function initialOf<T>(source: Ref<T>): T {
  return "initial" in source ? (source.initial as T) : source.value
}

/** Calls `changed` at every later change. Returns a function that unsubscribes. */
export function onChange(source: Ref<unknown>, changed: () => void): () => void {
  let isFirst = true
  return source.subscribe(() => {
    if (!isFirst) changed()
    isFirst = false
  })
}

/**
 * `data` with each operation wrapped by `wrap`. `name` is `<entity>.<operation>`. Unknown operations throw as without
 * it.
 */
export function mapOperations(data: Data, wrap: (operation: Operation, name: string) => unknown): Data {
  return mapMembers(data, (entity, of) =>
    mapMembers(entity, (operation, name) => wrap(operation, `${of}.${name}`)),
  ) as Data
}

function mapMembers<T extends object>(
  source: Readonly<Record<string, T>>,
  map: (member: T, name: string) => unknown,
): object {
  const members = Object.entries(source).map(([name, member]) => [name, map(member, name)])
  return new Proxy(Object.freeze(Object.fromEntries(members)), {
    get(known, name) {
      if (Reflect.has(known, name)) return Reflect.get(known, name)
      const member: T | undefined = Reflect.get(source, name)
      return member && map(member, String(name))
    },
  })
}

/** `part` of an API with each ref wrapped by `wrap`, once. */
export function mapRefs<T extends object>(part: T, wrap: (ref: Ref<unknown>) => unknown): T {
  const wrapped = new Map<PropertyKey, unknown>()
  return overlay(part, (name) => {
    const member: unknown = Reflect.get(part, name)
    if (!isRef(member)) return member
    const known = wrapped.get(name) ?? wrap(member)
    wrapped.set(name, known)
    return known
  })
}

/**
 * A proxy with the members of `source`, read by `read`. Its target is an empty object, because a frozen one fixes the
 * values.
 */
export function overlay<T extends object>(source: T, read: (name: PropertyKey) => unknown): T {
  return new Proxy(Object.create(null), {
    // Tells Vue not to make it reactive in a store.
    get: (_none, name) => name === "__v_skip" || read(name),
    set: () => false,
    has: (_none, name) => Reflect.has(source, name),
    ownKeys: () => Reflect.ownKeys(source),
    getOwnPropertyDescriptor(_none, name) {
      if (!Object.hasOwn(source, name)) return undefined
      return { value: read(name), enumerable: true, configurable: true }
    },
  })
}
