// Which answers a query can show: raclette's envelope `{ type, body: { items } }`, bare items, or nothing at all. One of
// another shape fails the request.

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function isItems(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject)
}

/** Whether it is nothing, items, an item, or an envelope whose parts are what they should be. */
export function isAnswer(answer: unknown): boolean {
  if (answer === undefined || answer === null || isItems(answer)) return true
  if (!isObject(answer)) return false
  if (typeof answer.type !== "string" || !isObject(answer.body)) return true
  const { items = [], deleted = [] } = answer.body
  return isItems(items) && Array.isArray(deleted)
}
