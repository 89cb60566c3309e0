// What the handler of an operation answers with. Fastify sends an answer at once; an operation has to commit first. So
// while a handler runs, its reply keeps what the handler sends. Whether a handler returns, sends or throws, it comes to
// one of two things: the payload of the answer, or an error.
import type { FastifyReply } from "fastify"
import { isGivenUp } from "./limits"

const JSON_TYPE = "application/json"

/**
 * Runs a handler and resolves with its payload: what it sent first, or else what it returned. Rejects if it throws, if
 * it sends or returns an error (`reply.notFound()`), or if it answers without its reply (`reply.hijack()`). A handler
 * that returns nothing, or its reply, may send later; this waits until it does, and rejects if the client leaves first.
 */
export async function payloadOf(reply: FastifyReply, handle: () => unknown): Promise<unknown> {
  const held = holdReply(reply)
  try {
    const returned = handle()
    const settled = await (returned === undefined ? held.sent : returned)
    const payload = held.isSent ? await held.sent : settled
    if (isGivenUp(reply)) throw new Error("Its answer took too long: nothing is changed")
    if (payload instanceof Error) throw payload
    if (reply.sent || reply.raw.headersSent) throw new Error("An operation answers by its reply: it cannot hijack it")
    return payload
  } finally {
    held.release()
  }
}

/** Until `release()`, `reply.send()` and all that builds on it only hand in a payload, and awaiting the reply waits for it. */
function holdReply(reply: FastifyReply) {
  let resolve: (payload: unknown) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const sent = new Promise<unknown>((...settle) => {
    ;[resolve, reject] = settle
  })
  sent.catch(() => {})
  const leave = () => reject(new Error("The client left before the handler sent an answer"))
  if (reply.raw.destroyed) leave()
  reply.raw.once("close", leave)
  const held = { sent, isSent: false, release }
  function send(payload?: unknown): FastifyReply {
    if (held.isSent) reply.log.warn("A handler sent a second answer, which is left out")
    held.isSent = true
    resolve(payload)
    return reply
  }
  // These hide the methods of the reply's prototype, until those are put before them: an object from which a property is
  // deleted is slow from then on.
  const { send: sendNow, then: thenNow } = reply
  Reflect.set(reply, "send", send)
  Reflect.set(reply, "then", sent.then.bind(sent))
  function release(): void {
    reply.raw.off("close", leave)
    Reflect.set(reply, "send", sendNow)
    Reflect.set(reply, "then", thenNow)
  }
  return held
}

/** Whether a payload is data, which is serialised. Text, bytes and streams are sent as they are. */
export function isData(payload: unknown): boolean {
  if (payload === undefined || typeof payload === "string") return false
  if (typeof payload !== "object" || payload === null) return true
  const { pipe, getReader } = payload as { pipe?: unknown; getReader?: unknown }
  const isStream = typeof pipe === "function" || typeof getReader === "function" || payload instanceof Response
  return !isStream && !ArrayBuffer.isView(payload)
}

/** Serialises data as Fastify would: by the route's response schema, or as plain JSON. */
export function serialise(reply: FastifyReply, data: unknown): unknown {
  const { statusCode } = reply
  // `reply.serialize()` does not find a response schema that is given by media type.
  const byMediaType = [`${statusCode}`, `${Math.floor(statusCode / 100)}xx`].flatMap((status) =>
    [JSON_TYPE, "*/*"].map((type) => reply.getSerializationFunction(status, type)),
  )
  const own = byMediaType.find((one) => one !== undefined)
  return own ? own(data as Record<string, unknown>) : reply.serialize(data)
}

/** Sends what is serialised already. */
export function sendSerialised(reply: FastifyReply, body: unknown): void {
  if (!reply.hasHeader("content-type")) reply.type(`${JSON_TYPE}; charset=utf-8`)
  reply.serializer((text) => text).send(body)
}
