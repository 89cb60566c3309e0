// The todo routes over plain HTTP: their responses and errors.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { makeApp, requester, temporaryFolder, tokenOf } from "./harness"

const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

async function withTodo() {
  const app = await makeApp()
  const send = requester(app)
  const { body } = await send("POST", "/todo", { name: "Milk" })
  return { app, send, todo: body.body.items[0] }
}

describe("todos", () => {
  it("are created with an id and times set by the server", async () => {
    const send = requester(await makeApp())
    const answer = await send("POST", "/todo", { name: "Milk" })
    const todo = { _id: id, name: "Milk", isCompleted: false, isDeleted: false, lastEditor: "anna" }
    expect(answer).toEqual({
      status: 201,
      body: { type: "dataCreate", body: { items: [{ ...todo, createdAt: time, updatedAt: time }] } },
    })
  })

  it("are read one by one or as a list, oldest first", async () => {
    const { send, todo } = await withTodo()
    const second = (await send("POST", "/todo", { name: "Bread", isCompleted: true })).body.body.items[0]
    expect(await send("GET", `/todo/${todo._id}`)).toEqual({
      status: 200,
      body: { type: "dataRead", body: { items: [todo] } },
    })
    expect((await send("GET", "/todo/all")).body).toEqual({
      type: "dataRead",
      body: { items: [todo, second], hasMore: false },
    })
  })

  it("keep their order if they were created in the same millisecond", async () => {
    const send = requester(await makeApp())
    const names = [...Array(20).keys()].map(String)
    vi.useFakeTimers({ toFake: ["Date"] })
    try {
      for (const name of names) await send("POST", "/todo", { name })
      const { body } = await send("GET", "/todo/all")
      expect(body.body.items.map((todo: { name: string }) => todo.name)).toEqual(names)
    } finally {
      vi.useRealTimers()
    }
  })

  it("are filtered and paged", async () => {
    const send = requester(await makeApp())
    for (const name of ["a", "b", "c"]) await send("POST", "/todo", { name, isCompleted: name === "b" })
    const names = async (query: string) =>
      (await send("GET", `/todo/all?${query}`)).body.body.items.map((todo: { name: string }) => todo.name)
    expect(await names("isCompleted=true")).toEqual(["b"])
    expect(await names("isCompleted=false")).toEqual(["a", "c"])
    expect(await names("limit=2")).toEqual(["a", "b"])
    expect(await names("limit=2&offset=2")).toEqual(["c"])
    expect(await names("offset=1")).toEqual(["b", "c"])
    const hasMore = async (query: string) => (await send("GET", `/todo/all?${query}`)).body.body.hasMore
    expect([await hasMore("limit=2"), await hasMore("limit=3"), await hasMore("limit=1&offset=2")]).toEqual([
      true,
      false,
      false,
    ])
  })

  it("are updated, and the response contains the previous version", async () => {
    const { app, todo } = await withTodo()
    const { status, body } = await requester(app, "ben")("PATCH", `/todo/${todo._id}`, { isCompleted: true })
    const after = { ...todo, isCompleted: true, lastEditor: "ben", updatedAt: time }
    expect({ status, body }).toEqual({
      status: 200,
      body: { type: "dataUpdate", body: { items: [after], prevVersion: todo } },
    })
    expect(body.body.items[0].updatedAt >= todo.updatedAt).toBe(true)
  })

  it("are hidden by a soft deletion, and removed by a hard one", async () => {
    const { app, send, todo } = await withTodo()
    const gone = { ...todo, isDeleted: true, lastEditor: "ben", updatedAt: time }
    const answer = { status: 200, body: { type: "dataDelete", body: { items: [gone], deleted: [todo._id] } } }
    expect(await requester(app, "ben")("DELETE", `/todo/${todo._id}`)).toEqual(answer)
    expect((await send("GET", "/todo/all")).body.body.items).toEqual([])
    for (const [method, payload] of [["GET"], ["PATCH", { name: "x" }], ["DELETE"]] as const) {
      expect((await send(method, `/todo/${todo._id}`, payload)).status).toBe(404)
    }
    expect(await requester(app, "ben")("DELETE", `/todo/${todo._id}/hard`)).toEqual(answer)
    expect((await send("DELETE", `/todo/${todo._id}/hard`)).status).toBe(404)
  })

  it("are restored to their old place after a soft deletion, not after a hard one", async () => {
    const { app, send, todo } = await withTodo()
    const second = (await send("POST", "/todo", { name: "Bread" })).body.body.items[0]
    await send("DELETE", `/todo/${todo._id}`)
    const back = { ...todo, lastEditor: "ben", updatedAt: time }
    const answer = { status: 200, body: { type: "dataRestore", body: { items: [back] } } }
    const restore = () => requester(app, "ben")("POST", `/todo/${todo._id}/restore`)
    expect(await restore()).toEqual(answer)
    expect(await restore()).toEqual(answer)
    expect((await send("GET", "/todo/all")).body.body.items).toEqual([back, second])
    await send("DELETE", `/todo/${todo._id}/hard`)
    expect((await restore()).status).toBe(404)
  })

  it("store SQL and other unusual text unchanged", async () => {
    const send = requester(await makeApp())
    const names = [
      "'); DROP TABLE todos; --",
      `" OR 1=1 --`,
      "<script>alert(1)</script>",
      "naïve 🧀 \u2028 end",
      "x".repeat(200),
    ]
    for (const name of names) expect((await send("POST", "/todo", { name })).status).toBe(201)
    const { body } = await send("GET", "/todo/all")
    expect(body.body.items.map((todo: { name: string }) => todo.name)).toEqual(names)
    const injected = encodeURIComponent("x' OR '1'='1")
    for (const method of ["GET", "DELETE"] as const) expect((await send(method, `/todo/${injected}`)).status).toBe(404)
    expect((await send("DELETE", `/todo/${injected}/hard`)).status).toBe(404)
    expect((await send("GET", "/todo/all")).body.body.items).toHaveLength(names.length)
  })

  it("survive a restart", async () => {
    const dataFolder = await temporaryFolder()
    const first = await makeApp({ dataFolder })
    const { body } = await requester(first)("POST", "/todo", { name: "Milk" })
    await first.close()
    const second = await makeApp({ dataFolder })
    expect((await requester(second)("GET", "/todo/all")).body.body.items).toEqual(body.body.items)
    expect((await readFile(join(dataFolder, "raclette.db"))).subarray(0, 15).toString()).toBe("SQLite format 3")
  })
})

describe("bad input", () => {
  const requests = [
    ["POST", "/todo", {}, "body must have required property 'name'"],
    ["POST", "/todo", { name: "" }, "body/name must NOT have fewer than 1 characters"],
    ["POST", "/todo", { name: "x".repeat(201) }, "body/name must NOT have more than 200 characters"],
    ["POST", "/todo", { name: "a\u0000b" }, "body/name must match pattern"],
    ["POST", "/todo", { name: ["x"] }, "body/name must be string"],
    ["POST", "/todo", { name: "x", isCompleted: "perhaps" }, "body/isCompleted must be boolean"],
    ["POST", "/todo", { name: "x", owner: "me" }, "body must NOT have additional properties: owner"],
    ["POST", "/todo", { owner: "me" }, "body must have required property 'name'; body must NOT have additional"],
    ["POST", "/todo", { name: 7 }, "body/name must be string"],
    ["POST", "/todo", { name: "x", isCompleted: 1 }, "body/isCompleted must be boolean"],
    ["POST", "/todo", [], "body must be object"],
    ["PATCH", "/todo/1", {}, "body must NOT have fewer than 1 properties"],
    ["PATCH", "/todo/1", { _id: "2" }, "body must NOT have additional properties: _id"],
    ["GET", "/todo/all?limit=0", undefined, "querystring/limit must be >= 1"],
    ["GET", "/todo/all?limit=x", undefined, "querystring/limit must be integer"],
    ["GET", "/todo/all?offset=-1", undefined, "querystring/offset must be >= 0"],
    ["GET", "/todo/all?order=1", undefined, "querystring must NOT have additional properties: order"],
  ] as const

  it.each(requests)("%s %s with %j gets 400 with what is wrong", async (method, url, payload, message) => {
    const answer = await requester(await makeApp())(method, url, payload as object | undefined)
    expect(answer).toEqual({
      status: 400,
      body: { statusCode: 400, error: "Bad Request", message: expect.stringContaining(message) },
    })
  })

  it("a body that is not JSON gets 400", async () => {
    const app = await makeApp()
    const headers = { authorization: `Bearer ${tokenOf(app)}`, "content-type": "application/json" }
    const answer = await app.inject({ method: "POST", url: "/todo", headers, payload: '{"name":' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().message).toMatch(/JSON/)
  })

  it("a body of another type gets 415", async () => {
    const app = await makeApp()
    const headers = { authorization: `Bearer ${tokenOf(app)}`, "content-type": "text/csv" }
    const answer = await app.inject({ method: "POST", url: "/todo", headers, payload: "name\nMilk" })
    expect(answer.statusCode).toBe(415)
  })

  it("a body of more than 1 MiB gets 413", async () => {
    const answer = await requester(await makeApp())("POST", "/todo", { name: "x".repeat(1024 * 1024) })
    expect(answer).toEqual({
      status: 413,
      body: { statusCode: 413, error: "Payload Too Large", message: "Request body is too large" },
    })
  })

  it.each([["GET"], ["PATCH", { name: "x" }], ["DELETE"]] as const)(
    "%s of an unknown id gets 404",
    async (...request) => {
      const [method, payload] = request
      const answer = await requester(await makeApp())(method, "/todo/nobody", payload)
      expect(answer).toEqual({
        status: 404,
        body: { statusCode: 404, error: "Not Found", message: "There is no todo nobody" },
      })
    },
  )

  it("an unknown route gets 404 with its name", async () => {
    const answer = await requester(await makeApp())("GET", "/nothing/here")
    expect(answer.status).toBe(404)
    expect(answer.body.message).toBe("Route GET /nothing/here not found. GET /documentation lists all routes.")
  })

  it("an internal error gets 500 without its message", async () => {
    const app = await makeApp()
    app.database.select = () => {
      throw new Error("disk of host db-7 is full")
    }
    const answer = await requester(app)("GET", "/todo/all")
    expect(answer.status).toBe(500)
    expect(answer.body.message).not.toContain("db-7")
  })
})
