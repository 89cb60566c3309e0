// Decides which answers a query can show: raclette's envelope `{ body: { items | deleted } }`, bare items, or no body.
// A read fails if its answer has another shape. A mutation succeeds with any answer.

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function isItems(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject)
}

/** Whether `answer` is raclette's envelope `{ body: { items | deleted } }`. A bare item may have a `body` too. */
export function isEnvelope(answer: unknown): answer is { type?: unknown; body: Record<string, unknown> } {
  return isObject(answer) && isObject(answer.body) && ("items" in answer.body || "deleted" in answer.body)
}

/** Whether the answer is empty, items, an item, or an envelope with valid parts. */
export function isAnswer(answer: unknown): boolean {
  if (answer === undefined || answer === null || isItems(answer)) return true
  if (!isEnvelope(answer)) return isObject(answer)
  const { items = [], deleted = [] } = answer.body
  return isItems(items) && Array.isArray(deleted)
}
