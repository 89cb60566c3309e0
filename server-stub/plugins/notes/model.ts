// The table of notes, and the schemas of their routes.
import { Type } from "@sinclair/typebox"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import { itemColumns, itemParams, paging, strict, textOf } from "../../raclette/items"

export const notes = sqliteTable("notes", {
  ...itemColumns,
  text: text("text").notNull(),
  owner: text("owner").notNull(),
  project: text("project"),
  isArchived: integer("is_archived", { mode: "boolean" }).notNull().default(false),
})

/** `owner` is a user's id. `project` names the project whose members may also read the note; null for none. */
export type Note = typeof notes.$inferSelect

export const noteParams = itemParams

export const noteQuery = Type.Object({ isArchived: Type.Optional(Type.Boolean()), ...paging }, strict)

export const noteCreate = Type.Object({ text: textOf(10_000), project: Type.Optional(textOf(100)) }, strict)
