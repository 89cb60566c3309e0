// Items that queries share, live lists, and optimistic mutations.
import { describe, expect, it, onTestFinished, vi } from "vitest"
import type { ExecuteResult, Operation, Query, QueryArgs, Runtime } from "../../js-glue/types"
import { connect, eventFrame, type FakePlatform, flush, makeRuntime } from "./harness"
import { mutableConfig } from "./mutable-config"

type Todo = { _id: string; name: string; updatedAt?: string; done?: boolean }
type Names = "getAll" | "get" | "create" | "update" | "delete"

async function made() {
  const { runtime, platform, errors } = await makeRuntime({ plugins: [mutableConfig], notifications: false })
  const { text } = await connect(runtime, platform)
  const api = runtime.usePluginApi("pacifico__todo")
  const todo = api.$data.todo as unknown as Record<Names, Operation>
  /** An event with raclette's payload. */
  const event = (key: string, type: string, body: object) => text(eventFrame(key, { type, body }))
  return { runtime, platform, errors, api, todo, event, text }
}

const read = (...items: object[]) => ({ type: "dataRead", body: { items } })
const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`
const names = (list: Todo[]) => list.map(({ name }) => name)

/** Creates a query and answers its first read. */
async function shown(
  todo: Record<Names, Operation>,
  platform: FakePlatform,
  items: object[],
  args: QueryArgs<Todo> = {},
) {
  const query = todo.getAll<Todo>(args)
  void query.execute()
  await flush()
  platform.request().answered(200, read(...items))
  return query
}

async function answer(platform: FakePlatform, execution: Promise<ExecuteResult>, status: number, body: unknown) {
  await flush()
  platform.request().answered(status, body)
  return execution
}

describe("identity", () => {
  it("of unchanged items stays from one answer to the next, and subscribers are not called", async () => {
    const { todo, platform } = await made()
    const items = [...Array(1000).keys()].map((n) => ({ _id: `${n}`, name: `todo ${n}` }))
    const list = await shown(todo, platform, items, { options: { useCache: false } })
    const before = list.dataArr.value
    let told = -1
    list.dataArr.subscribe(() => told++)
    await answer(platform, list.execute(), 200, read(...structuredClone(items)))
    expect(told).toBe(0)
    expect(list.dataArr.value).toBe(before)
    const changed = structuredClone(items)
    Object.assign(changed[500] as object, { name: "other" })
    await answer(platform, list.execute(), 200, read(...changed))
    expect(told).toBe(1)
    expect(list.dataArr.value.filter((item, i) => item !== before[i])).toEqual([{ _id: "500", name: "other" }])
    expect(list.data.value["7"]).toBe(before[7])
  })
})

describe("queries that show the same item", () => {
  it("are updated by each other's answers and by the answers of mutations", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [
      { _id: "1", name: "a" },
      { _id: "2", name: "b" },
    ])
    const one = todo.get<Todo>({ params: { _id: "1" } })
    await answer(platform, one.execute(), 200, { _id: "1", name: "a, read again" })
    expect(names(list.dataArr.value)).toEqual(["a, read again", "b"])
    expect(list.data.value["1"]).toBe(list.dataArr.value[0])
    const body = { items: [{ _id: "1", name: "changed" }] }
    await answer(platform, todo.update().execute({ _id: "1", name: "changed" }), 200, { type: "dataUpdate", body })
    expect(names(list.dataArr.value)).toEqual(["changed", "b"])
    expect(one.dataArr.value).toEqual([{ _id: "1", name: "changed" }])
    const gone = { items: [], deleted: ["1"] }
    await answer(platform, todo.delete().execute({ _id: "1" }), 200, { type: "dataDelete", body: gone })
    expect(names(list.dataArr.value)).toEqual(["b"])
    expect(one.dataArr.value).toEqual([])
  })

  it("show the newer version by updatedAt until an older one is confirmed, else the answer to the later request", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [
      { _id: "1", name: "new", updatedAt: at(5) },
      { _id: "2", name: "b" },
    ])
    const one = todo.get<Todo>({ params: { _id: "1" } })
    await answer(platform, one.execute(), 200, { _id: "1", name: "old", updatedAt: at(4) })
    expect(one.dataArr.value[0]?.name).toBe("new")
    expect(names(list.dataArr.value)).toEqual(["new", "b"])
    const two = todo.get<Todo>({ params: { _id: "2" } })
    await answer(platform, two.execute(), 200, { _id: "2", name: "later" })
    expect(names(list.dataArr.value)).toEqual(["new", "later"])
  })

  it("leave one alone that has `useStore: false`", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a" }])
    const apart = todo.get<Todo>({ params: { _id: "1" }, options: { useStore: false } })
    await answer(platform, apart.execute(), 200, { _id: "1", name: "apart" })
    expect(names(list.dataArr.value)).toEqual(["a"])
  })

  it("show nothing of others in one that has `useStore: false`, not even what is new", async () => {
    const { todo, platform } = await made()
    const apart = todo.getAll<Todo>({ options: { useStore: false } })
    await answer(platform, apart.execute(), 200, read({ _id: "1", name: "a" }))
    void todo.create({ options: { optimistic: true } }).execute({ name: "b" })
    await flush()
    platform.request().answered(201, { type: "dataCreate", body: { items: [{ _id: "2", name: "b" }] } })
    expect(apart.dataArr.value).toEqual([])
  })

  it("show nothing of another plugin's, though its entities have the same type and ids", async () => {
    const other = { ...mutableConfig, pluginKey: "acme__todo", routePrefix: "/acme" }
    const { runtime, platform } = await makeRuntime({ plugins: [mutableConfig, other] })
    const [mine, theirs] = ["pacifico__todo", "acme__todo"].map((key) => runtime.usePluginApi(key).$data.todo)
    const list = await shown(mine as Record<Names, Operation>, platform, [{ _id: "1", name: "mine" }])
    const othersList = await shown(theirs as Record<Names, Operation>, platform, [{ _id: "1", name: "theirs" }])
    expect([list, othersList].map(({ dataArr }) => names(dataArr.value))).toEqual([["mine"], ["theirs"]])
  })

  it("are kept apart from items without an id", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [{ name: "a" }, { name: "b" }])
    await answer(platform, todo.get({ params: { _id: "1" } }).execute(), 200, { name: "c" })
    expect(names(list.dataArr.value)).toEqual(["a", "b"])
  })
})

describe("a live query", () => {
  const live = { options: { live: true } }

  it("applies what events say, without a request", async () => {
    const { todo, platform, event } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a", updatedAt: at(1) }], live)
    event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "b", updatedAt: at(2) }] })
    event("todoUpdated", "dataUpdate", {
      items: [{ _id: "1", name: "a2", updatedAt: at(3) }],
      prevVersion: { _id: "1", name: "a", updatedAt: at(1) },
    })
    expect(names(list.dataArr.value)).toEqual(["a2", "b"])
    event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "late", updatedAt: at(2) }] })
    expect(names(list.dataArr.value)).toEqual(["a2", "b"])
    event("todoDeleted", "dataDelete", { items: [{ _id: "1", name: "a2" }], deleted: ["1"] })
    expect(names(list.dataArr.value)).toEqual(["b"])
    await flush()
    expect(platform.requests).toEqual([])
  })

  it.each([
    ["a payload of another shape", "todoCreated", "no payload"],
    [
      "an update of an item that it does not hold",
      "todoUpdated",
      { type: "dataUpdate", body: { items: [{ _id: "9" }] } },
    ],
    [
      "an update whose former version it has not seen",
      "todoUpdated",
      {
        type: "dataUpdate",
        body: { items: [{ _id: "1", name: "3", updatedAt: at(3) }], prevVersion: { _id: "1", updatedAt: at(2) } },
      },
    ],
  ])("asks the server after %s", async (_name, key, payload) => {
    const { todo, platform, text } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "1", updatedAt: at(1) }], live)
    text(eventFrame(key, payload))
    await flush()
    expect(platform.requests).toHaveLength(1)
    platform.request().answered(200, read({ _id: "1", name: "now", updatedAt: at(4) }))
    expect(names(list.dataArr.value)).toEqual(["now"])
  })

  it("that filters by what no field says asks the server, by one read a second", async () => {
    const { todo, platform, event } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a" }], { ...live, params: { done: false } })
    event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "b" }] })
    expect(names(list.dataArr.value)).toEqual(["a"])
    await flush()
    platform.request().answered(200, read({ _id: "1", name: "a" }))
    event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "done" }] })
    expect(names(list.dataArr.value)).toEqual(["done"])
    await flush()
    expect(platform.requests).toHaveLength(0)
    platform.advance(1000)
    await flush()
    expect(platform.requests).toHaveLength(1)
  })

  it("does not bring back what an event removed while an older answer was on its way", async () => {
    const { todo, platform, event } = await made()
    const list = await shown(
      todo,
      platform,
      [
        { _id: "1", name: "a" },
        { _id: "2", name: "b" },
      ],
      {
        options: { live: true, useCache: false },
      },
    )
    const execution = list.execute()
    await flush()
    event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
    event("todoCreated", "dataCreate", { items: [{ _id: "3", name: "c" }] })
    await answer(platform, execution, 200, read({ _id: "1", name: "a" }, { _id: "2", name: "b" }))
    expect(names(list.dataArr.value)).toEqual(["b", "c"])
    await answer(platform, list.execute(), 200, read({ _id: "2", name: "b" }))
    expect(names(list.dataArr.value)).toEqual(["b"])
  })

  it("reads for itself as long as it had no answer, and not before it is executed", async () => {
    const { todo, platform, event } = await made()
    const list = todo.getAll<Todo>(live)
    event("todoCreated", "dataCreate", { items: [{ _id: "1", name: "a" }] })
    await flush()
    expect(platform.requests).toEqual([])
    await answer(platform, list.execute(), 500, { message: "no" })
    event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "b" }] })
    await flush()
    platform.request().answered(200, read({ _id: "1", name: "a" }, { _id: "2", name: "b" }))
    expect(names(list.dataArr.value)).toEqual(["a", "b"])
  })

  it("gets no updates after it is disposed", async () => {
    const { todo, platform, event } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a" }], live)
    list.dispose()
    event("todoDeleted", "dataDelete", { deleted: ["1"] })
    event("todoUpdated", "dataUpdate", { items: [{ _id: "9" }] })
    await flush()
    expect(platform.requests).toEqual([])
    expect(names(list.dataArr.value)).toEqual(["a"])
  })
})

describe("an optimistic mutation", () => {
  const optimistic = { options: { optimistic: true } }

  it("is shown at once, and confirmed without a flicker", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a" }])
    const seen: string[] = []
    list.dataArr.subscribe((items) => seen.push(names(items).join()))
    const created = todo.create(optimistic).execute({ name: "b" })
    expect(list.dataArr.value).toEqual([
      { _id: "1", name: "a" },
      { _id: expect.stringMatching(/^optimistic-/), name: "b" },
    ])
    await answer(platform, created, 201, { type: "dataCreate", body: { items: [{ _id: "2", name: "b" }] } })
    expect(list.data.value["2"]).toEqual({ _id: "2", name: "b" })
    const updated = todo.update(optimistic).execute({ _id: "1", done: true })
    expect(list.data.value["1"]).toEqual({ _id: "1", name: "a", done: true })
    await answer(platform, updated, 200, { type: "dataUpdate", body: { items: [{ _id: "1", name: "a", done: true }] } })
    const deleted = todo.delete(optimistic).execute({ _id: "2" })
    expect(names(list.dataArr.value)).toEqual(["a"])
    await answer(platform, deleted, 200, { type: "dataDelete", body: { items: [], deleted: ["2"] } })
    expect(seen).toEqual(["a", "a,b", "a,b", "a,b", "a"])
  })

  it("is taken back when it fails, and exactly", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [
      { _id: "1", name: "a" },
      { _id: "2", name: "b" },
    ])
    const before = list.dataArr.value
    const executions = [
      todo.create(optimistic).execute({ name: "c" }),
      todo.update(optimistic).execute({ _id: "1", name: "x" }),
      todo.delete(optimistic).execute({ _id: "2" }),
    ]
    expect(names(list.dataArr.value)).toEqual(["x", "c"])
    for (const execution of executions) await answer(platform, execution, 409, { message: "no" })
    expect(list.dataArr.value).toEqual(before)
  })

  it("stands while another read lands in between, and with another that overlaps", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a", done: false }], { options: { useCache: false } })
    const first = todo.update(optimistic).execute({ _id: "1", name: "first" })
    const second = todo.update(optimistic).execute({ _id: "1", done: true })
    const current = () => list.dataArr.value[0]
    expect(current()).toEqual({ _id: "1", name: "first", done: true })
    await flush()
    const [firstRequest, secondRequest] = platform.requests
    const reread = list.execute()
    await flush()
    platform.requests[2]?.answered(200, read({ _id: "1", name: "a", done: false, seen: 1 }))
    await reread
    expect(current()).toEqual({ _id: "1", name: "first", done: true, seen: 1 })
    firstRequest?.answered(500, { message: "no" })
    await first
    expect(current()).toEqual({ _id: "1", name: "a", done: true, seen: 1 })
    secondRequest?.answered(200, { type: "dataUpdate", body: { items: [{ _id: "1", name: "a", done: true }] } })
    await second
    expect(current()).toEqual({ _id: "1", name: "a", done: true })
  })

  it("makes the item by a function of the user's", async () => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a", count: 1 }])
    void todo
      .update<{ count: number }>({
        options: { optimistic: ({ by }, current) => ({ ...current, count: (current?.count ?? 0) + Number(by) }) },
      })
      .execute({ _id: "1", by: 2 })
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "a", count: 3 }])
  })

  it("makes it so where the platform has no structuredClone, as in jsdom; the function may change what it gets", async () => {
    vi.stubGlobal("structuredClone", undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    const { todo, platform, errors } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a", tags: ["x"] }])
    const optimistic = (params: { at?: unknown }, current?: { tags?: string[] }) => {
      current?.tags?.push("y")
      return { ...current, ...params }
    }
    const update = todo.update({ options: { optimistic: optimistic as never } })
    const execution = update.execute({ _id: "1", at: new Date(0) })
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "a", tags: ["x", "y"], at: new Date(0) }])
    update.abort()
    await execution
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "a", tags: ["x"] }])
    expect(errors).toEqual([])
  })

  it("shows nothing that a list which filters may not hold, and is undone by abort", async () => {
    const { todo, platform } = await made()
    const filtered = await shown(todo, platform, [{ _id: "1", name: "a" }], { params: { done: false } })
    const plain = await shown(todo, platform, [{ _id: "1", name: "a" }])
    const create = todo.create(optimistic)
    const execution = create.execute({ name: "b" })
    expect([names(filtered.dataArr.value), names(plain.dataArr.value)]).toEqual([["a"], ["a", "b"]])
    create.abort()
    expect((await execution).error?.code).toBe("ABORTED")
    expect(names(plain.dataArr.value)).toEqual(["a"])
  })
})

describe("an optimistic mutation, on the edge", () => {
  it("whose function throws is reported, and holds nothing up", async () => {
    const { todo, platform, errors } = await made()
    const list = await shown(todo, platform, [{ _id: "1", name: "a" }], { options: { useCache: false } })
    const optimistic = () => {
      throw new Error("no")
    }
    const update = todo.update({ options: { optimistic } })
    await answer(platform, update.execute({ _id: "1", name: "b" }), 200, read({ _id: "1", name: "b" }))
    expect(update.isLoading.value).toBe(false)
    expect(errors[0]).toMatchObject({ code: "LISTENER_THREW", message: expect.stringContaining("options.optimistic") })
    await answer(platform, list.execute(), 200, read({ _id: "1", name: "c" }))
    expect([names(list.dataArr.value), list.isLoading.value]).toEqual([["c"], false])
  })

  it.each([
    ["nothing", undefined],
    ["the bare item", { _id: "1", name: "a" }],
  ])("that deletes stays done when its answer is %s", async (_name, body) => {
    const { todo, platform } = await made()
    const list = await shown(todo, platform, [
      { _id: "1", name: "a" },
      { _id: "2", name: "b" },
    ])
    const execution = todo.delete({ options: { optimistic: true } }).execute({ _id: "1" })
    await answer(platform, execution, 200, body)
    expect(names(list.dataArr.value)).toEqual(["b"])
  })
})

describe("reading on", () => {
  const page = (from: number, count: number, hasMore: boolean) => ({
    type: "dataRead",
    body: { items: [...Array(count).keys()].map((n) => ({ _id: `${from + n}`, name: `${from + n}` })), hasMore },
  })

  it("adds the next items, knows whether more follow, and refetches all shown items", async () => {
    const { todo, platform } = await made()
    const list = todo.getAll<Todo>({ params: { limit: 2 }, options: { useCache: false } })
    await answer(platform, list.execute(), 200, page(0, 2, true))
    expect(list.hasMore.value).toBe(true)
    const following = list.execute.next()
    await flush()
    expect(platform.request().url).toBe("http://backend.test/todo/all?limit=2&offset=2")
    platform.request().answered(200, page(2, 2, true))
    await following
    await answer(platform, list.execute.next(), 200, page(4, 1, false))
    expect(names(list.dataArr.value)).toEqual(["0", "1", "2", "3", "4"])
    expect(list.hasMore.value).toBe(false)
    void list.execute()
    await flush()
    expect(platform.request().url).toBe("http://backend.test/todo/all?limit=5")
    platform.request().answered(200, page(0, 4, false))
    expect(names(list.dataArr.value)).toEqual(["0", "1", "2", "3"])
  })

  it("begins where the query's own offset does, and ends there when other params are asked for", async () => {
    const { todo, platform } = await made()
    const list = todo.getAll<Todo>({ params: { limit: 2, offset: 2 }, options: { useCache: false } })
    const pageOf = (from: number) => ({ type: "dataRead", body: { total: 5, items: page(from, 2, true).body.items } })
    await answer(platform, list.execute(), 200, pageOf(2))
    const following = list.execute.next()
    await flush()
    expect(platform.request().url).toBe("http://backend.test/todo/all?limit=2&offset=4")
    platform.request().answered(200, { type: "dataRead", body: { total: 5, items: page(4, 1, false).body.items } })
    await following
    expect(list.hasMore.value).toBe(false)
    void list.execute({ limit: 1, offset: 0 })
    await flush()
    expect(platform.request().url).toBe("http://backend.test/todo/all?limit=1&offset=0")
  })

  it("reads on after a pause, too", async () => {
    const { todo, platform } = await made()
    const list = todo.getAll<Todo>({ params: { limit: 2 }, options: { debounce: 100 } })
    const first = list.execute()
    platform.advance(100)
    await answer(platform, first, 200, page(0, 2, true))
    const following = list.execute.next()
    platform.advance(100)
    await flush()
    expect(platform.request().url).toBe("http://backend.test/todo/all?limit=2&offset=2")
    platform.request().answered(200, page(2, 2, false))
    await following
    expect(names(list.dataArr.value)).toEqual(["0", "1", "2", "3"])
  })

  it("takes a total for an answer, and does not show an item twice", async () => {
    const { todo, platform } = await made()
    const list = todo.getAll<Todo>({ params: { limit: 2 } })
    const pageOf = (...ids: string[]) => ({
      type: "dataRead",
      body: { total: 3, items: ids.map((_id) => ({ _id, name: _id })) },
    })
    await answer(platform, list.execute(), 200, pageOf("a", "b"))
    expect(list.hasMore.value).toBe(true)
    await answer(platform, list.execute.next(), 200, pageOf("b", "c"))
    expect(names(list.dataArr.value)).toEqual(["a", "b", "c"])
    expect(list.hasMore.value).toBe(false)
  })
})

describe("requests", () => {
  it("that stream hand the body over, and share and keep nothing", async () => {
    const { todo, platform } = await made()
    const stream = new ReadableStream()
    const queries = [1, 2].map(() => todo.getAll({ options: { responseType: "stream", immediate: true } }))
    await flush()
    expect(platform.requests.map(({ isStream }) => isStream)).toEqual([true, true])
    platform.request().answered(200, stream)
    expect(queries[0]?.response.value).toBe(stream)
    expect(queries[0]?.dataArr.value).toEqual([])
  })

  it.each([
    ["abort()", ({ query }) => query.abort()],
    ["the query", ({ query }) => query.dispose()],
    ["its signal", ({ controller }) => controller.abort()],
    ["the runtime", ({ runtime }) => runtime.dispose()],
  ] as [string, (all: { query: Query; controller: AbortController; runtime: Runtime }) => void][])(
    "that stream end with %s, though they have begun",
    async (_what, end) => {
      const { todo, platform, runtime } = await made()
      const controller = new AbortController()
      const query = todo.getAll({ options: { responseType: "stream" }, config: { signal: controller.signal } })
      const begin = async (over: Promise<void>) => {
        void query.execute()
        await flush()
        const request = platform.request()
        request.answered(200, new ReadableStream(), 0, over)
        await flush()
        return request
      }
      const over = await begin(Promise.resolve())
      const open = await begin(new Promise(() => {}))
      end({ query, controller, runtime })
      expect([over.aborted, open.aborted]).toEqual([false, true])
    },
  )

  it("that stream leave those of other queries alone when they end", async () => {
    const { todo, platform } = await made()
    const queries = [1, 2].map(() => todo.getAll({ options: { responseType: "stream", immediate: true } }))
    await flush()
    const requests = [...platform.requests]
    for (const request of requests) request.answered(200, new ReadableStream(), 0, new Promise(() => {}))
    queries[1]?.abort()
    expect(requests.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  it("of a mutation with retries carry the same key in every try, and other requests none", async () => {
    const { todo, platform } = await made()
    const keyOf = () => platform.request().headers.get("idempotency-key")
    const create = todo.create({ options: { retry: 1 } })
    const execution = create.execute({ name: "a" })
    await flush()
    const key = keyOf()
    expect(key).toMatch(/^[0-9a-f]{32}-\d+$/)
    platform.request().failed("cut")
    platform.advance(1500)
    await flush()
    expect(keyOf()).toBe(key)
    platform.request().answered(201, { _id: "1" })
    expect((await execution).error).toBeUndefined()
    void create.execute({ name: "a" })
    await flush()
    expect(keyOf()).not.toBe(key)
    platform.request().answered(201, { _id: "2" })
    void todo.create().execute({ name: "b" })
    await flush()
    expect(keyOf()).toBeNull()
  })
})
