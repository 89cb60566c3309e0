// The rows of the model backend, in order of creation, and the operations on them. Each change has a version above all
// earlier ones. Notes belong to a user, and do not exist for others.
import { EPOCH } from "../platform/browser"
import type { Settings } from "../settings"

export type EntityName = "todo" | "note"

export interface Row {
  _id: string
  name: string
  done: boolean
  /** The tag of the mutation that last changed it. */
  tag: string
  owner: string
  updatedAt?: number | string
}

export type Change = Partial<Pick<Row, "name" | "done" | "tag">>

/** The params of a list. */
export interface Filter {
  done?: boolean | undefined
  limit?: number | undefined
  offset?: number | undefined
  isByName?: boolean | undefined
}

export interface Payload {
  type: string
  body: { items: Row[]; deleted?: string[]; prevVersion?: Row; hasMore?: boolean }
  /** The number of the event. */
  no?: number
}

export class Rows {
  readonly #rows = new Map<EntityName, Row[]>([
    ["todo", []],
    ["note", []],
  ])
  readonly #settings: Settings
  #ids = 0
  #versions = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** The rows that a user may read, in the server's order. */
  all(entity: EntityName, user: string, { done, isByName }: Filter = {}): Row[] {
    const rows = this.#of(entity).filter((row) => this.#isSeen(entity, row, user))
    const found = done === undefined ? rows : rows.filter((row) => row.done === done)
    return isByName ? [...found].sort(byName) : found
  }

  page(entity: EntityName, user: string, filter: Filter): Payload["body"] {
    const found = this.all(entity, user, filter)
    const { pageCap } = this.#settings
    const { offset = 0, limit = Number.POSITIVE_INFINITY } = filter
    const end = offset + Math.min(limit, pageCap || Number.POSITIVE_INFINITY)
    return { items: found.slice(offset, end), hasMore: end < found.length }
  }

  find(entity: EntityName, user: string, id: string): Row | undefined {
    return this.#of(entity).find((row) => row._id === id && this.#isSeen(entity, row, user))
  }

  /** Creates a row. undefined if its id exists. */
  create(entity: EntityName, owner: string, change: Change & { _id?: string | undefined }): Payload | undefined {
    const rows = this.#of(entity)
    const _id = change._id ?? `${entity}${++this.#ids}`
    if (rows.some((row) => row._id === _id)) return undefined
    const row = this.#stamped({
      _id,
      name: change.name ?? "",
      done: change.done ?? false,
      tag: change.tag ?? "",
      owner,
    })
    rows.push(row)
    return { type: "dataCreate", body: { items: [row] } }
  }

  update(entity: EntityName, user: string, id: string, change: Change): Payload | undefined {
    const before = this.find(entity, user, id)
    if (!before) return undefined
    const rows = this.#of(entity)
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const row = this.#stamped({ ...before, ...given })
    rows[rows.indexOf(before)] = row
    return { type: "dataUpdate", body: { items: [row], prevVersion: before } }
  }

  delete(entity: EntityName, user: string, id: string, tag: string): Payload | undefined {
    const before = this.find(entity, user, id)
    if (!before) return undefined
    const rows = this.#of(entity)
    rows.splice(rows.indexOf(before), 1)
    return { type: "dataDelete", body: { items: [this.#stamped({ ...before, tag })], deleted: [id] } }
  }

  #of(entity: EntityName): Row[] {
    return this.#rows.get(entity) as Row[]
  }

  #isSeen(entity: EntityName, row: Row, user: string): boolean {
    return entity === "todo" || row.owner === user
  }

  #stamped(row: Row): Row {
    const { versions } = this.#settings
    if (versions === "none") return row
    const at = EPOCH + ++this.#versions
    return { ...row, updatedAt: versions === "number" ? at : new Date(at).toISOString() }
  }
}

export function byName(one: { name: string; _id: string }, other: { name: string; _id: string }): number {
  const [a, b] = [`${one.name} ${one._id}`, `${other.name} ${other._id}`]
  return a < b ? -1 : a > b ? 1 : 0
}
