// How requests are validated. Paths and query strings are text, so their values are converted to the schema's types. A
// JSON body has types of its own, and a value of another type is refused rather than converted.
import Ajv from "ajv"
import type { FastifySchemaCompiler } from "fastify"

const common = { useDefaults: true, removeAdditional: false, allErrors: true } as const
const body = new Ajv({ ...common, coerceTypes: false })
const text = new Ajv({ ...common, coerceTypes: "array" })

/** Compiles the schema of one part of a request. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === "body" ? body : text).compile(schema)
