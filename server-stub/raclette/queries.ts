// What both databases are asked with.
import type { SQL } from "drizzle-orm"
import type { LibSQLDatabase } from "drizzle-orm/libsql"

/** What can be asked, in a transaction and outside. */
export type Queries = Pick<LibSQLDatabase, "select" | "insert" | "update" | "delete"> & {
  run(query: SQL): Promise<unknown>
}
