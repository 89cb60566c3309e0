// `storeActionType` decides what an operation is; the HTTP method only if it is missing. `optimistic` follows it too,
// and bulk operations patch all their rows.
import { describe, expect, it } from "vitest"
import { connect, eventFrame } from "../harness"
import {
  answer,
  asked,
  configWith,
  deleted,
  type Item,
  jsonOf,
  names,
  over,
  read,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const operations = {
  search: { target: "/todo/search", method: "post", storeActionType: "dataRead" },
  touch: { target: "/todo/:_id/touch", method: "get", storeActionType: "dataUpdate" },
  archive: { target: "/todo/:_id/archive", method: "post", storeActionType: "dataUpdate" },
  discard: { target: "/todo/:_id/discard", method: "post", storeActionType: "dataDelete" },
  purge: { target: "/todo/:_id/purge", method: "post", storeActionType: "dataHardDelete" },
  put: { target: "/todo/:_id", method: "put", storeActionType: "dataCreate" },
  hide: { target: "/todo/:_id", method: "delete", storeActionType: "dataUpdate" },
  updateMany: { target: "/todo/many", method: "patch", storeActionType: "dataUpdate" },
  deleteMany: { target: "/todo/many/delete", method: "post", storeActionType: "dataDelete" },
  createMany: { target: "/todo/many", method: "post", storeActionType: "dataCreate" },
}
const made = () => world<keyof typeof operations>({ operations })

const three = [
  { _id: "1", name: "a", done: false },
  { _id: "2", name: "b", done: false },
  { _id: "3", name: "c", done: false },
]
const optimistic = { options: { optimistic: true } }

describe("POST /todo/search of type dataRead is a read", () => {
  it("shared while it is in flight, and reused for 1000 ms, by its body", async () => {
    const { todo, platform } = await made()
    const queries = [1, 2, 3].map(() => todo.search({ params: { text: "milk" } }))
    for (const query of queries.slice(0, 2)) void query.execute()
    await settle()
    expect(platform.requests.map((request) => [asked(request), jsonOf(request)])).toEqual([
      ["POST /todo/search", { text: "milk" }],
    ])
    await answer(platform, read(three[0] as Item))
    void queries[2]?.execute()
    await settle()
    expect(platform.requests).toEqual([])
    expect(queries.map((query) => names(query))).toEqual([["a"], ["a"], ["a"]])
    void todo.search({ params: { text: "tea" } }).execute()
    platform.advance(1001)
    void queries[2]?.execute()
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ text: "tea" }, { text: "milk" }])
  })

  it("not announced, whether it succeeds or fails", async () => {
    const { todo, platform, notices } = await made()
    for (const status of [200, 500]) {
      void todo.search({ options: { useCache: false } }).execute({ text: "milk" })
      await answer(platform, read(), status)
    }
    expect(notices).toEqual([])
  })

  it("makes no read stale", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.search().execute({ text: "a" })
    await answer(all.platform, read(three[0] as Item))
    void list.execute()
    await settle()
    expect(all.platform.requests).toEqual([])
  })

  it("becomes stale by an event, and is read again after a lost connection", async () => {
    const { runtime, todo, platform, text } = await made()
    const search = todo.search({ params: { text: "a" } })
    search.dataArr.subscribe(() => {})
    void search.execute()
    await answer(platform, read(three[0] as Item))
    text(eventFrame("todoCreated", {}))
    void search.execute()
    await settle()
    expect(platform.requests).toHaveLength(1)
    await answer(platform, read(three[0] as Item))
    platform.connection.closed("cut")
    platform.advance(2000)
    await connect(runtime, platform)
    platform.advance(1000)
    await settle()
    expect(platform.requests.map(asked)).toEqual(["POST /todo/search"])
  })

  it("repeats its last execution, and shares its items with other queries", async () => {
    const all = await made()
    const list = await shown(all, three)
    const search = all.todo.search({ options: { useCache: false } })
    void search.execute({ text: "a" })
    await answer(all.platform, read({ _id: "1", name: "newer", done: false }))
    expect(names(list)).toEqual(["newer", "b", "c"])
    void search.execute()
    await settle()
    expect(all.platform.requests.map(jsonOf)).toEqual([{ text: "a" }])
  })

  it("sends no idempotency key with `retry`, and is retried as a read", async () => {
    const { todo, platform } = await made()
    void todo.search({ options: { retry: 1 } }).execute({ text: "a" })
    await settle()
    expect(platform.request().headers.get("idempotency-key")).toBeNull()
    platform.request().failed("cut")
    platform.advance(2000)
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ text: "a" }])
  })

  it("does not wait for the network with `offlineMode`: it fails", async () => {
    const { todo, platform, runtime } = await world<"search">({ entity: { offlineMode: true }, operations })
    const execution = todo.search().execute({ text: "a" })
    await settle()
    platform.request().failed("cut")
    expect((await over(execution)).error?.code).toBe("NETWORK_ERROR")
    expect(runtime.queued.value.length).toBe(0)
  })
})

describe("GET of type dataUpdate is a mutation", () => {
  it("neither shared nor reused, announced, without a body, and invalidates reads", async () => {
    const all = await made()
    const list = await shown(all, three)
    for (let i = 0; i < 2; i++) void all.todo.touch().execute({ _id: "1" })
    await settle()
    expect(all.platform.requests.map(asked)).toEqual(["GET /todo/1/touch", "GET /todo/1/touch"])
    expect(all.platform.requests.map(({ body }) => body)).toEqual([undefined, undefined])
    for (let i = 0; i < 2; i++) await answer(all.platform, updated({ _id: "1", name: "a", done: true }))
    expect(all.notices).toHaveLength(2)
    void list.execute()
    await settle()
    expect(all.platform.requests.map(asked)).toEqual(["GET /todo/all"])
  })

  it("never repeats an argument", async () => {
    const { todo, platform } = await made()
    const touch = todo.touch({ params: { _id: "own" } })
    void touch.execute({ _id: "1" })
    await answer(platform, { ok: true })
    void touch.execute()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/own/touch"])
  })
})

describe("without a storeActionType the method decides", () => {
  it.each([
    ["get", true],
    ["post", false],
    ["PUT", false],
    ["patch", false],
    ["DELETE", false],
  ])("%s", async (method, isRead) => {
    const { todo, platform, notices } = await world<"act">({ operations: { act: { target: "/todo/act", method } } })
    for (let i = 0; i < 2; i++) void todo.act({ params: { n: 1 } }).execute()
    await settle()
    expect(platform.requests).toHaveLength(isRead ? 1 : 2)
    await answer(platform, read(three[0] as Item))
    expect(notices).toHaveLength(isRead ? 0 : 1)
  })
})

describe("`optimistic` follows the storeActionType", () => {
  it.each([
    [
      "POST that updates changes its row",
      "archive",
      { _id: "1", done: true },
      [{ _id: "1", name: "a", done: true }, three[1], three[2]],
    ],
    [
      "DELETE that updates changes its row",
      "hide",
      { _id: "1", done: true },
      [{ _id: "1", name: "a", done: true }, three[1], three[2]],
    ],
    [
      "GET that updates changes its row",
      "touch",
      { _id: "2", done: true },
      [three[0], { _id: "2", name: "b", done: true }, three[2]],
    ],
    ["POST that deletes removes its row", "discard", { _id: "1" }, [three[1], three[2]]],
    ["POST that hard deletes removes its row", "purge", { _id: "3" }, [three[0], three[1]]],
    ["PUT that creates adds a row", "put", { _id: "9", name: "x" }, [...three, { _id: "9", name: "x" }]],
  ] as const)("%s, and a failure takes it back", async (_name, operation, params, rows) => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo[operation](optimistic).execute({ ...params })
    await settle()
    expect(list.dataArr.value).toEqual(rows)
    await answer(all.platform, { message: "no" }, 409)
    expect(list.dataArr.value).toEqual(three)
  })

  it("the response to POST /todo/:_id/archive leaves one row with the _id", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.archive(optimistic).execute({ _id: "1", done: true })
    await answer(all.platform, updated({ _id: "1", name: "a", done: true }))
    expect(list.dataArr.value.map(({ _id }) => _id)).toEqual(["1", "2", "3"])
  })
})

describe("a bulk operation patches all its rows", () => {
  it.each([
    [
      "ids, updated",
      "updateMany",
      { ids: ["1", "3"], done: true },
      [{ ...three[0], done: true }, three[1], { ...three[2], done: true }],
    ],
    [
      "ids as numbers, updated",
      "updateMany",
      { ids: [1, 3], done: true },
      [{ ...three[0], done: true }, three[1], { ...three[2], done: true }],
    ],
    ["ids, deleted", "deleteMany", { ids: ["1", "3"] }, [three[1]]],
    [
      "items, updated each in its own way",
      "updateMany",
      {
        items: [
          { _id: "1", name: "x" },
          { _id: "2", done: true },
        ],
      },
      [{ ...three[0], name: "x" }, { ...three[1], done: true }, three[2]],
    ],
    ["items, deleted", "deleteMany", { items: [{ _id: "1" }, { _id: "2" }] }, [three[2]]],
    [
      "an id that nobody shows",
      "updateMany",
      { ids: ["2", "77"], done: true },
      [three[0], { ...three[1], done: true }, three[2]],
    ],
    ["no ids at all", "updateMany", { ids: [], done: true }, three],
  ] as const)("%s, and a failure takes all back", async (_name, operation, params, rows) => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo[operation](optimistic).execute(structuredClone(params))
    await settle()
    expect(list.dataArr.value).toEqual(rows)
    await answer(all.platform, { message: "no" }, 409)
    expect(list.dataArr.value).toEqual(three)
  })

  it("created items show each, and once after the response", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.createMany(optimistic).execute({ items: [{ name: "x" }, { name: "y" }] })
    await settle()
    expect(names(list)).toEqual(["a", "b", "c", "x", "y"])
    await answer(
      all.platform,
      {
        type: "dataCreate",
        body: {
          items: [
            { _id: "8", name: "x" },
            { _id: "9", name: "y" },
          ],
        },
      },
      201,
    )
    expect(names(list)).toEqual(["a", "b", "c", "x", "y"])
    expect(list.dataArr.value.slice(3).map(({ _id }) => _id)).toEqual(["8", "9"])
  })

  it("the response confirms all rows without a flicker", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.deleteMany(optimistic).execute({ ids: ["1", "3"] })
    await answer(all.platform, deleted("1", "3"))
    expect(names(list)).toEqual(["b"])
  })

  it("the request contains all of the caller's params", async () => {
    const { todo, platform } = await made()
    void todo.updateMany(optimistic).execute({ ids: ["1", "3"], done: true })
    await settle()
    expect(jsonOf(platform.request())).toEqual({ ids: ["1", "3"], done: true })
  })
})

describe("an entity without `type` is named after its key", () => {
  const base = configWith()
  const { type: _type, ...untyped } = base.data.todo as { type: string; operations: object }

  it("its queries share items, and its mutations are announced under that name", async () => {
    const all = await world({ config: { ...base, data: { todo: untyped } } as never })
    const list = await shown(all, three)
    void all.todo.update().execute({ _id: "1", name: "x" })
    await answer(all.platform, updated({ _id: "1", name: "x", done: false }))
    expect(names(list)).toEqual(["x", "b", "c"])
    expect(all.notices[0]?.message).toContain("todo")
  })

  it("two of them share nothing; one shares with entities whose type is its name", async () => {
    const data = { todo: untyped, note: untyped, task: { ...untyped, type: "note" } }
    const all = await world({ config: { ...base, data } as never })
    const entities = all.api.$data as unknown as Record<string, typeof all.todo>
    const lists = []
    for (const entity of ["todo", "note", "task"]) {
      lists.push(await shown({ ...all, todo: entities[entity] as typeof all.todo }, [{ _id: "1", name: entity }]))
    }
    expect(lists.map((list) => names(list))).toEqual([["todo"], ["task"], ["task"]])
  })
})
