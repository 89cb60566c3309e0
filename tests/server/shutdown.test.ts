// Graceful shutdown: requests in flight are answered, and their events sent, before sockets and database close.

import { sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import { connectSocket, gate, heard, listen, makeApp, operationPlugin, tokenOf } from "./harness"

/** A plugin whose one route, `POST /bell`, responds when the test releases it. */
function slowBell() {
  const { opened: begun, open: begin } = gate()
  const { opened: released, open: release } = gate()
  const handler = async () => {
    begin()
    await released
    return [{ _id: "1" }]
  }
  return { plugin: operationPlugin("bell", handler, ["rung"]), begun, release }
}

describe("close", () => {
  it("waits for requests in flight: their responses and events are sent before the sockets close", async () => {
    const { plugin, begun, release } = slowBell()
    const { app, url } = await listen({ plugins: [plugin] })
    const client = await connectSocket(app, url)
    const order: string[] = []
    client.on("plugin_tester__bell--rung", () => order.push("event"))
    client.on("disconnect", () => order.push("disconnect"))
    const left = heard(client, "disconnect")
    const headers = { authorization: `Bearer ${tokenOf(app)}` }
    const answer = fetch(`${url}/bell`, { method: "POST", headers })
    await begun
    const closing = app.close()
    expect((await fetch(`${url}/health`)).status).toBe(503)
    expect(order).toEqual([])
    release()
    expect((await answer).status).toBe(200)
    await Promise.all([closing, left])
    expect(order).toEqual(["event", "disconnect"])
  })

  it("waits for requests of disconnected clients too: other clients get their events", async () => {
    const { plugin, begun, release } = slowBell()
    const { app, url } = await listen({ plugins: [plugin] })
    const client = await connectSocket(app, url)
    const told = heard(client, "plugin_tester__bell--rung")
    const gone = new AbortController()
    const headers = { authorization: `Bearer ${tokenOf(app)}` }
    const answer = fetch(`${url}/bell`, { method: "POST", headers, signal: gone.signal })
    await begun
    gone.abort()
    await expect(answer).rejects.toThrow("aborted")
    const closing = app.close()
    expect((await fetch(`${url}/health`)).status).toBe(503)
    release()
    await told
    await closing
  })

  it("closes the database", async () => {
    const app = await makeApp()
    await app.close()
    await expect(app.database.run(sql`SELECT 1`)).rejects.toThrow()
  })
})
