// One item of an entity: its id and version keys, and the user's rules for lists.

export type Item = Record<string, unknown>

/** Where an entity's items have their id and version; what is not named is under `_id` or `id`, and `updatedAt`. */
export interface Keys {
  readonly idKey?: string | undefined
  readonly versionKey?: string | undefined
}

/** What the user says of lists: for a query, an entity or a runtime; the nearest counts. */
export interface ListRules {
  readonly match?: ((item: Item, params: Item) => unknown) | undefined
  readonly sort?: ((a: Item, b: Item) => number) | undefined
}

/** Under which key an item has its id. */
export function idKeyOf(item: Item, idKey?: string): string {
  return idKey ?? (item._id === undefined ? "id" : "_id")
}

/** Whether it can tell items apart: all else may have no text. */
export function isId(id: unknown): id is string | number {
  return typeof id === "string" || Number.isFinite(id)
}

/** The id as text; empty where it is neither text nor a number. */
export function idOf(item: Item, idKey?: string): string {
  const id = item[idKeyOf(item, idKey)]
  return isId(id) ? String(id) : ""
}
