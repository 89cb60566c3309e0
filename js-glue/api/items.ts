// What is in an answer or an event: raclette's envelope `{ type, body: { items } }`, a bare array, or a bare object.

type Item = Record<string, unknown>

function isObject(value: unknown): value is Item {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** The items of an answer, in its order; undefined if it holds none (no body, or a bare string or number). */
export function itemsOf(answer: unknown): Item[] | undefined {
  if (Array.isArray(answer)) return answer
  if (!isObject(answer)) return undefined
  if (typeof answer.type !== "string" || !isObject(answer.body)) return [answer]
  const { items, deleted } = answer.body
  if (Array.isArray(items)) return items
  return Array.isArray(deleted) ? [] : undefined
}

/** Items by their `_id`; those without one are left out. */
export function byId(items: Item[]): Record<string, Item> {
  const entries = items.filter((item) => isObject(item) && item._id !== undefined)
  return Object.fromEntries(entries.map((item) => [String(item._id), item]))
}
