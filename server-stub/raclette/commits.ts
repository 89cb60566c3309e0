// Commit numbers, by which a client knows that it missed nothing between an answer and the beginning of its session.
// Every event that clients may hear gets a higher number than those before it, and is sent after its commit. So a read
// that begins when `commit()` is n holds all that the events up to n tell of, and a socket that enters then hears all
// events above n. Where the number of an answer is not below that of the session, nothing lies between them.
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { isRead } from "./types"

const HEADER = "raclette-commit"

/** The event in which a client is told its session's number. */
export const CONNECTED = "raclette--connected"

declare module "fastify" {
  interface FastifyInstance {
    /** The number of the last event that this node's clients heard; undefined while it is not known. */
    commit(): number | undefined
  }
}

/** Whether others than the one client that is told its number, or has its session ended, may hear of a packet. */
export function counts({ data }: { data?: unknown[] }, flags: { local?: boolean } | undefined): boolean {
  return !flags?.local && data?.[0] !== CONNECTED
}

/** The number of an event of the Redis stream. Of one millisecond it holds fewer than a thousand events. */
export function numberOfOffset(offset: string): number {
  const [time = 0, place = 0] = offset.split("-").map(Number)
  return time * 1000 + place
}

/** Puts the number into the answers of reads. */
export default plugin(
  async (fastify: FastifyInstance) => {
    // When the request comes, so that whatever it waits for before it reads can only add to what it knows.
    fastify.addHook("onRequest", (request, reply, done) => {
      const { type } = request.routeOptions.config
      const commit = type !== undefined && isRead(type, request.method) ? fastify.commit() : undefined
      if (commit !== undefined) reply.header(HEADER, commit)
      done()
    })
  },
  { name: "raclette-commits", dependencies: ["raclette-sockets"] },
)
