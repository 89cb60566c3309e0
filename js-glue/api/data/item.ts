// One item of an entity: what tells it apart from others, and which of two versions of it is the newer.
import { share } from "./share"

export type Item = Record<string, unknown>

/** The newer version, which keeps what is equal in the one that is known. */
export function newer(known: Item | undefined, item: Item): Item {
  return known === undefined || known === item ? item : isOlder(item, known) ? known : share(known, item)
}

/** Where an entity's items have their id and version; what is not named is under `_id` or `id`, and `updatedAt`. */
export interface Keys {
  readonly idKey?: string | undefined
  readonly versionKey?: string | undefined
}

/** Under which key an item has its id. */
export function idKeyOf(item: Item, idKey?: string): string {
  return idKey ?? (item._id === undefined ? "id" : "_id")
}

/** The id as text; empty where it is neither text nor a number. */
export function idOf(item: Item, idKey?: string): string {
  const id = item[idKeyOf(item, idKey)]
  return typeof id === "string" || Number.isFinite(id) ? String(id) : ""
}

/** By `updatedAt`, where both have one of the same kind; without it the later arrival is never the older. */
export function isOlder(item: Item, than: Item): boolean {
  const [a, b] = [item.updatedAt, than.updatedAt]
  if (typeof a === "string" && typeof b === "string") return a < b
  return typeof a === "number" && typeof b === "number" && a < b
}
