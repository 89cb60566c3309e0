// Maps items to the views that show them, so a change costs only those views. An entry exists while a view holds its
// item; views are counted, so released items leave nothing behind.
import { type Item, idOf } from "./item"
import type { View } from "./view"

/** What is known of an item. */
export interface Known {
  item: Item
  /** The moment from which on it was known to be so. */
  since: number
}

interface Entry extends Known {
  /** The view that shows it; nearly always the only one. */
  view: View
  /** How often `view` does. */
  times: number
  others: Map<View, number> | undefined
}

export class ShownItems {
  readonly #entries = new Map<string, Entry>()
  readonly #idOf: (item: Item) => string

  /** `ofItem`: the id of an item, as text; items for which it is empty are not found. */
  constructor(ofItem: (item: Item) => string = idOf) {
    this.#idOf = ofItem
  }

  clear(): void {
    this.#entries.clear()
  }

  /** How many items are shown. */
  get size(): number {
    return this.#entries.size
  }

  /** What is known of an item; undefined for one that nobody shows. */
  known(id: string): Known | undefined {
    return this.#entries.get(id)
  }

  /** The version of now, or undefined for an item that nobody shows. */
  find(id: string): Item | undefined {
    return this.#entries.get(id)?.item
  }

  /** `item` is the version of now, if it is shown. Returns what was shown until now, if that is another one. */
  replace(id: string, item: Item): Item | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.item === item) return undefined
    const was = entry.item
    entry.item = item
    return was
  }

  /**
   * `view` shows `items` instead of `before`; `since`: from when on those are known that were not. Returns what was shown
   * until now of items that have another version, by their id.
   */
  hold(view: View, before: readonly Item[], items: readonly Item[], since = 0): Map<string, Item> | undefined {
    let changed: Map<string, Item> | undefined
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as Item
      if (item === before[i]) continue
      const id = this.#idOf(item)
      if (id === "") continue
      const was = this.replace(id, item)
      if (was) changed = (changed ?? new Map()).set(id, was)
      this.#add(id, item, view, since)
    }
    for (let i = 0; i < before.length; i++) {
      const item = before[i] as Item
      if (item !== items[i]) this.#remove(this.#idOf(item), view)
    }
    return changed
  }

  /** Whether `view` shows the item. */
  isShownBy(id: string, view: View): boolean {
    const entry = this.#entries.get(id)
    return entry?.view === view || entry?.others?.has(view) === true
  }

  /** Adds to `views` those that show the item. */
  collect(id: string, views: Set<View>): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    views.add(entry.view)
    if (entry.others) for (const view of entry.others.keys()) views.add(view)
  }

  #add(id: string, item: Item, view: View, since: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) this.#entries.set(id, { item, since, view, times: 1, others: undefined })
    else if (entry.view === view) entry.times++
    else {
      entry.others ??= new Map()
      entry.others.set(view, (entry.others.get(view) ?? 0) + 1)
    }
  }

  #remove(id: string, view: View): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    const { others } = entry
    if (entry.view !== view) {
      const times = (others?.get(view) ?? 0) - 1
      if (times > 0) others?.set(view, times)
      else others?.delete(view)
      return
    }
    if (--entry.times > 0) return
    const next = others?.entries().next().value
    if (next === undefined) this.#entries.delete(id)
    else {
      others?.delete(next[0])
      ;[entry.view, entry.times] = next
    }
  }
}
