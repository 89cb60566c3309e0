// A backend with an operation of the tests, `POST /thing`: it writes a todo, then runs the test's handler.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify"
import { onTestFinished } from "vitest"
import { type AppOptions, buildApp } from "../../server-stub/app"
import { TodoService } from "../../server-stub/plugins/todo/service"
import { registerBroadcasts } from "../../server-stub/raclette/broadcast"
import type { Payload } from "../../server-stub/raclette/types"
import { connectSocket, heard, record, SECRET, temporaryFolder, tokenOf } from "./harness"

export const channel = (key: string) => `plugin_tests__thing--${key}`
export const done: Payload = { type: "dataCreate", body: { items: [{ _id: "1" }] } }

/** The rest of the operation, after its write. */
type Rest = (own: FastifyInstance, reply: FastifyReply, request: FastifyRequest) => unknown

/** The backend, and a client of it. `route` overrides parts of the route. */
export async function withRoute(rest: Rest, route: Partial<RouteOptions> = {}, options: Partial<AppOptions> = {}) {
  const app = await buildApp({ dataFolder: await temporaryFolder(), secret: SECRET, ...options })
  onTestFinished(() => app.close())
  const todos = new TodoService(app.database)
  await app.register(async (own) => {
    registerBroadcasts(own, { author: "tests", name: "thing", register() {} })
    own.route({
      method: "POST",
      url: "/thing",
      onRequest: [own.authenticate],
      handler: async (request, reply) => {
        await todos.create("thing", false, "a test")
        return rest(own, reply, request)
      },
      ...route,
      config: { type: "dataCreate", broadcastChannels: ["thingCreated"], ...route.config },
    })
  })
  const url = await app.listen({ host: "127.0.0.1", port: 0 })
  const client = await connectSocket(app, url)
  const events = record(client)
  const send = (key = "k1") =>
    app.inject({
      method: "POST",
      url: "/thing",
      headers: { authorization: `Bearer ${tokenOf(app)}`, "idempotency-key": key },
    })
  /** The written rows and the received events. */
  const outcome = async () => {
    const end = heard(client, "end")
    app.io.emit("end")
    await end
    const { items } = await todos.all({})
    return { written: items.length, heard: events.splice(0).filter(([name]) => name !== "end") }
  }
  return { app, url, send, outcome, todos }
}
