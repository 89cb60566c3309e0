// A table is defined once, with the builders of `drizzle-orm/sqlite-core`. The statements that create it are made from
// that definition, and are the same for SQLite and PostgreSQL. So a definition keeps to what both have: columns of
// text, integers, booleans and reals, NOT NULL, defaults, primary keys, unique columns, and indexes on columns. One
// that asks for more is refused, so that nothing of it is left out unseen.
import { is, type SQL, sql } from "drizzle-orm"
import { getTableConfig, SQLiteColumn, type SQLiteTable } from "drizzle-orm/sqlite-core"

/** Types that both databases read: SQLite goes by the words in them, and PostgreSQL's INTEGER would be too small for times. */
const TYPES: Record<string, string> = { text: "TEXT", integer: "BIGINT", real: "DOUBLE PRECISION" }

/**
 * The statements that create a table and its indexes where they are missing. A table that is there is left as it is.
 * `more` is added to its columns. Throws if the definition asks for what not both databases have.
 */
export function creationOf(table: SQLiteTable, more: SQL[] = []): SQL[] {
  const { name, columns, primaryKeys, indexes, ...rest } = getTableConfig(table)
  const others = Object.entries(rest).filter(([, list]) => list.length > 0)
  for (const [kind] of others) throw new Error(`The table ${name} has ${kind}, which are not made for both databases`)
  const parts = [
    ...columns.map(columnOf),
    ...more,
    ...primaryKeys.map((key) => sql`PRIMARY KEY ${listOf(key.columns)}`),
  ]
  return [
    sql`CREATE TABLE IF NOT EXISTS ${sql.identifier(name)} (${sql.join(parts, sql`, `)})`,
    ...indexes.map(({ config }) => {
      const on = config.columns.filter((column) => is(column, SQLiteColumn))
      if (config.where || on.length < config.columns.length) throw new Error(`${config.name} is no index on columns`)
      const kind = sql.raw(config.unique ? "UNIQUE INDEX" : "INDEX")
      return sql`CREATE ${kind} IF NOT EXISTS ${sql.identifier(config.name)} ON ${sql.identifier(name)} ${listOf(on)}`
    }),
  ]
}

function columnOf(column: SQLiteColumn): SQL {
  const type = TYPES[column.getSQLType()]
  if (!type || column.generated) throw new Error(`The column ${column.name} has no type that both databases read`)
  const value = column.default === undefined ? undefined : sql.param(column.default, column)
  const parts = [
    sql`${sql.identifier(column.name)} ${sql.raw(type)}`,
    column.primary && sql`PRIMARY KEY`,
    column.notNull && sql`NOT NULL`,
    column.isUnique && sql`UNIQUE`,
    value && sql`DEFAULT ${value}`.inlineParams(),
  ]
  return sql.join(
    parts.filter((part) => part instanceof Object),
    sql` `,
  )
}

function listOf(columns: SQLiteColumn[]): SQL {
  const names = columns.map(({ name }) => sql.identifier(name))
  return sql`(${sql.join(names, sql`, `)})`
}
