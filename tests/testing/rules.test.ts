// How tests control requests (responses, failures, held requests, latencies), and inspect them.
import { describe, expect, it } from "vitest"
import { reply } from "../../js-glue/testing"
import { namesOf, startPage, type Todo } from "./harness"

const milk = { items: { todo: [{ _id: "1", name: "Milk" }] } }

describe("answer()", () => {
  it("answers with items, a payload or a reply, and emits an event", async () => {
    const { backend, $data, $socket } = await startPage()
    const heard: unknown[] = []
    $socket.on("todoCreated", (payload) => heard.push(payload.body.items))
    backend.answer("todo.getAll", [{ _id: "7", name: "Seven" }])
    backend.answer("todo.create", { _id: "8", name: "Eight" })
    backend.answer("todo.update", { type: "mine", body: { items: [{ _id: "9" }] } })
    backend.answer("todo.delete", reply(410, "It is gone"))
    expect(namesOf((await $data.todo.getAll().execute()).result ?? [])).toEqual(["Seven"])
    expect((await $data.todo.create().execute({ name: "x" })).response).toEqual({
      type: "dataCreate",
      body: { items: [{ _id: "8", name: "Eight" }] },
    })
    expect((await $data.todo.update().execute({ _id: "9" })).response).toMatchObject({ type: "mine" })
    const { error } = await $data.todo.delete().execute({ _id: "9" })
    expect(error).toMatchObject({
      details: { status: 410, body: { statusCode: 410, error: "Gone", message: "It is gone" } },
    })
    await backend.settled()
    expect(heard).toEqual([[{ _id: "8", name: "Eight" }]])
    expect(backend.items("todo")).toEqual([])
  })

  it("asks a handler, which may leave it to the backend, change what that does, or refuse", async () => {
    const { backend, $data } = await startPage(milk)
    backend.answer("todo.update", async ({ body, params, proceed }) => {
      const { name } = body as { name: string }
      if (name === "") throw reply(400, `${params._id} needs a name`)
      if (name === "shout") return proceed({ name: "SHOUT" })
      return undefined
    })
    const update = (name: string) => $data.todo.update().execute({ _id: "1", name })
    expect((await update("")).error).toMatchObject({ details: { status: 400, body: { message: "1 needs a name" } } })
    await update("shout")
    expect(namesOf(backend.items("todo"))).toEqual(["SHOUT"])
    await update("Bread")
    expect(namesOf(backend.items("todo"))).toEqual(["Bread"])
  })

  it("takes a Response of the platform, returned or thrown, and null for nothing", async () => {
    const { backend, $data } = await startPage(milk)
    backend.answer("todo.getAll", () => Response.json([{ _id: "7", name: "Seven" }], { headers: { "X-Mine": "1" } }), {
      times: 1,
    })
    backend.answer("todo.getAll", () => null)
    backend.answer("todo.create", () => {
      throw new Response("Not today", { status: 403 })
    })
    const read = async () => namesOf((await $data.todo.getAll({ options: { useCache: false } }).execute()).result ?? [])
    expect([await read(), await read()]).toEqual([["Seven"], ["Milk"]])
    const { error } = await $data.todo.create().execute({ name: "x" })
    expect(error).toMatchObject({ details: { status: 403, body: { error: "Forbidden", message: "Not today" } } })
  })

  it("answers 500 with what a handler throws", async () => {
    const { backend, $data } = await startPage()
    backend.answer("todo.getAll", () => {
      throw new Error("a mistake in the test")
    })
    const { error } = await $data.todo.getAll().execute()
    expect(error).toMatchObject({ details: { status: 500, body: { message: "a mistake in the test" } } })
  })

  it("applies one after the other if limited to a number of requests", async () => {
    const { backend, $data } = await startPage(milk)
    const read = async () => {
      const { result, error } = await $data.todo.getAll({ options: { useCache: false } }).execute()
      return error ? error.details?.status : namesOf(result ?? []).join()
    }
    backend.answer("todo.getAll", [{ _id: "1", name: "first" }], { times: 1 })
    backend.fail("todo.getAll", { status: 500, times: 2 })
    backend.answer("todo.getAll", [{ _id: "1", name: "always" }])
    backend.answer("todo.getAll", [{ _id: "1", name: "last" }], { times: 1 })
    const seen = [await read(), await read(), await read(), await read(), await read()]
    expect(seen).toEqual(["first", 500, 500, "last", "always"])
  })

  it("goes before what came earlier, so often as it says, until it is taken back", async () => {
    const { backend, $data } = await startPage()
    const read = async () => namesOf((await $data.todo.getAll({ options: { useCache: false } }).execute()).result ?? [])
    const takeBack = backend.answer("todo.getAll", [{ _id: "1", name: "old" }])
    backend.answer("todo.getAll", [{ _id: "2", name: "once" }], { times: 1 })
    expect([await read(), await read()]).toEqual([["once"], ["old"]])
    takeBack()
    takeBack()
    expect(await read()).toEqual([])
  })

  it("answers routes that no config has", async () => {
    const { backend } = await startPage()
    backend.answer("POST /auth/refresh/:what", ({ body, params }) => reply(200, { ...(body as object), ...params }))
    const init = {
      method: "POST",
      body: '{"a":1}',
      headers: [["Content-Type", "application/json"]] as [string, string][],
    }
    const answer = await backend.options.fetch("http://localhost/auth/refresh/it", init)
    expect(await answer.json()).toEqual({ a: 1, what: "it" })
    expect(answer.headers.get("Content-Type")).toContain("json")
  })

  it("hands over a stream", async () => {
    const { backend, $data } = await startPage()
    const stream = () => new Response("one two").body
    backend.answer("todo.getAll", () => reply(200, stream()))
    const { response } = await $data.todo.getAll({ options: { responseType: "stream" } }).execute()
    expect(await new Response(response as ReadableStream).text()).toBe("one two")
  })
})

describe("fail()", () => {
  it("fails with a status so often, then no more", async () => {
    const { backend, $data } = await startPage(milk)
    backend.fail("todo.getAll", { status: 503, times: 1, headers: { "Retry-After": "1" } })
    const { error } = await $data.todo.getAll().execute()
    const body = { statusCode: 503, error: "Service Unavailable", message: "The test lets todo.getAll fail" }
    expect(error).toMatchObject({ code: "HTTP_ERROR", details: { status: 503, body } })
    expect((await $data.todo.getAll().execute()).error).toBeUndefined()
  })

  it("is a network that is gone where it says no status, for one entity or for all", async () => {
    const { backend, $data } = await startPage(milk)
    const takeBack = backend.fail("todo.*")
    expect((await $data.todo.getAll().execute()).error?.code).toBe("NETWORK_ERROR")
    expect((await $data.todo.create().execute({ name: "x" })).error?.code).toBe("NETWORK_ERROR")
    takeBack()
    backend.fail("*", { status: 418, body: { tea: true } })
    expect((await $data.todo.get({ params: { _id: "1" } }).execute()).error).toMatchObject({
      details: { status: 418, body: { tea: true } },
    })
    expect(backend.requests.map(({ status }) => status)).toEqual([undefined, undefined, 418])
  })

  it("may lose the answer alone: the next try is not done twice", async () => {
    const { backend, $data, $socket } = await startPage({ clock: "virtual" })
    let heard = 0
    $socket.on("todoCreated", () => heard++)
    backend.fail("todo.create", { done: true, times: 1 })
    const execution = $data.todo.create({ options: { retry: 1 } }).execute({ name: "once" })
    await backend.advance(5000)
    expect((await execution).error).toBeUndefined()
    expect(namesOf(backend.items("todo"))).toEqual(["once"])
    expect(backend.requestsOf("todo.create")).toHaveLength(2)
    expect(heard).toBe(1)
  })
})

describe("a rule", () => {
  it("is for a request that was made just before it, too", async () => {
    const { backend, $data } = await startPage(milk)
    const list = $data.todo.getAll({ options: { immediate: true } })
    backend.fail("todo.getAll", { status: 500 })
    await backend.settled()
    expect(list.error.value).toMatchObject({ details: { status: 500 } })
  })
})

describe("hold()", () => {
  it("lets requests wait, which holds up nothing else", async () => {
    const { backend, $data } = await startPage(milk)
    const hold = backend.hold("todo.getAll")
    const list = $data.todo.getAll({ options: { immediate: true } })
    await backend.settled()
    expect([list.isLoading.value, hold.waiting]).toEqual([true, 1])
    expect((await $data.todo.create().execute({ name: "Bread" })).error).toBeUndefined()
    hold.release()
    await backend.settled()
    expect(list.isLoading.value).toBe(false)
    // The backend receives it when the test releases it.
    expect(namesOf(list.dataArr.value)).toEqual(["Milk", "Bread"])
    expect(hold.waiting).toBe(0)
  })

  it.each(["reset", "goDown", "dispose"] as const)("holds nothing beyond %s()", async (end) => {
    const { backend, $data } = await startPage()
    const hold = backend.hold("todo.create")
    const execution = $data.todo.create().execute({ name: "of the test before" })
    await backend.settled()
    backend[end]()
    hold.release()
    expect((await execution).error?.code).toBe("NETWORK_ERROR")
    expect(backend.items("todo")).toEqual([])
  })

  it("never answers aborted requests", async () => {
    const { backend, $data } = await startPage()
    const hold = backend.hold("todo.create")
    const create = $data.todo.create()
    const execution = create.execute({ name: "x" })
    await backend.settled()
    create.abort()
    expect((await execution).error?.code).toBe("ABORTED")
    hold.release()
    await backend.settled()
    expect(backend.items("todo")).toEqual([])
    expect(backend.requests).toMatchObject([{ isAborted: true, status: undefined }])
  })
})

describe("delay() and latency", () => {
  it("delay responses and events", async () => {
    const { backend, $data, $socket } = await startPage({ clock: "virtual", latency: 100 })
    await backend.advance(1000)
    const heard: string[] = []
    $socket.on("todoCreated", () => heard.push("event"))
    backend.delay("todo.create", 50)
    const ended = $data.todo.create().execute({ name: "x" })
    void ended.then(() => heard.push("answer"))
    await backend.advance(99)
    expect(heard).toEqual([])
    await backend.advance(1)
    expect(heard).toEqual(["event"])
    await backend.advance(50)
    expect(heard).toEqual(["event", "answer"])
    backend.latency = (request) => (request?.operation === "todo.getAll" ? 1000 : 0)
    const read = $data.todo.getAll({ options: { immediate: true } })
    await backend.advance(999)
    expect(read.isLoading.value).toBe(true)
    await backend.advance(1)
    expect(read.isLoading.value).toBe(false)
  })
})

describe("recorded requests", () => {
  it("are recorded as received", async () => {
    const { backend, $data } = await startPage(milk, { auth: { token: "t" } })
    await $data.todo.update({ config: { headers: { "X-Mine": "1" } } }).execute({ _id: "1", name: "Bread" })
    await $data.todo.getAll({ params: { tag: ["a", "b"], limit: 5 } }).execute()
    expect(backend.requests).toMatchObject([
      {
        operation: "todo.update",
        method: "PATCH",
        path: "/todo/1",
        params: { _id: "1" },
        body: { name: "Bread" },
        headers: { authorization: "Bearer t", "x-mine": "1" },
        status: 200,
      },
      { operation: "todo.getAll", method: "GET", query: { tag: ["a", "b"], limit: "5" }, body: undefined },
    ])
    expect(backend.requestsOf("todo.update")).toHaveLength(1)
  })

  it("is forgotten by reset(), with all that the test said", async () => {
    const { backend, $data } = await startPage(milk)
    backend.fail("*")
    await $data.todo.create().execute({ name: "x" })
    backend.reset()
    expect(backend.requests).toEqual([])
    await $data.todo.create().execute({ name: "y" })
    expect(namesOf(backend.items("todo"))).toEqual(["Milk", "y"])
    backend.reset()
    expect(namesOf(backend.items("todo"))).toEqual(["Milk"])
  })
})

describe("authorize", () => {
  it("accepts valid credentials, for requests and the connection", async () => {
    const authorize = ({ token }: { token?: unknown }) => token === "good" || `no ${token}`
    let token = "bad"
    const { backend, runtime, $data, $socket } = await startPage(
      { authorize },
      { auth: () => ({ token }), socket: { authAttempts: 1 } },
    )
    expect($socket.status.value).toBe("rejected")
    expect($socket.reason.value).toMatchObject({
      message: expect.stringContaining("no bad"),
      data: { code: "UNAUTHORIZED" },
    })
    expect((await $data.todo.getAll().execute()).error).toMatchObject({
      details: { status: 401, body: { message: "no bad" } },
    })
    token = "good"
    runtime.connect()
    await backend.settled()
    expect($socket.status.value).toBe("connected")
    expect((await $data.todo.getAll().execute()).error).toBeUndefined()
    expect(await runtime.renewAuth()).toBe(true)
    token = "worse"
    expect(await runtime.renewAuth()).toBe(false)
  })
})

describe("execute()", () => {
  it("acts as another client", async () => {
    const { backend, $data } = await startPage(milk)
    const list = $data.todo.getAll({ options: { live: true, immediate: true } })
    const { body } = await backend.execute("todo.create", { name: "Bread" })
    expect(namesOf(list.dataArr.value)).toEqual(["Milk", "Bread"])
    await backend.execute("todo.update", { _id: (body.items[0] as unknown as Todo)._id, name: "Rolls" })
    expect(namesOf(list.dataArr.value)).toEqual(["Milk", "Rolls"])
    await backend.execute("todo.delete", { _id: "1" })
    expect(namesOf(list.dataArr.value)).toEqual(["Rolls"])
    expect((await backend.execute("todo.getAll", { limit: 1 })).body.items).toHaveLength(1)
    await expect(backend.execute("todo.delete", { _id: "1" })).rejects.toThrow(
      "pacifico__todo:todo.delete was answered with 404: There is no todo 1",
    )
  })
})
