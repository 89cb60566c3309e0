// What both databases are asked with, and what they have in common.
import type { SQL } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy"
import type { Changes } from "./changes"

/** What can be asked, in a transaction and outside. */
export type Queries = Pick<SqliteRemoteDatabase, "select" | "insert" | "update" | "delete"> & {
  run(query: SQL): Promise<unknown>
  /** Inserts rows in which no column is missing. It is for what is written all the time: the statement is made once. */
  insertRows<T extends SQLiteTable>(table: T, rows: T["$inferSelect"][]): Promise<unknown>
}

/** One of the two databases. */
export interface Store {
  queries: Queries
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  createTable(table: SQLiteTable, changes: Changes): Promise<void>
  close(): Promise<void>
}
