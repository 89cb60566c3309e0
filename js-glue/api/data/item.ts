// One item of an entity: what tells it apart from others, and which of two versions of it is the newer.
import { share } from "./share"

export type Item = Record<string, unknown>

/** The newer version, which keeps what is equal in the one that is known. */
export function newer(known: Item | undefined, item: Item): Item {
  return known === undefined || known === item ? item : isOlder(item, known) ? known : share(known, item)
}

/** The `_id` as text; empty for an item without one. */
export function idOf(item: Item): string {
  return item._id === undefined ? "" : String(item._id)
}

/** By `updatedAt`, where both have one of the same kind; without it the later arrival is never the older. */
export function isOlder(item: Item, than: Item): boolean {
  const [a, b] = [item.updatedAt, than.updatedAt]
  if (typeof a === "string" && typeof b === "string") return a < b
  return typeof a === "number" && typeof b === "number" && a < b
}
