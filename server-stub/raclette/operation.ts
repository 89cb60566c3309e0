// Operations are atomic: the handler's writes, its events and the response stored for its idempotency key are one
// transaction. Every operation takes the same steps: claim the key, run the handler, serialize the payload, commit,
// respond, send the events. If the handler throws, or responds with a status of 300 or more, everything is rolled back.
// Reads have no transaction.
import { AsyncLocalStorage } from "node:async_hooks"
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod, RouteOptions } from "fastify"
import { replayResponse } from "./idempotency"
import type { OutgoingEvent } from "./outbox-table"
import { isSerializable, runHandler, sendSerialized, serialize } from "./response"
import { isAborted } from "./response-timeout"
import { isRead } from "./types"

interface Operation {
  /** The events emitted so far by the handler and the services that it calls. */
  events: OutgoingEvent[]
  isOver: boolean
}

/**
 * Returns the events to send after the commit: those emitted so far, and those of the route's `broadcastChannels`.
 * `payload`: the response's payload; undefined for strings, bytes and streams.
 */
type EventsOf = (request: FastifyRequest, emitted: OutgoingEvent[], payload?: unknown) => OutgoingEvent[]

/** Rolls a transaction back for which there is a response. */
class Rollback extends Error {
  readonly respond: () => unknown

  constructor(respond: () => unknown) {
    super("The operation was rolled back")
    this.respond = respond
  }
}

const context = new AsyncLocalStorage<Operation>()

/** The operation that the caller runs in; undefined once it has ended. */
export function currentOperation(): Operation | undefined {
  const operation = context.getStore()
  return operation?.isOver ? undefined : operation
}

/** Wraps the handlers of all routes registered on `fastify` from now on that are mutations or broadcast events. */
export function wrapOperations(fastify: FastifyInstance, eventsOf: EventsOf): void {
  fastify.addHook("onRoute", (route) => {
    const run = runnerOf(route)
    if (!run) return
    const { handler } = route
    route.handler = async function (request, reply) {
      const respond = await run(request, reply, () => handler.call(this, request, reply), eventsOf)
      respond()
      return reply
    } as RouteHandlerMethod
  })
}

/** How requests of a route run; undefined if the handler needs no wrapping. */
function runnerOf({ method, config = {} }: RouteOptions) {
  const { type, broadcastChannels = [] } = config
  if (type === undefined) return undefined
  if ([method].flat().some((one) => !isRead(type, one))) return runOperation
  return broadcastChannels.length > 0 ? runBroadcastRead : undefined
}

/**
 * Runs a read with `broadcastChannels`. It has nothing to commit, so no transaction. Resolves with a function that
 * responds and sends the events, at most once, since the outbox does not store them.
 */
async function runBroadcastRead(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: () => unknown,
  eventsOf: EventsOf,
): Promise<() => unknown> {
  const operation: Operation = { events: [], isOver: false }
  try {
    const payload = await context.run(operation, () => runHandler(reply, handle))
    if (reply.statusCode >= 300) return () => reply.send(payload)
    const { events, respond } = outcomeOf(operation, request, reply, payload, eventsOf)
    return () => {
      respond()
      for (const event of events) {
        request.server.publish(event).catch((error) => {
          request.log.error(error, `Event ${event.channel} could not be sent`)
        })
      }
    }
  } finally {
    operation.isOver = true
  }
}

/** The outcome of a successful operation: its events, the body to store, and a function that sends the response. */
function outcomeOf(
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  eventsOf: EventsOf,
) {
  const hasData = isSerializable(payload)
  const events = eventsOf(request, operation.events, hasData ? payload : undefined)
  if (!hasData) return { events, body: payload, respond: () => reply.send(payload) }
  const body = serialize(reply, payload)
  return { events, body, respond: () => sendSerialized(reply, body) }
}

/**
 * Runs an operation in a transaction. Resolves after the commit, with a function that responds and sends the events.
 * Rejects if the handler or the commit fails; then everything is rolled back.
 */
async function runOperation(
  request: FastifyRequest,
  reply: FastifyReply,
  handle: () => unknown,
  eventsOf: EventsOf,
): Promise<() => unknown> {
  const { database, outbox, claimIdempotencyKey, storeResponse } = request.server
  const operation: Operation = { events: [], isOver: false }
  try {
    return await database.transaction(async () => {
      if (isAborted(reply)) throw new Error("The response timeout passed before the transaction began: nothing was run")
      const stored = await claimIdempotencyKey(request)
      if (stored) throw new Rollback(() => replayResponse(request, reply, stored))
      const payload = await context.run(operation, () => runHandler(reply, handle))
      if (reply.statusCode >= 300) throw new Rollback(() => reply.send(payload))
      const { events, body, respond } = outcomeOf(operation, request, reply, payload, eventsOf)
      await storeResponse(request, reply.statusCode, body)
      const sendEvents = await outbox.add(events)
      return () => {
        respond()
        sendEvents()
      }
    })
  } catch (error) {
    if (request.idempotencyAttempt) request.idempotencyAttempt.isClaimed = false
    if (error instanceof Rollback) return error.respond
    throw error
  } finally {
    operation.isOver = true
  }
}
