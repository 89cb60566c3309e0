// The database: a SQLite file, or with `DATABASE_URL` a PostgreSQL database that several nodes share. Both take the
// same queries and table definitions, in drizzle's SQLite dialect. Within a transaction, every query in the same
// asynchronous context belongs to it. So a service need not know whether it runs in a transaction.
import { AsyncLocalStorage } from "node:async_hooks"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import plugin from "fastify-plugin"
import type { Migrations } from "./migrations"
import { openPostgres } from "./postgres"
import type { Queries } from "./queries"
import { openSqlite } from "./sqlite"
import type { Store } from "./store"

export interface Database extends Queries {
  /**
   * Creates a table if it is missing. Every table also has a column `rowid`, which grows with each row. An existing
   * table only gets the `migrations` that it has not had yet.
   */
  createTable(table: SQLiteTable, migrations?: Migrations): Promise<void>
  /**
   * Runs `work` in a transaction, which is rolled back if `work` rejects. A nested call joins the outer transaction.
   */
  transaction<T>(work: () => Promise<T>): Promise<T>
}

export interface DatabaseOptions {
  /** Folder of the SQLite file. It is created if missing. */
  dataFolder: string
  /** URL of a PostgreSQL database, used instead of the file. */
  databaseUrl?: string | undefined
}

declare module "fastify" {
  interface FastifyInstance {
    database: Database
  }
}

function makeDatabase(store: Store): Database {
  // `queries` is cleared at the end, so that code which still runs in the context is outside of the finished
  // transaction.
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
    createTable: (table, migrations = {}) => store.createTable(table, migrations),
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
