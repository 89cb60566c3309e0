// What is in an answer or an event: raclette's envelope `{ type, body: { items } }`, a bare array, or a bare object.
import { isItems, isObject } from "../../runtime/answer"
import { type Item, idOf } from "./item"

/** The items of an answer, in its order; undefined if it holds none (no body, or a bare string or number). */
export function itemsOf(answer: unknown): Item[] | undefined {
  if (Array.isArray(answer)) return answer
  if (!isObject(answer)) return undefined
  if (typeof answer.type !== "string" || !isObject(answer.body)) return [answer]
  const { items, deleted } = answer.body
  if (Array.isArray(items)) return items
  return Array.isArray(deleted) ? [] : undefined
}

/** What an event, or the answer to a mutation, says of the entity; undefined where it is no raclette payload. */
export interface Change {
  type: string
  items: Item[]
  deleted: string[]
  prevVersion: Item | undefined
}

export function changeIn(payload: unknown): Change | undefined {
  if (!isObject(payload) || typeof payload.type !== "string" || !isObject(payload.body)) return undefined
  const { items = [], deleted = [], prevVersion } = payload.body
  if (!isItems(items) || !Array.isArray(deleted)) return undefined
  return {
    type: payload.type,
    items,
    deleted: deleted.map(String),
    prevVersion: isObject(prevVersion) ? prevVersion : undefined,
  }
}

/** Whether the answer says that more follows on `shown` items; undefined where it does not say. */
export function hasMoreIn(answer: unknown, shown: number): boolean | undefined {
  const body = isObject(answer) && isObject(answer.body) ? answer.body : answer
  if (!isObject(body)) return undefined
  if (typeof body.hasMore === "boolean") return body.hasMore
  return typeof body.total === "number" ? shown < body.total : undefined
}

/** Items by their id; those without a usable one are left out. */
export function byId(items: Item[], idKey?: string): Record<string, Item> {
  const entries = items.filter(isObject).map((item) => [idOf(item, idKey), item] as const)
  return Object.fromEntries(entries.filter(([id]) => id !== ""))
}
