// Creates tables from drizzle definitions (`drizzle-orm/sqlite-core`), with the same statements for SQLite and
// PostgreSQL. So a definition may use only what both support: columns of text, integers, booleans and reals, NOT NULL,
// defaults, primary keys, unique columns, and indexes on columns. Anything else throws, so that no part of a definition
// is silently dropped.
import { is, type SQL, sql } from "drizzle-orm"
import { getTableConfig, SQLiteColumn, type SQLiteTable } from "drizzle-orm/sqlite-core"

/** Type names that both databases accept. PostgreSQL's INTEGER has 32 bits, too few for times in ms. */
const TYPES: Record<string, string> = { text: "TEXT", integer: "BIGINT", real: "DOUBLE PRECISION" }

/**
 * The statements that create a table and its indexes if they are missing. `extraColumns` are appended to the table's
 * columns. Throws if the definition uses a feature that one of the databases lacks.
 */
export function createStatements(table: SQLiteTable, extraColumns: SQL[] = []): SQL[] {
  const { name, columns, primaryKeys, indexes, ...rest } = getTableConfig(table)
  const others = Object.entries(rest).filter(([, list]) => list.length > 0)
  for (const [kind] of others) {
    throw new Error(`Table ${name} defines ${kind}, which createTable() does not support: remove them`)
  }
  const parts = [
    ...columns.map(columnDefinition),
    ...extraColumns,
    ...primaryKeys.map((key) => sql`PRIMARY KEY ${columnList(key.columns)}`),
  ]
  return [
    sql`CREATE TABLE IF NOT EXISTS ${sql.identifier(name)} (${sql.join(parts, sql`, `)})`,
    ...indexes.map(({ config }) => {
      const on = config.columns.filter((column) => is(column, SQLiteColumn))
      if (config.where || on.length < config.columns.length) {
        throw new Error(`Index ${config.name} is partial or on expressions: createTable() supports only plain columns`)
      }
      const kind = sql.raw(config.unique ? "UNIQUE INDEX" : "INDEX")
      return sql`CREATE ${kind} IF NOT EXISTS ${sql.identifier(config.name)} ON ${sql.identifier(name)} ${columnList(on)}`
    }),
  ]
}

function columnDefinition(column: SQLiteColumn): SQL {
  const type = TYPES[column.getSQLType()]
  if (!type || column.generated) {
    const supported = "use text(), integer() or real(), not generated"
    throw new Error(`Column ${column.name} is of a kind that createTable() does not support: ${supported}`)
  }
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

function columnList(columns: SQLiteColumn[]): SQL {
  const names = columns.map(({ name }) => sql.identifier(name))
  return sql`(${sql.join(names, sql`, `)})`
}
