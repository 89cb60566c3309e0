// An operation is done whole or not at all: what its handler writes, the events that tell of it and the answer that is
// kept for another try are one transaction. Every request of an operation takes the same steps: claim its key, await the
// handler, serialise its payload, commit, answer, send the events. A handler that throws, or answers with a status of 300 or
// more, changes nothing.
import { AsyncLocalStorage } from "node:async_hooks"
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from "fastify"
import { isData, payloadOf, sendSerialised, serialise } from "./answer"
import { answerAgain } from "./idempotency"
import { isGivenUp } from "./limits"
import type { OutgoingEvent } from "./outbox-table"

/** The operation that a request does. */
interface Operation {
  /** What is sent after the commit, before the events of the route: those that it has in common with these are left out. */
  events: OutgoingEvent[]
  isOver: boolean
}

/** Makes the events of a route from the payload that a request of it is answered with. */
type EventsOf = (request: FastifyRequest, payload: unknown) => OutgoingEvent[]

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
    if (!isOperation(route)) return
    const { handler } = route
    route.handler = async function (request, reply) {
      const answer = await perform(request, reply, () => handler.call(this, request, reply), eventsOf)
      answer()
      return reply
    } as RouteHandlerMethod
  })
}

function isOperation({ config }: RouteOptions): boolean {
  const { type, broadcastChannels = [] } = config ?? {}
  return type !== undefined && (type !== "dataRead" || broadcastChannels.length > 0)
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
      const hasData = isData(payload)
      const body = hasData ? serialise(reply, payload) : payload
      const events = [...operation.events]
      const isToldByHandler = ({ channel }: OutgoingEvent) =>
        operation.events.some((event) => event.channel === channel)
      if (hasData) events.push(...eventsOf(request, payload).filter((event) => !isToldByHandler(event)))
      await keepAnswer(request, reply.statusCode, body)
      const sendEvents = await outbox.add(events)
      return () => {
        if (hasData) sendSerialised(reply, body)
        else reply.send(body)
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
