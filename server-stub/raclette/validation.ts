// How requests are validated. Paths and query strings are text, so their values are converted to the schema's types. A
// JSON body has types of its own, and a value of another type is refused rather than converted.
import Ajv from "ajv"
import type { FastifySchemaCompiler, FastifySchemaValidationError } from "fastify"

const common = { useDefaults: true, removeAdditional: false, allErrors: true } as const
const body = new Ajv({ ...common, coerceTypes: false })
const text = new Ajv({ ...common, coerceTypes: "array" })

/** Compiles the schema of one part of a request. */
export const compileValidator: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  httpPart === "body" ? body.compile(schema) : compileText(schema)

/** As Ajv does, but that numbers are finite: it takes the text `1e999` for one that no bound is compared with. */
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
