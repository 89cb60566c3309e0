// What a note is: its table, the note as clients get it, and what its routes take.
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

/** `owner` is a user's id; `project` names the project whose members may read the note too, or is null. */
export type Note = typeof notes.$inferSelect

export const noteParams = itemParams

export const noteQuery = Type.Object({ isArchived: Type.Optional(Type.Boolean()), ...paging }, strict)

export const noteCreate = Type.Object({ text: textOf(10_000), project: Type.Optional(textOf(100)) }, strict)
