// What is known of the entities, shared by the queries that show them: an item that one answer brings replaces it
// wherever it is shown. Two rules hold. Never an older version over a newer: by `updatedAt` where both versions have
// it, else the one that arrives later is the newer. And what a mutation assumes stands beside what the server said:
// patches lie over the lists until the server has spoken, so taking one back restores exactly what was there.
import { type RecentChange, RecentChanges } from "./recent-changes"
import { share } from "./share"
import { ShownItems } from "./shown-items"

export type Item = Record<string, unknown>

/** A change that a mutation makes before the server has answered. */
export interface Patch {
  kind: "create" | "update" | "delete"
  /** The `_id` of the item; a made-up one for `create`. */
  id: string
  /** The item as it is assumed to be; `current` is what is shown of it. */
  apply(current: Item | undefined): Item
}

/** A list of items that a query shows, as far as the store has to do with it. */
export interface View {
  /** Counts the views: they are told in the order in which they were made. */
  readonly number: number
  /** It may take in items that are new. */
  readonly isList: boolean
  /** These items have newer versions, those are gone, and `created` are new everywhere. */
  changed(ids: ReadonlySet<string>, gone: ReadonlySet<string>, created: readonly Item[]): void
  /** Other patches lie over what it shows. */
  patched(): void
}

class EntityType {
  readonly shown = new ShownItems()
  readonly recent = new RecentChanges()
  readonly views = new Set<View>()
  readonly lists = new Set<View>()
  readonly patches: Patch[] = []
}

const NONE: ReadonlySet<string> = new Set()

/** Holds on to what is new as long as there are answers that may not know of it. */
const lately: View = { number: 0, isList: false, changed() {}, patched() {} }

export class EntityStore {
  readonly #types = new Map<string, EntityType>()
  #views = 0

  /** The number of a new view. */
  count(): number {
    return ++this.#views
  }

  /** How many entity types something is known of. */
  get size(): number {
    return this.#types.size
  }

  add(type: string, view: View): void {
    const { views, lists } = this.#type(type)
    views.add(view)
    if (view.isList) lists.add(view)
  }

  remove(type: string, view: View): void {
    const known = this.#type(type)
    known.views.delete(view)
    known.lists.delete(view)
    this.#forgetIfUnused(type, known)
  }

  /** An execution of a view began. */
  began(type: string, execution: number): void {
    this.#types.get(type)?.recent.began(execution)
  }

  ended(type: string, execution: number): void {
    const known = this.#types.get(type)
    if (!known) return
    for (const { created } of known.recent.ended(execution)) known.shown.hold(lately, created, [])
  }

  /** What the answer to an execution may not know of. */
  missedBy(type: string, execution: number): readonly RecentChange[] {
    return this.#type(type).recent.since(execution)
  }

  /** Whether an answer that was shown before shows as it did. */
  isSettled(type: string): boolean {
    const { patches, recent } = this.#type(type)
    return patches.length === 0 && recent.isEmpty
  }

  /** The newest known versions of `items`; one that is known keeps its identity. `shown`: what the view has of them. */
  newest(type: string, items: readonly Item[], shown: readonly Item[]): Item[] {
    const known = this.#type(type).shown
    return items.map((item, i) => (item === shown[i] ? item : newer(known.find(idOf(item)), item)))
  }

  /** The version of now, or undefined for an item that no list shows. */
  find(type: string, id: string): Item | undefined {
    return this.#types.get(type)?.shown.find(id)
  }

  /** `view` shows `items` instead of `before`; others that show one of them show it as it is now. */
  hold(type: string, view: View, before: readonly Item[], items: readonly Item[]): void {
    const known = this.#type(type)
    const ids = known.shown.hold(view, before, items)
    if (ids) for (const other of viewsOf(known, ids)) if (other !== view) other.changed(ids, NONE, [])
  }

  /** The server said so: these are the items now, `deleted` are gone, and `created` are new. */
  take(type: string, items: readonly Item[], deleted: readonly string[], created: readonly Item[]): void {
    const known = this.#types.get(type)
    if (!known) return
    const { shown, recent, lists } = known
    const ids = new Set<string>()
    for (const item of items) {
      const id = idOf(item)
      if (shown.replace(id, newer(shown.find(id), item))) ids.add(id)
    }
    const gone = new Set(deleted)
    const fresh = created.map((item) => shown.find(idOf(item)) ?? item)
    if (recent.note(gone, fresh)) shown.hold(lately, [], fresh)
    const also = fresh.length > 0 ? lists : undefined
    for (const view of viewsOf(known, [...ids, ...gone], also)) view.changed(ids, gone, fresh)
  }

  patches(type: string): readonly Patch[] {
    return this.#types.get(type)?.patches ?? []
  }

  assume(type: string, patch: Patch): void {
    const known = this.#type(type)
    known.patches.push(patch)
    redraw(known, patch)
  }

  /** The server has spoken, whatever it said: the patch is over. */
  settle(type: string, patch: Patch): void {
    const known = this.#type(type)
    const at = known.patches.indexOf(patch)
    if (at >= 0) known.patches.splice(at, 1)
    redraw(known, patch)
    this.#forgetIfUnused(type, known)
  }

  /** What a mutation assumes is still assumed by the next list that shows it. */
  #forgetIfUnused(type: string, { views, patches }: EntityType): void {
    if (views.size === 0 && patches.length === 0) this.#types.delete(type)
  }

  #type(name: string): EntityType {
    const known = this.#types.get(name)
    if (known) return known
    const made = new EntityType()
    this.#types.set(name, made)
    return made
  }
}

/** The views that show one of these items, and `also`, in the order in which they were made. */
function viewsOf({ shown, views }: EntityType, ids: Iterable<string>, also?: Iterable<View>): View[] {
  const found = new Set(also)
  for (const id of ids) {
    // Items without an id are not told apart.
    if (id === "") return [...views]
    shown.collect(id, found)
  }
  return found.size < 2 ? [...found] : [...found].sort((a, b) => a.number - b.number)
}

/** A list may show the item by a patch alone. */
function redraw(known: EntityType, { id }: Patch): void {
  for (const view of viewsOf(known, [id], known.lists)) view.patched()
}

/** The newer version, which keeps what is equal in the one that is known. */
function newer(known: Item | undefined, item: Item): Item {
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
