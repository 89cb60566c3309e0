// The data of the backend: one table per entity type of a plugin. Rows are copied on the way in and out. Every change gives a
// row a higher version than any before, so versions show the order of changes.
import type { Clock } from "./clock"
import type { Entity } from "./routes"
import type { Item, ItemParts } from "./types"

/** `lastEditor` of every change. */
const EDITOR = "somebody"

export const copied = <T>(value: T): T => (value === undefined ? value : JSON.parse(JSON.stringify(value)))

export interface Paging {
  limit?: number | undefined
  offset?: number | undefined
}

/** Default fields of new items. */
export type Defaults = ItemParts | ((params: Item) => ItemParts)

/** Names of the id and version fields. */
export interface Keys {
  idKey?: string | undefined
  versionKey?: string | undefined
}

export class Table {
  /** The field with an item's id. */
  readonly idKey: string
  readonly #versionKey: string
  readonly #entity: Entity
  readonly #clock: Clock
  readonly #defaults: Defaults | undefined
  #rows: Item[] = []
  #made = 0
  #lastChange = 0

  /** `keys`: defaults for entities whose config names none. */
  constructor(entity: Entity, clock: Clock, keys: Keys, seeds: readonly ItemParts[], defaults: Defaults | undefined) {
    const has = (key: string) => seeds.some((seed) => key in seed)
    this.#entity = entity
    this.#clock = clock
    this.#defaults = defaults
    this.idKey = entity.config.idKey ?? keys.idKey ?? (has("id") && !has("_id") ? "id" : "_id")
    this.#versionKey = entity.config.versionKey ?? keys.versionKey ?? "updatedAt"
    for (const seed of seeds) this.create(copied(seed) as Item)
  }

  /** A page of the items that match `filter` and are not deleted. */
  list(filter: Item, { limit, offset = 0 }: Paging): { items: Item[]; hasMore: boolean } {
    const fits = (row: Item) => Object.entries(filter).every(([name, value]) => isAs(row[name], value))
    const found = this.#rows.filter((row) => !row.isDeleted && fits(row))
    const end = limit === undefined ? found.length : offset + limit
    return { items: copied(found.slice(offset, end)), hasMore: found.length > end }
  }

  /** True if any item has a field of that name. */
  hasField(name: string): boolean {
    return this.#rows.some((row) => name in row)
  }

  /** Fields that only the backend writes. */
  get ownFields(): string[] {
    return ["createdAt", "updatedAt", "lastEditor", this.#versionKey]
  }

  get(id: unknown): Item | undefined {
    return copied(this.#row(id))
  }

  /** Undefined if the id is in use. */
  create(parts: Item): Item | undefined {
    const id = parts[this.idKey] ?? this.#newId()
    if (this.#row(id, true)) return undefined
    const defaults = typeof this.#defaults === "function" ? this.#defaults(copied(parts)) : this.#defaults
    const now = this.#now()
    const row: Item = {
      [this.idKey]: id,
      isDeleted: false,
      lastEditor: EDITOR,
      createdAt: now,
      updatedAt: now,
      ...(this.#versionKey === "updatedAt" ? {} : { [this.#versionKey]: 1 }),
      ...(defaults && copied(defaults)),
      ...parts,
    }
    this.#rows.push(row)
    return copied(row)
  }

  /** Returns the item before and after the change; undefined if there is none. */
  update(id: unknown, changes: Item): { before: Item; after: Item } | undefined {
    return this.#change(this.#row(id), changes)
  }

  /** Marks it as deleted. */
  delete(id: unknown): Item | undefined {
    return this.#change(this.#row(id), { isDeleted: true })?.after
  }

  restore(id: unknown): { before: Item; after: Item } | undefined {
    return this.#change(this.#row(id, true), { isDeleted: false })
  }

  /** Removes it, even if it is marked as deleted. */
  deleteHard(id: unknown): Item | undefined {
    const deleted = this.#change(this.#row(id, true), { isDeleted: true })?.after
    this.#rows = this.#rows.filter((row) => !isAs(row[this.idKey], id))
    return deleted
  }

  /** Creates or updates an item. Returns it. */
  put(parts: Item): Item {
    const id = parts[this.idKey]
    const row = id === undefined ? undefined : this.#row(id, true)
    return (row ? this.#change(row, { isDeleted: false, ...parts })?.after : this.create(parts)) as Item
  }

  #row(id: unknown, isAny = false): Item | undefined {
    return this.#rows.find((row) => isAs(row[this.idKey], id) && (isAny || !row.isDeleted))
  }

  #change(row: Item | undefined, changes: Item): { before: Item; after: Item } | undefined {
    if (!row) return undefined
    const before = copied(row)
    const version = row[this.#versionKey]
    const now = this.#now(version)
    const next = {
      lastEditor: EDITOR,
      updatedAt: now,
      [this.#versionKey]: typeof version === "number" ? version + 1 : now,
    }
    Object.assign(row, next, copied(changes), { [this.idKey]: row[this.idKey] })
    return { before, after: copied(row) }
  }

  #newId(): string {
    let id: string
    do id = `${this.#entity.name}-${++this.#made}`
    while (this.#row(id, true))
    return id
  }

  /** A time later than all others in this table, and than `version`. */
  #now(version?: unknown): string {
    const before = typeof version === "string" ? Date.parse(version) || 0 : 0
    this.#lastChange = Math.max(this.#lastChange + 1, before + 1, this.#clock.wallClock())
    return new Date(this.#lastChange).toISOString()
  }
}

/** True if a field equals a value, which may be a string of it. */
function isAs(field: unknown, value: unknown): boolean {
  return field === value || (typeof field !== "object" && field !== undefined && String(field) === String(value))
}
