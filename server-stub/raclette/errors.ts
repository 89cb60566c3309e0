// Errors as clients get them: `{ statusCode, error, message }`, with what is wrong and where. What went wrong inside
// is logged. Nobody is told of it, but in development what the route itself says (`reply.internalServerError("…")`).
import type { FastifyError } from "fastify"
import plugin from "fastify-plugin"

interface Problem {
  instancePath?: string
  message?: string
  params?: { additionalProperty?: string; missingProperty?: string }
}

/** "body/name must NOT have fewer than 1 characters; body must NOT have additional properties: x". */
function wording(context: string, problems: Problem[]): string {
  return problems
    .map(({ instancePath = "", message = "is invalid", params }) => {
      const extra = params?.additionalProperty
      return `${context}${instancePath} ${message}${extra ? `: ${extra}` : ""}`
    })
    .join("; ")
}

/** What an error says of itself, or what made it of a failure of the server's own. */
function statusOf({ statusCode, cause }: FastifyError): number {
  const { statusCode: inner = 500 } = (cause ?? {}) as { statusCode?: number }
  return statusCode ?? Math.max(inner, 500)
}

export interface ErrorOptions {
  /** Whether clients are told what routes say of failures of the server's own. */
  isDevelopment: boolean
}

export default plugin(
  async (fastify, { isDevelopment }: ErrorOptions) => {
    fastify.setErrorHandler((error: FastifyError, request, reply) => {
      const status = error.validation ? 400 : statusOf(error)
      if (status >= 500) request.log.error(error)
      const message = error.validation
        ? wording(error.validationContext ?? "request", error.validation as Problem[])
        : error.message
      const isTold = status < 500 || (isDevelopment && error instanceof fastify.httpErrors.HttpError)
      return reply.getHttpError(status as 400, isTold ? message : "An error on the server; its log says which.")
    })
    fastify.setNotFoundHandler(async ({ method, url }) => {
      throw fastify.httpErrors.notFound(`There is no ${method} ${url}`)
    })
  },
  { name: "raclette-errors" },
)
