// What both databases are asked with.
import type { SQL } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy"

/** What can be asked, in a transaction and outside. */
export type Queries = Pick<SqliteRemoteDatabase, "select" | "insert" | "update" | "delete"> & {
  run(query: SQL): Promise<unknown>
  /** Inserts rows in which no column is missing. It is for what is written all the time: the statement is made once. */
  insertRows<T extends SQLiteTable>(table: T, rows: T["$inferSelect"][]): Promise<unknown>
}
