// The life cycle of tokens: a socket ends with its token unless it gets the next one, and a refresh token that is used
// twice ends its login.
import { once } from "node:events"
import { sql } from "drizzle-orm"
import type { FastifyInstance } from "fastify"
import { io } from "socket.io-client"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { startPostgres, startRedis } from "../support/servers"
import {
  connectSocket,
  heard,
  listen,
  makeApp,
  openSocket,
  record,
  recordedUntilNow,
  requester,
  temporaryFolder,
  tokenOf,
} from "./harness"

const HOUR = 3600_000

/** Resolves when the server has no sockets. */
async function untilAllLeft(app: FastifyInstance): Promise<void> {
  const [socket] = app.io.sockets.sockets.values()
  if (socket) await once(socket, "disconnect")
}

/** Fakes the clock, which only the test advances. Network and clients are real. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] })
  onTestFinished(() => void vi.useRealTimers())
}

function inApp(app: FastifyInstance) {
  const post = async (url: string, payload: object) => {
    const answer = await app.inject({ method: "POST", url, payload })
    return { status: answer.statusCode, body: answer.json() }
  }
  return {
    login: async (user = "anna") => (await post("/auth/dev-login", { user })).body,
    refresh: (refreshToken: unknown) => post("/auth/refresh", { refreshToken }),
  }
}

describe("a token that expires", () => {
  it("disconnects its sockets with a reason, and no others", async () => {
    const { app, url } = await listen({ tokenLifetime: 2 * 3600 })
    stopTheClock()
    const early = await connectSocket(app, url, "anna")
    await vi.advanceTimersByTimeAsync(HOUR)
    const late = await connectSocket(app, url, "ben")
    const records = [early, late].map(record)
    await vi.advanceTimersByTimeAsync(HOUR - 1000)
    expect(early.connected).toBe(true)
    const ended = once(early as never, "disconnect")
    await vi.advanceTimersByTimeAsync(1000)
    expect((await ended)[0]).toBe("transport close")
    const message = "The token has expired. Connect again with a new token."
    expect(records[0]).toEqual([["raclette--tokenExpired", { code: "TOKEN_EXPIRED", message }]])
    await requester(app)("POST", "/todo", { name: "Milk" })
    const [heardByLate] = await recordedUntilNow(app, [late], records.slice(1))
    expect(heardByLate).toHaveLength(2)
    expect(records[0]).toHaveLength(1)
  })

  it("disconnects no socket that has sent the next token, whose expiry disconnects it", async () => {
    const { app, url } = await listen({ tokenLifetime: 20 })
    stopTheClock()
    const client = await connectSocket(app, url, "anna")
    const { id } = client
    await vi.advanceTimersByTimeAsync(10_000)
    const token = tokenOf(app, { _id: "id-of-anna", name: "anna", projects: ["garden"] })
    expect(await client.emitWithAck("raclette--auth", { token })).toEqual({ ok: true })
    expect([...(app.io.sockets.sockets.get(String(id))?.rooms ?? [])]).toContain("project:garden")
    await vi.advanceTimersByTimeAsync(19_000)
    expect([client.connected, client.id]).toEqual([true, id])
    const ended = once(client as never, "disconnect")
    await vi.advanceTimersByTimeAsync(1000)
    await ended
  })

  it.each<[string, (app: FastifyInstance) => unknown]>([
    ["another user's", (app) => ({ token: tokenOf(app, { _id: "other", name: "ben" }) })],
    ["forged", () => ({ token: "forged" })],
    ["none", () => undefined],
    ["no text", () => ({ token: { a: 1 } })],
  ])("goes on to count where the next one is %s", async (_what, make) => {
    const { app, url } = await listen({ tokenLifetime: 3600 })
    stopTheClock()
    const client = await connectSocket(app, url, "anna")
    const refusal = { ok: false, code: "UNAUTHORIZED", message: expect.stringMatching(/token/) }
    expect(await client.emitWithAck("raclette--auth", make(app))).toEqual(refusal)
    client.emit("raclette--auth", make(app))
    const ended = once(client as never, "disconnect")
    await vi.advanceTimersByTimeAsync(HOUR)
    await ended
  })

  it("may expire later than the longest timer", async () => {
    const { app, url } = await listen({ tokenLifetime: 60 * 24 * 3600 })
    stopTheClock()
    const client = await connectSocket(app, url)
    await vi.advanceTimersByTimeAsync(59 * 24 * HOUR)
    expect(client.connected).toBe(true)
    const ended = once(client as never, "disconnect")
    await vi.advanceTimersByTimeAsync(24 * HOUR)
    await ended
  })

  it("can be replaced by a new one: the client reconnects by itself", async () => {
    const { app, url } = await listen()
    let next = app.jwt.sign({ _id: "1", name: "anna" }, { expiresIn: "1h" })
    stopTheClock()
    const client = io(url, {
      transports: ["websocket"],
      useNativeTimers: true,
      reconnectionDelay: 10,
      auth: (give) => {
        give({ token: next })
        next = tokenOf(app)
      },
    })
    onTestFinished(() => void client.disconnect())
    await heard(client, "raclette--connected")
    const told = heard(client, "raclette--tokenExpired")
    await vi.advanceTimersByTimeAsync(HOUR)
    await told
    await heard(client, "raclette--connected")
    expect(client.connected).toBe(true)
  })

  it("recovers no session: missed events are not sent", async () => {
    const { app, url } = await listen({ tokenLifetime: 60 })
    stopTheClock()
    const client = await connectSocket(app, url)
    const left = untilAllLeft(app)
    client.io.engine.close()
    await left
    await requester(app)("POST", "/todo", { name: "Milk" })
    await vi.advanceTimersByTimeAsync(60_000)
    const packets: unknown[] = []
    client.io.on("packet", ({ data }) => packets.push(data))
    const refused = once(client as never, "connect_error")
    client.connect()
    expect((await refused)[0].message).toMatch(/expired/)
    expect(packets).toEqual([{ message: expect.stringMatching(/expired/), data: { code: "UNAUTHORIZED" } }])
  })

  it("can be replaced: a valid token recovers the session, with its own rooms only", async () => {
    const { app, url } = await listen()
    const member = { _id: "1", name: "anna", projects: ["garden"] }
    const client = openSocket(url, { token: tokenOf(app, member) })
    await heard(client, "raclette--connected")
    const events = record(client)
    const left = untilAllLeft(app)
    client.io.engine.close()
    await left
    await requester(app, member)("POST", "/note", { text: "missed", project: "garden" })
    client.auth = { token: tokenOf(app, { _id: "1", name: "anna" }) }
    client.connect()
    await heard(client, "raclette--connected")
    expect(client.recovered).toBe(true)
    await requester(app, { _id: "2", name: "ben", projects: ["garden"] })("POST", "/note", {
      text: "y",
      project: "garden",
    })
    const [names] = (await recordedUntilNow(app, [client], [events])).map((all) => all.map(([name]) => name))
    const notes = "plugin_pacifico__notes--"
    expect(names).toEqual([`${notes}noteCreated`, `${notes}mySuperFancyCustomEvent`, "raclette--connected"])
  })
})

describe("a refresh token", () => {
  it("is exchanged for the next token and refresh token of the same user", async () => {
    const app = await makeApp({ devLogin: true })
    const { login, refresh } = inApp(app)
    const first = await login()
    const second = await refresh(first.refreshToken)
    expect(second).toEqual({
      status: 200,
      body: { token: expect.any(String), refreshToken: expect.any(String), user: first.user },
    })
    expect(second.body.refreshToken).not.toBe(first.refreshToken)
    const headers = { authorization: `Bearer ${second.body.token}` }
    expect((await app.inject({ url: "/todo/all", headers })).statusCode).toBe(200)
    expect((await refresh(second.body.refreshToken)).status).toBe(200)
  })

  it("that is used twice is refused, and ends its login with all its sockets, but no other login", async () => {
    const { app, url } = await listen({ devLogin: true })
    const { login, refresh } = inApp(app)
    const [first, other] = [await login(), await login()]
    const second = (await refresh(first.refreshToken)).body
    const sockets = [first, second, other].map(({ token }) => openSocket(url, { token }))
    await Promise.all(sockets.map((socket) => heard(socket, "raclette--connected")))
    const ends = sockets.slice(0, 2).map((socket) => once(socket as never, "disconnect"))
    const message = "The refresh token was already used, so its login has ended. Log in again."
    expect(await refresh(first.refreshToken)).toEqual({
      status: 401,
      body: { statusCode: 401, error: "Unauthorized", message },
    })
    await Promise.all(ends)
    expect((await refresh(second.refreshToken)).status).toBe(401)
    expect(sockets[2]?.connected).toBe(true)
    expect((await refresh(other.refreshToken)).status).toBe(200)
  })

  it("that is used twice invalidates its login's tokens, also after a restart, but those of no other login", async () => {
    const dataFolder = await temporaryFolder()
    const first = await listen({ devLogin: true, dataFolder })
    const { login, refresh } = inApp(first.app)
    const [ended, other] = [await login(), await login()]
    const next = (await refresh(ended.refreshToken)).body
    await refresh(ended.refreshToken)
    const expectEnded = async ({ app, url }: { app: FastifyInstance; url: string }) => {
      for (const { token } of [ended, next]) {
        const answer = await app.inject({ url: "/todo/all", headers: { authorization: `Bearer ${token}` } })
        expect([answer.statusCode, answer.json().message]).toEqual([
          401,
          "The login of this token has ended. Log in again.",
        ])
        const [error] = await once(openSocket(url, { token }) as never, "connect_error")
        expect((error as { data?: unknown }).data).toEqual({ code: "UNAUTHORIZED" })
        const client = openSocket(url, { token: other.token })
        await heard(client, "raclette--connected")
        expect(await client.emitWithAck("raclette--auth", { token })).toMatchObject({ ok: false, code: "UNAUTHORIZED" })
      }
      const headers = { authorization: `Bearer ${other.token}` }
      expect((await app.inject({ url: "/todo/all", headers })).statusCode).toBe(200)
    }
    await expectEnded(first)
    await first.app.close()
    await expectEnded(await listen({ devLogin: true, dataFolder }))
  })

  it("that was issued while its login ended is invalid", async () => {
    const app = await makeApp({ devLogin: true })
    const { login, refresh } = inApp(app)
    const { refreshToken, token } = await login()
    const claims = app.jwt.verify<{ login: string }>(token)
    await app.endedLogins.end(claims.login, Date.now() + HOUR)
    expect((await refresh(refreshToken)).status).toBe(401)
  })

  it("that is used twice at the same time works at most once", async () => {
    const { login, refresh } = inApp(await makeApp({ devLogin: true }))
    const { refreshToken } = await login()
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it("that is unknown, or not a string, is refused", async () => {
    const { refresh } = inApp(await makeApp())
    const message = "The refresh token is unknown or has expired. Log in again."
    expect(await refresh("x")).toMatchObject({ status: 401, body: { message } })
    expect((await refresh({ a: 1 })).status).toBe(400)
    expect((await refresh("x".repeat(101))).status).toBe(400)
  })

  it("is valid for 30 days", async () => {
    stopTheClock()
    const { login, refresh } = inApp(await makeApp({ devLogin: true }))
    const [first, second] = [await login(), await login("ben")]
    vi.setSystemTime(Date.now() + 29 * 24 * HOUR)
    expect((await refresh(first.refreshToken)).status).toBe(200)
    vi.setSystemTime(Date.now() + 2 * 24 * HOUR)
    expect((await refresh(second.refreshToken)).status).toBe(401)
  })

  it("is stored only as a hash", async () => {
    const app = await makeApp({ devLogin: true })
    const { refreshToken } = await inApp(app).login()
    const rows = JSON.stringify(await app.database.run(sql`SELECT * FROM refresh_tokens`))
    expect(rows).toContain("anna")
    expect(rows).not.toContain(refreshToken)
  })
})

describe.each([
  ["that share Redis and a database", true],
  ["that share a database, while Redis is away", false],
])("nodes %s", (_name, hasRedis) => {
  it("all learn of a login that one of them ended, and disconnect its sockets", async () => {
    const [postgres, redis] = await Promise.all([startPostgres(), hasRedis ? startRedis() : undefined])
    const options = { databaseUrl: postgres.url, devLogin: true, ...(redis && { redisUrl: redis.url }) }
    const here = await listen(options)
    const there = await listen(options)
    onTestFinished(async () => {
      await Promise.all([here, there].map(({ app }) => app.close()))
      await Promise.all([postgres.stop(), redis?.stop()])
    })
    const { login, refresh } = inApp(here.app)
    const ended = await login()
    const client = openSocket(there.url, { token: ended.token })
    await heard(client, "raclette--connected")
    const left = once(client as never, "disconnect")
    await refresh(ended.refreshToken)
    await refresh(ended.refreshToken)
    await left
    const [error] = await once(openSocket(there.url, { token: ended.token }) as never, "connect_error")
    expect((error as Error).message).toContain("has ended")
    const headers = { authorization: `Bearer ${ended.token}` }
    for (const { app } of [here, there]) expect((await app.inject({ url: "/todo/all", headers })).statusCode).toBe(401)
  })
})
