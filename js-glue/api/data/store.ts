// What is known of the entities, shared by the queries that show them: an item that one answer brings replaces it
// wherever it is shown. Two rules hold. Never an older version over a newer: by `updatedAt` where both versions have
// it, else the one that arrives later is the newer. And what a mutation assumes stands beside what the server said:
// patches lie over the lists until the server has spoken, so taking one back restores exactly what was there.
import { type Item, idOf, type Keys, newer } from "./item"
import { RecentChanges } from "./recent-changes"
import { share } from "./share"
import { ShownItems } from "./shown-items"
import type { Patch, View } from "./view"

const NONE: ReadonlySet<string> = new Set()

/** Holds on to what is new as long as there are answers that may not know of it. */
const lately: View = { number: 0, isList: false, changed() {}, patched() {} }

/** What is known of the entities of one type. */
export class EntityType {
  readonly keys: Keys
  readonly shown = new ShownItems((item) => this.idOf(item))
  readonly recent = new RecentChanges()
  readonly views = new Set<View>()
  readonly lists = new Set<View>()
  readonly patches: Patch[] = []
  /** Items that are shown as they came, though they have an id. */
  #apart: WeakSet<Item> | undefined

  constructor(keys: Keys = {}) {
    this.keys = keys
  }

  /** Whether an answer that was shown before shows as it did. */
  get isSettled(): boolean {
    return this.patches.length === 0 && this.recent.isEmpty
  }

  /** What an item is known by; empty where it is shown as it came, shared with nobody and patched by nothing. */
  idOf(item: Item): string {
    return this.#apart?.has(item) ? "" : idOf(item, this.keys.idKey)
  }

  /** The items of one answer. Those of which one id has several contents are shown as they came. */
  told(items: readonly Item[]): readonly Item[] {
    const first = new Map<string, Item>()
    const mixed = new Set<string>([""])
    for (const item of items) {
      const id = idOf(item, this.keys.idKey)
      const other = first.get(id)
      if (other === undefined) first.set(id, item)
      else if (share(other, item) !== other) mixed.add(id)
    }
    if (mixed.size === 1) return items
    this.#apart ??= new WeakSet()
    const apart = this.#apart
    return items.map((item) => {
      const id = idOf(item, this.keys.idKey)
      if (id === "" || !mixed.has(id)) return item
      // A copy: the next answer may have the same object once.
      const copy = { ...item }
      apart.add(copy)
      return copy
    })
  }

  add(view: View): void {
    this.views.add(view)
    if (view.isList) this.lists.add(view)
  }

  remove(view: View): void {
    this.views.delete(view)
    this.lists.delete(view)
  }

  /** An execution is over: what only its answer could have missed is forgotten. */
  ended(execution: number): void {
    for (const { created } of this.recent.ended(execution)) this.shown.hold(lately, created, [])
  }

  /** The newest known versions of `items`; one that is known keeps its identity. `shown`: what the view has of them. */
  newest(items: readonly Item[], shown: readonly Item[]): Item[] {
    return items.map((item, i) => (item === shown[i] ? item : newer(this.shown.find(this.idOf(item)), item)))
  }

  /** `view` shows `items` instead of `before`; others that show one of them show it as it is now. */
  hold(view: View, before: readonly Item[], items: readonly Item[]): void {
    const ids = this.shown.hold(view, before, items)
    if (ids) for (const other of this.#viewsOf(ids)) if (other !== view) other.changed(ids, NONE, [])
  }

  /** The server said so: these are the items now, `deleted` are gone, and `created` are new. */
  take(items: readonly Item[], deleted: readonly string[], created: readonly Item[]): void {
    const { shown } = this
    const ids = new Set<string>()
    for (const item of items) {
      const id = this.idOf(item)
      if (shown.replace(id, newer(shown.find(id), item))) ids.add(id)
    }
    const gone = new Set(deleted)
    const named = created.filter((item) => this.idOf(item) !== "")
    const fresh = named.map((item) => shown.find(this.idOf(item)) ?? item)
    if (this.recent.note(gone, fresh)) shown.hold(lately, [], fresh)
    const also = fresh.length > 0 ? this.lists : undefined
    for (const view of this.#viewsOf([...ids, ...gone], also)) view.changed(ids, gone, fresh)
  }

  assume(patch: Patch): void {
    this.patches.push(patch)
    this.#redraw(patch)
  }

  /** The server has spoken, whatever it said: the patch is over. */
  settle(patch: Patch): void {
    const at = this.patches.indexOf(patch)
    if (at >= 0) this.patches.splice(at, 1)
    this.#redraw(patch)
  }

  /** A list may show the item by a patch alone. */
  #redraw({ id }: Patch): void {
    for (const view of this.#viewsOf([id], this.lists)) view.patched()
  }

  /** The views that show one of these items, and `also`, in the order in which they were made. */
  #viewsOf(ids: Iterable<string>, also?: Iterable<View>): View[] {
    const found = new Set(also)
    for (const id of ids) this.shown.collect(id, found)
    return found.size < 2 ? [...found] : [...found].sort((a, b) => a.number - b.number)
  }
}

/** The types of one runtime: as many as its plugins' configs name. */
export class EntityStore {
  readonly #types = new Map<string, EntityType>()

  /** One that is known by its name has the keys with which it was asked for first. */
  type(name: string, keys: Keys): EntityType {
    const known = this.#types.get(name)
    if (known) return known
    const made = new EntityType(keys)
    this.#types.set(name, made)
    return made
  }
}
