// What a component waits for when it ends. A component that is gone is no failure, and nobody is left to be told of one: code
// behind an `await` would need a catch only for that, at each wait, or be an unhandled rejection each time. So a promise that
// the component's end would reject stays pending, and goes with whoever held it; nothing of it is registered any more.
import type { PluginApi, PluginApiOptions } from "raclette-wasm"
import { isRef, overlay } from "./api-shape"

/** Who uses a part of an API. */
interface User {
  /** Whether that has ended. */
  isLeft(): boolean
  /** Calls a function of the part, in whatever way its calls are made. */
  call<T>(work: () => T): T
}

/**
 * `api` for a component; `isLeft`: whether that has ended. What is begun after that is refused as ever. Parts that were
 * `given` are somebody else's.
 *
 * @param call does each call; by default it is just made
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
    // What is neither, but there, is every object's.
    if (!isWrapped(member) || (!isOwn && name in part)) return member
    const wrapped = own.get(name) ?? wrap(member, part, user)
    // Channels are made whenever they are asked for.
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
