// Which answers a query can show: raclette's envelope `{ body: { items | deleted } }`, bare items, or nothing at all. A read
// whose answer has another shape fails; a mutation succeeds with any.

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function isItems(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject)
}

/** Whether it is raclette's `{ body: { items | deleted } }`; an item may have a `body` as well. */
export function isEnvelope(answer: unknown): answer is { type?: unknown; body: Record<string, unknown> } {
  return isObject(answer) && isObject(answer.body) && ("items" in answer.body || "deleted" in answer.body)
}

/** Whether it is nothing, items, an item, or an envelope whose parts are what they should be. */
export function isAnswer(answer: unknown): boolean {
  if (answer === undefined || answer === null || isItems(answer)) return true
  if (!isEnvelope(answer)) return isObject(answer)
  const { items = [], deleted = [] } = answer.body
  return isItems(items) && Array.isArray(deleted)
}
