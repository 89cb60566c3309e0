// One item of an entity: its id and version keys, and the user's rules for lists.

export type Item = Record<string, unknown>

/** The keys of an entity's id and version. Defaults: `_id` or `id`, and `updatedAt`. */
export interface Keys {
  readonly idKey?: string | undefined
  readonly versionKey?: string | undefined
}

/** The user's rules for lists, from the query, the entity or the runtime. The nearest one counts. */
export interface ListRules {
  readonly match?: ((item: Item, params: Item) => unknown) | undefined
  readonly sort?: ((a: Item, b: Item) => number) | undefined
}

/** The key of an item's id. */
export function idKeyOf(item: Item, idKey?: string): string {
  return idKey ?? (item._id === undefined ? "id" : "_id")
}

/** Whether the value can identify an item. Other values may have no text. */
export function isId(id: unknown): id is string | number {
  return typeof id === "string" || Number.isFinite(id)
}

/** The id as text. Empty if it is neither a string nor a number. */
export function idOf(item: Item, idKey?: string): string {
  const id = item[idKeyOf(item, idKey)]
  return isId(id) ? String(id) : ""
}
