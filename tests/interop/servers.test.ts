// All supported servers over all transports: socket.io 4.8, 4.0 and 3.1; WebSocket, long-polling, and the upgrade
// between them.
import { once } from "node:events"
import { createRequire } from "node:module"
import { Server, type Socket } from "socket.io"
import { describe, expect, it } from "vitest"
import type { SocketOptions } from "../../js-glue"
import { until } from "../support/until"
import { connectTo, startRuntime, startServer, untilStatus } from "./harness"

/** Servers of other versions, whose packages have no types here. */
const require = createRequire(import.meta.url)
const servers: [string, typeof Server][] = [
  ["4.8", Server],
  ["4.0", require("socket.io-4.0").Server],
  ["3.1", require("socket.io-3.1").Server],
]
const ways: [string, SocketOptions, string][] = [
  ["WebSocket", { transports: ["websocket"] }, "websocket"],
  ["long-polling", { transports: ["polling"] }, "polling"],
  ["the upgrade", { transports: ["polling", "websocket"] }, "websocket"],
]

/** The transport of a socket, as the server sees it. */
const transportOf = (peer: Socket) => peer.conn.transport.name

describe.each(servers)("socket.io %s", (_version, ServerClass) => {
  describe.each(ways)("over %s", (_name, socket, expected) => {
    async function connected() {
      const server = await startServer({ pingInterval: 200 }, 0, ServerClass)
      const pair = await connectTo(server, { socket, auth: { token: "t" } })
      return { server, ...pair }
    }

    it("connects with credentials, and ends on the transport that it should", async () => {
      const { runtime, peer } = await connected()
      expect(runtime.$socket.id).toBe(peer.id)
      expect(peer.handshake.auth).toEqual({ token: "t" })
      await until(() => transportOf(peer) === expected)
    })

    it("carries text and binary both ways, in order, also while it upgrades", async () => {
      const { runtime, peer } = await connected()
      const [here, there]: unknown[][] = [[], []] as never
      runtime.$socket.on("n", (n, { args }) =>
        here?.push(args[1] === undefined ? n : [...new Uint8Array(args[1] as ArrayBuffer)]),
      )
      peer.on("n", (n: unknown, bytes?: Buffer) => there?.push(bytes === undefined ? n : [...bytes]))
      const expectedValues: unknown[] = []
      for (let n = 0; n < 200; n++) {
        const isBinary = n % 5 === 4
        expectedValues.push(isBinary ? [n, 1] : n)
        peer.emit("n", n, ...(isBinary ? [Buffer.from([n, 1])] : []))
        runtime.$socket.emit("n", n, ...(isBinary ? [new Uint8Array([n, 1])] : []))
        if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      await until(() => here?.length === 200 && there?.length === 200)
      expect(here).toEqual(expectedValues)
      expect(there).toEqual(expectedValues)
    })

    it("carries large payloads, and acks both ways", async () => {
      const { runtime, peer } = await connected()
      peer.on("size", (text: string, answer: (size: number) => void) => answer(text.length))
      runtime.$socket.on("ask", (n: number, { reply }) => reply?.(n * 2))
      expect(await runtime.$socket.emitWithAck("size", "é".repeat(300_000))).toBe(300_000)
      expect(await new Promise((resolve) => peer.emit("ask", 21, resolve))).toBe(42)
    })

    it("reaches several namespaces over one connection", async () => {
      const { server, runtime, peer } = await connected()
      const arrived = once(server.io.of("/admin"), "connection") as Promise<[Socket]>
      const admin = runtime.of("/admin", { auth: { admin: true } })
      admin.connect()
      const [adminPeer] = await arrived
      expect(adminPeer.handshake.auth).toEqual({ admin: true })
      expect(adminPeer.conn).toBe(peer.conn)
      const news = admin.$socket.waitFor("news")
      adminPeer.emit("news", 1)
      expect(await news).toBe(1)
      admin.disconnect()
      await once(adminPeer, "disconnect")
      expect(runtime.$socket.status.value).toBe("connected")
    })

    it("answers pings, and comes back after a loss", async () => {
      const { server, runtime, peer } = await connected()
      for (let i = 0; i < 2; i++) await once(peer.conn, "packet")
      const again = once(server.io, "connection") as Promise<[Socket]>
      peer.conn.close()
      const [next] = await again
      await untilStatus(runtime, "connected")
      expect(runtime.$socket.id).toBe(next.id)
    })

    it("says goodbye, so that the server knows at once", async () => {
      const { runtime, peer } = await connected()
      const left = once(peer, "disconnect")
      runtime.disconnect()
      await left
    })
  })
})

describe("where WebSocket cannot be opened", () => {
  class Blocked {
    constructor() {
      throw new Error("blocked by a proxy")
    }
  }

  it("polling serves, at once", async () => {
    const server = await startServer({ allowUpgrades: false })
    const { runtime, peer } = await connectTo(server, { WebSocket: Blocked })
    expect(transportOf(peer)).toBe("polling")
    expect(runtime.$socket.reason.value).toBeUndefined()
  })

  it("an upgrade that fails leaves polling as it is", async () => {
    const server = await startServer()
    const { runtime, peer } = await connectTo(server, { WebSocket: Blocked })
    const answer = once(peer, "still")
    runtime.$socket.emit("still", "here")
    expect(await answer).toEqual(["here"])
    expect(transportOf(peer)).toBe("polling")
  })

  it("says why when nothing can", async () => {
    const runtime = await startRuntime("http://127.0.0.1:1", { WebSocket: Blocked, socket: { reconnection: false } })
    await untilStatus(runtime, "closed")
    const seen = runtime.$socket.reason.value
    expect(seen?.code).toBe("RECONNECT_FAILED")
  })
})

describe("headers", () => {
  it("go with every request where the platform takes them", async () => {
    for (const transports of [["websocket"], ["polling"]] as SocketOptions["transports"][]) {
      const server = await startServer()
      const options = { extraHeaders: { "x-tenant": "b" }, ...(transports && { transports }) }
      const { peer } = await connectTo(server, { socket: options })
      expect(peer.handshake.headers["x-tenant"]).toBe("b")
    }
  })
})
