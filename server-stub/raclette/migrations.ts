// Tables that change. A table's definition says what it is now; a database may have it as it was. So whoever changes a
// definition names the change, with the statements that bring a table of before up to it. Each is done once for all nodes,
// in one transaction with the note that it was. A table that is new has all of them in its definition.
import { eq, type SQL } from "drizzle-orm"
import { getTableConfig, integer, type SQLiteTable, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { Queries } from "./queries"
import { creationOf } from "./tables"

/** The changes of a table in their order: what each is called, for good, and its statements, which both databases take. */
export type Changes = Record<string, SQL[]>

const changesDone = sqliteTable("table_changes", {
  /** The table and the change. */
  name: text("name").primaryKey(),
  at: integer("at").notNull(),
})

/**
 * Creates `table` where it is missing, or makes those of its changes that were not made yet, and indexes that are missing.
 * Call it in a transaction, one at a time. `isThere` asks for a table by its name; `more` is added to the columns of a new
 * one.
 */
export async function createOrChange(
  queries: Queries,
  table: SQLiteTable,
  changes: Changes,
  { isThere, more = [] }: { isThere(name: string): Promise<boolean>; more?: SQL[] },
): Promise<void> {
  const run = async (statements: SQL[]) => {
    for (const statement of statements) await queries.run(statement)
  }
  const { name } = getTableConfig(table)
  const wasThere = await isThere(name)
  if (!wasThere) await run(creationOf(table, more))
  if (Object.keys(changes).length > 0) await run(creationOf(changesDone))
  for (const [change, statements] of Object.entries(changes)) {
    const key = `${name}/${change}`
    const done = await queries.select().from(changesDone).where(eq(changesDone.name, key))
    if (done.length > 0) continue
    if (wasThere) await run(statements)
    await queries.insert(changesDone).values({ name: key, at: Date.now() })
  }
  if (wasThere) await run(creationOf(table))
}
