// The interface that both databases implement.
import type { SQL } from "drizzle-orm"
import type { SQLiteTable } from "drizzle-orm/sqlite-core"
import type { Migrations } from "./migrations"
import type { Queries } from "./queries"

/** How long `close()` waits for queries in flight, in ms. */
export const CLOSE_TIMEOUT = 300

export interface Store {
  queries: Queries
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  createTable(table: SQLiteTable, migrations: Migrations): Promise<void>
  close(): Promise<void>
}

/** Whether a query returns any row. */
export async function hasRows(queries: Queries, query: SQL): Promise<boolean> {
  const { rows } = (await queries.run(query)) as { rows: unknown[] }
  return rows.length > 0
}
