// Closing in good order: requests that came before the app closes are answered, and their events are sent, before the
// sockets close. Fastify answers 503 to what comes later, and so is in the end what could not be answered in time. A
// request is over when its answer has gone out. If its client has gone, it is over when its handler and all hooks before
// the answer have run, so that others hear of what it did.
import { once } from "node:events"
import type { FastifyReply, FastifyRequest } from "fastify"
import plugin from "fastify-plugin"
import { giveUp } from "./limits"

/** How long is waited for answers, in ms: it leaves time for the rest within the 5 s that a node takes to end. */
const PATIENCE = 3500

/** Holds `close()` back until no request is under way, 3.5 s at most. Register it before what the answers need. */
export default plugin(
  async (fastify) => {
    const underWay = new Map<FastifyRequest, FastifyReply>()
    const handled = new WeakSet<FastifyRequest>()
    const ends = new EventTarget()
    const end = (request: FastifyRequest) => {
      underWay.delete(request)
      if (underWay.size === 0) ends.dispatchEvent(new Event("none"))
    }
    // Not asynchronous, as all hooks that wait for nothing: each promise costs every request a little.
    fastify.addHook("onRequest", (request, reply, done) => {
      underWay.set(request, reply)
      reply.raw.once("close", () => {
        if (handled.has(request)) end(request)
      })
      done()
    })
    // A route's own hooks run after those of the app.
    fastify.addHook("onRoute", (route) => {
      const own = route.onSend ?? []
      route.onSend = [
        ...(Array.isArray(own) ? own : [own]),
        (request, reply, body, done) => {
          handled.add(request)
          if (reply.raw.destroyed) end(request)
          done(null, body)
        },
      ]
    })
    fastify.addHook("onResponse", (request, _reply, done) => {
      end(request)
      done()
    })
    fastify.addHook("preClose", async () => {
      if (underWay.size === 0) return
      await once(ends, "none", { signal: AbortSignal.timeout(PATIENCE) }).catch(() => {
        fastify.log.warn(`${underWay.size} requests were still under way at the end`)
        for (const reply of underWay.values()) giveUp(reply, "The server ends: try again")
      })
    })
  },
  { name: "raclette-drain" },
)
