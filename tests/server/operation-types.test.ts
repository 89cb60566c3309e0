// The types of operations: which run in a transaction, which have a commit number, and which broadcast.
import { expect, it } from "vitest"
import {
  dataCreate,
  dataDelete,
  dataHardDelete,
  dataMove,
  dataPush,
  dataRead,
  dataRestore,
  dataUpdate,
  type RaclettePlugin,
} from "../../server-stub/raclette/types"
import { connectSocket, listen, record, recordedUntilNow, requester, tokenOf } from "./harness"

/** A backend with one broadcasting route, and the number of transactions that it opened. */
async function withRoute(method: "GET" | "POST", type: string, broadcastChannels: string[] = [], fails = false) {
  const plugin: RaclettePlugin = {
    name: "bell",
    author: "tester",
    register(fastify) {
      const config = { type, broadcastChannels }
      const handler = async () => {
        fastify.emit("heard", { type, body: { items: ["by hand"] } })
        if (fails) throw fastify.httpErrors.notFound("no bell")
        return { type, body: { items: [] } }
      }
      fastify.route({ method, url: "/bell", onRequest: [fastify.authenticate], config, handler })
    },
  }
  const { app, url } = await listen({ plugins: [plugin] })
  const client = await connectSocket(app, url)
  const events = record(client)
  const { transaction } = app.database
  let transactions = 0
  app.database.transaction = (work) => {
    transactions++
    return transaction(work)
  }
  const answer = await app.inject({ method, url: "/bell", headers: { authorization: `Bearer ${tokenOf(app)}` } })
  const [heard = []] = await recordedUntilNow(app, [client], [events])
  return { answer, opened: transactions > 0, heard: heard.map(([name]) => name) }
}

it("are exported by their names", () => {
  const exported = { dataRead, dataPush, dataCreate, dataUpdate, dataDelete, dataHardDelete, dataMove, dataRestore }
  for (const [name, type] of Object.entries(exported)) expect(type).toBe(name)
})

it.each([
  ["GET", dataRead, true],
  ["POST", dataRead, true],
  ["GET", dataPush, true],
  ["POST", dataPush, false],
  ["GET", "ofOurOwn", true],
  ["POST", "ofOurOwn", false],
  ["GET", dataUpdate, false],
  ...[dataCreate, dataUpdate, dataDelete, dataHardDelete, dataMove, dataRestore].map((type) => ["POST", type, false]),
] as ["GET" | "POST", string, boolean][])(
  "%s of type %s: a read, without a transaction and with a commit number: %s",
  async (method, type, isRead) => {
    const { answer, opened } = await withRoute(method, type)
    expect(answer.statusCode).toBe(200)
    expect([opened, "raclette-commit" in answer.headers]).toEqual([!isRead, isRead])
  },
)

it("a read that broadcasts emits once per channel, without a transaction, and not if it fails", async () => {
  const channel = (key: string) => `plugin_tester__bell--${key}`
  const told = await withRoute("GET", dataRead, ["rung", "heard"])
  expect([told.answer.statusCode, told.opened, told.heard]).toEqual([200, false, [channel("heard"), channel("rung")]])
  const failed = await withRoute("GET", dataRead, ["rung", "heard"], true)
  expect([failed.answer.statusCode, failed.answer.json().message]).toEqual([404, "no bell"])
  expect([failed.opened, failed.heard]).toEqual([false, []])
})

it("a read that broadcasts sends what its handler sends", async () => {
  const plugin: RaclettePlugin = {
    name: "bell",
    author: "tester",
    register(fastify) {
      const config = { type: dataRead, broadcastChannels: ["rung"] }
      fastify.get("/bell", { onRequest: [fastify.authenticate], config }, (_request, reply) => {
        setImmediate(() => reply.status(203).send({ type: dataRead, body: { items: [1] } }))
        return reply
      })
    },
  }
  const { app } = await listen({ plugins: [plugin] })
  expect(await requester(app)("GET", "/bell")).toEqual({ status: 203, body: { type: dataRead, body: { items: [1] } } })
})
