// The metrics for Prometheus, and when the route exists.
import type { FastifyInstance } from "fastify"
import { describe, expect, it } from "vitest"
import { startRedis } from "../support/servers"
import { connectSocket, listen, makeApp, requester } from "./harness"

/** The value of a metric: its name, with its labels where it has any. */
async function measured(app: FastifyInstance, metric: string): Promise<number | undefined> {
  const { body } = await app.inject("/metrics")
  const line = body.split("\n").find((one) => one.startsWith(`${metric} `))
  return line === undefined ? undefined : Number(line.slice(metric.length))
}

describe("GET /metrics", () => {
  it("does not exist by default", async () => {
    expect((await (await makeApp()).inject("/metrics")).statusCode).toBe(404)
  })

  it("has metrics of the process and of each route by its pattern, not by URL", async () => {
    const app = await makeApp({ metrics: true })
    const send = requester(app)
    const { body } = await send("POST", "/todo", { name: "Milk" })
    for (const id of [body.body.items[0]._id, "a", "b"]) await send("GET", `/todo/${id}`)
    const count = (route: string, status: number, method = "GET") =>
      measured(app, `http_request_duration_seconds_count{method="${method}",route="${route}",status_code="${status}"}`)
    expect(await count("/todo/:_id", 200)).toBe(1)
    expect(await count("/todo/:_id", 404)).toBe(2)
    expect(await count("/todo", 201, "POST")).toBe(1)
    expect(await measured(app, "process_resident_memory_bytes")).toBeGreaterThan(1e6)
    const answer = await app.inject("/metrics")
    expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/)
  })

  it("counts only this app's clients, also with another app in the process", async () => {
    const other = await listen({ metrics: true })
    await connectSocket(other.app, other.url)
    const { app, url } = await listen({ metrics: true })
    expect(await measured(app, "raclette_clients")).toBe(0)
    const socket = await connectSocket(app, url)
    expect(await measured(app, "raclette_clients")).toBe(1)
    const left = new Promise((resolve) => app.io.sockets.sockets.get(String(socket.id))?.once("disconnect", resolve))
    socket.disconnect()
    await left
    expect(await measured(app, "raclette_clients")).toBe(0)
  })

  it("counts the events that wait while Redis is unreachable", async () => {
    const redis = await startRedis()
    const { app } = await listen({ metrics: true, redisUrl: redis.url })
    expect(await measured(app, "raclette_redis_up")).toBe(1)
    const closed = new Promise((resolve) => app.redis?.once("close", resolve))
    await redis.stop()
    await closed
    await requester(app)("POST", "/todo", { name: "Milk" })
    expect(await measured(app, "raclette_redis_up")).toBe(0)
    // `todoCreated` and the plugin's own event.
    expect(await measured(app, "raclette_outbox_events")).toBe(2)
  })

  it("is neither limited by RATE_LIMIT nor in the documentation", async () => {
    const app = await makeApp({ metrics: true, rateLimit: 1 })
    for (let i = 0; i < 3; i++) expect((await app.inject("/metrics")).statusCode).toBe(200)
    expect(Object.keys((await app.inject("/documentation/json")).json().paths)).not.toContain("/metrics")
  })
})
