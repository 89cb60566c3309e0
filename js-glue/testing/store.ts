// What the backend has: a table for each type of a plugin. Rows are plain data and never handed out: what goes in and out is
// copied. Every change gives a row a version above all that came before it, so that the order of changes shows.
import type { Clock } from "./clock"
import type { Entity } from "./routes"
import type { Item, ItemParts } from "./types"

/** Who changes things here. */
const EDITOR = "somebody"

export const copied = <T>(value: T): T => (value === undefined ? value : JSON.parse(JSON.stringify(value)))

export interface Paging {
  limit?: number | undefined
  offset?: number | undefined
}

/** What a new item has beyond what it was made of. */
export type Defaults = ItemParts | ((params: Item) => ItemParts)

/** The fields that say which item it is, and when it changed. */
export interface Keys {
  idKey?: string | undefined
  versionKey?: string | undefined
}

export class Table {
  /** The field that tells items apart, and the one that says when they changed. */
  readonly idKey: string
  readonly #versionKey: string
  readonly #entity: Entity
  readonly #clock: Clock
  readonly #defaults: Defaults | undefined
  #rows: Item[] = []
  #made = 0
  #lastChange = 0

  /** `keys`: what counts where the entity's config says nothing. */
  constructor(entity: Entity, clock: Clock, keys: Keys, seeds: readonly ItemParts[], defaults: Defaults | undefined) {
    const has = (key: string) => seeds.some((seed) => key in seed)
    this.#entity = entity
    this.#clock = clock
    this.#defaults = defaults
    this.idKey = entity.config.idKey ?? keys.idKey ?? (has("id") && !has("_id") ? "id" : "_id")
    this.#versionKey = entity.config.versionKey ?? keys.versionKey ?? "updatedAt"
    for (const seed of seeds) this.create(copied(seed) as Item)
  }

  /** Those that were not deleted and whose fields are as `filter` says, a page of them. */
  list(filter: Item, { limit, offset = 0 }: Paging): { items: Item[]; hasMore: boolean } {
    const fits = (row: Item) => Object.entries(filter).every(([name, value]) => isAs(row[name], value))
    const found = this.#rows.filter((row) => !row.isDeleted && fits(row))
    const end = limit === undefined ? found.length : offset + limit
    return { items: copied(found.slice(offset, end)), hasMore: found.length > end }
  }

  /** Whether any item has a field of that name. */
  hasField(name: string): boolean {
    return this.#rows.some((row) => name in row)
  }

  /** What the backend alone writes. */
  get ownFields(): string[] {
    return ["createdAt", "updatedAt", "lastEditor", this.#versionKey]
  }

  get(id: unknown): Item | undefined {
    return copied(this.#row(id))
  }

  /** Undefined where there is one with its id. */
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

  /** The item before and after. */
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

  /** Removes it, though it be marked as deleted. */
  deleteHard(id: unknown): Item | undefined {
    const deleted = this.#change(this.#row(id, true), { isDeleted: true })?.after
    this.#rows = this.#rows.filter((row) => !isAs(row[this.idKey], id))
    return deleted
  }

  /** The item as it is now, whether it was there or not. */
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

  /** A time above all others of this table, and above `version`. */
  #now(version?: unknown): string {
    const before = typeof version === "string" ? Date.parse(version) || 0 : 0
    this.#lastChange = Math.max(this.#lastChange + 1, before + 1, this.#clock.wallClock())
    return new Date(this.#lastChange).toISOString()
  }
}

/** Whether a field has a value, which may have come as text. */
function isAs(field: unknown, value: unknown): boolean {
  return field === value || (typeof field !== "object" && field !== undefined && String(field) === String(value))
}
