// What todo routes take.
import { Type } from "@sinclair/typebox"

const strict = { additionalProperties: false }
/** No NUL: the database would end the text there. */
const name = Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]*$" })

export const todoParams = Type.Object({ _id: Type.String({ minLength: 1 }) })

export const todoQuery = Type.Object(
  {
    isCompleted: Type.Optional(Type.Boolean()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  strict,
)

export const todoCreate = Type.Object({ name, isCompleted: Type.Optional(Type.Boolean()) }, strict)

export const todoUpdate = Type.Object(
  { name: Type.Optional(name), isCompleted: Type.Optional(Type.Boolean()) },
  { ...strict, minProperties: 1 },
)
