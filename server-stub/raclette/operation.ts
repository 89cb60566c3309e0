// An operation is done whole or not at all: what its handler writes, the events that tell of it and the answer that is
// kept for another try are one transaction. Every request of an operation takes the same steps: claim its key, await the
// handler, serialise its payload, commit, answer, send the events. A handler that throws, or answers with a status of 300 or
// more, changes nothing. What only reads has no transaction.
import { AsyncLocalStorage } from "node:async_hooks"
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from "fastify"
import { isData, payloadOf, sendSerialised, serialise } from "./answer"
import { answerAgain } from "./idempotency"
import { isGivenUp } from "./limits"
import type { OutgoingEvent } from "./outbox-table"
import { isRead } from "./types"

/** The operation that a request does. */
interface Operation {
  /** What the handler, or what it calls, has emitted so far. */
  events: OutgoingEvent[]
  isOver: boolean
}

/**
 * What is sent after the commit: what was emitted meanwhile, and the events of the route. `payload`: what the request is
 * answered with; undefined where that is no data.
 */
type EventsOf = (request: FastifyRequest, emitted: OutgoingEvent[], payload?: unknown) => OutgoingEvent[]

/** Ends a transaction without a commit where there is an answer all the same. */
class NotCommitted extends Error {
  readonly answer: () => unknown

  constructor(answer: () => unknown) {
    super("The operation was not committed")
    this.answer = answer
  }
}

const context = new AsyncLocalStorage<Operation>()

/** The operation that the caller is a part of, while its transaction lasts. */
export function currentOperation(): Operation | undefined {
  const operation = context.getStore()
  return operation?.isOver ? undefined : operation
}

/** Makes operations of those routes, registered on `fastify` from now on, that change something or tell of something. */
export function operations(fastify: FastifyInstance, eventsOf: EventsOf): void {
  fastify.addHook("onRoute", (route) => {
    const step = stepOf(route)
    if (!step) return
    const { handler } = route
    route.handler = async function (request, reply) {
      const answer = await step(request, reply, () => handler.call(this, request, reply), eventsOf)
      answer()
      return reply
    } as RouteHandlerMethod
  })
}

/** How the requests of a route are done; undefined for its handler alone. */
function stepOf({ method, config = {} }: RouteOptions) {
  const { type, broadcastChannels = [] } = config
  if (type === undefined) return undefined
  if ([method].flat().some((one) => !isRead(type, one))) return perform
  return broadcastChannels.length > 0 ? tell : undefined
}

/**
 * Does a read that others are told of. There is nothing to commit, so it has no transaction. Resolves with what answers
 * the request and sends the events, at most once: no outbox keeps them.
 */
async function tell(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: () => unknown,
  eventsOf: EventsOf,
): Promise<() => unknown> {
  const operation: Operation = { events: [], isOver: false }
  try {
    const payload = await context.run(operation, () => payloadOf(reply, handle))
    if (reply.statusCode >= 300) return () => reply.send(payload)
    const { events, answer } = outcomeOf(operation, request, reply, payload, eventsOf)
    return () => {
      answer()
      for (const event of events) {
        request.server.publish(event).catch((error) => request.log.error(error, `${event.channel} could not be sent`))
      }
    }
  } finally {
    operation.isOver = true
  }
}

/** What an operation that succeeded comes to: its events, the body that is kept, and what sends that. */
function outcomeOf(
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  eventsOf: EventsOf,
) {
  const hasData = isData(payload)
  const events = eventsOf(request, operation.events, hasData ? payload : undefined)
  if (!hasData) return { events, body: payload, answer: () => reply.send(payload) }
  const body = serialise(reply, payload)
  return { events, body, answer: () => sendSerialised(reply, body) }
}

/**
 * Does an operation in a transaction of its own. Resolves, after that, with what answers the request and sends the
 * events. Rejects, with nothing changed, if the handler or the commit fails.
 */
async function perform(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: () => unknown,
  eventsOf: EventsOf,
): Promise<() => unknown> {
  const { database, outbox, claimKey, keepAnswer } = request.server
  const operation: Operation = { events: [], isOver: false }
  try {
    return await database.transaction(async () => {
      if (isGivenUp(reply)) throw new Error("It waited too long for the database: it is not begun")
      const known = await claimKey(request)
      if (known) throw new NotCommitted(() => answerAgain(request, reply, known))
      const payload = await context.run(operation, () => payloadOf(reply, handle))
      if (reply.statusCode >= 300) throw new NotCommitted(() => reply.send(payload))
      const { events, body, answer } = outcomeOf(operation, request, reply, payload, eventsOf)
      await keepAnswer(request, reply.statusCode, body)
      const sendEvents = await outbox.add(events)
      return () => {
        answer()
        sendEvents()
      }
    })
  } catch (error) {
    if (request.idempotentTry) request.idempotentTry.isClaimed = false
    if (error instanceof NotCommitted) return error.answer
    throw error
  } finally {
    operation.isOver = true
  }
}
