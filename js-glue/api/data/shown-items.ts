// Maps items to the views that show them, so a change costs only those views. An entry exists while a view holds its
// item; views are counted, so released items leave nothing behind.
import { type Item, idOf } from "./item"
import type { View } from "./view"

/** A known item. */
export interface Known {
  item: Item
  /** The logical time since when this state is certain. */
  since: number
}

interface Entry extends Known {
  /** A view that shows it; nearly always the only one. */
  view: View
  /** How often `view` shows it. */
  times: number
  others: Map<View, number> | undefined
}

export class ShownItems {
  readonly #entries = new Map<string, Entry>()
  readonly #idOf: (item: Item) => string

  /** `ofItem`: returns the id of an item, as text. Items with an empty id are not tracked. */
  constructor(ofItem: (item: Item) => string = idOf) {
    this.#idOf = ofItem
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Number of shown items. */
  get size(): number {
    return this.#entries.size
  }

  /** Returns a known item, or undefined if no view shows it. */
  known(id: string): Known | undefined {
    return this.#entries.get(id)
  }

  /** Returns the current version, or undefined if no view shows the item. */
  find(id: string): Item | undefined {
    return this.#entries.get(id)?.item
  }

  /** Makes `item` the current version, if it is shown. Returns the previous version if it was another object. */
  replace(id: string, item: Item): Item | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.item === item) return undefined
    const was = entry.item
    entry.item = item
    return was
  }

  /**
   * `view` shows `items` instead of `before`. `since`: when items that were unknown became known. Returns the previous
   * versions of the items that have changed, by id.
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

  /** Adds the views that show the item to `views`. */
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
