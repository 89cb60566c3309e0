// The writers' record of their changes, from responses alone. Each item has one writer, who changes it step by step or
// through a queue in that order. So the responses determine the final database: an item is as its last answered change
// left it, or as a later, unanswered change did. The received events tell which of them.
import type { Violation } from "./violation"

/** A todo as the backend returns it. */
export interface Item {
  _id: string
  name: string
  isCompleted: boolean
  createdAt: string
  updatedAt: string
}

/** A row of the table, including soft-deleted ones. */
export interface Row extends Item {
  isDeleted: boolean
}

export type WriteKind = "create" | "update" | "delete" | "hard delete"

export interface Write {
  kind: WriteKind
  /** The item after the write. */
  name: string
  isCompleted: boolean
  /** When the write began, in ms since 1970. */
  from: number
  /** When its response came; undefined if none did. */
  to?: number
  /** `updatedAt` according to the response or the database. */
  version?: string
  /** Whether it was done; undefined while unknown. */
  isDone?: boolean
}

/** An item, with all its writes. */
export interface Entry {
  writer: string
  id?: string
  writes: Write[]
}

export class Record {
  readonly entries: Entry[] = []

  /** An item that `writer` is about to create. */
  open(writer: string): Entry {
    const entry: Entry = { writer, writes: [] }
    this.entries.push(entry)
    return entry
  }

  /** Records the start of a write. */
  begin(entry: Entry, kind: WriteKind, name: string, isCompleted: boolean): Write {
    const write: Write = { kind, name, isCompleted, from: Date.now() }
    entry.writes.push(write)
    return write
  }

  /** Records a successful response. */
  answered(entry: Entry, write: Write, item: Pick<Item, "_id" | "updatedAt">): void {
    entry.id ??= item._id
    Object.assign(write, { to: Date.now(), version: item.updatedAt, isDone: true })
  }

  get writes(): Write[] {
    return this.entries.flatMap(({ writes }) => writes)
  }

  /** Finds rows that contradict the responses. The table also decides which unanswered writes were done. */
  check(rows: readonly Row[], at = Date.now()): Violation[] {
    const byId = new Map(rows.map((row) => [row._id, row]))
    const byName = new Map(rows.map((row) => [row.name, row]))
    const violations: Violation[] = []
    const claimed = new Set<string>()
    for (const entry of this.entries) {
      entry.id ??= entry.writes.map(({ name }) => byName.get(name)?._id).find((id) => id !== undefined)
      if (entry.id !== undefined) claimed.add(entry.id)
      const row = entry.id === undefined ? undefined : byId.get(entry.id)
      const wrong = settle(entry, row)
      if (wrong)
        violations.push({ what: "the database contradicts a response", where: whereOf(entry), at, detail: wrong })
    }
    for (const row of rows) {
      if (claimed.has(row._id)) continue
      const detail = `${row._id} ${JSON.stringify(row.name)}, created at ${row.createdAt}`
      violations.push({
        what: "a row without a write, or a duplicate of a creation",
        where: "the database",
        at,
        detail,
      })
    }
    return violations
  }
}

function whereOf({ writer, id, writes }: Entry): string {
  return `${id ?? "an item that was not created"} of ${writer} (${writes.at(-1)?.name})`
}

/** Finds the write whose result an item has, and thereby which of its unanswered writes were done. */
function settle(entry: Entry, row: Row | undefined): string | undefined {
  const { writes } = entry
  const answered = writes.findLastIndex(({ isDone }) => isDone === true)
  const last = possible(writes, answered).find((n) => isAfter(writes[n], row))
  if (last === undefined) {
    return `it is ${describe(row)}, and should be as of ${JSON.stringify(writes[answered] ?? "no write")}${
      answered < writes.length - 1 ? `, or of one of the ${writes.length - 1 - answered} that were not answered` : ""
    }`
  }
  for (const [n, write] of writes.entries()) {
    if (n <= answered) continue
    write.isDone = n <= last
    if (n === last && row) write.version = row.updatedAt
  }
  return undefined
}

/** The writes whose result an item may have, latest first. -1: none. */
function possible(writes: readonly Write[], answered: number): number[] {
  return Array.from({ length: writes.length - answered }, (_, n) => writes.length - 1 - n)
}

function isAfter(write: Write | undefined, row: Row | undefined): boolean {
  if (!write || write.kind === "hard delete") return row === undefined
  if (!row || row.isDeleted !== (write.kind === "delete")) return false
  const isOfAnswer = write.version === undefined || write.version === row.updatedAt
  return isOfAnswer && row.name === write.name && row.isCompleted === write.isCompleted
}

function describe(row: Row | undefined): string {
  return row ? JSON.stringify(row) : "not there"
}
