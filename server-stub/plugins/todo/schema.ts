// What todo routes take.
import { Type } from "@sinclair/typebox"
import { itemParams, paging, strict, textOf } from "../../raclette/items"

const name = textOf(200)

export const todoParams = itemParams

export const todoQuery = Type.Object({ isCompleted: Type.Optional(Type.Boolean()), ...paging }, strict)

export const todoCreate = Type.Object({ name, isCompleted: Type.Optional(Type.Boolean()) }, strict)

export const todoUpdate = Type.Object(
  { name: Type.Optional(name), isCompleted: Type.Optional(Type.Boolean()) },
  { ...strict, minProperties: 1 },
)
