// The todos' table, and the todo as clients get it.
import { sql } from "drizzle-orm"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"

export const todos = sqliteTable("todos", {
  _id: text("_id").primaryKey(),
  name: text("name").notNull(),
  isCompleted: integer("is_completed", { mode: "boolean" }).notNull().default(false),
  isDeleted: integer("is_deleted", { mode: "boolean" }).notNull().default(false),
  lastEditor: text("last_editor").notNull(),
  createdAt: text("created_at").notNull(),
  updatedAt: text("updated_at").notNull(),
})

/** Times are ISO 8601 in UTC; `lastEditor` is a user's name. */
export type Todo = typeof todos.$inferSelect

/** The columns as they are made where the database is new. */
export const todoColumns = sql`
  _id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  is_completed INTEGER NOT NULL DEFAULT 0,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  last_editor TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL`
