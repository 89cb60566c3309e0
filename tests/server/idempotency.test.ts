// Retries with the same idempotency key: the mutation is done once, and each attempt gets the same response.
import { describe, expect, it, vi } from "vitest"
import { connectSocket, heard, listen, makeApp, record, requester, tokenOf } from "./harness"

async function sender(options = {}) {
  const { app, url } = await listen(options)
  const send = (
    key: string | undefined,
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    payload?: object,
    user = "anna",
  ) =>
    app.inject({
      method,
      url: path,
      headers: { authorization: `Bearer ${tokenOf(app, user)}`, ...(key && { "idempotency-key": key }) },
      ...(payload && { payload }),
    })
  const count = async () => (await requester(app)("GET", "/todo/all")).body.body.items.length
  return { app, url, send, count }
}

describe("a mutation with an Idempotency-Key", () => {
  it("is done once, gets the same response twice, and emits once", async () => {
    const { app, url, send, count } = await sender()
    const client = await connectSocket(app, url)
    const events = record(client)
    const answers = [
      await send("k1", "POST", "/todo", { name: "Milk" }),
      await send("k1", "POST", "/todo", { name: "Milk" }),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201])
    expect(answers[1]?.json()).toEqual(answers[0]?.json())
    expect(answers[1]?.headers["content-type"]).toBe(answers[0]?.headers["content-type"])
    expect(await count()).toBe(1)
    const end = heard(client, "end")
    app.io.emit("end")
    await end
    expect(events.filter(([name]) => name.endsWith("todoCreated"))).toHaveLength(1)
  })

  it("is done once even if its attempts are concurrent", async () => {
    const { send, count } = await sender()
    const answers = await Promise.all([...Array(5)].map(() => send("k1", "POST", "/todo", { name: "Milk" })))
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(await count()).toBe(1)
  })

  it("stores 4xx responses too, but not 5xx", async () => {
    const { app, send, count } = await sender()
    const refused = await send("k1", "DELETE", "/todo/nobody")
    expect([refused.statusCode, (await send("k1", "DELETE", "/todo/nobody")).body]).toEqual([404, refused.body])
    const insert = app.database.insert.bind(app.database)
    app.database.insert = () => {
      throw new Error("the disk is full")
    }
    expect((await send("k2", "POST", "/todo", { name: "Milk" })).statusCode).toBe(500)
    app.database.insert = insert
    expect((await send("k2", "POST", "/todo", { name: "Milk" })).statusCode).toBe(201)
    expect(await count()).toBe(1)
  })

  it("is separate for another user, another key, or no key", async () => {
    const { send, count } = await sender()
    await send("k1", "POST", "/todo", { name: "Milk" })
    await send("k1", "POST", "/todo", { name: "Milk" }, "ben")
    await send("k2", "POST", "/todo", { name: "Milk" })
    await send(undefined, "POST", "/todo", { name: "Milk" })
    await send(undefined, "POST", "/todo", { name: "Milk" })
    expect(await count()).toBe(5)
  })

  it("is refused for another request", async () => {
    const { send } = await sender()
    await send("k1", "POST", "/todo", { name: "Milk" })
    const other = await send("k1", "DELETE", "/todo/1")
    expect(other.statusCode).toBe(422)
    expect(other.json().message).toBe(
      "This Idempotency-Key was already used for POST /todo. Use a new key for each request.",
    )
  })

  it.each<[string, object | undefined]>([
    ["another name", { name: "Bread" }],
    ["one more property", { name: "Milk", isCompleted: true }],
    ["less", { name: "Mil" }],
  ])("is refused for %s in the body, whatever the first was answered", async (_what, other) => {
    const { send, count } = await sender()
    await send("k1", "POST", "/todo", { name: "Milk" })
    const refused = await send("k1", "POST", "/todo", other)
    expect([refused.statusCode, refused.json().message]).toEqual([
      422,
      "This Idempotency-Key was already used for POST /todo with another body. Use a new key for each request.",
    ])
    expect((await send("k1", "POST", "/todo", { name: "Milk" })).statusCode).toBe(201)
    expect(await count()).toBe(1)
    await send("k2", "PATCH", "/todo/nobody", { name: "a" })
    expect((await send("k2", "PATCH", "/todo/nobody", { name: "b" })).statusCode).toBe(422)
    expect((await send("k2", "PATCH", "/todo/nobody", { name: "a" })).statusCode).toBe(404)
  })

  it("is the same with its properties in another order", async () => {
    const { send, count } = await sender()
    await send("k1", "POST", "/todo", { name: "Milk", isCompleted: true })
    expect((await send("k1", "POST", "/todo", { isCompleted: true, name: "Milk" })).statusCode).toBe(201)
    expect(await count()).toBe(1)
  })

  it("is forgotten after 24 hours", async () => {
    const { send, count } = await sender()
    vi.useFakeTimers({ toFake: ["Date"] })
    try {
      await send("k1", "POST", "/todo", { name: "Milk" })
      vi.setSystemTime(Date.now() + 23 * 3600_000)
      // The tokens of this test are made at the same time as they are used.
      await send("k1", "POST", "/todo", { name: "Milk" })
      expect(await count()).toBe(1)
      vi.setSystemTime(Date.now() + 2 * 3600_000)
      await send("k1", "POST", "/todo", { name: "Milk" })
      expect(await count()).toBe(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it("needs a token", async () => {
    const app = await makeApp()
    const headers = { "idempotency-key": "k1" }
    expect((await app.inject({ method: "POST", url: "/todo", headers, payload: { name: "x" } })).statusCode).toBe(401)
  })
})
