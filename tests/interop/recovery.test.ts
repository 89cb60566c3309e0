// Connection state recovery with the real server: missed events arrive once and in order, without their offsets. If
// they cannot, the runtime reports it. A proxy cuts the connections.
import { once } from "node:events"
import { connect as connectTcp, createServer, type Socket as TcpSocket } from "node:net"
import type { Socket } from "socket.io"
import { describe, expect, it, onTestFinished } from "vitest"
import type { Runtime, RuntimeOptions, SocketOptions } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { listen, tokenOf } from "../server/harness"
import { until } from "../support/until"
import { startRuntime, startServer, type TestServer, untilStatus } from "./harness"

const recovery = { connectionStateRecovery: { maxDisconnectionDuration: 60_000, skipMiddlewares: false } }

/** A proxy in front of `port` that forwards bytes in small chunks, and can cut all its connections at once. */
async function slowProxy(port: number) {
  const pairs = new Set<TcpSocket[]>()
  const pump = async (from: TcpSocket, to: TcpSocket) => {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += 700) {
        if (to.destroyed) return
        to.write(chunk.subarray(at, at + 700))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    to.end()
  }
  const proxy = createServer((client) => {
    const server = connectTcp(port, "127.0.0.1")
    const pair = [client, server]
    pairs.add(pair)
    for (const socket of pair) socket.on("error", () => {}).on("close", () => cutPair(pair))
    pump(client, server).catch(() => {})
    pump(server, client).catch(() => {})
  }).listen(0, "127.0.0.1")
  const cutPair = (pair: TcpSocket[]) => {
    pairs.delete(pair)
    for (const socket of pair) socket.destroy()
  }
  const cut = () => [...pairs].forEach(cutPair)
  onTestFinished(() => {
    proxy.close()
    cut()
  })
  await once(proxy, "listening")
  return { url: `http://127.0.0.1:${(proxy.address() as { port: number }).port}`, cut }
}

async function behindProxy(server: TestServer, options: RuntimeOptions = {}) {
  const proxy = await slowProxy(server.port)
  const arrived = once(server.io, "connection") as Promise<[Socket]>
  const runtime = await startRuntime(proxy.url, options)
  const [peer] = await arrived
  await untilStatus(runtime, "connected")
  return { ...proxy, runtime, peer }
}

/** Cuts the connection; resolves when runtime and server have noticed. */
async function lose({ cut, runtime, peer }: { cut(): void; runtime: Runtime; peer: Socket }): Promise<void> {
  // Between two polls the server would notice only by a missing pong.
  await until(() => peer.conn.transport.writable)
  const left = once(peer, "disconnect")
  cut()
  await Promise.all([left, untilStatus(runtime, "reconnecting")])
}

const ways: [string, SocketOptions][] = [
  ["WebSocket", { transports: ["websocket"] }],
  ["long-polling", { transports: ["polling"] }],
  ["the upgrade", { transports: ["polling", "websocket"] }],
]

describe.each(ways)("over %s", (_name, socket) => {
  it("what was missed comes once and in order, and the session is the same", async () => {
    const server = await startServer(recovery)
    const pair = await behindProxy(server, { socket: { ...socket, reconnectionDelay: 100 } })
    const { runtime, peer } = pair
    const heard: unknown[] = []
    runtime.$socket.on("n", (_n, { args }) => heard.push(args))
    server.io.emit("n", 0)
    await until(() => heard.length === 1)
    await lose(pair)
    for (let n = 1; n <= 5; n++) server.io.emit("n", n, ...(n === 3 ? [Buffer.from([n])] : []))
    await untilStatus(runtime, "connected")
    server.io.emit("n", 6)
    await until(() => heard.length === 7)
    expect(heard.map((args) => (args as unknown[])[0])).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect((heard[3] as unknown[])[1]).toEqual(Uint8Array.of(3).buffer)
    expect(heard.map((args) => (args as unknown[]).length)).toEqual([1, 1, 1, 2, 1, 1, 1])
    expect(runtime.$socket.recovered.value).toBe(true)
    expect(runtime.$socket.id).toBe(peer.id)
  })

  it("no event is lost or duplicated, however often the connection is cut", async () => {
    const server = await startServer(recovery)
    const proxy = await slowProxy(server.port)
    const runtime = await startRuntime(proxy.url, {
      socket: { ...socket, reconnectionDelay: 5, reconnectionDelayMax: 20 },
    })
    await untilStatus(runtime, "connected")
    const heard: number[] = []
    runtime.$socket.on("n", (n: number) => heard.push(n))
    let sent = 0
    server.io.emit("n", sent++)
    await until(() => heard.length === 1)
    // Between two polls a server cannot see that its client is gone, so then it has nothing to recover; the runtime
    // has to say so.
    const mayBeLost = new Set<number>()
    for (let cycle = 0; cycle < 12; cycle++) {
      const first = sent
      for (let i = 0; i < 10; i++) {
        server.io.emit("n", sent++, "x".repeat(cycle * 300))
        if (i % 4 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      proxy.cut()
      await untilStatus(runtime, "reconnecting")
      server.io.emit("n", sent++)
      await untilStatus(runtime, "connected")
      if (!runtime.$socket.recovered.value) for (let n = first; n < sent; n++) mayBeLost.add(n)
    }
    const last = sent++
    server.io.emit("n", last)
    await until(() => heard.at(-1) === last)
    if (socket.transports?.[0] === "websocket") expect([...mayBeLost]).toEqual([])
    const numbers = [...Array(sent).keys()]
    expect(heard).toEqual(numbers.filter((n) => heard.includes(n)))
    expect(numbers.filter((n) => !heard.includes(n) && !mayBeLost.has(n))).toEqual([])
  })
})

describe("if the session cannot be recovered", () => {
  it("the runtime reports it, and refetches if something has changed", async () => {
    const { app, url } = await listen()
    const auth = { token: tokenOf(app) }
    const runtime = await startRuntime(url, { plugins: [todoConfig], auth })
    await untilStatus(runtime, "connected")
    await new Promise<void>((resolve) => {
      void runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.({
        options: { immediate: true, cb: () => resolve() },
      })
    })
    const adapter = app.io.of("/").adapter as unknown as { sessions: Map<string, unknown> }
    const reread = new Promise<void>((resolve) => {
      app.server.on("request", ({ url: path }) => path?.startsWith("/todo/all") && resolve())
    })
    const connected = [...app.io.sockets.sockets.values()]
    for (const socket of connected) socket.conn.close()
    adapter.sessions.clear()
    app.io.emit("something")
    await reread
    expect(runtime.$socket.recovered.value).toBe(false)
  })

  it("a server without recovery causes no report", async () => {
    const server = await startServer()
    const pair = await behindProxy(server)
    const heard: unknown[] = []
    pair.runtime.$socket.on("n", (_n, { args }) => heard.push(args))
    server.io.emit("n", "text", "more text")
    await until(() => heard.length === 1)
    expect(heard).toEqual([["text", "more text"]])
    await lose(pair)
    await untilStatus(pair.runtime, "connected")
    expect(pair.runtime.$socket.recovered.value).toBe(false)
  })
})

describe("the backend stub", () => {
  it("recovers a session that has received only its first event", async () => {
    const { app, url } = await listen()
    const runtime = await startRuntime(url, { auth: { token: tokenOf(app) }, socket: { reconnectionDelay: 100 } })
    await runtime.$socket.waitFor("connected")
    const heard = runtime.$socket.waitFor("missed")
    for (const socket of app.io.sockets.sockets.values()) socket.conn.close()
    await untilStatus(runtime, "reconnecting")
    app.io.emit("missed", "this")
    expect(await heard).toBe("this")
    expect(runtime.$socket.recovered.value).toBe(true)
  })

  it("does not keep a recovered session whose token is no longer valid", async () => {
    const { app, url } = await listen()
    let token = tokenOf(app)
    const runtime = await startRuntime(url, { auth: () => ({ token }), socket: { authAttempts: 1 } })
    await runtime.$socket.waitFor("connected")
    const heard: unknown[] = []
    runtime.$socket.onAny((payload) => heard.push(payload))
    token = app.jwt.sign({ _id: "1", name: "anna", iat: 1000 } as never, { expiresIn: "1h" })
    for (const socket of app.io.sockets.sockets.values()) socket.conn.close()
    await untilStatus(runtime, "reconnecting")
    app.io.emit("secret", "not for who is out")
    await untilStatus(runtime, "rejected")
    expect(runtime.$socket.reason.value?.message).toContain("expired")
    expect(heard).toEqual([])
  })
})
