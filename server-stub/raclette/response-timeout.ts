// How long a request may wait for its answer. Whatever it waits for (a database that stands still, a handler that hangs), its
// client gets 503 in time. What its handler has written by then is rolled back if the commit has not begun; where that is
// not known, the next try with the same `Idempotency-Key` is told.
import type { FastifyReply } from "fastify"
import plugin from "fastify-plugin"

export interface LimitOptions {
  /** How long an answer may take from when the request has arrived, in ms. */
  answerLimit: number
}

const givenUp = new WeakSet<FastifyReply>()

/** Whether a reply's client has been told that there will be no answer. */
export function isGivenUp(reply: FastifyReply): boolean {
  return givenUp.has(reply)
}

/** Answers a request with 503 if it has no answer yet, and lets nothing else answer it. */
export function giveUp(reply: FastifyReply, message: string): void {
  if (reply.sent || reply.raw.headersSent) return
  givenUp.add(reply)
  // Headers that hooks have set, those of CORS above all, which let a page read the status.
  const headers = { ...reply.getHeaders(), "content-type": "application/json; charset=utf-8", connection: "close" }
  reply.hijack()
  reply.raw.writeHead(503, headers as Record<string, string>)
  reply.raw.end(JSON.stringify({ statusCode: 503, error: "Service Unavailable", message }))
}

/** Gives up requests whose answers take too long. */
export default plugin(
  async (fastify, { answerLimit }: LimitOptions) => {
    const timers = new WeakMap<FastifyReply, NodeJS.Timeout>()
    // The body has arrived by then.
    fastify.addHook("preValidation", (request, reply, done) => {
      const timer = setTimeout(() => {
        request.log.error({ method: request.method, url: request.url }, `No answer within ${answerLimit} ms`)
        giveUp(reply, "The answer takes too long: try again later")
      }, answerLimit)
      timers.set(reply, timer)
      reply.raw.once("close", () => clearTimeout(timer))
      done()
    })
    fastify.addHook("onSend", (_request, reply, body, done) => {
      clearTimeout(timers.get(reply))
      done(null, body)
    })
  },
  { name: "raclette-limits" },
)
