// Interprets the argument of `execute`: nothing, params, or a body. Frameworks and the runtime pass an argument to
// every callback (`@click="execute"`, `cb: list.execute`, `$socket.on("todoCreated", list.execute)`). Those are
// ignored.
import type { ExecuteResult } from "../../types"
import { RacletteError } from "../../types/errors"
import type { Item } from "./item"
import type { Params } from "./params"
import { isPlain, kindOf, plainCopy, toValue } from "./plain"

/** A request body that a mutation sends unchanged. */
export type Upload = FormData | Blob | URLSearchParams

/** Results that the runtime created. They are collected with their holders. */
const results = new WeakSet<object>()

/** Marks `result` as a result of the runtime, so that `execute` ignores it as an argument. */
export function resultOf(result: ExecuteResult<Item>): ExecuteResult<Item> {
  results.add(result)
  return result
}

/** Returns the plain params or body of `execute(given, second)`, or undefined for none. Throws `BAD_ARGUMENT`. */
export function argumentOf(given: unknown, second: unknown, isRead: boolean): Params | Upload | undefined {
  if (isListenerCall(given, second)) return undefined
  const value = typeof given === "function" ? given : toValue(given)
  if (value === undefined || isPassed(value)) return undefined
  if (isPlain(value)) return plainCopy(value) as Params
  if (!isRead && isUpload(value)) return value
  throw new RacletteError(
    "BAD_ARGUMENT",
    `execute takes a plain object, or a body for a mutation, not ${kindOf(value)}`,
  )
}

export function isUpload(value: unknown): value is Upload {
  return value instanceof FormData || value instanceof Blob || value instanceof URLSearchParams
}

/** The error for params of the wrong type. */
export function badParams(params: unknown): RacletteError {
  return new RacletteError(
    "BAD_ARGUMENT",
    `params must be a plain object or a function that returns one, not ${kindOf(params)}`,
  )
}

/** Whether `execute` was called as a listener of `$socket`: `second` then describes the event of `given`. */
function isListenerCall(given: unknown, second: unknown): boolean {
  const { channelKey, args } = (second ?? {}) as { channelKey?: unknown; args?: unknown }
  return typeof channelKey === "string" && Array.isArray(args) && args[0] === given
}

/** Whether it is an argument that callbacks get: a result of the runtime, or an event of the DOM or of React. */
function isPassed(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false
  return results.has(value) || (!isPlain(value) && typeof (value as Partial<Event>).preventDefault === "function")
}
