// PostgreSQL, queried in drizzle's SQLite dialect. Every query settles, whatever happens to its connection: a lost
// connection rejects its queries and is discarded, and the next query opens another. If the database is unreachable,
// shutting down or starting, the error has `statusCode` 503, since a later attempt may succeed.
import { Socket } from "node:net"
import { sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import pg from "pg"
import { createOrMigrate } from "./migrations"
import type { Queries } from "./queries"
import { CLOSE_TIMEOUT, hasRows, type Store } from "./store"
import { settledWithin } from "./timeout"

/** How long a query waits for a connection, in ms. */
const CONNECT_TIMEOUT = 15_000

/** Idle time before TCP keep-alive probes a connection, in ms: its other end may have vanished. */
const KEEPALIVE_DELAY = 60_000

/** The key of the advisory lock. Any number, but the same for all nodes. */
const SCHEMA_LOCK = 7_001

// BIGINT as numbers: times in milliseconds are far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/**
 * SQLSTATE codes: admin shutdown, crash shutdown, cannot connect now, too many connections; class 08 is connection
 * errors.
 */
const UNAVAILABLE = /^(57P0[123]|53300|08...)$/

/** Throws the error, with status 503 if the database is unavailable. */
function rethrow(error: Error): never {
  const isQueryError = error instanceof pg.DatabaseError && !UNAVAILABLE.test(error.code ?? "")
  throw isQueryError ? error : Object.assign(error, { statusCode: 503 })
}

/** Runs queries on one connection, or on any free connection of the pool. */
class QueryRunner {
  readonly #client: pg.Pool | pg.PoolClient

  constructor(client: pg.Pool | pg.PoolClient) {
    this.#client = client
  }

  async query(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    return this.#client.query(query, values).catch(rethrow)
  }
}

/**
 * drizzle's PostgreSQL queries, typed as its SQLite queries. The builders are alike, and table definitions convert
 * values.
 */
function queriesOf(client: QueryRunner): Queries {
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

/** Runs `work` in a transaction, which is rolled back if `work` rejects. */
async function transact<T>(pool: pg.Pool, work: (queries: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(rethrow)
  const runner = new QueryRunner(client)
  let isUsable = true
  try {
    await runner.query("BEGIN")
    const result = await work(queriesOf(runner))
    const { command } = await runner.query("COMMIT")
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

/** Opens the connection pool. `close()` ends it, and destroys connections that do not end in time. */
function openPool(url: string) {
  const sockets = new Set<Socket>()
  const stream = () => {
    const socket = new Socket()
    sockets.add(socket)
    return socket.once("close", () => sockets.delete(socket))
  }
  const limits = {
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_DELAY,
  }
  const pool = new pg.Pool({ connectionString: url, stream, ...limits })
  // Errors of lost connections need no handling here: their queries reject, and the pool drops idle connections.
  pool.on("error", () => {})
  pool.on("connect", (client) => client.on("error", () => {}))
  const close = async () => {
    await settledWithin(CLOSE_TIMEOUT, pool.end())
    for (const socket of sockets) socket.destroy()
  }
  return { pool, close }
}

/** Connects to the database at `url`. Rejects if that fails. */
export async function openPostgres(url: string): Promise<Store> {
  const { pool, close } = openPool(url)
  await pool.query("SELECT 1").catch((error) => {
    const hint = "Check that PostgreSQL runs, and that host, user, password and database name are right."
    throw new Error(`Cannot connect to DATABASE_URL: ${error.message || error.code}. ${hint}`, { cause: error })
  })
  return {
    queries: queriesOf(new QueryRunner(pool)),
    transaction: (work) => transact(pool, work),
    async createTable(table, migrations) {
      const extraColumns = [sql`rowid BIGINT GENERATED ALWAYS AS IDENTITY`]
      await transact(pool, async (queries) => {
        // Nodes that start at the same time create or migrate the table one after the other.
        await queries.run(sql`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`)
        const tables = sql`SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = `
        const tableExists = (name: string) => hasRows(queries, sql`${tables}${name}`)
        await createOrMigrate(queries, table, migrations, { tableExists, extraColumns })
      })
    },
    close,
  }
}
