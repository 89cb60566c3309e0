// "socket" of the official suite, except acknowledgements.
import { expect, it } from "vitest"
import { until } from "../../support/until"
import { connected, makeServer, next, ofBoth, peers, silentPort } from "./cases"

ofBoth("socket", ({ openClient, start }) => {
  it.each([
    ["/", "default"],
    ["/foo", "custom"],
  ])("should have an accessible socket id equal to the server-side socket id (%s: %s namespace)", async (namespace) => {
    const { io, client } = await start({ namespace })
    expect(peers(io, namespace).map(({ id }) => id)).toEqual([client.id])
  })

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

  it.each([
    ["should accept an object (default namespace)", "/", { e: "f" }, { e: "f" }],
    ["should accept an object", "/foo", { a: "b" }, { a: "b" }],
    ["should accept a query string (default namespace)", "/", "c=d", { c: "d" }],
    ["should accept a query string", "/foo", "b=c&d=e", { b: "c", d: "e" }],
    ["should properly encode the parameters", "/foo", { "&a": "&=?a" }, { "&a": "&=?a" }],
  ])("query option: %s", async (_name, namespace, given, received) => {
    const { client } = await start({ namespace, query: given as Record<string, string> })
    const { query } = (await client.emitWithAck("handshake")) as { query: object }
    expect(query).toMatchObject(received)
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
    expect(() => client.emit("disconnecting", "goodbye")).toThrow(/reserve/)
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

  it("throttled timer: should buffer the event and send it upon reconnection", async () => {
    const { client } = await start({ transports: ["websocket"] }, { pingInterval: 60_000 })
    const seen: unknown[] = []
    client.on("connect", () => seen.push("connected again"))
    client.sleep()
    const answer = client.emitWithAck("echo", "123")
    seen.push(await answer)
    expect(seen).toEqual(["connected again", "123"])
  })
})
