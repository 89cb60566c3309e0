// What is known of the entities, shared by the queries that show them: an item that one answer brings replaces it
// wherever it is shown. Two rules hold. Never an older version over a newer: by `updatedAt` where both versions have
// it, else the one that arrives later is the newer. And what a mutation assumes stands beside what the server said:
// patches lie over the lists until the server has spoken, so taking one back restores exactly what was there.
import { type Item, idOf, newer } from "./item"
import { RecentChanges } from "./recent-changes"
import { ShownItems } from "./shown-items"
import type { Patch, View } from "./view"

const NONE: ReadonlySet<string> = new Set()

/** Holds on to what is new as long as there are answers that may not know of it. */
const lately: View = { number: 0, isList: false, changed() {}, patched() {} }

/** What is known of the entities of one type. */
export class EntityType {
  readonly shown = new ShownItems()
  readonly recent = new RecentChanges()
  readonly views = new Set<View>()
  readonly lists = new Set<View>()
  readonly patches: Patch[] = []

  /** Whether an answer that was shown before shows as it did. */
  get isSettled(): boolean {
    return this.patches.length === 0 && this.recent.isEmpty
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
    return items.map((item, i) => (item === shown[i] ? item : newer(this.shown.find(idOf(item)), item)))
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
      const id = idOf(item)
      if (shown.replace(id, newer(shown.find(id), item))) ids.add(id)
    }
    const gone = new Set(deleted)
    const fresh = created.map((item) => shown.find(idOf(item)) ?? item)
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
    for (const id of ids) {
      // Items without an id are not told apart.
      if (id === "") return [...this.views]
      this.shown.collect(id, found)
    }
    return found.size < 2 ? [...found] : [...found].sort((a, b) => a.number - b.number)
  }
}

/** The types of one runtime: as many as its plugins' configs name. */
export class EntityStore {
  readonly #types = new Map<string, EntityType>()

  type(name: string): EntityType {
    const known = this.#types.get(name)
    if (known) return known
    const made = new EntityType()
    this.#types.set(name, made)
    return made
  }
}
