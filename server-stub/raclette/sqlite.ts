// The SQLite file. The driver is synchronous: a query takes microseconds, less than the overhead of an asynchronous
// one. There are two connections. One writes, and runs transactions one after the other, since SQLite allows one writer
// at a time. The other one reads outside of transactions, and sees committed data only. While another process writes to
// the file, writes wait without blocking the event loop.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { getTableColumns, sql } from "drizzle-orm"
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core"
import { drizzle } from "drizzle-orm/sqlite-proxy"
import Connect, { type Database as Connection, type Statement } from "libsql"
import { createOrMigrate } from "./migrations"
import type { Queries } from "./queries"
import { CLOSE_TIMEOUT, hasRows, type Store } from "./store"
import { settledWithin } from "./timeout"

/** How long a write waits for other processes that write to the file, and how often it retries, in ms. */
const BUSY_TIMEOUT = 5000
const BUSY_RETRY_DELAY = 5
/** How many prepared statements a connection caches. */
const MAX_STATEMENTS = 200

/** Opens `raclette.db` in a folder. Creates both if missing. */
export async function openSqlite(dataFolder: string): Promise<Store> {
  mkdirSync(dataFolder, { recursive: true })
  const file = new SqliteFile(join(dataFolder, "raclette.db"))
  const tables = sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = `
  return {
    queries: queriesOf((...query) => file.execute(...query)),
    transaction: (work) => file.transaction(work),
    createTable: (table, migrations) =>
      file.transaction((inside) => {
        const tableExists = (name: string) => hasRows(inside, sql`${tables}${name}`)
        return createOrMigrate(inside, table, migrations, { tableExists })
      }),
    close: () => file.close(),
  }
}

/** A query of drizzle: statement, parameters, and the kind of result. */
type Query = [text: string, params: unknown[], method: "run" | "all" | "values" | "get"]

interface Result {
  /** For `run`: objects; for `get`: the values of the first row; otherwise: the values of all rows. */
  // biome-ignore lint/suspicious/noExplicitAny: drizzle declares it so
  rows: any[]
}

/** Cached inserts of a table: its columns in order, and the statement for each number of rows. */
interface Insertion {
  columns: [string, SQLiteColumn][]
  texts: Map<number, string>
}

const insertions = new WeakMap<SQLiteTable, Insertion>()

/** drizzle's queries, run by `execute`. */
function queriesOf(execute: (...query: Query) => Promise<Result>): Queries {
  const queries = drizzle(execute)
  const insertRows: Queries["insertRows"] = async (table, rows) => {
    const insertion = insertions.get(table) ?? { columns: Object.entries(getTableColumns(table)), texts: new Map() }
    insertions.set(table, insertion)
    const text = insertion.texts.get(rows.length) ?? queries.insert(table).values(rows).toSQL().sql
    insertion.texts.set(rows.length, text)
    const { columns } = insertion
    const params = rows.flatMap((row) => columns.map(([name, column]) => driverValue(column, row[name])))
    return execute(text, params, "run")
  }
  return Object.assign(queries, { insertRows })
}

function driverValue(column: SQLiteColumn, value: unknown): unknown {
  return value === null ? null : column.mapToDriverValue(value)
}

class SqliteFile {
  readonly #writer: Client
  readonly #reader: Client
  /** Resolves when all earlier writes are done. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#writer = new Client(path)
    // WAL: readers do not wait for the writer. FULL: a commit returns when it is on the disk.
    this.#writer.connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0")
    this.#reader = new Client(path)
  }

  /** Runs a query outside of a transaction. */
  async execute(...query: Query): Promise<Result> {
    const isRead = /^\s*select\b/i.test(query[0])
    return isRead ? this.#reader.execute(query) : this.#enqueue(() => retryWhileBusy(() => this.#writer.execute(query)))
  }

  /** Runs `work` in a transaction, which is rolled back if `work` rejects. */
  transaction<T>(work: (inside: Queries) => Promise<T>): Promise<T> {
    const writer = this.#writer
    let isOver = false
    const inside = queriesOf(async (...query) => {
      if (isOver) throw new Error("The transaction has ended: await all queries before `work` returns")
      return writer.execute(query)
    })
    return this.#enqueue(async () => {
      await retryWhileBusy(() => writer.run("BEGIN IMMEDIATE"))
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
    await settledWithin(CLOSE_TIMEOUT, this.#queue)
    for (const client of [this.#writer, this.#reader]) client.close()
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const over = this.#queue.then(work)
    this.#queue = over.catch(() => {})
    return over
  }
}

/** A connection with its cache of prepared statements. */
class Client {
  readonly connection: Connection
  /** Least recently used first. */
  readonly #statements = new Map<string, Statement>()

  constructor(path: string) {
    this.connection = new Connect(path, { timeout: BUSY_TIMEOUT } as object)
  }

  get isInTransaction(): boolean {
    // The driver crashes the process if `inTransaction` is read of a closed connection.
    return this.connection.open && this.connection.inTransaction
  }

  execute([text, params, method]: Query): Result {
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
    if (this.#statements.size > MAX_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value as string)
    return statement
  }
}

/** Converts a parameter for the driver, which crashes the process if it gets an unknown type. */
function parameterOf(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value)
  const isSupported =
    value === null || ["string", "number", "bigint"].includes(typeof value) || value instanceof Uint8Array
  if (isSupported) return value
  throw new TypeError(`SQLite cannot store a value of type ${typeof value}: convert it to a string or a number`)
}

/** Retries `work` while another process writes to the file. Rejects after `BUSY_TIMEOUT`. */
async function retryWhileBusy<T>(work: () => T): Promise<T> {
  const limit = performance.now() + BUSY_TIMEOUT
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > limit) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_DELAY))
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY")
}
