// The writers' record of their changes, from responses alone. Each item has one writer, who changes it step by step or
// through a queue in that order. So the responses determine the final database: an item is as its last answered change
// left it, or as a later, unanswered change did. The received events tell which of them.
import type { Violation } from "./violation"

/** A todo as the backend gives it. */
export interface Item {
  _id: string
  name: string
  isCompleted: boolean
  createdAt: string
  updatedAt: string
}

/** A row of the table, those that were deleted softly among them. */
export interface Row extends Item {
  isDeleted: boolean
}

export type WriteKind = "create" | "update" | "delete" | "hard delete"

export interface Write {
  kind: WriteKind
  /** How the item is after it. */
  name: string
  isCompleted: boolean
  /** When it was begun, in ms since 1970. */
  from: number
  /** When its answer came; undefined where none did. */
  to?: number
  /** `updatedAt` by the answer, or by the database. */
  version?: string
  /** Whether it was done; undefined while nobody knows. */
  isDone?: boolean
}

/** An item, with all that was done to it. */
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

  /** Notes that something is being done to an item. */
  begin(entry: Entry, kind: WriteKind, name: string, isCompleted: boolean): Write {
    const write: Write = { kind, name, isCompleted, from: Date.now() }
    entry.writes.push(write)
    return write
  }

  /** Notes that the backend answered that it is done. */
  answered(entry: Entry, write: Write, item: Pick<Item, "_id" | "updatedAt">): void {
    entry.id ??= item._id
    Object.assign(write, { to: Date.now(), version: item.updatedAt, isDone: true })
  }

  get writes(): Write[] {
    return this.entries.flatMap(({ writes }) => writes)
  }

  /** What of the table is not as the answers say. Writes that were not answered are settled by what the table has. */
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
        violations.push({ what: "the database is not as was answered", where: whereOf(entry), at, detail: wrong })
    }
    for (const row of rows) {
      if (claimed.has(row._id)) continue
      const detail = `${row._id} ${JSON.stringify(row.name)}, created at ${row.createdAt}`
      violations.push({
        what: "a row that nobody wrote, or a second one of one creation",
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

/** Finds out after which of its writes an item is as it is, and says so to those after the last answer. */
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

/** After which writes an item may stand: -1 is before the first. The latest comes first. */
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
