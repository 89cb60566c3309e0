// Tombstones of deleted items, so late data does not bring them back: the newest deletions of a type, with their time
// on the logical clock and the deleted version.
import type { Item } from "./item"

/** So many are remembered. */
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
   * Whether an item that came to be at `began`, or later, contradicts its deletion; one that does not is no longer deleted.
   * `order`: above 0 if it is the newer version, undefined where versions do not say.
   */
  contradicts(id: string, began: number, order: (deleted: Item) => number | undefined): boolean {
    const deletion = this.#tombstones.get(id)
    if (deletion === undefined) return false
    if (began <= deletion.at && !(deletion.item && (order(deletion.item) ?? 0) > 0)) return true
    this.#tombstones.delete(id)
    return false
  }
}
