// The database: one SQLite file that the app opens for itself, or with `DATABASE_URL` a PostgreSQL server that several
// nodes share. Both are asked with the same queries and table definitions: those of drizzle's SQLite dialect.
// Within a transaction every query of its asynchronous context belongs to it, so that a service need not know whether
// it runs in one.
import { AsyncLocalStorage } from "node:async_hooks"
import { sql } from "drizzle-orm"
import { drizzle as drizzlePostgres } from "drizzle-orm/postgres-js"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import plugin from "fastify-plugin"
import postgres from "postgres"
import { type Changes, createOrChange } from "./changes"
import type { Queries, Store } from "./queries"
import { openSqlite } from "./sqlite"

export interface Database extends Queries {
  /**
   * Creates a table where it is missing. Beside its columns every table has `rowid`, which grows with each row. One that is
   * there is left as it is, but for `changes`, each of which is made once.
   */
  createTable(table: SQLiteTable, changes?: Changes): Promise<void>
  /** Does all of `work` or, if it rejects, nothing. Called within a transaction, it is a part of that one. */
  transaction<T>(work: () => Promise<T>): Promise<T>
}

export interface DatabaseOptions {
  /** Folder of the SQLite file; made if it is not there. */
  dataFolder: string
  /** Address of a PostgreSQL database, used instead of the file. */
  databaseUrl?: string | undefined
}

declare module "fastify" {
  interface FastifyInstance {
    database: Database
  }
}

/** How long the end waits for what is being asked, in ms. */
const PATIENCE = 300

/** Any number will do, as long as all nodes take the same. */
const SCHEMA_LOCK = 7_001

/** PostgreSQL's queries in the form of SQLite's: the builders are alike, and a table's definition converts the values. */
function alike(postgresQueries: unknown): Queries {
  const queries = postgresQueries as Queries & { execute: Queries["run"] }
  return {
    select: queries.select.bind(queries),
    insert: queries.insert.bind(queries),
    update: queries.update.bind(queries),
    delete: queries.delete.bind(queries),
    run: (query) => queries.execute(query),
    insertRows: (table, rows) => queries.insert(table).values(rows),
  }
}

async function openPostgres(url: string): Promise<Store> {
  // BIGINT as numbers: times in milliseconds are far below 2^53.
  const bigint = { to: 20, from: [20], parse: Number, serialize: String }
  const client = postgres(url, { onnotice: () => {}, types: { bigint } })
  await client`SELECT 1`.catch((error) => {
    throw new Error(`The database of DATABASE_URL cannot be used: ${error.message || error.code}`, { cause: error })
  })
  const database = drizzlePostgres(client)
  return {
    queries: alike(database),
    transaction: (work) => database.transaction((transaction) => work(alike(transaction))),
    async createTable(table, changes) {
      const more = [sql`rowid BIGINT GENERATED ALWAYS AS IDENTITY`]
      await database.transaction(async (transaction) => {
        // Of nodes that start at the same time, one creates or changes the table.
        await transaction.execute(sql`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`)
        const tables = sql`SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = `
        const isThere = async (name: string) => (await transaction.execute(sql`${tables}${name}`)).length > 0
        await createOrChange(alike(transaction), table, changes, { isThere, more })
      })
    },
    close: () => client.end({ timeout: PATIENCE / 1000 }),
  }
}

function makeDatabase(store: Store): Database {
  // Code that is still running in a transaction's context when the transaction is over is outside of it again.
  const context = new AsyncLocalStorage<{ queries: Queries | undefined }>()
  const inside = () => context.getStore()?.queries
  const here = () => inside() ?? store.queries
  const begin = <T>(work: () => Promise<T>) =>
    store.transaction(async (queries) => {
      const own = { queries: queries as Queries | undefined }
      try {
        return await context.run(own, work)
      } finally {
        own.queries = undefined
      }
    })
  return {
    select: ((...args: []) => here().select(...args)) as Queries["select"],
    insert: (table) => here().insert(table),
    update: (table) => here().update(table),
    delete: (table) => here().delete(table),
    run: (query) => here().run(query),
    insertRows: (table, rows) => here().insertRows(table, rows),
    createTable: (table, changes = {}) => store.createTable(table, changes),
    transaction: (work) => (inside() ? work() : begin(work)),
  }
}

/** Decorates the app with `database`. */
export default plugin(
  async (fastify, { dataFolder, databaseUrl }: DatabaseOptions) => {
    const store = await (databaseUrl ? openPostgres(databaseUrl) : openSqlite(dataFolder))
    fastify.decorate("database", makeDatabase(store))
    fastify.addHook("onClose", () => store.close())
  },
  { name: "raclette-database" },
)
