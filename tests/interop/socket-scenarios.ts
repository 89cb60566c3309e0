// The scenarios of the rows of docs/from-socket.io-client.md, and their expected results. A scenario knows neither
// client: it runs the row's code, plays the server, and reports what it saw.
import type { Server, ServerOptions, Socket } from "socket.io"
import { expect } from "vitest"
import type { SocketOptions } from "../../js-glue"
import { until } from "../support/until"

/** A server and a client of it, the original or a runtime. */
export interface Side {
  /** Runs the code of the row. */
  run(): Promise<unknown>
  /** The code's output. */
  heard: unknown[][]
  /** The events that the server received. */
  told: unknown[][]
  /** The server's sockets of all namespaces. */
  peers: Socket[]
  server: Server
  /** The newest session, once there are so many. */
  peer(count?: number): Promise<Socket>
  kill(): Promise<void>
  connect(): void
  disconnect(): void
  /** Resolves with the client's reason when the session has ended. */
  whyLost(): Promise<unknown>
  /** A round trip to the server: everything sent before has arrived then. */
  ask(value: unknown): Promise<unknown>
}

export interface Scenario {
  server?: Partial<ServerOptions>
  client?: SocketOptions & { auth?: Record<string, unknown> }
  /** Whether the client starts disconnected. */
  apart?: boolean
  prepare?(server: Server): void
  act(side: Side): Promise<unknown>
  /** What `act` resolves with, for the original and for a runtime. */
  outcome?: unknown
}

/** The row opens a connection; the outcome is what `see` finds in its session. */
const opens = (see: (peer: Socket) => unknown, outcome: unknown, server: Partial<ServerOptions> = {}): Scenario => ({
  apart: true,
  server,
  outcome,
  async act(side) {
    await side.run()
    return see(await side.peer())
  },
})

/** The row sends; the outcome is what the server was told. */
const sends = (outcome: unknown[][], rest: Partial<Scenario> = {}): Scenario => ({
  outcome,
  async act(side) {
    await side.run()
    await until(() => side.told.length >= outcome.length)
    return side.told
  },
  ...rest,
})

/** The row has a value, or shows it. */
const gives = (outcome: unknown, act = (side: Side) => side.run()): Scenario => ({ outcome, act })

/** The row listens; the server sends, and the outcome is what was shown. */
const hears = (outcome: unknown[][], send: (peer: Socket) => void): Scenario => ({
  outcome,
  async act(side) {
    const running = side.run()
    send(await side.peer())
    await side.ask(0)
    await running
    return side.heard
  },
})

const twice = (peer: Socket) => {
  peer.emit("news", 1, "one")
  peer.emit("news", 2, "two")
}

async function untilHeard(side: Side, count: number): Promise<unknown[][]> {
  await until(() => side.heard.length >= count)
  return side.heard
}

const comesBack = async (side: Side) => {
  const peer = await side.peer()
  peer.emit("news")
  await side.ask(0)
  peer.conn.close()
  await side.peer(2)
}

const connecting: Record<string, Scenario> = {
  credentials: opens((peer) => peer.handshake.auth, { token: "t" }),
  "credentials from a function": opens((peer) => peer.handshake.auth, { token: "t" }),
  "path and query": opens((peer) => peer.handshake.query.version, "2", { path: "/live" }),
  "headers and transports": opens(
    ({ handshake, conn }) => [handshake.headers["x-page"], conn.transport.name],
    ["1", "polling"],
  ),
  "WebSocket first, else polling": opens(({ conn }) => conn.transport.name, "polling", { transports: ["polling"] }),
  "delays and limits of reconnecting": {
    apart: true,
    outcome: 2,
    async act(side) {
      await side.run()
      ;(await side.peer()).conn.close()
      await side.peer(2)
      return side.peers.length
    },
  },
  "connect later": opens((peer) => peer.connected, true),
  "a namespace": opens((peer) => [peer.nsp.name, peer.handshake.auth], ["/admin", { token: "t" }]),
  "another namespace on the same connection": {
    outcome: ["/admin", { token: "t" }, true],
    async act(side) {
      await side.run()
      const admin = await side.peer(2)
      return [admin.nsp.name, admin.handshake.auth, admin.conn === side.peers[0]?.conn]
    },
  },
  "a separate connection": {
    outcome: false,
    async act(side) {
      await side.run()
      return (await side.peer(2)).conn === side.peers[0]?.conn
    },
  },
  "event types": {
    apart: true,
    outcome: [["1.0"]],
    prepare: (server) => server.on("connection", (peer) => peer.emit("news", 1)),
    async act(side) {
      await side.run()
      return untilHeard(side, 1)
    },
  },
}

const connection: Record<string, Scenario> = {
  "session id": gives(true, async (side) => (await side.run()) === (await side.peer()).id),
  connected: gives([true, false], async (side) => {
    const before = await side.run()
    side.disconnect()
    return [before, await side.run()]
  }),
  active: gives([true, true, false], async (side) => {
    const before = await side.run()
    await side.kill()
    await until(() => side.peers[0]?.connected === false)
    const meanwhile = await side.run()
    side.disconnect()
    return [before, meanwhile, await side.run()]
  }),
  recovered: {
    server: { connectionStateRecovery: {} },
    outcome: [false, true],
    async act(side) {
      const before = await side.run()
      await comesBack(side)
      await side.ask(0)
      return [before, await side.run()]
    },
  },
  "on connect": {
    apart: true,
    outcome: [["connected"]],
    async act(side) {
      await side.run()
      side.connect()
      return untilHeard(side, 1)
    },
  },
  "on disconnect": gives([["lost"]], async (side) => {
    await side.run()
    ;(await side.peer()).conn.close()
    return untilHeard(side, 1)
  }),
  "on a connection error": {
    apart: true,
    outcome: ["refused", { after: 7 }],
    prepare: (server) => server.use((_peer, next) => next(Object.assign(new Error("no"), { data: { after: 7 } }))),
    async act(side) {
      await side.run()
      side.connect()
      return (await untilHeard(side, 1))[0]
    },
  },
  "on each attempt": gives([1, 2], async (side) => {
    await side.run()
    await side.kill()
    await until(() => side.heard.some(([attempt]) => attempt === 2))
    return [...new Set(side.heard.map(([attempt]) => attempt))].slice(0, 2)
  }),
  "on reconnect": gives([["back"]], async (side) => {
    await side.run()
    side.heard.length = 0
    await comesBack(side)
    return untilHeard(side, 1)
  }),
  "when it gives up": {
    client: { reconnectionAttempts: 2 },
    outcome: [["given up"]],
    async act(side) {
      await side.run()
      await side.kill()
      return untilHeard(side, 1)
    },
  },
}

/** The server keeps silent at the first two tries. */
const answersLate = (server: Server) => {
  let tries = 0
  server.on("connection", (peer) =>
    peer.on("unsure", (_text: string, answer: () => void) => {
      if (++tries === 3) answer()
    }),
  )
}

const sending: Record<string, Scenario> = {
  "an event": sends([["say", 1, { deep: [2] }]]),
  "binary data": sends([["say", Buffer.from([1, 2])]]),
  "a message": sends([["message", "hello"]]),
  "ack with a callback": gives([[3]], async (side) => {
    await side.run()
    return untilHeard(side, 1)
  }),
  "ack as a promise": gives(3),
  "ack callback with a timeout": gives([[true]], async (side) => {
    await side.run()
    return untilHeard(side, 1)
  }),
  "ack promise with a timeout": gives("late"),
  volatile: sends([["say", "now"]]),
  retries: sends(Array(3).fill(["unsure", "again"]), {
    prepare: answersLate,
    async act(side) {
      await side.run()
      await until(() => side.told.length >= 3)
      return side.told.map(([event, text]) => [event, text])
    },
  }),
  "size of the buffer": {
    apart: true,
    outcome: [0, 1],
    async act(side) {
      const before = await side.run()
      void side.ask(0).catch(() => {})
      return [before, await side.run()]
    },
  },
  "clear the buffer": {
    apart: true,
    outcome: [["echo", 2]],
    async act(side) {
      void side.ask(1).catch(() => {})
      await side.run()
      side.connect()
      await side.ask(2)
      return side.told.map(([event, value]) => [event, value])
    },
  },
  "watch outgoing events": gives(["echo", 5], async (side) => {
    await side.run()
    await side.ask(5)
    return side.heard[0]?.slice(0, 2)
  }),
  "join a room": gives(["kitchen"]),
}

const listening: Record<string, Scenario> = {
  "listen to an event": hears([[1], [2]], twice),
  "several arguments": hears(
    [
      [1, "one"],
      [2, "two"],
    ],
    twice,
  ),
  "listen once": hears([[1]], twice),
  "wait for an event": hears([[1]], twice),
  "listen to all events": hears(
    [
      ["news", 1, "one"],
      ["news", 2, "two"],
    ],
    twice,
  ),
  acknowledge: gives(42, async (side) => {
    await side.run()
    return (await side.peer()).timeout(5000).emitWithAck("ask", 41)
  }),
  "remove a listener": hears([], twice),
  "remove the listeners of an event": hears([], twice),
  "remove all listeners": hears([], twice),
  "remove a catch-all listener": hears([], twice),
}

const ending: Record<string, Scenario> = {
  disconnect: gives(false, async (side) => {
    const peer = await side.peer()
    await side.run()
    await until(() => !peer.connected)
    return peer.connected
  }),
  "disconnect and reconnect": gives([2, true], async (side) => {
    await side.run()
    const peer = await side.peer(2)
    return [side.peers.length, peer.connected]
  }),
  "leave a namespace, keep the connection": gives(true, async (side) => {
    await side.run()
    expect(await side.ask(1)).toBe(1)
    return (await side.peer()).connected
  }),
}

/** By the first column of the page's tables, in their order. */
export const scenarios: Record<string, Scenario> = { ...connecting, ...connection, ...sending, ...listening, ...ending }

const loses = (lose: (side: Side, peer: Socket) => void, rest: Partial<Scenario> = {}): Scenario => ({
  async act(side) {
    const peer = await side.peer()
    const reason = side.whyLost()
    lose(side, peer)
    return reason
  },
  ...rest,
})

/** A session of which the server says no more, not even a ping. */
const fallsSilent = (server: Server) => {
  server.on("connection", ({ conn }) =>
    clearTimeout((conn as unknown as { pingIntervalTimer: NodeJS.Timeout }).pingIntervalTimer),
  )
}

/** What ends a session, by the first column of the page's table. */
export const losses: Record<string, Scenario> = {
  "the server ended the session": loses((_side, peer) => peer.disconnect()),
  "you ended the session": loses((side) => side.disconnect()),
  "the connection was lost": loses((_side, peer) => peer.conn.close()),
  "no ping within pingInterval + pingTimeout": loses(() => {}, {
    server: { pingInterval: 100, pingTimeout: 100 },
    prepare: fallsSilent,
  }),
  "an invalid packet arrived": loses((_side, peer) => peer.conn.write("no packet")),
}
