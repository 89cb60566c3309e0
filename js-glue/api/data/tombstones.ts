// Tombstones of deleted items, so that late data does not bring them back. Keeps the latest deletions of a type, with
// their logical time and the deleted version.
import type { Item } from "./item"

/** Maximum number of tombstones. */
const MAX_TOMBSTONES = 10_000

interface Tombstone {
  readonly at: number
  readonly item: Item | undefined
}

export class Tombstones {
  readonly #tombstones = new Map<string, Tombstone>()

  clear(): void {
    this.#tombstones.clear()
  }

  note(id: string, at: number, item: Item | undefined): void {
    this.#tombstones.delete(id)
    this.#tombstones.set(id, { at, item })
    for (const oldest of this.#tombstones.keys()) {
      if (this.#tombstones.size <= MAX_TOMBSTONES) break
      this.#tombstones.delete(oldest)
    }
  }

  /**
   * Whether an item, whose state is from `began` or later, is known to be deleted. If not, its tombstone is removed.
   * `order`: above 0 if the item is the newer version, undefined if versions cannot be compared.
   */
  contradicts(id: string, began: number, order: (deleted: Item) => number | undefined): boolean {
    const deletion = this.#tombstones.get(id)
    if (deletion === undefined) return false
    if (began <= deletion.at && !(deletion.item && (order(deletion.item) ?? 0) > 0)) return true
    this.#tombstones.delete(id)
    return false
  }
}
