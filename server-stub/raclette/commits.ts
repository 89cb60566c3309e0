// Commit numbers. With them a client knows that it missed nothing between a response and the start of its session.
// Event numbers only grow, and an event is sent after its commit. So a read that starts at number n includes every
// change that events up to n announce, and a socket that connects at n receives every event above n. If the response's
// number is not below the session's number, the client missed no event.
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { isRead } from "./types"

const HEADER = "raclette-commit"

/** The event that carries a session's commit number. */
export const CONNECTED = "raclette--connected"

declare module "fastify" {
  interface FastifyInstance {
    /** The number of the last event that this node's clients received; undefined while unknown. */
    commit(): number | undefined
  }
}

/** Whether a packet is an event with a number. Events for one client, as `raclette--connected`, have none. */
export function isCounted({ data }: { data?: unknown[] }, flags: { local?: boolean } | undefined): boolean {
  return !flags?.local && data?.[0] !== CONNECTED
}

/** The commit number of a Redis stream entry. The stream holds fewer than a thousand entries per millisecond. */
export function commitOfOffset(offset: string): number {
  const [time = 0, place = 0] = offset.split("-").map(Number)
  return time * 1000 + place
}

/** Sets the header `raclette-commit` on responses of reads. */
export default plugin(
  async (fastify: FastifyInstance) => {
    // Taken when the request arrives, before anything is read: a number that is too low is safe, one too high is not.
    fastify.addHook("onRequest", (request, reply, done) => {
      const { type } = request.routeOptions.config
      const commit = type !== undefined && isRead(type, request.method) ? fastify.commit() : undefined
      if (commit !== undefined) reply.header(HEADER, commit)
      done()
    })
  },
  { name: "raclette-commits", dependencies: ["raclette-sockets"] },
)
