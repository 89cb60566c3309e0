// The response of an operation's handler. Fastify sends a response at once, but an operation must commit first. So
// while the handler runs, its reply only captures what the handler sends. A handler that returns, sends or throws ends
// in one of two ways: with the response's payload, or with an error.
import type { FastifyReply } from "fastify"
import { isAborted } from "./response-timeout"

const JSON_TYPE = "application/json"

/**
 * Runs a handler and resolves with its payload: the first one that it sends, otherwise its return value. Rejects if the
 * handler throws, sends or returns an error (`reply.notFound()`), or bypasses its reply (`reply.hijack()`). A handler
 * that returns nothing, or its reply, may send later; the promise then waits, and rejects if the client disconnects
 * first.
 */
export async function runHandler(reply: FastifyReply, handle: () => unknown): Promise<unknown> {
  const captured = captureReply(reply)
  try {
    const returned = handle()
    const settled = await (returned === undefined ? captured.sent : returned)
    const payload = captured.isSent ? await captured.sent : settled
    if (isAborted(reply)) throw new Error("The handler finished after its response timeout: rolled back")
    if (payload instanceof Error) throw payload
    if (reply.sent || reply.raw.headersSent) {
      throw new Error("An operation's handler called reply.hijack() or wrote to reply.raw: use reply.send() instead")
    }
    return payload
  } finally {
    captured.release()
  }
}

/**
 * Until `release()`, `reply.send()` and every method built on it capture the payload. Awaiting the reply waits for it.
 */
function captureReply(reply: FastifyReply) {
  let resolve: (payload: unknown) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const sent = new Promise<unknown>((...settle) => {
    ;[resolve, reject] = settle
  })
  sent.catch(() => {})
  const onClose = () => reject(new Error("The client disconnected before the handler sent a response"))
  if (reply.raw.destroyed) onClose()
  reply.raw.once("close", onClose)
  const captured = { sent, isSent: false, release }
  function send(payload?: unknown): FastifyReply {
    if (captured.isSent) reply.log.warn("The handler sent a second response: it is ignored")
    captured.isSent = true
    resolve(payload)
    return reply
  }
  // Own properties that shadow the prototype's methods. `release()` overwrites them: deleting a property would make the
  // object slow.
  const { send: sendNow, then: thenNow } = reply
  Reflect.set(reply, "send", send)
  Reflect.set(reply, "then", sent.then.bind(sent))
  function release(): void {
    reply.raw.off("close", onClose)
    Reflect.set(reply, "send", sendNow)
    Reflect.set(reply, "then", thenNow)
  }
  return captured
}

/** Whether a payload needs serialization. Fastify sends strings, bytes and streams unchanged. */
export function isSerializable(payload: unknown): boolean {
  if (payload === undefined || typeof payload === "string") return false
  if (typeof payload !== "object" || payload === null) return true
  const { pipe, getReader } = payload as { pipe?: unknown; getReader?: unknown }
  const isStream = typeof pipe === "function" || typeof getReader === "function" || payload instanceof Response
  return !isStream && !ArrayBuffer.isView(payload)
}

/** Serializes data as Fastify would: by the route's response schema, or as plain JSON. */
export function serialize(reply: FastifyReply, data: unknown): unknown {
  const { statusCode } = reply
  // `reply.serialize()` ignores response schemas that are listed by media type.
  const byMediaType = [`${statusCode}`, `${Math.floor(statusCode / 100)}xx`].flatMap((status) =>
    [JSON_TYPE, "*/*"].map((type) => reply.getSerializationFunction(status, type)),
  )
  const own = byMediaType.find((one) => one !== undefined)
  return own ? own(data as Record<string, unknown>) : reply.serialize(data)
}

/** Sends a body that is already serialized. */
export function sendSerialized(reply: FastifyReply, body: unknown): void {
  if (!reply.hasHeader("content-type")) reply.type(`${JSON_TYPE}; charset=utf-8`)
  reply.serializer((text) => text).send(body)
}
