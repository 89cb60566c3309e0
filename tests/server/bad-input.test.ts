// Broken, greedy and hostile clients: each gets a clear error or is disconnected, and no other client notices.
import { once } from "node:events"
import type { FastifyInstance } from "fastify"
import type { Socket } from "socket.io-client"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { WebSocket } from "ws"
import { silentClients } from "../support/silent-clients"
import { connectSocket, heard, listen, openSocket, record, recordedUntilNow, requester, tokenOf } from "./harness"

const CREATED = "plugin_pacifico__todo--todoCreated"

/** A plain WebSocket to Engine.IO, which has sent nothing yet. */
async function bareSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`)
  onTestFinished(() => socket.terminate())
  await once(socket, "open")
  return socket
}

/** Resolves when `socket` gets a frame that starts with the given text. */
function frame(socket: WebSocket, start: string): Promise<void> {
  return new Promise((resolve) => {
    socket.on("message", (data) => {
      if (String(data).startsWith(start)) resolve()
    })
  })
}

/** Delays timers of `delay` ms until released, so that no connection ends while many are being opened. */
function holdTimeouts(delay: number): (() => void)[] {
  const held: (() => void)[] = []
  const { setTimeout } = globalThis
  const spy = vi.spyOn(globalThis, "setTimeout")
  spy.mockImplementation(((callback: () => void, ms?: number, ...args: []) => {
    if (ms !== delay) return setTimeout(callback, ms, ...args)
    held.push(callback)
    return setTimeout(() => {}, 0)
  }) as typeof setTimeout)
  onTestFinished(() => spy.mockRestore())
  return held
}

/** Asserts that `witness` is still served: it gets the event of the next todo. */
async function expectServed(app: FastifyInstance, witness: Socket): Promise<void> {
  const told = heard(witness, CREATED)
  expect((await requester(app)("POST", "/todo", { name: "for the witness" })).status).toBe(201)
  await told
}

describe("a client that does not read", () => {
  it("is disconnected when its buffer is too large, while another gets all events", async () => {
    const { app, url } = await listen({ sockets: { clientBuffer: 1024 * 1024 } })
    const witness = await connectSocket(app, url)
    const slow = await bareSocket(url)
    slow.send(`40${JSON.stringify({ token: tokenOf(app) })}`)
    await frame(slow, '42["raclette--connected"')
    slow.pause()
    let dropped = false
    for (const socket of app.io.sockets.sockets.values()) {
      if (socket.id !== witness.id) socket.once("disconnect", () => (dropped = true))
    }
    const payload = "x".repeat(256 * 1024)
    let sent = 0
    for (; sent < 400 && !dropped; sent++) {
      const told = heard(witness, "large")
      app.io.emit("large", payload)
      await told
    }
    expect(dropped).toBe(true)
    // The loopback device buffers some megabytes before the server does.
    expect(sent * payload.length).toBeGreaterThan(1024 * 1024)
    expect(app.io.engine.clientsCount).toBe(1)
    await expectServed(app, witness)
  })

  it("is not confused with one that gets a burst", async () => {
    const { app, url } = await listen({ sockets: { clientBuffer: 1024 * 1024 } })
    const witness = await connectSocket(app, url)
    const events = record(witness)
    for (let i = 0; i < 1000; i++) app.io.emit("small", "x".repeat(1000))
    const [all] = await recordedUntilNow(app, [witness], [events])
    expect(all).toHaveLength(1000)
  })
})

describe("connections without CONNECT", () => {
  it("are closed, 10,000 of them, while and after which others are served", { timeout: 120_000 }, async () => {
    const { app, url } = await listen()
    const witness = await connectSocket(app, url)
    const timeouts = holdTimeouts(10_000)
    // Nor does a missing pong disconnect it.
    ;(app.io.engine as unknown as { opts: { pingInterval: number } }).opts.pingInterval = 600_000
    const clients = silentClients(Number(new URL(url).port), 10_000)
    await expectServed(app, witness)
    await clients.open
    expect(app.io.engine.clientsCount).toBe(10_001)
    const headers = { "content-type": "application/json", authorization: `Bearer ${tokenOf(app)}` }
    const told = heard(witness, CREATED)
    const answer = await fetch(`${url}/todo`, { method: "POST", headers, body: JSON.stringify({ name: "meanwhile" }) })
    expect(answer.status).toBe(201)
    await told
    expect(app.io.engine.clientsCount).toBe(10_001)
    expect(timeouts).toHaveLength(10_000)
    for (const end of timeouts) end()
    expect(app.io.engine.clientsCount).toBe(1)
    // They do not answer the closing handshake, and are terminated.
    await clients.closed
    await expectServed(app, witness)
  })
})

describe("a connection that sends invalid packets", () => {
  it.each([
    ["a frame of more than 1 MB", "4".repeat(2_000_000)],
    ["no packet of the engine", "x"],
    ["no packet of Socket.IO", "4x"],
    ["an event before CONNECT", '42["todoCreated"]'],
    ["an event that is no JSON", '42["todoCreated'],
  ])("is closed after %s, and others are served", async (_name, text) => {
    const { app, url } = await listen()
    const witness = await connectSocket(app, url)
    const socket = await bareSocket(url)
    const end = once(socket, "close")
    socket.send(text)
    await end
    await expectServed(app, witness)
  })

  it("cannot authenticate with the server's packets", async () => {
    const { app, url } = await listen()
    const witness = await connectSocket(app, url)
    const events = record(witness)
    const other = await connectSocket(app, url, "anna")
    other.emit(CREATED, { type: "dataCreate", body: { items: [{ name: "forged" }] } })
    expect(await recordedUntilNow(app, [witness], [events])).toEqual([[]])
    await expectServed(app, witness)
  })
})

describe("all bad clients at once", () => {
  it("each get their error, and another client gets only valid events", async () => {
    const { app, url } = await listen({ devLogin: true })
    const witness = await connectSocket(app, url)
    const events = record(witness)
    const send = requester(app)
    const old = app.jwt.sign({ _id: "1", name: "anna", iat: 1000 } as never, { expiresIn: "1h" })
    const forged = `${tokenOf(app).split(".").slice(0, 2).join(".")}.${"A".repeat(43)}`
    const refusal = async (address: string, token: string) => {
      const [error] = await once(openSocket(address, { token }) as never, "connect_error")
      return (error as Error).message
    }
    const messages = await Promise.all([
      refusal(url, forged),
      refusal(url, old),
      refusal(`${url}/nowhere`, tokenOf(app)),
      send("POST", "/todo", { name: "x".repeat(1024 * 1024) }).then(({ body }) => body.message),
      send("POST", "/todo", { name: 7 }).then(({ body }) => body.message),
      send("DELETE", `/todo/${encodeURIComponent("'; DROP TABLE todos; --")}`).then(({ body }) => body.message),
    ])
    expect(messages).toEqual([
      expect.stringMatching(/signature is invalid/),
      expect.stringMatching(/has expired/),
      "Invalid namespace",
      "Request body is too large",
      "body/name must be string",
      "There is no todo '; DROP TABLE todos; --",
    ])
    const name = "'); DROP TABLE todos; --"
    const created = await send("POST", "/todo", { name })
    const [told] = await recordedUntilNow(app, [witness], [events])
    expect(told?.[0]).toEqual([CREATED, created.body])
    expect(told).toHaveLength(2)
    const all = await send("GET", "/todo/all")
    expect(all.body.body.items.map((todo: { name: string }) => todo.name)).toEqual([name])
  })
})
