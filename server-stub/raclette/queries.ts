// The query interface of both databases.
import type { SQL } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy"

/** The queries that are available within and outside of transactions. */
export type Queries = Pick<SqliteRemoteDatabase, "select" | "insert" | "update" | "delete"> & {
  run(query: SQL): Promise<unknown>
  /** Inserts complete rows, without defaults. For frequent inserts: the statement is built only once. */
  insertRows<T extends SQLiteTable>(table: T, rows: T["$inferSelect"][]): Promise<unknown>
}
