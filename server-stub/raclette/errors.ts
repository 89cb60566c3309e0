// Error responses: `{ statusCode, error, message }`. A 4xx message says what is wrong and where. A 5xx error is logged,
// and its message stays on the server, except for errors of routes in development (`reply.internalServerError("…")`).
import type { FastifyError } from "fastify"
import plugin from "fastify-plugin"

const HIDDEN_MESSAGE = "Internal error. See the server's log for its cause."

interface ValidationProblem {
  instancePath?: string
  message?: string
  params?: { additionalProperty?: string; missingProperty?: string }
}

/** "body/name must NOT have fewer than 1 characters; body must NOT have additional properties: x". */
function validationMessage(context: string, problems: ValidationProblem[]): string {
  return problems
    .map(({ instancePath = "", message = "is invalid", params }) => {
      const extra = params?.additionalProperty
      return `${context}${instancePath} ${message}${extra ? `: ${extra}` : ""}`
    })
    .join("; ")
}

/** The error's own status; else that of its cause if it is a 5xx; else 500. */
function statusOf({ statusCode, cause }: FastifyError): number {
  const { statusCode: inner = 500 } = (cause ?? {}) as { statusCode?: number }
  return statusCode ?? Math.max(inner, 500)
}

export interface ErrorOptions {
  /** Whether clients get the messages of 5xx errors that routes throw. */
  isDevelopment: boolean
}

export default plugin(
  async (fastify, { isDevelopment }: ErrorOptions) => {
    fastify.setErrorHandler((error: FastifyError, request, reply) => {
      const status = error.validation ? 400 : statusOf(error)
      if (status >= 500) request.log.error(error)
      const message = error.validation
        ? validationMessage(error.validationContext ?? "request", error.validation as ValidationProblem[])
        : error.message
      const isExposed = status < 500 || (isDevelopment && error instanceof fastify.httpErrors.HttpError)
      return reply.getHttpError(status as 400, isExposed ? message : HIDDEN_MESSAGE)
    })
    fastify.setNotFoundHandler(async ({ method, url }) => {
      throw fastify.httpErrors.notFound(`Route ${method} ${url} not found. GET /documentation lists all routes.`)
    })
  },
  { name: "raclette-errors" },
)
