// What all items share: the columns for a UUID, times of creation and last change, last editor and soft deletion; and
// the schemas that routes share.
import { randomUUID } from "node:crypto"
import { type TString, Type } from "@sinclair/typebox"
import { integer, text } from "drizzle-orm/sqlite-core"

/** The first columns of every table of items. Times are ISO 8601 in UTC. `lastEditor` is a user's name. */
export const itemColumns = {
  _id: text("_id").primaryKey(),
  isDeleted: integer("is_deleted", { mode: "boolean" }).notNull().default(false),
  lastEditor: text("last_editor").notNull(),
  createdAt: text("created_at").notNull(),
  updatedAt: text("updated_at").notNull(),
}

/** The part of a list to read. Default: all of it. */
export interface Paging {
  limit?: number
  offset?: number
}

/** A limit that no table reaches. SQL allows OFFSET only with LIMIT. */
export const NO_LIMIT = 1_000_000_000

/** The first columns of a new item. */
export function newItem(editor: string) {
  const now = new Date().toISOString()
  return { _id: randomUUID(), isDeleted: false, lastEditor: editor, createdAt: now, updatedAt: now }
}

/** The columns that every change of an item sets. */
export function changedBy(editor: string) {
  return { lastEditor: editor, updatedAt: new Date().toISOString() }
}

/** The columns that a soft deletion sets. */
export function deletedBy(editor: string) {
  return { isDeleted: true, ...changedBy(editor) }
}

/** A page of rows. Read `limit + 1` rows: the extra one tells whether more follow. */
export function pageOf<T>(rows: T[], limit: number): { items: T[]; hasMore: boolean } {
  return { items: rows.slice(0, limit), hasMore: rows.length > limit }
}

/** Schema option: unknown properties are refused with 400. */
export const strict = { additionalProperties: false }

/** Schema of the params of a route of one item. */
export const itemParams = Type.Object({ _id: textOf(100) })

/** Schemas of the query parameters of a route that reads pages. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: NO_LIMIT })),
}

/** Schema of a string of 1 to `maxLength` characters. NUL is refused: databases truncate strings there. */
export function textOf(maxLength: number): TString {
  return Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000]*$" })
}
