// "connection" of the official suite.
import { expect, it } from "vitest"
import { until } from "../../support/until"
import { startServer } from "../harness"
import { connected, next, ofBoth, peers } from "./cases"

ofBoth("connection", ({ name, openClient, start }) => {
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
    await until(() => peers(io).length === 0 && io.engine.clientsCount === 0)
    expect(client.connected).toBe(false)
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
