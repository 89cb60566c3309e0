// $data from a user's view, on the compiled core with a fake fetch: state, params, sharing, failures.
import { describe, expect, it, vi } from "vitest"
import type { ExecuteResult, Operation, PluginApi, QueryArgs, Runtime, RuntimeOptions } from "../../js-glue/types"
import { connect, eventFrame, flush, makeRuntime } from "./harness"

async function made(options: RuntimeOptions = {}) {
  const all = await makeRuntime(options)
  return { ...all, api: apiOf(all.runtime) }
}

/** The API of the todo plugin, with the operations of its config. */
function apiOf(runtime: Runtime, actionId?: string) {
  const api = runtime.usePluginApi({ pluginKey: "pacifico__todo", ...(actionId && { actionId }) })
  return api as PluginApi & { $data: { todo: Record<"getAll" | "get" | "create" | "update" | "part", Operation> } }
}

function operationOf(api: PluginApi, name: string): Operation {
  return api.$data.todo?.[name] as Operation
}

const todos = (...names: string[]) => ({
  type: "dataRead",
  body: { items: names.map((name) => ({ _id: `id-${name}`, name })) },
})

/** The outcome of an execution that must be over by now. */
async function settledNow(execution: Promise<ExecuteResult>): Promise<ExecuteResult> {
  let result: ExecuteResult | undefined
  void execution.then((value) => {
    result = value
  })
  await flush()
  if (!result) throw new Error("the execution is not over")
  return result
}

describe("a query", () => {
  it("goes from idle through loading to its response, as refs", async () => {
    const { api, platform } = await made()
    const query = api.$data.todo.getAll()
    expect(query.data.value).toEqual({})
    expect(query.dataArr.value).toEqual([])
    expect(query.response.value).toBeUndefined()
    expect(query.isLoading.value).toBe(false)
    const execution = query.execute()
    expect(query.isLoading.value).toBe(true)
    await flush()
    platform.request().answered(200, todos("b", "a"))
    const items = [
      { _id: "id-b", name: "b" },
      { _id: "id-a", name: "a" },
    ]
    expect(query.isLoading.value).toBe(false)
    expect(query.dataArr.value).toEqual(items)
    expect(query.data.value).toEqual({ "id-b": items[0], "id-a": items[1] })
    expect(query.response.value).toEqual(todos("b", "a"))
    expect(await settledNow(execution)).toEqual({ response: todos("b", "a"), result: items, error: undefined })
  })

  it("notifies subscribers of changed values once per response, with all refs in step", async () => {
    const { api, platform } = await made()
    const query = api.$data.todo.getAll()
    const seen: unknown[] = []
    query.dataArr.subscribe((items) => seen.push([items.length, query.isLoading.value, query.error.value]))
    void query.execute()
    await flush()
    platform.request().answered(200, todos("a"))
    expect(seen).toEqual([
      [0, false, undefined],
      [1, false, undefined],
    ])
  })

  it("executes at once with `immediate`, and calls `cb` with each result", async () => {
    const { api, platform } = await made()
    const cb = vi.fn()
    const query = api.$data.todo.getAll({ options: { immediate: true, cb } })
    await flush()
    platform.request().answered(200, todos("a"))
    expect(cb).toHaveBeenCalledExactlyOnceWith({
      response: todos("a"),
      result: [{ _id: "id-a", name: "a" }],
      error: undefined,
    })
    expect(query.dataArr.value).toHaveLength(1)
  })

  it("does not use the store with `useStore: false`", async () => {
    const { api, platform } = await made()
    const query = api.$data.todo.getAll({ options: { useStore: false, immediate: true } })
    await flush()
    platform.request().answered(200, todos("a"))
    expect(query.dataArr.value).toEqual([])
    expect(query.data.value).toEqual({})
    expect(query.response.value).toEqual(todos("a"))
  })

  it.each([
    ["a bare array", [{ _id: "1" }], [{ _id: "1" }]],
    ["a bare object", { _id: "1" }, [{ _id: "1" }]],
    ["null", null, []],
    ["items without ids", { type: "x", body: { items: [{ n: 1 }] } }, [{ n: 1 }]],
    ["only deleted ids", { type: "x", body: { deleted: ["1"] } }, []],
  ])("takes %s", async (_name, answer, result) => {
    const { api, platform } = await made()
    const execution = api.$data.todo.getAll().execute()
    await flush()
    platform.request().answered(200, answer)
    expect(await settledNow(execution)).toEqual({
      response: answer,
      result,
      error: undefined,
    })
  })

  it("identifies itself by an id with the plugin and the operation or the actionId", async () => {
    const { runtime, api } = await made()
    const query = api.$data.todo.get({ params: { _id: "7" } })
    expect(query.query.value).toEqual({
      id: expect.stringMatching(/^plugin-pacifico__todo-\d+-todo-get-[0-9a-z]{8}$/),
      entity: "todo",
      operation: "get",
      params: { _id: "7" },
    })
    const other = apiOf(runtime, "save").$data.todo.getAll()
    expect(other.query.value.id).toMatch(/^plugin-pacifico__todo-save-[0-9a-z]{8}$/)
  })

  it("has the given id at the end of its own, instead of the random text", async () => {
    const { runtime, api } = await made()
    const idOf = (of: typeof api, id: string | false) => of.$data.todo.getAll({ id }).query.value.id
    expect(idOf(api, "mine")).toMatch(/^plugin-pacifico__todo-\d+-todo-getAll-mine$/)
    expect(idOf(apiOf(runtime, "save"), "mine")).toBe("plugin-pacifico__todo-save-mine")
    for (const none of [false, ""] as const) {
      expect(idOf(apiOf(runtime, "save"), none)).toMatch(/^plugin-pacifico__todo-save-[0-9a-z]{8}$/)
    }
  })
})

describe("a request", () => {
  async function sent(operation: string, args: QueryArgs, executeWith?: Record<string, unknown>, options = {}) {
    const { api, platform } = await made(options)
    void operationOf(api, operation)(args).execute(executeWith)
    await flush()
    const { method, url, headers, body, init } = platform.request()
    return { method, url, headers: Object.fromEntries(headers), body, init }
  }

  it("of a read fills the target and puts the rest into the query string", async () => {
    const params = { _id: "a/b?c", limit: 2, done: false, tag: ["x y", "z"], none: undefined }
    expect(await sent("get", { params })).toMatchObject({
      method: "GET",
      url: "http://backend.test/todo/a%2Fb%3Fc?done=false&limit=2&tag=x%20y&tag=z",
      body: undefined,
    })
  })

  it("of a mutation puts the rest into a JSON body", async () => {
    const params = { _id: "7", name: "Milk", tags: [1], at: new Date(0) }
    expect(await sent("update", { params })).toMatchObject({
      method: "PATCH",
      url: "http://backend.test/todo/7",
      body: '{"name":"Milk","tags":[1],"at":"1970-01-01T00:00:00.000Z"}',
      headers: { "content-type": "application/json", accept: "application/json" },
    })
  })

  it("merges the argument of `execute` over the query's own params", async () => {
    const { url, body } = await sent("update", { params: { _id: "7", name: "a", x: 1 } }, { name: "b", y: 2 })
    expect(url).toBe("http://backend.test/todo/7")
    expect(JSON.parse(body ?? "")).toEqual({ name: "b", x: 1, y: 2 })
  })

  it("calls a function target with encoded values, and omits the params that it read from the rest", async () => {
    expect((await sent("part", { params: { _id: "../admin", part: "a b", page: 2 } })).url).toBe(
      "http://backend.test/todo/..%2Fadmin/a%20b?page=2",
    )
  })

  it("contains the token of `auth`, and the user's own config", async () => {
    const config = { headers: { "x-trace": "1" }, credentials: "include" as const }
    const { headers, init } = await sent("getAll", { config }, {}, { auth: { token: "t1" } })
    expect(headers).toMatchObject({ authorization: "Bearer t1", "x-trace": "1" })
    expect(init.credentials).toBe("include")
  })

  it("uses `mode`, which `none` leaves to the platform", async () => {
    expect((await sent("getAll", { options: { mode: "cors" } })).init.mode).toBe("cors")
    expect((await sent("getAll", { options: { mode: "none" } })).init.mode).toBeUndefined()
  })

  it("accepts a token with the line break of the file that it was read from", async () => {
    const { headers } = await sent("getAll", {}, {}, { auth: { token: "t1\n" } })
    expect(headers.authorization).toBe("Bearer t1")
  })

  it("does not replace an authorization that the user set", async () => {
    const config = { headers: { Authorization: "Basic x" } }
    expect((await sent("getAll", { config }, {}, { auth: { token: "t1" } })).headers.authorization).toBe("Basic x")
  })

  it("calls `auth` again after a 401, and repeats once", async () => {
    const auth = vi.fn().mockReturnValueOnce({ token: "old" }).mockReturnValue({ token: "new" })
    const { api, platform } = await made({ auth })
    const execution = api.$data.todo.getAll().execute()
    await flush()
    expect(platform.request().headers.get("authorization")).toBe("Bearer old")
    platform.request().answered(401, { message: "expired" })
    await flush()
    expect(platform.request().headers.get("authorization")).toBe("Bearer new")
    expect(auth.mock.calls.map(([{ reason }]) => reason)).toEqual([undefined, "the server answered 401"])
    platform.request().answered(401, { message: "expired" })
    expect((await settledNow(execution)).error).toMatchObject({ code: "HTTP_ERROR", details: { status: 401 } })
    expect(platform.requests).toEqual([])
  })

  it("fails with what `auth` threw", async () => {
    const { api } = await made({ auth: () => Promise.reject(new Error("the login is down")) })
    const { error } = await settledNow(api.$data.todo.getAll().execute())
    expect(error).toMatchObject({ code: "AUTH_FAILED", message: expect.stringContaining("the login is down") })
  })
})

describe("reads are shared", () => {
  it("while one is in flight, and for 1000 ms after its response", async () => {
    const { api, platform } = await made()
    const [first, second, third] = [api.$data.todo.getAll(), api.$data.todo.getAll(), api.$data.todo.getAll()]
    void first.execute()
    void second.execute()
    await flush()
    expect(platform.requests).toHaveLength(1)
    platform.request().answered(200, todos("a"))
    platform.advance(999)
    await third.execute()
    for (const query of [first, second, third]) expect(query.dataArr.value).toEqual([{ _id: "id-a", name: "a" }])
    platform.advance(1)
    void third.execute()
    await flush()
    expect(platform.requests).toHaveLength(1)
  })

  it("calls of one query during a request are one execution, whose result and `cb` each call gets", async () => {
    const { api, platform } = await made()
    const [called, loading] = [vi.fn(), vi.fn()]
    const list = api.$data.todo.getAll({ options: { cb: called } })
    list.isLoading.subscribe(loading)
    const calls = [list.execute(), list.execute({}), list.execute()]
    await flush()
    platform.request().answered(200, todos("a"))
    const [answer, ...others] = await Promise.all(calls)
    expect(others).toEqual([answer, answer])
    expect(called.mock.calls).toEqual([[answer], [answer], [answer]])
    expect(loading.mock.calls).toEqual([[false], [true], [false]])
    expect(platform.requests).toHaveLength(0)
  })

  it("calls of one query with other params in between are executions of their own", async () => {
    const { api, platform } = await made()
    const list = api.$data.todo.getAll()
    const calls = [list.execute({ page: 1 }), list.execute({ page: 2 }), list.execute({ page: 1 })]
    await flush()
    expect(platform.requests.map(({ url }) => url.slice(-7))).toEqual(["?page=1", "?page=2"])
    platform.request().answered(200, todos("one"))
    platform.request().answered(200, todos("two"))
    const results = await Promise.all(calls)
    expect(results.map(({ result }) => result?.[0]?.name)).toEqual(["one", "two", "one"])
    expect(list.dataArr.value[0]?.name).toBe("one")
  })

  it("a call after a refused one is shown, though the request in flight began before", async () => {
    const { api, platform } = await made()
    const get = api.$data.todo.get()
    const calls = [get.execute({ _id: "1" })]
    calls.push(get.execute({ _id: "" }))
    expect(get.error.value?.code).toBe("MISSING_PARAM")
    calls.push(get.execute({ _id: "1" }))
    await flush()
    expect(platform.requests).toHaveLength(1)
    platform.request().answered(200, todos("a"))
    await Promise.all(calls)
    expect([get.error.value, get.dataArr.value[0]?.name]).toEqual([undefined, "a"])
  })

  it("at once if a response can be reused: nothing loads, and later observers see it", async () => {
    const { api, platform } = await made()
    const [first, second] = [api.$data.todo.getAll(), api.$data.todo.getAll()]
    const execution = first.execute()
    await flush()
    platform.request().answered(200, todos("a"))
    const answer = await settledNow(execution)
    const [loading, shown, called] = [vi.fn(), vi.fn(), vi.fn()]
    const third = api.$data.todo.getAll({ options: { cb: called } })
    for (const query of [second, third]) query.isLoading.subscribe(loading)
    third.dataArr.subscribe(shown)
    const results = [second.execute(), third.execute()]
    expect(third.dataArr.value[0]).toBe(first.dataArr.value[0])
    expect(third.response.value).toBe(first.response.value)
    expect(shown.mock.calls).toEqual([[[]], [[{ _id: "id-a", name: "a" }]]])
    expect(loading.mock.calls).toEqual([[false], [false]])
    expect(called.mock.calls).toEqual([[answer]])
    expect(await Promise.all(results)).toEqual([answer, answer])
    expect(platform.requests).toHaveLength(0)
  })

  it("at once after a failure, too, which the reused response clears", async () => {
    const { api, platform } = await made()
    const [first, second] = [api.$data.todo.getAll(), api.$data.todo.getAll({ params: { limit: 1 } })]
    const executions = [first.execute(), second.execute()]
    await flush()
    platform.request().answered(200, todos("a"))
    platform.request().answered(500, {})
    await Promise.all(executions)
    expect(second.error.value?.code).toBe("HTTP_ERROR")
    const { result } = await settledNow(second.execute({ limit: undefined }))
    expect(result).toEqual([{ _id: "id-a", name: "a" }])
    expect(second.error.value).toBeUndefined()
    expect(second.dataArr.value).toEqual(result)
    expect(platform.requests).toHaveLength(0)
  })

  it("but not with `useCache: false`, other params, or another config", async () => {
    const { api, platform } = await made()
    void api.$data.todo.getAll().execute()
    void api.$data.todo.getAll({ options: { useCache: false } }).execute()
    void api.$data.todo.getAll({ params: { limit: 1 } }).execute()
    void api.$data.todo.getAll({ config: { headers: { "x-tenant": "b" } } }).execute()
    await flush()
    expect(platform.requests).toHaveLength(4)
  })

  it("an event on a channel of the entity invalidates them before listeners run", async () => {
    const { runtime, api, platform } = await made()
    const { text } = await connect(runtime, platform)
    const query = api.$data.todo.getAll()
    api.$socket.on("todoCreated", () => query.execute())
    void query.execute()
    await flush()
    const [early] = platform.requests
    for (let i = 0; i < 1000; i++) text(eventFrame("todoCreated", {}))
    await flush()
    expect(platform.requests).toHaveLength(1)
    early?.answered(200, todos("old"))
    await flush()
    expect(platform.requests).toHaveLength(1)
    platform.request().answered(200, todos("old", "new"))
    await flush()
    expect(platform.requests).toHaveLength(0)
    expect(query.dataArr.value).toHaveLength(2)
  })

  it("a mutation of this client invalidates them", async () => {
    const { api, platform } = await made({ notifications: false })
    const query = api.$data.todo.getAll({ options: { immediate: true } })
    await flush()
    platform.request().answered(200, todos("a"))
    void api.$data.todo.create({ params: { name: "b" } }).execute()
    await flush()
    platform.request().answered(201, { type: "dataCreate", body: { items: [{ _id: "id-b" }] } })
    void query.execute()
    await flush()
    expect(platform.requests).toHaveLength(1)
  })
})

describe("a failure", () => {
  it("is state: the last good data stays, `error` is set, and a success clears it", async () => {
    const { api, platform } = await made()
    const query = api.$data.todo.getAll({ options: { useCache: false } })
    const next = async () => {
      const execution = query.execute()
      await flush()
      return { request: platform.request(), execution }
    }
    ;(await next()).request.answered(200, todos("a"))
    const { request, execution } = await next()
    request.answered(404, { message: "There is no such list" })
    const { error } = await settledNow(execution)
    expect(error).toMatchObject({
      name: "RacletteError",
      code: "HTTP_ERROR",
      message: "The server answered with an error: see `details`. (404: There is no such list)",
      details: { status: 404, body: { message: "There is no such list" } },
    })
    expect(query.error.value).toBe(error)
    expect(query.dataArr.value).toHaveLength(1)
    ;(await next()).request.answered(200, todos())
    expect(query.error.value).toBeUndefined()
    expect(query.dataArr.value).toEqual([])
  })

  it("of a response that is not JSON contains the first 200 characters", async () => {
    const { api, platform } = await made()
    const execution = api.$data.todo.getAll().execute()
    await flush()
    platform.request().malformed(200, `<html>${"x".repeat(300)}`)
    const { error } = await settledNow(execution)
    expect(error).toMatchObject({ code: "BAD_RESPONSE", details: { status: 200, body: `<html>${"x".repeat(194)}` } })
  })

  it.each([
    ["a text", "ok"],
    ["a number", 7],
    ["a list of no objects", [{ _id: "1" }, null]],
    ["an envelope whose items are no list", { type: "dataRead", body: { items: "none" } }],
    ["an envelope whose items are no objects", { type: "dataRead", body: { items: [1] } }],
    ["an envelope whose deleted ids are no list", { type: "dataDelete", body: { deleted: "1" } }],
  ])("of an answer of another shape, %s, tells what came, and what was good stays", async (_name, answer) => {
    const { api, platform } = await made()
    const query = api.$data.todo.getAll({ options: { useCache: false } })
    void query.execute()
    await flush()
    platform.request().answered(200, todos("a"))
    const execution = query.execute()
    await flush()
    platform.request().answered(200, answer)
    expect((await settledNow(execution)).error).toMatchObject({
      code: "BAD_RESPONSE",
      details: { status: 200, body: JSON.stringify(answer) },
    })
    expect(query.dataArr.value).toEqual(todos("a").body.items)
    expect(query.response.value).toEqual(todos("a"))
  })

  it("is not a response of another shape if nothing is stored", async () => {
    const { api, platform } = await made()
    const execution = api.$data.todo.getAll({ options: { useStore: false } }).execute()
    await flush()
    platform.request().answered(200, 7)
    expect(await settledNow(execution)).toMatchObject({ response: 7, error: undefined })
  })

  it("of the network is reported as such", async () => {
    const { api, platform } = await made()
    const execution = api.$data.todo.getAll().execute()
    await flush()
    platform.request().failed("refused")
    expect((await settledNow(execution)).error).toMatchObject({
      code: "NETWORK_ERROR",
      message: expect.stringContaining("refused"),
    })
  })

  it("by timeout aborts the request", async () => {
    const { api, platform } = await made()
    const execution = api.$data.todo.getAll({ options: { timeout: 50 } }).execute()
    await flush()
    const request = platform.request()
    platform.advance(50)
    expect((await settledNow(execution)).error?.code).toBe("REQUEST_TIMEOUT")
    expect(request.aborted).toBe(true)
  })

  it("by abort(), by a signal and by dispose() aborts the request, and the execution ends", async () => {
    const controller = new AbortController()
    for (const [end, code] of [
      ["abort", "ABORTED"],
      ["signal", "ABORTED"],
      ["dispose", "DISPOSED"],
    ] as const) {
      const { api, platform } = await made()
      const query = api.$data.todo.getAll(end === "signal" ? { config: { signal: controller.signal } } : {})
      const execution = query.execute()
      await flush()
      const request = platform.request()
      if (end === "signal") controller.abort()
      else query[end]()
      expect((await settledNow(execution)).error?.code, end).toBe(code)
      expect(request.aborted, end).toBe(true)
      expect(query.isLoading.value, end).toBe(false)
    }
  })

  it("of a token that is not a valid header value says so, and ends", async () => {
    const { api, platform } = await made({ auth: { token: "\u017c\u00f3\u0142w" } })
    const query = api.$data.todo.getAll({ options: { timeout: 0 } })
    const { error } = await settledNow(query.execute())
    expect(error).toMatchObject({ code: "BAD_ARGUMENT", message: expect.stringContaining("`auth` token") })
    expect(query.isLoading.value).toBe(false)
    expect(platform.requests).toHaveLength(0)
  })

  it("of a subscriber of `query` is reported, and the request is sent", async () => {
    const { api, platform, errors } = await made()
    const query = api.$data.todo.getAll()
    let isFirst = true
    query.query.subscribe(() => {
      if (!isFirst) throw new Error("mine")
      isFirst = false
    })
    void query.execute({ limit: 1 })
    await flush()
    expect(platform.requests).toHaveLength(1)
    expect(errors).toMatchObject([{ code: "LISTENER_THREW" }])
  })

  it("by dispose() is no result: `cb` is not called, and nothing is loading", async () => {
    const { api } = await made()
    const cb = vi.fn()
    const query = api.$data.todo.getAll({ options: { immediate: true, cb } })
    api.dispose()
    await flush()
    expect(cb).not.toHaveBeenCalled()
    expect(query.isLoading.value).toBe(false)
  })

  it("without params after refused params is refused as well, and sends no request", async () => {
    const { api, platform } = await made()
    const query = api.$data.todo.get({ params: { _id: "1" } })
    void query.execute()
    await flush()
    platform.request().answered(200, { _id: "1" })
    expect((await query.execute({ _id: undefined })).error?.code).toBe("MISSING_PARAM")
    expect((await query.execute()).error?.code).toBe("MISSING_PARAM")
    expect([query.error.value?.code, platform.requests]).toEqual(["MISSING_PARAM", []])
    void query.execute({ _id: "1" })
    await flush()
    expect(query.error.value).toBeUndefined()
  })

  it("of a disposed query is DISPOSED", async () => {
    const { api, platform } = await made()
    const query = api.$data.todo.getAll()
    query.dispose()
    expect((await query.execute()).error?.code).toBe("DISPOSED")
    expect(platform.requests).toEqual([])
  })

  it.each([
    ["a placeholder without a value", "get", {}, "MISSING_PARAM", "_id"],
    ["an empty placeholder", "get", { _id: "" }, "MISSING_PARAM", "_id"],
    ["a placeholder that would leave its segment", "get", { _id: ".." }, "MISSING_PARAM", "_id"],
    ["a placeholder of a function without a value", "part", { _id: "1" }, "MISSING_PARAM", "part"],
    ["a body that is no JSON", "create", { name: 1n }, "BAD_ARGUMENT", "BigInt"],
  ])("%s resolves with an error and asks nothing", async (_name, operation, params, code, detail) => {
    const { api, platform } = await made()
    const query = operationOf(api, operation)({ params })
    const { error } = await settledNow(query.execute())
    expect(error).toMatchObject({ code, message: expect.stringContaining(detail) })
    expect(query.error.value).toBe(error)
    expect(platform.requests).toEqual([])
  })

  it("of an unknown name throws at the call, with the names that exist", async () => {
    const { api } = await made()
    expect(() => api.$data.todos?.getAll?.()).toThrow(
      expect.objectContaining({ code: "UNKNOWN_ENTITY", message: expect.stringContaining("there are: todo") }),
    )
    expect(() => operationOf(api, "getEverything")()).toThrow(
      expect.objectContaining({
        code: "UNKNOWN_OPERATION",
        message: expect.stringMatching(/there are: create, .*getAll/),
      }),
    )
    expect(() => api.$data.todo.getAll("all" as never)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
  })
})

describe("a subscriber or callback that throws", () => {
  it("is reported, and the query continues", async () => {
    const { api, platform, errors } = await made()
    const boom = () => {
      throw new Error("boom")
    }
    const query = api.$data.todo.getAll({ options: { cb: boom } })
    const execution = query.execute()
    await flush()
    query.dataArr.subscribe((items) => items.length > 0 && boom())
    platform.request().answered(200, todos("a"))
    expect((await settledNow(execution)).error).toBeUndefined()
    expect(errors.map(({ code }) => code)).toEqual(["LISTENER_THREW", "LISTENER_THREW"])
    expect(errors[1]?.message).toContain("options.cb")
  })
})

describe("mutations announce themselves", () => {
  async function announced(options: RuntimeOptions, args: QueryArgs, status: number) {
    const { runtime, api, platform } = await made(options)
    const heard: unknown[] = []
    runtime.$eventbus.on("ui/addToSnackbar", (event) => heard.push(event))
    void api.$data.todo.create({ params: { name: "x" }, ...args }).execute()
    await flush()
    platform.request().answered(status, status < 400 ? { _id: "1" } : { message: "no room" })
    await flush()
    return heard
  }

  it("on the global bus, success and failure alike", async () => {
    expect(await announced({}, {}, 201)).toEqual([
      { sender: "pacifico__todo", data: { message: "todo created", color: "success" } },
    ])
    expect(await announced({}, {}, 507)).toEqual([
      {
        sender: "pacifico__todo",
        data: {
          message: "todo could not be created: The server answered with an error: see `details`. (507: no room)",
          color: "error",
        },
      },
    ])
  })

  it("unless this is switched off, for one or for all, or the whitelist excludes it", async () => {
    expect(await announced({}, { options: { notify: false } }, 201)).toEqual([])
    expect(await announced({ notifications: false }, {}, 201)).toEqual([])
    expect(await announced({ notifications: false }, { options: { notify: true } }, 201)).toHaveLength(1)
    expect(await announced({ eventbus: { whitelist: ["other/*"] } }, {}, 201)).toEqual([])
  })

  it("reads do not", async () => {
    const { runtime, api, platform } = await made()
    const heard = vi.fn()
    runtime.$eventbus.on("**", heard)
    void api.$data.todo.getAll().execute()
    await flush()
    platform.request().answered(200, [])
    expect(heard).not.toHaveBeenCalled()
  })
})

describe("after a reconnect that lost events", () => {
  it("active reads are refetched within half a second, unless an option prevents it", async () => {
    const { runtime, api, platform } = await made()
    const first = await connect(runtime, platform)
    const query = api.$data.todo.getAll({ options: { immediate: true } })
    api.$data.todo.getAll({ params: { x: 1 }, options: { immediate: true, refetchOnReconnect: false } })
    await flush()
    for (const request of [...platform.requests]) request.answered(200, todos("a"))
    first.closed("wire cut")
    platform.advance(2000)
    platform.connection.opened()
    await connect(runtime, platform)
    platform.advance(500)
    await flush()
    expect(platform.requests.map(({ url }) => url)).toEqual(["http://backend.test/todo/all"])
    platform.request().answered(200, todos("a", "b"))
    expect(query.dataArr.value).toHaveLength(2)
  })
})
