// Validation of requests. Params and query strings are text, so Ajv coerces them to the schema's types. JSON bodies
// have types, so there a value of the wrong type is refused.
import Ajv from "ajv"
import type { FastifySchemaCompiler, FastifySchemaValidationError } from "fastify"

const common = { useDefaults: true, removeAdditional: false, allErrors: true } as const
const body = new Ajv({ ...common, coerceTypes: false })
const text = new Ajv({ ...common, coerceTypes: "array" })

/** Compiles the schema of a request's body, params, query string or headers. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === "body" ? body.compile(schema) : compileText(schema)

/** Adds a check to Ajv's: numbers must be finite. Ajv coerces the text `1e999` to Infinity. */
function compileText(schema: object) {
  const compiled = text.compile(schema)
  const validate = (data: object): boolean => {
    const isValid = compiled(data)
    validate.errors = isValid ? infinite(data) : compiled.errors
    return isValid && !validate.errors
  }
  validate.errors = undefined as FastifySchemaValidationError[] | null | undefined
  return validate
}

function infinite(data: object): FastifySchemaValidationError[] | undefined {
  const wrong = Object.entries(data).filter(([, value]) => [value].flat().some((one) => Math.abs(one) === Infinity))
  if (wrong.length === 0) return undefined
  return wrong.map(([key]) => {
    return { keyword: "type", instancePath: `/${key}`, schemaPath: "", params: {}, message: "must be finite" }
  })
}
