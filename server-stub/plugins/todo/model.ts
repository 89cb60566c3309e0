// The table of todos, and the schemas of their routes.
import { Type } from "@sinclair/typebox"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import { itemColumns, itemParams, paging, strict, textOf } from "../../raclette/items"

export const todos = sqliteTable("todos", {
  ...itemColumns,
  name: text("name").notNull(),
  isCompleted: integer("is_completed", { mode: "boolean" }).notNull().default(false),
})

export type Todo = typeof todos.$inferSelect

const name = textOf(200)

export const todoParams = itemParams

export const todoQuery = Type.Object({ isCompleted: Type.Optional(Type.Boolean()), ...paging }, strict)

export const todoCreate = Type.Object({ name, isCompleted: Type.Optional(Type.Boolean()) }, strict)

export const todoUpdate = Type.Object(
  { name: Type.Optional(name), isCompleted: Type.Optional(Type.Boolean()) },
  { ...strict, minProperties: 1 },
)
