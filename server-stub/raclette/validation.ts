// What is checked of a request, and how. Paths and query strings are text, so their values are read as the schema's
// types; a JSON body has types of its own, and one of another type is refused rather than guessed at.
import Ajv from "ajv"
import type { FastifySchemaCompiler } from "fastify"

const common = { useDefaults: true, removeAdditional: false, allErrors: true } as const
const body = new Ajv({ ...common, coerceTypes: false })
const text = new Ajv({ ...common, coerceTypes: "array" })

/** Compiles the schema of one part of a request. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === "body" ? body : text).compile(schema)
