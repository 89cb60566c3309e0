// Graceful shutdown: requests in flight are answered, and their events sent, before the sockets close. Fastify answers
// later requests with 503; so are requests in flight that exceed the timeout. A request ends when its response is sent.
// If its client has disconnected, it ends after its handler and its `onSend` hooks, so that other clients get its
// events.
import { once } from "node:events"
import type { FastifyReply, FastifyRequest } from "fastify"
import plugin from "fastify-plugin"
import { abort } from "./response-timeout"

/** How long to wait for responses, in ms. It leaves time for the other steps of the 5 s shutdown. */
const DRAIN_TIMEOUT = 3500

/**
 * Delays `close()` until no request is in flight, at most 3.5 s. Register it before the plugins that responses need.
 */
export default plugin(
  async (fastify) => {
    const inFlight = new Map<FastifyRequest, FastifyReply>()
    const handled = new WeakSet<FastifyRequest>()
    const idle = new EventTarget()
    const end = (request: FastifyRequest) => {
      inFlight.delete(request)
      if (inFlight.size === 0) idle.dispatchEvent(new Event("idle"))
    }
    // Callback hooks: an async hook would cost every request a promise.
    fastify.addHook("onRequest", (request, reply, done) => {
      inFlight.set(request, reply)
      reply.raw.once("close", () => {
        if (handled.has(request)) end(request)
      })
      done()
    })
    // A route's own onSend hooks run after the app's: so this one is the last.
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
      if (inFlight.size === 0) return
      await once(idle, "idle", { signal: AbortSignal.timeout(DRAIN_TIMEOUT) }).catch(() => {
        fastify.log.warn(
          `${inFlight.size} requests had no response ${DRAIN_TIMEOUT} ms after shutdown began: they get 503`,
        )
        for (const reply of inFlight.values()) abort(reply, "The server is shutting down. Try again.")
      })
    })
  },
  { name: "raclette-drain" },
)
