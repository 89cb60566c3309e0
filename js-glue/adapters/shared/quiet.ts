// What a component waits for when it ends. A component that is gone is no failure, and nobody is left to be told of one: code
// behind an `await` would need a catch only for that, at each wait, or be an unhandled rejection each time. So a promise that
// the component's end would reject stays pending, and goes with whoever held it; nothing of it is registered any more.
import type { PluginApi, PluginApiOptions } from "raclette-wasm"
import { isRef, overlay } from "./api-shape"

/**
 * `api` for a component; `isLeft`: whether that has ended. What is begun after that is refused as ever. Parts that were
 * `given` are somebody else's.
 */
export function withQuietEnd(api: PluginApi, given: PluginApiOptions, isLeft: () => boolean): PluginApi {
  return Object.freeze({
    ...api,
    $socket: given.$socket ? api.$socket : quietly(api.$socket, isLeft),
    $eventbus: given.$eventbus ? api.$eventbus : quietly(api.$eventbus, isLeft),
  })
}

function quietly<T extends object>(part: T, isLeft: () => boolean): T {
  const own = new Map<PropertyKey, unknown>()
  return overlay(part, (name) => {
    const member: unknown = Reflect.get(part, name)
    const isOwn = Object.hasOwn(part, name)
    // What is neither, but there, is every object's.
    if (!isWrapped(member) || (!isOwn && name in part)) return member
    const wrapped = own.get(name) ?? wrap(member, part, isLeft)
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

function wrap(member: object, part: object, isLeft: () => boolean): unknown {
  if (typeof member !== "function") return quietly(member, isLeft)
  return (...args: unknown[]) => {
    const wasLeft = isLeft()
    const result: unknown = Reflect.apply(member, part, args)
    if (result instanceof Promise) return wasLeft ? result : whileThere(result, isLeft)
    return typeof result === "object" && isWrapped(result) ? quietly(result, isLeft) : result
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
