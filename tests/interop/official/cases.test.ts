// Cases of socket.io-client's own suite (4.8: connection, socket, retry and connection-state-recovery), by their names
// there and written anew, asked of the original and of a runtime. docs/socket.md lists those that are left out, and why.
import { once } from "node:events"
import { createServer } from "node:net"
import type { Server, Socket } from "socket.io"
import { describe, expect, it, onTestFinished } from "vitest"
import { startServer, until } from "../harness"
import { type Client, type ClientOptions, type OpenClient, openOfficial, openRaclette } from "./facade"

/** A server that answers, echoes and says things, as the cases need it. */
async function makeServer(options = {}) {
  const server = await startServer(options)
  const prepare = (socket: Socket) => {
    socket.on("echo", (value, answer) => answer?.(value))
    socket.on("silence", () => {})
    socket.on("slow", (ms: number, answer: () => void) => setTimeout(answer, ms))
    socket.on("again", (...args) => socket.emit("again", ...args))
    socket.on("handshake", (answer) => answer(socket.handshake))
    socket.on("drop me", () => socket.conn.close())
    socket.on("end me", () => socket.disconnect())
  }
  for (const name of ["/", "/foo", "/asd"]) server.io.of(name).on("connection", prepare)
  let refused = 0
  server.io.of("/no").use((_socket, next) => {
    refused++
    next(new Error("Auth failed (custom namespace)"))
  })
  return { ...server, refusals: () => refused }
}

const next = (client: Client, event: string) =>
  new Promise<unknown[]>((resolve) => {
    const listener = (...args: unknown[]) => {
      client.off(event, listener)
      resolve(args)
    }
    client.on(event, listener)
  })

const connected = (client: Client) => until(() => client.connected)

/** A port that takes connections and never says a word. */
async function silentPort(): Promise<number> {
  const connections = new Set<{ destroy(): void }>()
  const server = createServer((connection) => connections.add(connection)).listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    server.close()
    for (const connection of connections) connection.destroy()
  })
  return (server.address() as { port: number }).port
}

const clients: [string, OpenClient][] = [
  ["socket.io-client", openOfficial],
  ["raclette-wasm", openRaclette],
]

describe.each(clients)("%s", (name, openClient) => {
  async function start(options: ClientOptions = {}, serverOptions = {}) {
    const server = await makeServer(serverOptions)
    const client = await openClient(server.url, options)
    if (options.autoConnect !== false) await connected(client)
    return { ...server, client }
  }
  const peers = (io: Server, namespace = "/") => [...io.of(namespace).sockets.values()]

  describe("connection", () => {
    it("should connect to localhost", async () => {
      const { client } = await start()
      expect(await client.emitWithAck("echo", "hi")).toBe("hi")
    })

    it("should not connect when autoConnect option set to false", async () => {
      const { io, client } = await start({ autoConnect: false })
      expect(client.connected).toBe(false)
      client.connect()
      await connected(client)
      expect(peers(io)).toHaveLength(1)
    })

    it("should start a single connection with different namespaces", async () => {
      const { io, client } = await start()
      const [foo, asd] = [client.namespace("/foo"), client.namespace("/asd")]
      await Promise.all([connected(foo), connected(asd)])
      const connections = ["/", "/foo", "/asd"].map((space) => peers(io, space)[0]?.conn)
      expect(new Set(connections).size).toBe(1)
    })

    it("should work with acks", async () => {
      const { io, client } = await start()
      client.on("ask", (a: number, b: unknown, answer: (...values: unknown[]) => void) => answer(a, b, "ok"))
      const answer = await new Promise<unknown[]>((resolve) => {
        peers(io)[0]?.emit("ask", 5, { test: true }, (...values: unknown[]) => resolve(values))
      })
      expect(answer).toEqual([5, { test: true }, "ok"])
    })

    it("should receive date with ack", async () => {
      const { client } = await start()
      expect(await client.emitWithAck("echo", new Date(0))).toBe("1970-01-01T00:00:00.000Z")
    })

    it("should work with false", async () => {
      const { client } = await start()
      const heard = next(client, "again")
      client.emit("again", false)
      expect(await heard).toEqual([false])
    })

    it("should receive utf8 multibyte characters", async () => {
      const { client } = await start()
      for (const text of ["てすと", "Ä Б 𝒳 🧀", "utf8 — string", "\u0000\u2028"]) {
        expect(await client.emitWithAck("echo", text)).toBe(text)
      }
    })

    it("should connect to a namespace after connection established", async () => {
      const { client } = await start()
      const foo = client.namespace("/foo")
      await connected(foo)
      expect(await foo.emitWithAck("echo", 1)).toBe(1)
    })

    it("should open a new namespace after connection gets closed", async () => {
      const { client } = await start()
      client.disconnect()
      expect(client.connected).toBe(false)
      const foo = client.namespace("/foo")
      await connected(foo)
      expect(client.connected).toBe(false)
    })

    it("should reconnect by default", async () => {
      const { client } = await start()
      const again = next(client, "connect")
      client.emit("drop me")
      await again
      expect(await client.emitWithAck("echo", 1)).toBe(1)
    })

    it("should reconnect manually", async () => {
      const { client } = await start()
      client.disconnect()
      expect(client.connected).toBe(false)
      client.connect()
      await connected(client)
    })

    it("should reconnect automatically after reconnecting manually", async () => {
      const { client } = await start()
      client.disconnect()
      client.connect()
      await connected(client)
      const again = next(client, "connect")
      client.emit("drop me")
      await again
    })

    it("should attempt reconnects after a failed reconnect", async () => {
      const { client, kill, port } = await start()
      await kill()
      await next(client, "connect_error")
      await startServer({}, port)
      await connected(client)
    })

    it("should not reconnect when force closed", async () => {
      const { io, client } = await start()
      client.disconnect()
      await until(() => peers(io).length === 0)
      expect(client.connected).toBe(false)
      expect(io.engine.clientsCount).toBe(0)
    })

    it("should stop reconnecting when force closed", async () => {
      const { client, kill, port } = await start()
      await kill()
      await next(client, "connect_error")
      client.disconnect()
      const { io } = await startServer({}, port)
      const other = await openClient(`http://127.0.0.1:${port}`)
      await connected(other)
      expect(peers(io)).toHaveLength(1)
      expect(client.connected).toBe(false)
    })

    it("should reconnect after stopping reconnection", async () => {
      const { client, kill, port } = await start()
      await kill()
      await next(client, "connect_error")
      client.disconnect()
      await startServer({}, port)
      client.connect()
      await connected(client)
    })

    it("should stop reconnecting on a socket and keep to reconnect on another", async () => {
      const { client, kill, port } = await start()
      const foo = client.namespace("/foo")
      await connected(foo)
      await kill()
      await until(() => !client.connected && !foo.connected)
      client.disconnect()
      const { io } = await startServer({}, port)
      io.of("/foo")
      await connected(foo)
      expect(client.connected).toBe(false)
    })

    it("should not close the connection when disconnecting a single socket", async () => {
      const { client } = await start()
      const foo = client.namespace("/foo")
      await connected(foo)
      foo.disconnect()
      expect(foo.connected).toBe(false)
      expect(await client.emitWithAck("echo", 1)).toBe(1)
    })

    it("should emit date as string", async () => {
      const { client } = await start()
      const heard = next(client, "again")
      client.emit("again", new Date(0))
      expect(await heard).toEqual(["1970-01-01T00:00:00.000Z"])
    })

    it("should emit date in object", async () => {
      const { client } = await start()
      const heard = next(client, "again")
      client.emit("again", { date: new Date(0) })
      expect(await heard).toEqual([{ date: "1970-01-01T00:00:00.000Z" }])
    })

    it("should send binary data (as an ArrayBuffer), mixed with json and in the correct order", async () => {
      const { io, client } = await start()
      const heard: unknown[] = []
      peers(io)[0]?.onAny((...args) => heard.push(args))
      const bytes = (text: string) => new TextEncoder().encode(text)
      client.emit("bytes", bytes("asdfasdf").buffer)
      client.emit("mixed", { hello: "lol", message: bytes("howdy").buffer, goodbye: "gotcha" })
      client.emit("plain", "after")
      await until(() => heard.length === 3)
      expect(heard).toEqual([
        ["bytes", Buffer.from("asdfasdf")],
        ["mixed", { hello: "lol", message: Buffer.from("howdy"), goodbye: "gotcha" }],
        ["plain", "after"],
      ])
    })

    it("should get binary data (as an ArrayBuffer)", async () => {
      const { io, client } = await start()
      const heard = next(client, "bytes")
      peers(io)[0]?.emit("bytes", Buffer.from("asdfasdf"))
      const [bytes] = (await heard) as [ArrayBuffer]
      expect(Buffer.from(bytes).toString()).toBe("asdfasdf")
    })

    // In Node the original takes no Blob.
    if (name === "raclette-wasm")
      it("should send binary data (as a Blob), in the correct order", async () => {
        const { io, client } = await start({ transports: ["websocket"] })
        const heard: unknown[] = []
        peers(io)[0]?.onAny((...args) => heard.push(args))
        client.emit("blob", new Blob(["howdy"]), { in: [new Blob(["deep"])] })
        client.emit("plain", "after")
        await until(() => heard.length === 2)
        expect(heard).toEqual([
          ["blob", Buffer.from("howdy"), { in: [Buffer.from("deep")] }],
          ["plain", "after"],
        ])
      })

    it("should not reopen an already active socket", async () => {
      const { io, client } = await start()
      const { id } = client
      client.connect()
      expect(await client.emitWithAck("echo", 1)).toBe(1)
      expect(client.id).toBe(id)
      expect(io.engine.clientsCount).toBe(1)
    })

    it("should close the engine upon decoding exception", async () => {
      const { io, client } = await start()
      const again = next(client, "connect")
      const conn = peers(io)[0]?.conn
      conn?.write("invalid")
      await again
    })
  })

  describe("socket", () => {
    it.each([
      ["/", "default"],
      ["/foo", "custom"],
    ])(
      "should have an accessible socket id equal to the server-side socket id (%s: %s namespace)",
      async (namespace) => {
        const { client } = await start({ namespace })
        const handshakes = (await client.emitWithAck("handshake")) as object
        expect(handshakes).toBeDefined()
        expect(client.id).toMatch(/^[\w-]{20}$/)
      },
    )

    it("clears socket.id upon disconnection", async () => {
      const { client } = await start()
      client.disconnect()
      expect(client.id).toBeUndefined()
    })

    it("doesn't fire an error event if we force disconnect in opening state", async () => {
      const client = await openClient(`http://127.0.0.1:${await silentPort()}`)
      const errors: unknown[] = []
      client.on("connect_error", (error) => errors.push(error))
      client.disconnect()
      await new Promise((resolve) => setImmediate(resolve))
      expect(errors).toEqual([])
    })

    it("fire a connect_error event when the connection cannot be established", async () => {
      const client = await openClient("http://127.0.0.1:1")
      const [error] = await next(client, "connect_error")
      expect(error).toBeInstanceOf(Error)
    })

    it.each([["polling"], ["websocket"]] as const)(
      "fire a connect_error event on open timeout (%s)",
      async (transport) => {
        const url = `http://127.0.0.1:${await silentPort()}`
        const client = await openClient(url, { transports: [transport], timeout: 50 })
        const [error] = await next(client, "connect_error")
        expect((error as Error).message).toMatch(/timeout/)
      },
    )

    it("doesn't fire a connect_error event when the connection is already established", async () => {
      const { client } = await start({ reconnection: false })
      const errors: unknown[] = []
      client.on("connect_error", (error) => errors.push(error))
      const left = next(client, "disconnect")
      client.emit("drop me")
      await left
      expect(errors).toEqual([])
    })

    it("should change socket.id upon reconnection", async () => {
      const { client } = await start()
      const { id } = client
      const again = next(client, "connect")
      client.emit("drop me")
      await again
      expect(client.id).not.toBe(id)
    })

    it("query option: should accept an object, and properly encode the parameters", async () => {
      const { client } = await start({ query: { a: "b", "&a": "&=?a" } })
      const { query } = (await client.emitWithAck("handshake")) as { query: object }
      expect(query).toMatchObject({ a: "b", "&a": "&=?a" })
    })

    it("auth option: should accept an object", async () => {
      const { client } = await start({ auth: { a: "b", c: "d" } })
      expect(await client.emitWithAck("handshake")).toMatchObject({ auth: { a: "b", c: "d" } })
    })

    it("auth option: should accept an function", async () => {
      const { client } = await start({ auth: (cb) => cb({ e: "f" }) })
      expect(await client.emitWithAck("handshake")).toMatchObject({ auth: { e: "f" } })
    })

    it("should fire an error event on middleware failure from custom namespace", async () => {
      const { client } = await start()
      const [error] = await next(client.namespace("/no"), "connect_error")
      expect((error as Error).message).toContain("Auth failed (custom namespace)")
    })

    it("should not try to reconnect after a middleware failure", async () => {
      const { client, refusals } = await start()
      await next(client.namespace("/no"), "connect_error")
      await client.emitWithAck("slow", 150)
      expect(refusals()).toBe(1)
    })

    it("should properly disconnect then reconnect", async () => {
      const { client } = await start({ transports: ["websocket"] })
      const seen: string[] = []
      client.on("disconnect", () => seen.push("disconnect"))
      client.on("connect", () => seen.push("connect"))
      client.disconnect()
      client.connect()
      await connected(client)
      expect(seen).toEqual(["disconnect", "connect"])
    })

    it("should throw on reserved event", async () => {
      const { client } = await start()
      expect(() => client.emit("disconnecting", "goodbye")).toThrow(/reserved|belongs to the protocol/)
    })

    it("should emit events in order", async () => {
      const server = await makeServer()
      const client = await openClient(server.url, { autoConnect: false })
      const heard: unknown[] = []
      client.on("again", (n) => heard.push(n))
      client.emit("again", 1)
      client.on("connect", () => client.emit("again", 3))
      client.emit("again", 2)
      client.connect()
      await until(() => heard.length === 3)
      expect([...heard].sort()).toEqual([1, 2, 3])
      expect(heard.indexOf(1)).toBeLessThan(heard.indexOf(2))
    })

    it("should emit an event and wait for the acknowledgement", async () => {
      const { client } = await start()
      expect(await client.emitWithAck("echo", 123)).toBe(123)
    })

    it("volatile packets: should discard a volatile packet when the socket is not connected", async () => {
      const { client } = await start({ autoConnect: false })
      const heard: unknown[] = []
      client.on("again", (value) => heard.push(value))
      client.volatile.emit("again", "lost")
      client.emit("again", "kept")
      client.connect()
      await until(() => heard.length > 0)
      expect(heard).toEqual(["kept"])
    })

    it("volatile packets: should send a volatile packet when the socket is connected and the pipe is ready", async () => {
      const { client } = await start({ transports: ["websocket"] })
      const heard = next(client, "again")
      client.volatile.emit("again", "ok")
      expect(await heard).toEqual(["ok"])
    })

    it("onAny: should call listener, and remove listener", async () => {
      const { client } = await start()
      const heard: unknown[] = []
      const listener = (...args: unknown[]) => heard.push(args)
      client.onAny(listener)
      const first = next(client, "again")
      client.emit("again", 1, "2")
      await first
      client.offAny(listener)
      const second = next(client, "again")
      client.emit("again", 3)
      await second
      expect(heard).toEqual([["again", 1, "2"]])
    })

    it("onAnyOutgoing: should call listener, also with binary data, and remove listener", async () => {
      const { client } = await start()
      const told: unknown[] = []
      const listener = (...args: unknown[]) => told.push(args)
      client.onAnyOutgoing(listener)
      client.emit("my-event", "123")
      client.emit("my-event", { binary: new Uint8Array([1, 2, 3]) })
      client.offAnyOutgoing(listener)
      client.emit("my-event", "456")
      expect(told).toEqual([
        ["my-event", "123"],
        ["my-event", { binary: new Uint8Array([1, 2, 3]) }],
      ])
    })

    it("timeout: should timeout after the given delay when socket is not connected", async () => {
      const { client } = await start({ autoConnect: false })
      const error = await new Promise((resolve) => client.timeout(50).emit("echo", resolve))
      expect(error).toBeInstanceOf(Error)
    })

    it("timeout: should timeout when the server does not acknowledge the event (callback and promise)", async () => {
      const { client } = await start()
      expect(await new Promise((resolve) => client.timeout(50).emit("silence", resolve))).toBeInstanceOf(Error)
      await expect(client.timeout(50).emitWithAck("silence")).rejects.toBeInstanceOf(Error)
    })

    it("timeout: should timeout when the server does not acknowledge the event in time", async () => {
      const { client } = await start()
      const answers: unknown[] = []
      client.timeout(20).emit("slow", 60, (...args: unknown[]) => answers.push(args))
      await client.emitWithAck("slow", 120)
      expect(answers).toEqual([[expect.any(Error)]])
    })

    it("timeout: should not timeout when the server does acknowledge the event (callback and promise)", async () => {
      const { client } = await start()
      const answer = await new Promise((resolve) =>
        client.timeout(5000).emit("echo", 42, (...args: unknown[]) => resolve(args)),
      )
      expect((answer as unknown[])[0] ?? undefined).toBeUndefined()
      expect((answer as unknown[])[1]).toBe(42)
      expect(await client.timeout(5000).emitWithAck("echo", 42)).toBe(42)
    })

    it("acknowledgement upon disconnection: should not ack upon disconnection (callback)", async () => {
      const { client } = await start()
      const answers: unknown[] = []
      client.emit("silence", () => answers.push("called"))
      client.disconnect()
      await new Promise((resolve) => setImmediate(resolve))
      expect(answers).toEqual([])
    })

    it("acknowledgement upon disconnection: should ack with an error upon disconnection (callback & timeout, promise)", async () => {
      const { client } = await start()
      const called = new Promise((resolve) => client.timeout(10_000).emit("silence", resolve))
      const promised = client.emitWithAck("silence").catch((error: unknown) => error)
      const timed = client
        .timeout(10_000)
        .emitWithAck("silence")
        .catch((error: unknown) => error)
      client.disconnect()
      for (const error of await Promise.all([called, promised, timed])) expect(error).toBeInstanceOf(Error)
    })

    it("acknowledgement upon disconnection: should not discard an unsent ack (callback)", async () => {
      const { client } = await start({ autoConnect: false })
      const answer = new Promise((resolve) => client.emit("echo", "later", resolve))
      client.connect()
      expect(await answer).toBe("later")
    })
  })

  describe("retry", () => {
    it("should fail when the server does not acknowledge the packet", async () => {
      const { client, io } = await start()
      let tries = 0
      io.on("connection", (socket) => socket.on("nothing", () => tries++))
      peers(io)[0]?.on("nothing", () => tries++)
      const error = await new Promise((resolve) => client.retrying(3, 50).emit("nothing", resolve))
      expect(error).toBeInstanceOf(Error)
      expect(tries).toBe(4)
    })
  })

  describe("connection state recovery", () => {
    it("should have an accessible socket id equal to the server-side socket id (default namespace)", async () => {
      const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 5000 } }
      const { client, io } = await start({ transports: ["websocket"] }, recovery)
      const { id } = client
      expect(client.recovered).toBe(false)
      const hint = next(client, "hint")
      io.emit("hint")
      await hint
      const again = next(client, "connect")
      client.emit("drop me")
      await again
      expect(client.recovered).toBe(true)
      expect(client.id).toBe(id)
    })
  })
})
