// Migrations of tables. A definition describes the current table; an existing database may hold an older one. So each
// change of a definition comes with a named migration: the statements that update an older table. Each migration runs
// once for all nodes, in one transaction with the row that records it. A new table needs none, and all are recorded as
// applied.
import { eq, type SQL } from "drizzle-orm"
import { getTableConfig, integer, type SQLiteTable, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { Queries } from "./queries"
import { createStatements } from "./tables"

/**
 * Migrations of a table, in order: by name, which must never change, the statements. They must run on both databases.
 */
export type Migrations = Record<string, SQL[]>

const appliedMigrations = sqliteTable("table_changes", {
  /** `<table>/<migration>` */
  name: text("name").primaryKey(),
  at: integer("at").notNull(),
})

/**
 * Creates `table` if it is missing; otherwise applies its pending migrations and creates missing indexes. Call it in a
 * transaction, and never two at a time. `extraColumns` are appended to the columns of a new table.
 */
export async function createOrMigrate(
  queries: Queries,
  table: SQLiteTable,
  migrations: Migrations,
  { tableExists, extraColumns = [] }: { tableExists(name: string): Promise<boolean>; extraColumns?: SQL[] },
): Promise<void> {
  const run = async (statements: SQL[]) => {
    for (const statement of statements) await queries.run(statement)
  }
  const { name } = getTableConfig(table)
  const existed = await tableExists(name)
  if (!existed) await run(createStatements(table, extraColumns))
  if (Object.keys(migrations).length > 0) await run(createStatements(appliedMigrations))
  for (const [migration, statements] of Object.entries(migrations)) {
    const key = `${name}/${migration}`
    const done = await queries.select().from(appliedMigrations).where(eq(appliedMigrations.name, key))
    if (done.length > 0) continue
    if (existed) await run(statements)
    await queries.insert(appliedMigrations).values({ name: key, at: Date.now() })
  }
  if (existed) await run(createStatements(table))
}
