// What the items of all entities have in common: a UUID, the times of their creation and last change, who changed them
// last, and a mark for soft deletion; and the schemas that their routes share.
import { randomUUID } from "node:crypto"
import { type TString, Type } from "@sinclair/typebox"
import { integer, text } from "drizzle-orm/sqlite-core"

/** The columns that every table of items begins with. Times are ISO 8601 in UTC; `lastEditor` is a user's name. */
export const itemColumns = {
  _id: text("_id").primaryKey(),
  isDeleted: integer("is_deleted", { mode: "boolean" }).notNull().default(false),
  lastEditor: text("last_editor").notNull(),
  createdAt: text("created_at").notNull(),
  updatedAt: text("updated_at").notNull(),
}

/** Which part of a list is read; all of it by default. */
export interface Paging {
  limit?: number
  offset?: number
}

/** A limit that no table reaches: SQL takes an offset only with a limit. */
export const EVERY = 1_000_000_000

/** What a new item starts with. */
export function newItem(editor: string) {
  const now = new Date().toISOString()
  return { _id: randomUUID(), isDeleted: false, lastEditor: editor, createdAt: now, updatedAt: now }
}

/** What every change of an item sets. */
export function changedBy(editor: string) {
  return { lastEditor: editor, updatedAt: new Date().toISOString() }
}

/** What marks an item as deleted. */
export function deletedBy(editor: string) {
  return { isDeleted: true, ...changedBy(editor) }
}

/** A page out of rows that were read with a limit of one more than `limit`. */
export function pageOf<T>(rows: T[], limit: number): { items: T[]; hasMore: boolean } {
  return { items: rows.slice(0, limit), hasMore: rows.length > limit }
}

/** Schema option: properties that the schema does not name are refused. */
export const strict = { additionalProperties: false }

/** Schema of the params of a route for one item. */
export const itemParams = Type.Object({ _id: textOf(100) })

/** Schemas of the query parameters of a route that reads pages. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: EVERY })),
}

/** Schema of a text of 1 to `maxLength` characters. No NUL: the database would end the text there. */
export function textOf(maxLength: number): TString {
  return Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000]*$" })
}
