// PostgreSQL, asked with the queries of SQLite's dialect. Whatever happens to its connections, a query ends: one that was lost
// fails what is asked in it, and is not used again; the next query opens another. Where the database did not answer, or only
// that it is going or not there yet, the failure has the status 503: the same may succeed later.
import { Socket } from "node:net"
import { sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import pg from "pg"
import { createOrChange } from "./changes"
import { atMost } from "./patience"
import type { Queries } from "./queries"
import { findsAny, PATIENCE, type Store } from "./store"

/** How long a query waits for a connection, in ms. */
const CONNECT_LIMIT = 15_000

/** A connection in which nothing came for so long is probed, in ms: its other end may be gone without a word. */
const PROBE = 60_000

/** Any number will do, as long as all nodes take the same. */
const SCHEMA_LOCK = 7_001

// BIGINT as numbers: times in milliseconds are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** PostgreSQL's codes for: it shuts down, it crashed, it starts, it has too many clients. Connections that failed begin with 08. */
const AWAY = /^(57P0[123]|53300|08...)$/

/** Rejects with what went wrong, and that it may pass where the database is away. */
function failed(error: Error): never {
  const isAnswer = error instanceof pg.DatabaseError && !AWAY.test(error.code ?? "")
  throw isAnswer ? error : Object.assign(error, { statusCode: 503 })
}

/** A connection, or any that is free. */
class Asked {
  readonly #client: pg.Pool | pg.PoolClient

  constructor(client: pg.Pool | pg.PoolClient) {
    this.#client = client
  }

  async query(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    return this.#client.query(query, values).catch(failed)
  }
}

/** PostgreSQL's queries in the form of SQLite's: the builders are alike, and a table's definition converts the values. */
function alike(client: Asked): Queries {
  const queries = drizzle(client as unknown as pg.Pool) as unknown as Queries & { execute: Queries["run"] }
  return {
    select: queries.select.bind(queries),
    insert: queries.insert.bind(queries),
    update: queries.update.bind(queries),
    delete: queries.delete.bind(queries),
    run: (query) => queries.execute(query),
    insertRows: (table, rows) => queries.insert(table).values(rows),
  }
}

/** Does all of `work` in one transaction, or nothing. */
async function transact<T>(pool: pg.Pool, work: (queries: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(failed)
  const asked = new Asked(client)
  let isUsable = true
  try {
    await asked.query("BEGIN")
    const result = await work(alike(asked))
    const { command } = await asked.query("COMMIT")
    if (command !== "COMMIT") throw new Error("The transaction was rolled back: one of its queries failed")
    return result
  } catch (error) {
    isUsable = await client.query("ROLLBACK").then(
      () => true,
      () => false,
    )
    throw error
  } finally {
    client.release(!isUsable)
  }
}

/** The connections to the database at `url`, and what ends them all at once. */
function openPool(url: string) {
  const sockets = new Set<Socket>()
  const stream = () => {
    const socket = new Socket()
    sockets.add(socket)
    return socket.once("close", () => sockets.delete(socket))
  }
  const limits = { connectionTimeoutMillis: CONNECT_LIMIT, keepAlive: true, keepAliveInitialDelayMillis: PROBE }
  const pool = new pg.Pool({ connectionString: url, stream, ...limits })
  // What is asked in a connection that is lost fails by itself, and the pool forgets one in which nothing is.
  pool.on("error", () => {})
  pool.on("connect", (client) => client.on("error", () => {}))
  const close = async () => {
    await atMost(PATIENCE, pool.end())
    for (const socket of sockets) socket.destroy()
  }
  return { pool, close }
}

/** Opens the database at `url`; rejects if it cannot be used. */
export async function openPostgres(url: string): Promise<Store> {
  const { pool, close } = openPool(url)
  await pool.query("SELECT 1").catch((error) => {
    throw new Error(`The database of DATABASE_URL cannot be used: ${error.message || error.code}`, { cause: error })
  })
  return {
    queries: alike(new Asked(pool)),
    transaction: (work) => transact(pool, work),
    async createTable(table, changes) {
      const more = [sql`rowid BIGINT GENERATED ALWAYS AS IDENTITY`]
      await transact(pool, async (queries) => {
        // Of nodes that start at the same time, one creates or changes the table.
        await queries.run(sql`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`)
        const tables = sql`SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = `
        const isThere = (name: string) => findsAny(queries, sql`${tables}${name}`)
        await createOrChange(queries, table, changes, { isThere, more })
      })
    },
    close,
  }
}
