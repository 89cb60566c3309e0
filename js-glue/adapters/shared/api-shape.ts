// What the adapters know of the API's shape, and nothing more: a ref is whatever has a value and can be subscribed to,
// an operation is whatever stands two names deep in $data. So a ref that the API gains is bridged without a change here.
import type { Data, Operation, Ref } from "raclette-wasm"

/** Whether a member of the API is a ref. */
export function isRef(member: unknown): member is Ref<unknown> {
  if (typeof member !== "object" || member === null || !("value" in member)) return false
  return typeof (member as Partial<Ref<unknown>>).subscribe === "function"
}

/** What a page shows that was rendered where nothing had happened yet. */
export function initialOf<T>(source: Ref<T>): T {
  return "initial" in source ? (source.initial as T) : source.value
}

/** Calls `changed` at every change from now on. Returns the function that ends it. */
export function onChange(source: Ref<unknown>, changed: () => void): () => void {
  let isFirst = true
  return source.subscribe(() => {
    if (!isFirst) changed()
    isFirst = false
  })
}

/**
 * `data` with `wrap` around each of its operations, whose `name` is `<entity>.<operation>`; one that no config has fails as
 * it does without.
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

/** `part` of an API with `wrap` around each of its refs, once. */
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

/** An object with the members of `source`, each read by `read`; it may be frozen, which a proxy of itself must keep to. */
export function overlay<T extends object>(source: T, read: (name: PropertyKey) => unknown): T {
  return new Proxy(Object.create(null), {
    // Vue asks: an API is no state, in a store it stays as it is.
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
