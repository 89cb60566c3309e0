// Commit numbers of responses and sessions prove that no event lies between them, and nothing else.
import { once } from "node:events"
import type { FastifyInstance } from "fastify"
import type { Socket } from "socket.io-client"
import { describe, expect, it } from "vitest"
import { commitOfOffset } from "../../server-stub/raclette/commits"
import { connectSocket, heard, listen, makeApp, openSocket, requester, temporaryFolder, tokenOf } from "./harness"

/** The commit number of a response; undefined if it has none. */
async function numberOf(app: FastifyInstance, url: string): Promise<number | undefined> {
  const { headers } = await app.inject({ url, headers: { authorization: `Bearer ${tokenOf(app)}` } })
  const value = headers["raclette-commit"]
  return value === undefined ? undefined : Number(value)
}

const read = async (app: FastifyInstance) => (await numberOf(app, "/todo/all")) as number

/** A new client, and its session's commit number. */
async function enter(app: FastifyInstance, url: string): Promise<{ socket: Socket; commit: number }> {
  const socket = openSocket(url, { token: tokenOf(app, "ben") })
  const [{ commit }] = await once(socket as never, "raclette--connected")
  return { socket, commit }
}

describe("the number of a response", () => {
  it("is sent only for reads", async () => {
    const app = await makeApp()
    expect(await numberOf(app, "/todo/all")).toBe(app.commit())
    expect(await numberOf(app, "/note/all")).toBe(app.commit())
    for (const url of ["/health", "/raclette/config", "/nowhere"]) expect(await numberOf(app, url)).toBe(undefined)
    const answer = await app.inject({
      method: "POST",
      url: "/todo",
      headers: { authorization: `Bearer ${tokenOf(app)}` },
      payload: { name: "Milk" },
    })
    expect([answer.statusCode, answer.headers["raclette-commit"]]).toEqual([201, undefined])
  })

  it.each([
    ["an operation", (app: FastifyInstance) => requester(app)("POST", "/todo", { name: "Milk" })],
    ["events for some", (app: FastifyInstance) => requester(app)("POST", "/note", { text: "mine" })],
    ["`io.emit()`", async (app: FastifyInstance) => app.io.emit("news")],
    ["`io.to()`", async (app: FastifyInstance) => app.io.to("room").emit("news")],
    ["`publish()`", (app: FastifyInstance) => app.publish({ channel: "news", payload: 1 })],
  ])("grows with what clients may hear: %s", async (_name, send) => {
    const { app } = await listen()
    const before = await read(app)
    expect(await read(app)).toBe(before)
    await send(app)
    expect(await read(app)).toBeGreaterThan(before)
  })

  it("does not change without an event", async () => {
    const { app } = await listen()
    const before = await read(app)
    await requester(app)("POST", "/todo", { name: "" })
    await requester(app)("PATCH", "/todo/nobody", { name: "x" })
    app.io.of("/").local.to("one").emit("raclette--tokenExpired")
    expect(await read(app)).toBe(before)
  })

  it("is taken before the handler reads", async () => {
    const { app } = await listen()
    const before = app.commit()
    const { select } = app.database
    app.database.select = ((...args: []) => {
      app.io.emit("meanwhile")
      return select(...args)
    }) as typeof select
    expect(await read(app)).toBe(before)
    expect(app.commit()).toBeGreaterThan(before as number)
  })

  it("is higher than any of an earlier process", async () => {
    const dataFolder = await temporaryFolder()
    const first = await listen({ dataFolder })
    for (let i = 0; i < 5; i++) await requester(first.app)("POST", "/todo", { name: `${i}` })
    const last = await read(first.app)
    await first.app.close()
    expect(await read((await listen({ dataFolder })).app)).toBeGreaterThan(last)
  })
})

describe("the number of a session", () => {
  it("equals a response's number if no event lies between them, and is higher otherwise", async () => {
    const { app, url } = await listen()
    const before = await read(app)
    expect((await enter(app, url)).commit).toBe(before)
    await requester(app)("POST", "/todo", { name: "Milk" })
    const { commit } = await enter(app, url)
    expect(commit).toBeGreaterThan(before)
    expect(await read(app)).toBe(commit)
  })

  it("is below the numbers of all events that the client gets", async () => {
    const { app, url } = await listen()
    const { socket, commit } = await enter(app, url)
    const told = heard(socket, "plugin_pacifico__todo--todoCreated")
    await requester(app)("POST", "/todo", { name: "Milk" })
    await told
    expect(app.commit()).toBeGreaterThan(commit)
  })

  it("is not affected by other clients that connect and disconnect", async () => {
    const { app, url } = await listen()
    const before = await read(app)
    const other = await connectSocket(app, url)
    other.disconnect()
    expect((await enter(app, url)).commit).toBe(before)
  })
})

it("numbers of a Redis stream grow with its offsets", () => {
  const offsets = ["1764144000000-0", "1764144000000-1", "1764144000000-999", "1764144000001-0", "9007199254740-0"]
  const numbers = offsets.map(commitOfOffset)
  expect([...numbers].sort((a, b) => a - b)).toEqual(numbers)
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.every(Number.isSafeInteger)).toBe(true)
})
