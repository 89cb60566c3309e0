// The argument of `execute`: nothing, params, or a body. Frameworks and the runtime pass an argument to every callback
// (`@click="execute"`, `cb: list.execute`, `$socket.on("todoCreated", list.execute)`): it is ignored.
import type { ExecuteResult } from "../../types"
import { RacletteError } from "../../types/errors"
import type { Item } from "./item"
import type { Params } from "./params"
import { isPlain, kindOf, plainCopy, toValue } from "./plain"

/** What a mutation sends as it is. */
export type Upload = FormData | Blob | URLSearchParams

/** Results that the runtime made. They go with their holders. */
const results = new WeakSet<object>()

/** Notes that `result` is one: who passes it to `execute` means nothing by it. */
export function resultOf(result: ExecuteResult<Item>): ExecuteResult<Item> {
  results.add(result)
  return result
}

/**
 * What is asked by `execute(given, second)`: plain params, a body, or undefined for nothing. Throws `BAD_ARGUMENT`.
 */
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

/** Of `params` that are something else. */
export function badParams(params: unknown): RacletteError {
  return new RacletteError(
    "BAD_ARGUMENT",
    `params must be a plain object or a function that returns one, not ${kindOf(params)}`,
  )
}

/** Whether a listener of `$socket` was called: the second argument is then the event that `given` came with. */
function isListenerCall(given: unknown, second: unknown): boolean {
  const { channelKey, args } = (second ?? {}) as { channelKey?: unknown; args?: unknown }
  return typeof channelKey === "string" && Array.isArray(args) && args[0] === given
}

/** Whether it is what a callback gets: a result of ours, or an event of the DOM or of React. */
function isPassed(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false
  return results.has(value) || (!isPlain(value) && typeof (value as Partial<Event>).preventDefault === "function")
}
