// What the two databases have in common.
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { Changes } from "./changes"
import type { Queries } from "./queries"

/** One of the two databases. */
export interface Store {
  queries: Queries
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  createTable(table: SQLiteTable, changes: Changes): Promise<void>
  close(): Promise<void>
}
