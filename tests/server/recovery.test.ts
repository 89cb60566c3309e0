// Connection state recovery on the wire, with and without Redis: for which tokens, with which events, and only once.
// Clients are socket.io-client's; their packets are recorded before they handle them.
import { once } from "node:events"
import type { FastifyInstance } from "fastify"
import { io, type Socket } from "socket.io-client"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { AppOptions } from "../../server-stub/app"
import type { User } from "../../server-stub/raclette/types"
import { type Service, startRedis } from "../support/servers"
import { openProxy } from "../support/test-proxy"
import { until } from "../support/until"
import { connectSocket, heard, listen, openSocket, record, recordedUntilNow, requester, tokenOf } from "./harness"

let redis: Service
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const anna: User = { _id: "1", name: "anna", projects: ["garden", "house"] }
const ben: User = { _id: "2", name: "ben", projects: ["garden"] }
const noteCreated = "plugin_pacifico__notes--noteCreated"

/** Closes a client's connection; resolves when the server has noticed. */
async function lose(app: FastifyInstance, client: Socket): Promise<void> {
  const left = once(app.io.sockets.sockets.get(String(client.id)) as never, "disconnect")
  client.io.engine.close()
  await left
}

/** Records a client's packets from now on: events, by the note's text or the event's name, and refusals. */
function packetsOf(client: Socket): unknown[] {
  const packets: unknown[] = []
  const read = (data: unknown) => {
    if (!Array.isArray(data)) return (data as { message?: string }).message ?? "let in"
    return data[1]?.body?.items?.[0]?.text ?? data[0]
  }
  client.io.on("packet", ({ data }) => packets.push(read(data)))
  return packets
}

async function comeBack(client: Socket, token?: string): Promise<void> {
  client.auth = token === undefined ? {} : { token }
  client.connect()
  await heard(client, "raclette--connected")
}

const ways: [string, () => Partial<AppOptions>][] = [
  ["one node", () => ({})],
  ["nodes that share Redis", () => ({ redisUrl: redis.url })],
]

describe.each(ways)("with %s", (_name, options) => {
  /** A client of anna that has lost its connection. */
  async function lost() {
    const { app, url } = await listen(options())
    const client = openSocket(url, { token: tokenOf(app, anna) })
    await heard(client, "raclette--connected")
    const session = client.id
    await lose(app, client)
    const note = (text: string, project?: string, user = anna) =>
      requester(app, user)("POST", "/note", { text, ...(project && { project }) })
    return { app, url, client, session, note }
  }

  it("another user's token restores nothing, and leaves the session to its user", async () => {
    const { app, url, client, session, note } = await lost()
    await note("for anna alone")
    const other = openSocket(url)
    other.disconnect()
    Object.assign(other, { _pid: (client as unknown as { _pid: string })._pid })
    Object.assign(other, { _lastOffset: (client as unknown as { _lastOffset: string })._lastOffset })
    const packets = packetsOf(other)
    await comeBack(other, tokenOf(app, ben))
    expect([other.recovered, other.id === session]).toEqual([false, false])
    expect(packets).toEqual(["let in", "raclette--connected"])
    const own = packetsOf(client)
    await comeBack(client, tokenOf(app, anna))
    expect([client.recovered, client.id]).toEqual([true, session])
    expect(own).toContain("for anna alone")
  })

  it("a token with fewer projects gets missed events of its own projects only", async () => {
    const { app, client, note } = await lost()
    await note("of the garden", "garden", ben)
    await note("of the house", "house", { _id: "3", name: "cleo", projects: ["house"] })
    const packets = packetsOf(client)
    await comeBack(client, tokenOf(app, { ...anna, projects: ["garden"] }))
    expect(client.recovered).toBe(true)
    expect(packets).toEqual(["let in", "of the garden", "of the garden", "raclette--connected"])
    const events = record(client)
    await note("more of the house", "house", { _id: "3", name: "cleo", projects: ["house"] })
    const garden = heard(client, noteCreated)
    await note("more of the garden", "garden", ben)
    await garden
    const [names] = await recordedUntilNow(app, [client], [events])
    expect(names?.filter(([name]) => name === noteCreated)).toHaveLength(1)
  })

  const refusals: [string, (app: FastifyInstance) => string | undefined, RegExp][] = [
    ["no token", () => undefined, /^No token: /],
    ["a forged token", () => "forged", /^Invalid token: /],
    [
      "an expired token",
      (app) => app.jwt.sign({ ...anna, iat: 1000 } as never, { expiresIn: "1h" }),
      /^Invalid token: .*expired/,
    ],
  ]
  it.each(refusals)(
    "%s is told nothing but why it is refused, and costs nobody the session",
    async (_what, make, why) => {
      const { app, client, note } = await lost()
      await note("missed")
      const packets = packetsOf(client)
      const token = make(app)
      client.auth = token === undefined ? {} : { token }
      const refused = once(client as never, "connect_error")
      client.connect()
      await refused
      expect(packets).toEqual([expect.stringMatching(why)])
      client.disconnect()
      await comeBack(client, tokenOf(app, anna))
      expect(client.recovered).toBe(true)
      expect(packets).toContain("missed")
    },
  )

  it("a session with a half-open connection is recovered, and the late disconnect changes nothing", async () => {
    const { app, url: serverUrl } = await listen(options())
    const { proxy, url } = await openProxy(serverUrl)
    const client = io(url, { auth: { token: tokenOf(app, anna) }, transports: ["websocket"], reconnectionDelay: 20 })
    onTestFinished(() => void client.disconnect())
    await heard(client, "raclette--connected")
    const { id } = client
    const [first] = app.io.sockets.sockets.values()
    const packets = packetsOf(client)
    const restore = proxy.fail("half-open")
    await requester(app, anna)("POST", "/note", { text: "missed" })
    await heard(client, "raclette--connected")
    expect([client.recovered, client.id]).toEqual([true, id])
    expect(first?.connected).toBe(false)
    restore()
    await requester(app, anna)("POST", "/note", { text: "heard" })
    await until(() => packets.includes("heard"))
    expect(packets.filter((one) => one === "missed")).toHaveLength(2)
    expect([...(app.io.sockets.sockets.get(String(id))?.rooms ?? [])]).toContain("user:1")
  })

  it("a session is restored once, even if two clients request it", async () => {
    const { app, url, client, session } = await lost()
    const { _pid, _lastOffset } = client as unknown as { _pid: string; _lastOffset: string }
    const twins = [0, 1].map(() => openSocket(url, { token: tokenOf(app, anna), pid: _pid, offset: _lastOffset }))
    await Promise.all(twins.map((twin) => heard(twin, "raclette--connected")))
    // The second one starts a new session, or ends that of the first.
    const alive = () => twins.filter(({ connected }) => connected)
    await until(() => alive().length === app.io.sockets.sockets.size)
    expect(alive().filter(({ id }) => id === session)).toHaveLength(1)
    const events = alive().map(record)
    await requester(app, anna)("POST", "/note", { text: "for both" })
    const all = await recordedUntilNow(app, alive(), events)
    expect(all.map((names) => names.filter(([name]) => name === noteCreated).length)).toEqual(alive().map(() => 1))
  })

  it("many events in between do not prevent a recovery", async () => {
    const { app, url, client, note } = await lost()
    const witness = await connectSocket(app, url, ben)
    await note("missed")
    for (let n = 0; n < 1100; n++) app.io.to("user:2").emit("noise", n)
    const end = heard(witness, "end")
    app.io.to("user:2").emit("end")
    await end
    const packets = packetsOf(client)
    await comeBack(client, tokenOf(app, anna))
    expect(client.recovered).toBe(true)
    const events = record(client)
    await note("heard")
    const [names] = await recordedUntilNow(app, [client], [events])
    expect(names?.filter(([name]) => name === noteCreated)).toHaveLength(1)
    expect(packets.filter((one) => one === "missed")).toHaveLength(2)
  })
})
