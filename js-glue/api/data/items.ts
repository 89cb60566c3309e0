// Reads the items of an answer or event: raclette's envelope `{ body: { items | deleted } }`, a bare array or object.
import { isEnvelope, isItems, isObject } from "../../runtime/answer"
import { type Item, idOf, isId } from "./item"

/** The items of an answer, in its order. Undefined if it contains none (no body, or a bare string or number). */
export function itemsOf(answer: unknown): Item[] | undefined {
  if (isItems(answer)) return answer
  if (!isEnvelope(answer)) return isObject(answer) ? [answer] : undefined
  const { items = [] } = answer.body
  return isItems(items) ? items : undefined
}

/** The change that an event or a mutation's answer describes. Undefined if it is no raclette payload. */
export interface Change {
  type: string
  items: Item[]
  deleted: string[]
  prevVersion: Item | undefined
}

export function changeIn(payload: unknown): Change | undefined {
  if (!isEnvelope(payload)) return undefined
  const { items = [], deleted = [], prevVersion } = payload.body
  if (!isItems(items) || !Array.isArray(deleted)) return undefined
  return {
    type: typeof payload.type === "string" ? payload.type : "",
    items,
    deleted: deleted.filter(isId).map(String),
    prevVersion: isObject(prevVersion) ? prevVersion : undefined,
  }
}

/** Whether the answer says that more items follow the `shown` ones. Undefined if it does not say. */
export function hasMoreIn(answer: unknown, shown: number): boolean | undefined {
  const body = isObject(answer) && isObject(answer.body) ? answer.body : answer
  if (!isObject(body)) return undefined
  if (typeof body.hasMore === "boolean") return body.hasMore
  return isId(body.total) ? shown < Number(body.total) : undefined
}

/** Items by id. Items without a usable id are left out. */
export function byId(items: Item[], idKey?: string): Record<string, Item> {
  const entries = items.filter(isObject).map((item) => [idOf(item, idKey), item] as const)
  return Object.fromEntries(entries.filter(([id]) => id !== ""))
}

/** Whether `list` lacks one of `items`. */
export function lacksSome(list: readonly Item[], items: readonly Item[], idOf: (item: Item) => string): boolean {
  const known = new Set(list.map(idOf))
  return items.some((item) => !known.has(idOf(item)))
}
