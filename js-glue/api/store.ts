// What is known of the entities, shared by the queries that show them: an item that one answer brings replaces it
// wherever it is shown. Two rules hold. Never an older version over a newer: by `updatedAt` where both versions have
// it, else the one that arrives later is the newer. And what a mutation assumes stands beside what the server said:
// patches lie over the lists until the server has spoken, so taking one back restores exactly what was there.
import { share } from "./share"

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
  /** Some items have newer versions, and these ids are gone. `created`: items that are new everywhere. */
  changed(gone: ReadonlySet<string>, created: readonly Item[]): void
}

interface Entry {
  item: Item
  /** How many lists show it. */
  shown: number
}

class EntityType {
  readonly entries = new Map<string, Entry>()
  readonly views = new Set<View>()
  readonly patches: Patch[] = []
}

const NONE: ReadonlySet<string> = new Set()

export class EntityStore {
  readonly #types = new Map<string, EntityType>()

  add(type: string, view: View): void {
    this.#type(type).views.add(view)
  }

  remove(type: string, view: View): void {
    const known = this.#type(type)
    known.views.delete(view)
    this.#forgetIfUnused(type, known)
  }

  /** The newest known version of `item`, which may be `item` itself; one that is known keeps its identity. */
  newest(type: string, item: Item): Item {
    const known = this.#type(type).entries.get(idOf(item))?.item
    return known === undefined ? item : isOlder(item, known) ? known : share(known, item)
  }

  /** The version of now, or undefined for an item that no list shows. */
  find(type: string, id: string): Item | undefined {
    return this.#types.get(type)?.entries.get(id)?.item
  }

  /** `view` shows `items` instead of `before`; others that show one of them show it as it is now. */
  hold(type: string, view: View, before: readonly Item[], items: readonly Item[]): void {
    const { entries, views } = this.#type(type)
    let changed = false
    for (const item of items) {
      const id = idOf(item)
      const entry = entries.get(id)
      if (entry) {
        changed ||= entry.item !== item
        entry.item = item
        entry.shown++
      } else if (id !== "") entries.set(id, { item, shown: 1 })
    }
    for (const item of before) {
      const entry = entries.get(idOf(item))
      if (entry && --entry.shown === 0) entries.delete(idOf(item))
    }
    if (changed) for (const other of [...views]) if (other !== view) other.changed(NONE, [])
  }

  /** The server said so: these are the items now, `deleted` are gone, and `created` are new. */
  take(type: string, items: readonly Item[], deleted: readonly string[], created: readonly Item[]): void {
    const { entries, views } = this.#type(type)
    for (const item of items) {
      const entry = entries.get(idOf(item))
      if (entry) entry.item = this.newest(type, item)
    }
    const gone = new Set(deleted)
    for (const view of [...views]) view.changed(gone, created)
  }

  patches(type: string): readonly Patch[] {
    return this.#types.get(type)?.patches ?? []
  }

  assume(type: string, patch: Patch): void {
    this.#type(type).patches.push(patch)
    this.#redraw(type)
  }

  /** The server has spoken, whatever it said: the patch is over. */
  settle(type: string, patch: Patch): void {
    const { patches } = this.#type(type)
    const at = patches.indexOf(patch)
    if (at >= 0) patches.splice(at, 1)
    this.#redraw(type)
    this.#forgetIfUnused(type, this.#type(type))
  }

  /** What a mutation assumes is still assumed by the next list that shows it. */
  #forgetIfUnused(type: string, known: EntityType): void {
    if (known.views.size === 0 && known.patches.length === 0) this.#types.delete(type)
  }

  #redraw(type: string): void {
    for (const view of [...this.#type(type).views]) view.changed(NONE, [])
  }

  #type(name: string): EntityType {
    const known = this.#types.get(name)
    if (known) return known
    const made = new EntityType()
    this.#types.set(name, made)
    return made
  }
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
