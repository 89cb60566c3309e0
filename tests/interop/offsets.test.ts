// Servers with connection state recovery, with each available adapter: some append an offset to an event's arguments,
// some do not. Listeners get exactly the emitted arguments.
import { once } from "node:events"
import { createAdapter as createRedisAdapter } from "@socket.io/redis-adapter"
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter"
import { Redis } from "ioredis"
import type { ServerOptions, Socket } from "socket.io"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { type Service, startRedis } from "../support/servers"
import { until } from "../support/until"
import { startRuntime, startServer, untilStatus } from "./harness"

const connectionStateRecovery = { maxDisconnectionDuration: 60_000 }

let redis: Service
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

function client(): Redis {
  const made = new Redis(redis.url)
  onTestFinished(() => made.disconnect())
  return made
}

const streams = () => createStreamsAdapter(client(), { streamName: `s${Math.random()}` })
const pubSub = () => createRedisAdapter(client(), client())

async function rig(adapter?: () => ServerOptions["adapter"]) {
  const server = await startServer({ connectionStateRecovery, ...(adapter && { adapter: adapter() }) })
  const peers: Socket[] = []
  server.io.on("connection", (socket) => peers.push(socket))
  const runtime = await startRuntime(server.url, { socket: { transports: ["websocket"] } })
  const heard: unknown[][] = []
  runtime.$socket.onAny((_payload, { channelKey, args }) => heard.push([channelKey, ...args]))
  await untilStatus(runtime, "connected")
  await until(() => peers.length === 1)
  return { io: server.io, peer: () => peers.at(-1) as Socket, runtime, heard }
}

type Rig = Awaited<ReturnType<typeof rig>>

/** Emits all arguments; resolves when all are received. */
async function tell({ io, heard }: Rig, events: unknown[][]) {
  const before = heard.length
  for (const [name, ...args] of events) io.emit(name as string, ...args)
  await until(() => heard.length === before + events.length)
}

/** Cuts the connection, and emits `missed` before it is restored. */
async function lose({ io, peer, runtime }: Rig, missed: unknown[][]) {
  const lost = peer()
  const left = once(lost, "disconnect")
  lost.conn.close()
  await Promise.all([left, untilStatus(runtime, "reconnecting")])
  for (const [name, ...args] of missed) io.emit(name as string, ...args)
  await untilStatus(runtime, "connected")
}

const objectId = (wall: number) => `${Math.floor(wall / 1000).toString(16)}5f3a2b1c0d9e8f70`
const texts = (): unknown[][] => [
  ["x--todoDeleted", "66f1c0ffee"],
  ["chat", "alice", "hello"],
  ["status", "online"],
  ["status", "pending"],
  ["status", "offline"],
  ["picked", objectId(Date.now())],
  ["picked", objectId(Date.now() - 90 * 86_400_000)],
  ["seen", `${Date.now()}-0`],
]
const asHeard = (events: unknown[][]) => events.map(([name, ...args]) => [String(name).replace("x--", ""), ...args])

describe("an adapter that appends none", () => {
  it("has no argument taken off, and none is sent as an offset", async () => {
    const made = await rig(pubSub)
    const events = texts().slice(0, 5)
    await tell(made, events)
    expect(made.heard).toEqual(asHeard(events))
    await lose(made, [])
    expect(made.peer().handshake.auth).not.toHaveProperty("offset")
    expect(made.runtime.$socket.recovered.value).toBe(false)
    const all = texts()
    await tell(made, all)
    expect(made.heard).toEqual(asHeard([...events, ...all]))
  })
})

describe.each([
  ["in memory", undefined],
  ["Redis streams", streams],
])("an adapter that appends them: %s", (_name, adapter) => {
  it("has its offsets hidden from listeners, which get all other arguments", async () => {
    const made = await rig(adapter)
    const events = [["n", 1], ...texts(), ["refresh"]]
    await tell(made, events)
    expect(made.heard).toHaveLength(events.length)
    for (const [i, args] of asHeard(events).entries()) expect(made.heard[i]?.length).toBe(args.length)
  })

  it("recovers although volatile and local events end with strings", async () => {
    const made = await rig(adapter)
    await tell(made, [["n", 1]])
    for (const flag of ["volatile", "local"] as const) {
      for (const text of [
        "online",
        "offline",
        "pending",
        objectId(Date.now()),
        "0f8fad5b-d9cb-469f-a165-70867728950e",
      ]) {
        const before = made.heard.length
        made.io[flag].emit("status", text)
        await until(() => made.heard.length > before)
        expect(made.heard.at(-1)?.slice(0, 2)).toEqual(["status", text])
      }
    }
    await lose(made, [["missed", "hello"]])
    expect(made.runtime.$socket.recovered.value).toBe(true)
    await tell(made, [["n", 2]])
    expect(made.heard.slice(-2)).toEqual([
      ["missed", "hello"],
      ["n", 2],
    ])
  })

  it("an unreadable event comes at most once", async () => {
    const made = await rig(adapter)
    await tell(made, [["n", 1]])
    made.io.emit(5 as unknown as string, "x")
    await until(() => made.heard.length === 2)
    expect(made.heard[1]).toEqual(["5", "x"])
    made.io.emit("many", ...Array.from({ length: 1100 }, () => Buffer.from("x")))
    await untilStatus(made.runtime, "reconnecting")
    await untilStatus(made.runtime, "connected")
    expect(made.runtime.$socket.recovered.value).toBe(false)
    await tell(made, [["n", 2]])
    expect(made.heard.at(-1)).toEqual(["n", 2])
  })
})
