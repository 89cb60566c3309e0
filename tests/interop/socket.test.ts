// $socket with the real socket.io server, in both directions.
import { once } from "node:events"
import type { Socket } from "socket.io"
import { describe, expect, it } from "vitest"
import { until } from "../support/until"
import { connectTo, startRuntime, startServer, untilStatus } from "./harness"

const values: [string, unknown][] = [
  ["text", 'naïve 🧀 \u2028 " \\ \n'],
  ["numbers", [0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER]],
  ["null and booleans", [null, true, false]],
  ["an object in an object", { a: { b: [{ c: null }] }, "": 1 }],
  ["an odd key", { __proto: 1, constructor: 2, _placeholder: false, num: 0 }],
  ["nothing", []],
  ["a long text", "é".repeat(200_000)],
]

describe("connecting", () => {
  it("has the server's id, and sends auth and query", async () => {
    const server = await startServer()
    const auth = async () => ({ token: "t", deep: { n: [1] } })
    const { runtime, peer } = await connectTo(server, { auth, socket: { query: { room: "a b&c" } } })
    expect(runtime.$socket.id).toBe(peer.id)
    expect(peer.handshake.auth).toEqual({ token: "t", deep: { n: [1] } })
    expect(peer.handshake.query).toMatchObject({ EIO: "4", transport: "websocket", room: "a b&c" })
  })

  it("reports the latency, and reconnection attempts", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server, { socket: { reconnectionDelay: 60_000 } })
    const { latency } = runtime.connection.value
    expect(latency).toBeGreaterThan(0)
    const before = Date.now()
    peer.conn.close()
    await untilStatus(runtime, "reconnecting")
    const { attempt, nextAttempt } = runtime.connection.value
    expect(attempt).toBe(1)
    expect(nextAttempt).toBeGreaterThan(before)
  })

  it("finds another path, and another namespace", async () => {
    const server = await startServer({ path: "/live" })
    server.io.of("/admin").on("connection", (peer) => peer.emit("hello", peer.nsp.name))
    const runtime = await startRuntime(server.url, {
      socket: { path: "/live", namespace: "/admin", autoConnect: false },
    })
    const hello = runtime.$socket.waitFor("hello")
    runtime.connect()
    expect(await hello).toBe("/admin")
  })

  it.each([true, false])(
    "leaves no session on the server that was left before it began (back again: %s)",
    async (again) => {
      const server = await startServer()
      const { runtime, peer } = await connectTo(server)
      const waiting: (() => void)[] = []
      const space = server.io.of("/admin").use((_peer, next) => void waiting.push(() => next()))
      const admin = runtime.of("/admin")
      const heard: unknown[] = []
      admin.$socket.on("news", (news) => heard.push(news))
      admin.connect()
      await until(() => waiting.length === 1)
      admin.disconnect()
      if (again) admin.connect()
      const first = once(space, "connection") as Promise<[Socket]>
      waiting.shift()?.()
      await once((await first)[0], "disconnect")
      if (again) {
        await until(() => waiting.length === 1)
        waiting.shift()?.()
        await until(() => admin.$socket.status.value === "connected")
        space.emit("news", 1)
        await until(() => heard.length > 0)
      }
      expect([space.sockets.size, heard]).toEqual(again ? [1, [1]] : [0, []])
      expect(runtime.$socket.id).toBe(peer.id)
    },
  )

  it("leaves a namespace and reconnects to it at once, without affecting others", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    const space = server.io.of("/admin")
    const admin = runtime.of("/admin")
    const statuses: string[] = []
    runtime.$socket.status.subscribe((status) => statuses.push(status))
    for (let i = 0; i < 3; i++) {
      const arrived = once(space, "connection") as Promise<[Socket]>
      admin.connect()
      const [adminPeer] = await arrived
      await until(() => admin.$socket.status.value === "connected")
      const left = once(adminPeer, "disconnect")
      admin.disconnect()
      if (i < 2) admin.connect()
      await left
    }
    expect([statuses, runtime.$socket.id]).toEqual([["connected"], peer.id])
  })

  it("is rejected with the server's message, and connects once the server accepts", async () => {
    const server = await startServer()
    let isOpen = false
    server.io.use((_peer, next) => next(isOpen ? undefined : new Error("not before nine")))
    const runtime = await startRuntime(server.url, { socket: { authAttempts: 2 } })
    await untilStatus(runtime, "rejected")
    expect(runtime.$socket.reason.value).toMatchObject({
      code: "CONNECT_REJECTED",
      message: expect.stringContaining("not before nine"),
    })
    isOpen = true
    runtime.connect()
    await untilStatus(runtime, "connected")
    expect(runtime.$socket.reason.value).toBeUndefined()
  })

  it("to a namespace that does not exist is rejected", async () => {
    const server = await startServer()
    const runtime = await startRuntime(server.url, { socket: { namespace: "/nowhere", authAttempts: 1 } })
    await untilStatus(runtime, "rejected")
    expect(runtime.$socket.reason.value?.message).toContain("Invalid namespace")
  })

  it("answers the server's pings, and stays connected", async () => {
    const server = await startServer({ pingInterval: 10, pingTimeout: 1000 })
    const { runtime, peer } = await connectTo(server)
    for (let i = 0; i < 5; i++) await once(peer.conn, "heartbeat")
    expect(runtime.$socket.id).toBe(peer.id)
  })

  it("lets packets in flight over long-polling arrive before it disconnects", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server, { socket: { transports: ["polling"] } })
    const heard: unknown[] = []
    peer.on("last", (...args) => heard.push(...args))
    const left = once(peer, "disconnect")
    const text = "é".repeat(100_000)
    runtime.$socket.emit("last", text, new Uint8Array([1]))
    await new Promise((resolve) => setImmediate(resolve))
    runtime.disconnect()
    await left
    expect(heard).toEqual([text, Buffer.from([1])])
  })

  it("reconnects after an unreadable Blob, and sends everything after it", async () => {
    const server = await startServer()
    const { runtime } = await connectTo(server, { socket: { transports: ["polling"] } })
    const heard: unknown[] = []
    server.io.on("connection", (peer) => peer.onAny((...args) => heard.push(...args)))
    const arrayBuffer = () => Promise.reject(new Error("the file is gone"))
    runtime.$socket.emit("file", Object.assign(new Blob(["x"]), { arrayBuffer }))
    await untilStatus(runtime, "reconnecting")
    expect(runtime.$socket.reason.value?.message).toContain("the file is gone")
    runtime.$socket.emit("after", 1)
    await until(() => heard.length > 0)
    expect(heard).toEqual(["after", 1])
  })

  it("sends a DISCONNECT packet", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    const left = once(peer, "disconnect")
    runtime.disconnect()
    expect((await left)[0]).toBe("client namespace disconnect")
    expect(runtime.$socket.status.value).toBe("closed")
  })
})

describe("events", () => {
  it.each(values)("carry %s both ways", async (_name, value) => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    const back = runtime.$socket.waitFor("back")
    const there = once(peer, "there")
    runtime.$socket.emit("there", value, "second")
    expect(await there).toEqual([value, "second"])
    peer.emit("back", value)
    expect(await back).toEqual(value)
  })

  it("carry binary values both ways, wherever they are", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    const received = new Promise<unknown[]>((resolve) => {
      runtime.$socket.on("back", (_payload, { args }) => resolve(args))
    })
    const there = once(peer, "there")
    runtime.$socket.emit("there", new Uint8Array([1, 2]), { in: [new Uint8Array([3]).buffer, "x"] }, new Uint8Array())
    expect(await there).toEqual([Buffer.from([1, 2]), { in: [Buffer.from([3]), "x"] }, Buffer.from([])])
    peer.emit("back", { a: [Buffer.from([9, 8])] }, Buffer.from([]), Buffer.alloc(300_000, 7))
    const [first, second, third] = (await received) as [{ a: [ArrayBuffer] }, ArrayBuffer, ArrayBuffer]
    expect([...new Uint8Array(first.a[0])]).toEqual([9, 8])
    expect(second.byteLength).toBe(0)
    expect(new Uint8Array(third).every((byte) => byte === 7)).toBe(true)
    expect(third.byteLength).toBe(300_000)
  })

  it("arrive in order without loss, text and binary mixed", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    const heard: number[] = []
    runtime.$socket.on("n", (n: number | ArrayBuffer) => {
      heard.push(typeof n === "number" ? n : (new Uint32Array(n)[0] ?? -1))
    })
    for (let n = 0; n < 1000; n++) peer.emit("n", n % 3 === 0 ? Buffer.from(Uint32Array.of(n).buffer) : n)
    await until(() => heard.length === 1000)
    expect(heard).toEqual([...heard.keys()])
  })

  it("have names of every kind, and reach listeners by their key", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    const heard: unknown[] = []
    runtime.$socket.onAny((payload, { channel, channelKey, prefix }) =>
      heard.push([channel, channelKey, prefix, payload]),
    )
    const names = ["plain", "a--b--c", 'quo"te', "back\\slash", "ünï 🧀", "", "--x"]
    for (const name of names) peer.emit(name, 1)
    await until(() => heard.length === names.length)
    expect(heard).toEqual([
      ["plain", "plain", "", 1],
      ["a--b--c", "c", "a--b", 1],
      ['quo"te', 'quo"te', "", 1],
      ["back\\slash", "back\\slash", "", 1],
      ["ünï 🧀", "ünï 🧀", "", 1],
      ["", "", "", 1],
      ["--x", "x", "", 1],
    ])
  })
})

describe("acks", () => {
  it("are sent by the server, also with binary values", async () => {
    const server = await startServer()
    server.io.on("connection", (peer) => {
      peer.on("double", (n: number, answer: (value: unknown) => void) => answer(n * 2))
      peer.on("bytes", (bytes: Buffer, answer: (value: unknown) => void) => answer({ back: bytes }))
    })
    const { runtime } = await connectTo(server)
    expect(await runtime.$socket.emitWithAck("double", 21)).toBe(42)
    const { back } = (await runtime.$socket.emitWithAck("bytes", new Uint8Array([5]))) as { back: ArrayBuffer }
    expect([...new Uint8Array(back)]).toEqual([5])
    const answers = await Promise.all([...Array(100).keys()].map((n) => runtime.$socket.emitWithAck("double", n)))
    expect(answers).toEqual([...Array(100).keys()].map((n) => n * 2))
  })

  it("that the server never gives end by time, or with the session", async () => {
    const server = await startServer()
    const { runtime } = await connectTo(server)
    const timed = runtime.$socket.timeout(20).emitWithAck("silence")
    await expect(timed).rejects.toMatchObject({ code: "ACK_TIMEOUT" })
    const lost = runtime.$socket.emitWithAck("silence")
    runtime.disconnect()
    await expect(lost).rejects.toMatchObject({ code: "SOCKET_DISCONNECTED" })
  })

  it("are given to the server", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server)
    runtime.$socket.on("ask", (n: number, { reply }) => reply?.(n + 1, new Uint8Array([n])))
    const answer = await new Promise((resolve) => peer.emit("ask", 1, (...values: unknown[]) => resolve(values)))
    expect(answer).toEqual([2, Buffer.from([1])])
  })
})

describe("a connection that is lost", () => {
  it("reconnects by itself after the server was killed and restarted on the same port", async () => {
    const server = await startServer()
    const { runtime } = await connectTo(server)
    const states: string[] = []
    runtime.$socket.status.subscribe((status) => states.push(status))
    await server.kill()
    await untilStatus(runtime, "reconnecting")
    runtime.$socket.emit("meanwhile", 1)
    const heard = new Promise<unknown[]>((resolve) => {
      void startServer({}, server.port).then(({ io }) => {
        io.on("connection", (peer) => peer.on("meanwhile", (...args: unknown[]) => resolve(args)))
      })
    })
    expect(await heard).toEqual([1])
    expect(states).toEqual(["connected", "reconnecting", "connected"])
  })

  it("reconnects after a server disconnect, with new credentials", async () => {
    const server = await startServer()
    let asked = 0
    const { runtime, peer } = await connectTo(server, { auth: () => ({ n: ++asked }) })
    const again = once(server.io, "connection") as Promise<[Socket]>
    peer.disconnect()
    const [next] = await again
    expect(next.handshake.auth).toEqual({ n: 2 })
    await untilStatus(runtime, "connected")
    expect(runtime.$socket.id).toBe(next.id)
  })

  it("gives up after `reconnectionAttempts`", async () => {
    const server = await startServer()
    const { runtime } = await connectTo(server, { socket: { reconnectionAttempts: 2 } })
    await server.kill()
    await untilStatus(runtime, "closed")
    expect(runtime.$socket.reason.value?.code).toBe("RECONNECT_FAILED")
  })
})

describe("a server that is not socket.io", () => {
  it("is reported, and retried", async () => {
    const { WebSocketServer } = await import("ws")
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 })
    await once(server, "listening")
    const errors: string[] = []
    let connections = 0
    const tried = new Promise<void>((resolve) => {
      server.on("connection", (connection) => {
        connection.send("hello")
        if (++connections === 3) resolve()
      })
    })
    const { port } = server.address() as { port: number }
    const runtime = await startRuntime(`http://127.0.0.1:${port}`, { onError: ({ code }) => errors.push(code) })
    await tried
    expect(runtime.$socket.reason.value?.code).toBe("ENGINE_BAD_PACKET")
    expect(runtime.$socket.reason.value?.message).toContain("invalid Engine.IO packet")
    expect(new Set(errors)).toEqual(new Set(["ENGINE_BAD_PACKET"]))
    runtime.dispose()
    server.close()
  })
})
