// The notes' table, and the note as clients get it.
import { sql } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"

export const notes = sqliteTable("notes", {
  _id: text("_id").primaryKey(),
  text: text("text").notNull(),
  owner: text("owner").notNull(),
  project: text("project"),
  isArchived: integer("is_archived", { mode: "boolean" }).notNull().default(false),
  isDeleted: integer("is_deleted", { mode: "boolean" }).notNull().default(false),
  lastEditor: text("last_editor").notNull(),
  createdAt: text("created_at").notNull(),
  updatedAt: text("updated_at").notNull(),
})

/** `owner` is a user's id; `project` names the project whose members may read the note too, or is null. */
export type Note = typeof notes.$inferSelect

/** The columns as they are made where the database is new. */
export const noteColumns = sql`
  _id TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  owner TEXT NOT NULL,
  project TEXT,
  is_archived INTEGER NOT NULL DEFAULT 0,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  last_editor TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL`
