// The SQLite file. Its driver is synchronous: a query takes microseconds, of which the detours of an asynchronous one
// would be most. It has two connections: one that writes, at which transactions take turns, since SQLite has one writer at
// a time; and one that reads outside of transactions, and sees what is committed. Nothing here blocks while another
// process writes to the file: who writes waits for that, and everything else goes on.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { getTableColumns, sql } from "drizzle-orm"
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core"
import { drizzle } from "drizzle-orm/sqlite-proxy"
import Connect, { type Database as Connection, type Statement } from "libsql"
import { createOrChange } from "./changes"
import { atMost } from "./patience"
import type { Queries } from "./queries"
import { findsAny, PATIENCE, type Store } from "./store"

/** How long other processes may write to the file while somebody here waits to, and how often is asked, in ms. */
const LONGEST_WAIT = 5000
const PAUSE = 5
/** How many statements a connection keeps prepared. */
const PREPARED = 200

/** Opens the file of a folder; both are made if they are not there. */
export async function openSqlite(dataFolder: string): Promise<Store> {
  mkdirSync(dataFolder, { recursive: true })
  const file = new SqliteFile(join(dataFolder, "raclette.db"))
  const tables = sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = `
  return {
    queries: queriesOf((...query) => file.ask(...query)),
    transaction: (work) => file.transaction(work),
    createTable: (table, changes) =>
      file.transaction((inside) => {
        const isThere = (name: string) => findsAny(inside, sql`${tables}${name}`)
        return createOrChange(inside, table, changes, { isThere })
      }),
    close: () => file.close(),
  }
}

/** What drizzle asks: a statement, its parameters, and what it wants of it. */
type Query = [text: string, params: unknown[], method: "run" | "all" | "values" | "get"]

interface Answer {
  /** Of `run` objects, of the others lists of values; of `get` the first one. */
  // biome-ignore lint/suspicious/noExplicitAny: so drizzle declares it.
  rows: any[]
}

/** How rows of a table are inserted: its columns in their order, and the statement by the number of rows. */
interface Insertion {
  columns: [string, SQLiteColumn][]
  texts: Map<number, string>
}

const insertions = new WeakMap<SQLiteTable, Insertion>()

/** drizzle's queries, which `ask` answers. */
function queriesOf(ask: (...query: Query) => Promise<Answer>): Queries {
  const queries = drizzle(ask)
  const insertRows: Queries["insertRows"] = async (table, rows) => {
    const insertion = insertions.get(table) ?? { columns: Object.entries(getTableColumns(table)), texts: new Map() }
    insertions.set(table, insertion)
    const text = insertion.texts.get(rows.length) ?? queries.insert(table).values(rows).toSQL().sql
    insertion.texts.set(rows.length, text)
    const { columns } = insertion
    const params = rows.flatMap((row) => columns.map(([name, column]) => driverValue(column, row[name])))
    return ask(text, params, "run")
  }
  return Object.assign(queries, { insertRows })
}

function driverValue(column: SQLiteColumn, value: unknown): unknown {
  return value === null ? null : column.mapToDriverValue(value)
}

class SqliteFile {
  readonly #writer: Client
  readonly #reader: Client
  /** Over when nobody writes. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#writer = new Client(path)
    // Readers do not wait for a writer. What is committed is on the disk.
    this.#writer.connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0")
    this.#reader = new Client(path)
  }

  /** Asks outside of a transaction. */
  async ask(...query: Query): Promise<Answer> {
    const isRead = /^\s*select\b/i.test(query[0])
    return isRead ? this.#reader.ask(query) : this.#takeTurn(() => whenFree(() => this.#writer.ask(query)))
  }

  /** Does all of `work`, or nothing. */
  transaction<T>(work: (inside: Queries) => Promise<T>): Promise<T> {
    const writer = this.#writer
    let isOver = false
    const inside = queriesOf(async (...query) => {
      if (isOver) throw new Error("The transaction is over")
      return writer.ask(query)
    })
    return this.#takeTurn(async () => {
      await whenFree(() => writer.run("BEGIN IMMEDIATE"))
      try {
        const result = await work(inside)
        writer.run("COMMIT")
        return result
      } catch (error) {
        if (writer.isInTransaction) writer.run("ROLLBACK")
        throw error
      } finally {
        isOver = true
      }
    })
  }

  async close(): Promise<void> {
    await atMost(PATIENCE, this.#turn)
    for (const client of [this.#writer, this.#reader]) client.close()
  }

  #takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const over = this.#turn.then(work)
    this.#turn = over.catch(() => {})
    return over
  }
}

/** A connection, and the statements that were prepared for it. */
class Client {
  readonly connection: Connection
  /** The one that was used last comes last. */
  readonly #statements = new Map<string, Statement>()

  constructor(path: string) {
    this.connection = new Connect(path, { timeout: LONGEST_WAIT } as object)
  }

  get isInTransaction(): boolean {
    // The driver ends the process where this is asked of a closed one.
    return this.connection.open && this.connection.inTransaction
  }

  ask([text, params, method]: Query): Answer {
    const statement = this.#prepare(text)
    const values = params.map(parameterOf)
    if (!statement.reader) {
      statement.run(values)
      return { rows: [] }
    }
    const rows = statement.raw(method !== "run").all(values)
    return { rows: method === "get" ? (rows[0] as unknown[]) : rows }
  }

  run(text: string): void {
    this.#prepare(text).run([])
  }

  close(): void {
    this.#statements.clear()
    this.connection.close()
  }

  #prepare(text: string): Statement {
    if (!this.connection.open) throw new Error("The database is closed")
    const statement = this.#statements.get(text) ?? this.connection.prepare(text)
    this.#statements.delete(text)
    this.#statements.set(text, statement)
    if (this.#statements.size > PREPARED) this.#statements.delete(this.#statements.keys().next().value as string)
    return statement
  }
}

/** A parameter as the driver takes it, which ends the process where it is given what it does not know. */
function parameterOf(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value)
  const isKnown = value === null || ["string", "number", "bigint"].includes(typeof value) || value instanceof Uint8Array
  if (isKnown) return value
  throw new TypeError(`SQLite takes no ${typeof value} as a value: make a text or a number of it`)
}

/** Does what takes the file's one right to write, when no other process has it; rejects where that takes too long. */
async function whenFree<T>(work: () => T): Promise<T> {
  const limit = performance.now() + LONGEST_WAIT
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > limit) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY")
}
