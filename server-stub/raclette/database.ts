// The database: one SQLite file that the app opens for itself, or with `DATABASE_URL` a PostgreSQL server that several
// nodes share. Both are asked with the same queries and table definitions: those of drizzle's SQLite dialect.
// Within a transaction every query of its asynchronous context belongs to it, so that a service need not know whether
// it runs in one.
import { AsyncLocalStorage } from "node:async_hooks"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import plugin from "fastify-plugin"
import type { Changes } from "./changes"
import { openPostgres } from "./postgres"
import type { Queries } from "./queries"
import { openSqlite } from "./sqlite"
import type { Store } from "./store"

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
