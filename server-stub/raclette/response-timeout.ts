// The response timeout. If a handler or the database hangs, the client gets 503. The handler's writes are rolled back,
// unless the commit had begun; then the next attempt with the same `Idempotency-Key` gets the outcome.
import type { FastifyReply } from "fastify"
import plugin from "fastify-plugin"

export interface ResponseTimeoutOptions {
  /** How long a response may take once the request has arrived, in ms. */
  responseTimeout: number
}

const aborted = new WeakSet<FastifyReply>()

/** Whether a request was answered with 503 by `abort()`. */
export function isAborted(reply: FastifyReply): boolean {
  return aborted.has(reply)
}

/** Answers a request with 503, unless it has a response. Its handler can send nothing afterwards. */
export function abort(reply: FastifyReply, message: string): void {
  if (reply.sent || reply.raw.headersSent) return
  aborted.add(reply)
  // Includes the headers that hooks have set: without the CORS headers, a page could not read the status.
  const headers = { ...reply.getHeaders(), "content-type": "application/json; charset=utf-8", connection: "close" }
  reply.hijack()
  reply.raw.writeHead(503, headers as Record<string, string>)
  reply.raw.end(JSON.stringify({ statusCode: 503, error: "Service Unavailable", message }))
}

/** Answers requests with 503 after `responseTimeout`. */
export default plugin(
  async (fastify, { responseTimeout }: ResponseTimeoutOptions) => {
    const timers = new WeakMap<FastifyReply, NodeJS.Timeout>()
    // `preValidation` is the first hook after the body has arrived.
    fastify.addHook("preValidation", (request, reply, done) => {
      const timer = setTimeout(() => {
        request.log.error(
          { method: request.method, url: request.url },
          `No response within ${responseTimeout} ms: sent 503`,
        )
        abort(reply, `No response within ${responseTimeout} ms. Try again later.`)
      }, responseTimeout)
      timers.set(reply, timer)
      reply.raw.once("close", () => clearTimeout(timer))
      done()
    })
    fastify.addHook("onSend", (_request, reply, body, done) => {
      clearTimeout(timers.get(reply))
      done(null, body)
    })
  },
  { name: "raclette-response-timeout" },
)
