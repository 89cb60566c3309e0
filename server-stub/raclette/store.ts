// What the two databases have in common.
import type { SQL } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { Changes } from "./changes"
import type { Queries } from "./queries"

/** How long the end waits for what is being asked, in ms. */
export const PATIENCE = 300

/** One of the two databases. */
export interface Store {
  queries: Queries
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  createTable(table: SQLiteTable, changes: Changes): Promise<void>
  close(): Promise<void>
}

/** Whether a query finds any row. */
export async function findsAny(queries: Queries, query: SQL): Promise<boolean> {
  const { rows } = (await queries.run(query)) as { rows: unknown[] }
  return rows.length > 0
}
