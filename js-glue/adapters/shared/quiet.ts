// Promises of a component that is unmounted. They would reject with `DISPOSED`, and every `await` would need a catch
// for it, or cause an unhandled rejection. Instead they stay pending and are garbage collected; their listeners are
// removed as usual.
import type { PluginApi, PluginApiOptions } from "raclette-wasm"
import { isRef, overlay } from "./api-shape"

/** The component that uses an API. */
interface User {
  /** True once it is unmounted. */
  isLeft(): boolean
  /** Runs a call of the API. */
  call<T>(work: () => T): T
}

/**
 * `api` for a component. `isLeft` returns true once it is unmounted. Calls after that throw as usual. Parts that are
 * passed in by `given` are not wrapped.
 *
 * @param call runs each call; default: calls it directly
 */
export function withQuietEnd(
  api: PluginApi,
  given: PluginApiOptions,
  isLeft: () => boolean,
  call: User["call"] = (work) => work(),
): PluginApi {
  const user = { isLeft, call }
  return Object.freeze({
    ...api,
    $socket: given.$socket ? api.$socket : quietly(api.$socket, user),
    $eventbus: given.$eventbus ? api.$eventbus : quietly(api.$eventbus, user),
  })
}

function quietly<T extends object>(part: T, user: User): T {
  const own = new Map<PropertyKey, unknown>()
  return overlay(part, (name) => {
    const member: unknown = Reflect.get(part, name)
    const isOwn = Object.hasOwn(part, name)
    // Inherited members of every object.
    if (!isWrapped(member) || (!isOwn && name in part)) return member
    const wrapped = own.get(name) ?? wrap(member, part, user)
    // Channels are created at each access, and not cached.
    if (isOwn) own.set(name, wrapped)
    return wrapped
  })
}

/** Functions, and objects of functions. */
function isWrapped(member: unknown): member is object {
  if (typeof member === "function") return true
  return typeof member === "object" && member !== null && !isRef(member) && !(Symbol.asyncIterator in member)
}

function wrap(member: object, part: object, user: User): unknown {
  if (typeof member !== "function") return quietly(member, user)
  return (...args: unknown[]) => {
    const wasLeft = user.isLeft()
    const result: unknown = user.call(() => Reflect.apply(member, part, args))
    if (result instanceof Promise) return wasLeft ? result : whileThere(result, user.isLeft)
    return typeof result === "object" && isWrapped(result) ? quietly(result, user) : result
  }
}

function whileThere(promise: Promise<unknown>, isLeft: () => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, (error: unknown) => {
      const isEnd = (error as { code?: unknown } | undefined)?.code === "DISPOSED"
      if (!isEnd || !isLeft()) reject(error)
    })
  })
}
