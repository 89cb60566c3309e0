// Timeouts: slow requests, hanging handlers, and a database or Redis that hangs. Each client gets a response in time,
// other requests are served, and the process exits with 0 when it is stopped, which it would not if that took too long.
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import todo from "../../server-stub/plugins/todo"
import { TodoService } from "../../server-stub/plugins/todo/service"
import { Backend } from "../support/backend"
import { type Service, startPostgres, startRedis } from "../support/servers"
import { openProxy } from "../support/test-proxy"
import { until } from "../support/until"
import { gate, listen, makeApp, operationPlugin, requester, tokenOf } from "./harness"

let postgres: Service
let redis: Service
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

/** Sends `text` on a new connection. `ended` resolves with everything received until it closes. */
async function sendText(url: string, text: string): Promise<{ socket: Socket; ended: Promise<string> }> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1")
  onTestFinished(() => void socket.destroy())
  await once(socket, "connect")
  const chunks: Buffer[] = []
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {})
  socket.write(text)
  // Also if it ends by a reset.
  const closed = new Promise((resolve) => socket.once("close", resolve))
  const ended = closed.then(() => Buffer.concat(chunks).toString())
  return { socket, ended }
}

const HEAD = "POST /todo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"

describe("a slow request", () => {
  it.each<[string, (token: string) => string]>([
    ["half of the body", (token) => `${HEAD}authorization: Bearer ${token}\r\ncontent-length: 100\r\n\r\n{"name":`],
    ["half of the headers", () => HEAD],
    [
      "nothing of a body in chunks",
      (token) => `${HEAD}authorization: Bearer ${token}\r\ntransfer-encoding: chunked\r\n\r\n`,
    ],
  ])("is answered with 408 where there is %s, and its connection ends", async (_what, make) => {
    const { app, url } = await listen({ requestTimeout: 300 })
    const { ended } = await sendText(url, make(tokenOf(app)))
    expect((await requester(app)("POST", "/todo", { name: "Milk" })).status).toBe(201)
    expect(await ended).toContain("HTTP/1.1 408 Request Timeout")
    expect((await requester(app)("GET", "/todo/all")).body.body.items).toHaveLength(1)
  })

  it("is cut off even if it sends a byte now and then", async () => {
    const { app, url } = await listen({ requestTimeout: 300 })
    const { socket, ended } = await sendText(
      url,
      `${HEAD}authorization: Bearer ${tokenOf(app)}\r\ncontent-length: 100000\r\n\r\n{`,
    )
    const drip = setInterval(() => socket.write(" "), 20)
    onTestFinished(() => clearInterval(drip))
    expect(await ended).toContain("HTTP/1.1 408 Request Timeout")
  })
})

describe("a handler that hangs", () => {
  /** A plugin whose route, `POST /slow`, writes a todo and hangs until it is released, once. */
  function slow() {
    const { opened, open: release } = gate()
    let calls = 0
    const plugin = operationPlugin("slow", async ({ database }) => {
      const item = await new TodoService(database).create(`call ${calls++}`, false, "anna")
      if (calls === 1) await opened
      return [item]
    })
    return { plugin, release, calls: () => calls }
  }

  it("gets 503 in time, and is rolled back when it continues", async () => {
    const { plugin, release } = slow()
    const { app, url } = await listen({ responseTimeout: 200, plugins: [todo, plugin] })
    const headers = { authorization: `Bearer ${tokenOf(app)}`, "idempotency-key": "k", origin: "http://page.example" }
    const answer = await fetch(`${url}/slow`, { method: "POST", headers })
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { statusCode: 503, error: "Service Unavailable", message: "No response within 200 ms. Try again later." },
    ])
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://page.example")
    const again = fetch(`${url}/slow`, { method: "POST", headers })
    release()
    expect((await again).status).toBe(200)
    const { items } = (await requester(app)("GET", "/todo/all")).body.body
    expect(items.map(({ name }: { name: string }) => name)).toEqual(["call 1"])
  })
})

describe("a database that hangs", () => {
  it("causes 503 responses and no writes of aborted requests, until it continues", async () => {
    const { proxy, url: databaseUrl } = await openProxy(postgres.url)
    const app = await makeApp({ databaseUrl, responseTimeout: 1200 })
    const send = requester(app)
    await send("POST", "/todo", { name: "before" })
    const names = async () => {
      const { items } = (await send("GET", "/todo/all")).body.body
      return items.map(({ name }: { name: string }) => name)
    }
    const restore = proxy.fail("stalled")
    const requests = [...Array(20).keys()].map((n) =>
      n % 2 === 0 ? send("POST", "/todo", { name: `meanwhile ${n}` }) : send("GET", "/todo/all"),
    )
    expect(new Set((await Promise.all(requests)).map(({ status }) => status))).toEqual(new Set([503]))
    expect(await send("GET", "/health")).toEqual({ status: 200, body: { status: "ok" } })
    expect(await send("GET", "/ready")).toEqual({ status: 503, body: { status: "not ready", database: false } })
    restore()
    await until(async () => (await send("GET", "/ready")).status === 200)
    expect((await send("POST", "/todo", { name: "after" })).status).toBe(201)
    expect(await names()).toEqual(["before", "after"])
  })

  it("does not delay the shutdown, nor do requests that wait for it", async () => {
    const { proxy, url: databaseUrl } = await openProxy(postgres.url)
    const backend = await Backend.create({ env: { DATABASE_URL: databaseUrl } })
    onTestFinished(() => backend.dispose())
    const headers = { authorization: `Bearer ${await backend.token("anna")}` }
    proxy.fail("stalled")
    const waits = fetch(`${backend.url}todo/all`, { headers })
    const { ended } = await sendText(backend.url, "GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
    const code = backend.stop()
    expect((await waits).status).toBe(503)
    expect(await code).toBe(0)
    await ended
  })
})

describe("/ready", () => {
  it("reports whether Redis is reachable, if nodes share one", async () => {
    const { proxy, url: redisUrl } = await openProxy(redis.url)
    const app = await makeApp({ redisUrl })
    const ready = async () => (await app.inject("/ready")).json()
    expect(await ready()).toEqual({ status: "ready", database: true, redis: true })
    const restore = proxy.fail("stalled")
    expect(await ready()).toEqual({ status: "not ready", database: true, redis: false })
    restore()
    await until(async () => (await app.inject("/ready")).statusCode === 200)
  })

  it("is 503 during the shutdown", async () => {
    const { app, url } = await listen()
    const closed = app.close()
    expect((await fetch(`${url}/ready`).catch(() => ({ status: "refused" }))).status).not.toBe(200)
    await closed
  })
})

describe("the shutdown", () => {
  const hangers: [string, (backend: Backend, token: string) => Promise<unknown>][] = [
    [
      "half of a body",
      ({ url }, token) => sendText(url, `${HEAD}authorization: Bearer ${token}\r\ncontent-length: 100\r\n\r\n{"name":`),
    ],
    ["half of the headers", ({ url }) => sendText(url, HEAD)],
    [
      "a WebSocket that reads nothing",
      async ({ url }, token) => {
        const socket = new WebSocket(`${url.replace("http", "ws")}socket.io/?EIO=4&transport=websocket`)
        onTestFinished(() => socket.terminate())
        await once(socket, "open")
        socket.send(`40${JSON.stringify({ token })}`)
        await once(socket, "message")
        socket.pause()
      },
    ],
  ]
  it.each(hangers)("is not delayed by a client that has sent %s", async (_what, hang) => {
    const backend = await Backend.create()
    onTestFinished(() => backend.dispose())
    await hang(backend, await backend.token("anna"))
    // The server has received it by now.
    await backend.addTodo("Milk")
    expect(await backend.stop()).toBe(0)
  })
})
