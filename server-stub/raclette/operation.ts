// An operation is done whole or not at all: what its handler writes, the events that tell of it and the answer that is
// kept for another try are one transaction. It ends before the client is answered: with the commit, after which the
// events are sent, or, where the handler threw or answered with a failure, with nothing changed.
import { AsyncLocalStorage } from "node:async_hooks"
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify"
import { AnsweredElsewhere } from "./idempotency"
import type { OutgoingEvent } from "./outbox"

/** An answer on its way to the client. */
interface Answer {
  status: number
  body: unknown
  /** What the body was made of; undefined for an answer without data. */
  payload: unknown
}

/** The operation that a request does. */
export interface Operation {
  /** What is sent after the commit, beside the events of the route. */
  events: OutgoingEvent[]
  isOver: boolean
  /** Hands in the answer; resolves when the transaction is over. */
  end(answer: Answer): Promise<void>
}

/** Ends the transaction of an operation that was answered with a failure. */
class Refused extends Error {}

const context = new AsyncLocalStorage<Operation>()

/** The operation that the caller is a part of, while its transaction lasts. */
export function currentOperation(): Operation | undefined {
  const operation = context.getStore()
  return operation?.isOver ? undefined : operation
}

/**
 * Makes operations of those routes, registered on `fastify` from now on, that change something or tell of something.
 * `eventsOf` makes the events of a route from what a request of it is answered with.
 */
export function operations(
  fastify: FastifyInstance,
  eventsOf: (request: FastifyRequest, payload: unknown) => OutgoingEvent[],
): void {
  fastify.addHook("onRoute", (route) => {
    const { type, broadcastChannels = [] } = route.config ?? {}
    if (type === undefined || (type === "dataRead" && broadcastChannels.length === 0)) return
    const { handler } = route
    route.handler = async function (request, reply) {
      const eventsOfRequest = (payload: unknown) => eventsOf(request, payload)
      await perform(request, reply, async () => handler.call(this, request, reply), eventsOfRequest)
      return reply
    } as RouteHandlerMethod
  })
  fastify.addHook("preSerialization", async (_request, reply, payload) => {
    reply.operationPayload = payload
    return payload
  })
  fastify.addHook("onSend", async (request, reply, body) => {
    const { operation } = request
    if (!operation) return body
    try {
      await operation.end({ status: reply.statusCode, body, payload: reply.operationPayload })
    } catch (error) {
      if (error instanceof AnsweredElsewhere) {
        reply.status(error.known.status)
        return error.known.body
      }
      if (!(error instanceof Refused)) throw error
      await fastify.keepAnswer(request, reply.statusCode, body)
    }
    return body
  })
}

/** Resolves when the answer is on its way, and rejects if the handler did before it answered. */
async function perform(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: () => Promise<unknown>,
  eventsOf: (payload: unknown) => OutgoingEvent[],
): Promise<void> {
  const { database, outbox, keepAnswer } = request.server
  let answer: (answer: Answer) => void = () => {}
  const answered = new Promise<Answer>((resolve) => {
    answer = resolve
  })
  let wasAnswered = false
  const operation: Operation = {
    events: [],
    isOver: false,
    end(given) {
      wasAnswered = true
      answer(given)
      return over
    },
  }
  const returned = async () => {
    const payload = await context.run(operation, handle)
    // As Fastify does for a handler that did not answer by itself.
    if (payload !== undefined || !reply.sent) context.run(operation, () => reply.send(payload))
    return answered
  }
  request.operation = operation
  const over = database
    .transaction(async () => {
      const { status, body, payload } = await Promise.race([answered, returned()])
      if (status >= 300) throw new Refused()
      await keepAnswer(request, status, body)
      return outbox.add([...operation.events, ...(payload === undefined ? [] : eventsOf(payload))])
    })
    .finally(() => {
      operation.isOver = true
      request.operation = undefined
    })
    .then((sendEvents) => sendEvents())
  try {
    await over
  } catch (error) {
    // One that was answered by then is told to the client by the hook that waits for it.
    if (!wasAnswered) throw error
  }
}
