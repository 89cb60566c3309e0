// What note routes take.
import { Type } from "@sinclair/typebox"
import { paging, strict, textOf } from "../../raclette/items"

export { itemParams as noteParams } from "../../raclette/items"

export const noteQuery = Type.Object({ isArchived: Type.Optional(Type.Boolean()), ...paging }, strict)

export const noteCreate = Type.Object({ text: textOf(10_000), project: Type.Optional(textOf(100)) }, strict)
