// What each storeActionType patches optimistically, and which rows a bulk operation changes. See also
// store-action.test.ts.
import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../../js-glue/drivers/storage"
import type { StorageDriver } from "../../../js-glue/types"
import {
  answer,
  asked,
  created,
  history,
  type Item,
  names,
  read,
  settle,
  shown,
  updated,
  type WorldSetup,
  world,
} from "./harness"

const operations = {
  updateMany: { target: "/todo/many", method: "patch", storeActionType: "dataUpdate" },
  deleteMany: { target: "/todo/many/delete", method: "post", storeActionType: "dataDelete" },
  createMany: { target: "/todo/many", method: "post" },
  createIn: { target: "/list/:list/todo", method: "post", storeActionType: "dataCreate" },
  createBy: { target: ({ list }: Item) => `/list/${list}/todo`, method: "post", storeActionType: "dataCreate" },
}
const made = (setup: WorldSetup = {}) => world<keyof typeof operations>({ operations, ...setup })

const three = [
  { _id: "1", name: "a" },
  { _id: "2", name: "b" },
  { _id: "3", name: "c" },
]
const optimistic = { options: { optimistic: true } }

describe("the optimistic patch of an operation", () => {
  it.each([
    ["get", "dataMove", "changes"],
    ["post", "dataRestore", "changes"],
    ["post", "dataHardDelete", "removes"],
    ["post", "dataPush", "adds"],
    ["post", "of tomorrow", "adds"],
    ["post", "constructor", "adds"],
    ["post", "", "adds"],
    ["delete", "dataPush", "removes"],
    ["patch", "dataPush", "changes"],
    ["put", undefined, "changes"],
  ])("%s of type %s %s", async (method, storeActionType, does) => {
    const all = await world<"act">({ operations: { act: { target: "/todo/act", method, storeActionType } } })
    const list = await shown(all, three)
    void all.todo.act(optimistic).execute({ _id: does === "adds" ? "4" : "1", name: "x" })
    await settle()
    expect(names(list)).toEqual(
      { changes: ["x", "b", "c"], removes: ["b", "c"], adds: ["a", "b", "c", "x"] }[does as string],
    )
  })
})

describe("which rows a bulk operation changes", () => {
  it("the shown rows with its ids; one without ids is reported, once", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.updateMany(optimistic).execute({ ids: ["1", null, {}, "3"], name: "x" })
    await settle()
    expect(names(list)).toEqual(["x", "b", "x"])
    expect(all.errors.map(({ code }) => code)).toEqual(["BAD_ARGUMENT"])
  })

  it("each row once, although it is named twice; a function's result is per row", async () => {
    const all = await made()
    const list = await shown(all, three)
    const calls: Item[] = []
    const shout = (params: Item, todo: Item | undefined) => {
      calls.push(params)
      return { ...todo, name: `${todo?.name}${params.with}` }
    }
    void all.todo.updateMany({ options: { optimistic: shout } }).execute({ ids: ["1", "1", "2"], with: "!" })
    await settle()
    expect(names(list)).toEqual(["a!", "b!", "c"])
    expect(calls).toContainEqual({ _id: "2", with: "!" })
  })

  it("all but a row for which the function fails, which is reported once", async () => {
    const all = await made()
    const list = await shown(all, three)
    const fails = (params: Item, todo: Item | undefined) => {
      if (params._id !== "2") throw new Error("not this one")
      return { ...todo, name: "x" }
    }
    void all.todo.updateMany({ options: { optimistic: fails } }).execute({ ids: ["1", "2", "3"] })
    await settle()
    expect(names(list)).toEqual(["a", "x", "c"])
    expect(all.errors.map(({ code }) => code)).toEqual(["LISTENER_THREW"])
  })

  it.each([
    ["ids", { _id: "1", ids: ["2", "3"], name: "x" }],
    ["items", { _id: "1", items: [{ _id: "2", name: "y" }], name: "x" }],
  ])("params that name an item are that item's, whatever its %s", async (field, params) => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.update(optimistic).execute(params)
    await settle()
    expect(names(list)).toEqual(["x", "b", "c"])
    expect(list.dataArr.value[0]).toHaveProperty(field)
  })

  it.each([
    ["other fields beside its items", "createMany", { name: "order", items: [{ name: "line" }] }, ["order"]],
    ["ids", "createMany", { name: "group", ids: ["1", "2"] }, ["group"]],
    ["items that are texts", "createMany", { name: "texts", items: ["x"] }, ["texts"]],
    ["items and a placeholder", "createIn", { list: "l", items: [{ name: "x" }, { name: "y" }] }, ["x", "y"]],
    ["items and what its target takes", "createBy", { list: "l", items: [{ name: "x" }] }, ["x"]],
    ["no items", "createMany", { items: [] }, []],
  ] as const)("a creation with %s", async (_name, operation, params, more) => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo[operation](optimistic).execute(structuredClone(params))
    await settle()
    expect(names(list)).toEqual(["a", "b", "c", ...more])
  })

  it.each([
    ["id", {}],
    ["key", { idKey: "key" }],
  ])("items that have their id under %s get no other", async (key, entity) => {
    const all = await made({ entity })
    const rows = [1, 2].map((id) => ({ [key]: id, name: "a" }))
    const list = await shown(all, rows)
    void all.todo.updateMany(optimistic).execute({ ids: ["1", 2], name: "x" })
    await settle()
    expect(list.dataArr.value).toEqual(rows.map((row) => ({ ...row, name: "x" })))
  })
})

describe("a settled bulk operation", () => {
  it.each([
    ["{ ok: true }", { ok: true }],
    ["nothing", undefined],
    ["the items that it knows of", updated({ _id: "1", name: "x" })],
  ])("answered with %s, has changed all its rows", async (_name, body) => {
    const all = await made()
    const list = await shown(all, three)
    const seen = history(list, (items) => items.map(({ name }) => name))
    void all.todo.updateMany(optimistic).execute({ ids: ["1", "3"], name: "x" })
    await answer(all.platform, body)
    expect(seen).toEqual([
      ["a", "b", "c"],
      ["x", "b", "x"],
    ])
  })

  it.each([
    ["ids", { ids: [1, "3"] }],
    ["items", { items: [{ _id: "1" }, { _id: "3" }] }],
  ])(
    "has deleted what its %s name, whatever its answer says, also where it was not optimistic",
    async (_name, params) => {
      const all = await made()
      const list = await shown(all, three)
      void all.todo.deleteMany().execute(params)
      await answer(all.platform, { ok: true })
      expect(names(list)).toEqual(["b"])
    },
  )

  it("deletes no more rows than its response names", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.deleteMany(optimistic).execute({ ids: ["1", "3"] })
    await settle()
    expect(names(list)).toEqual(["b"])
    await answer(all.platform, { type: "dataDelete", body: { deleted: ["1"] } })
    expect(names(list)).toEqual(["b", "c"])
  })

  it("stays on top of an earlier change of one of its rows until that is settled", async () => {
    const all = await made()
    const list = await shown(all, three)
    const seen = history(list, (items) => items.map(({ name }) => name))
    void all.todo.update(optimistic).execute({ _id: "1", name: "first" })
    void all.todo.updateMany(optimistic).execute({ ids: ["1", "2"], name: "x" })
    await settle()
    const [first, second] = [...all.platform.requests]
    second?.answered(200, { ok: true })
    await settle()
    first?.answered(200, updated({ _id: "1", name: "first" }))
    await settle()
    expect(seen).toEqual([
      ["a", "b", "c"],
      ["first", "b", "c"],
      ["x", "x", "c"],
    ])
  })

  it("creates each item once, in any order of events and response", async () => {
    for (const order of [
      ["event", "answer"],
      ["answer", "event"],
    ]) {
      const all = await made()
      const list = await shown(all, three, { options: { live: true } })
      const seen = history(list, (items) => items.map(({ name }) => name))
      void all.todo.createMany(optimistic).execute({ items: [{ name: "x" }, { name: "y" }] })
      await settle()
      const [x, y] = [
        { _id: "8", name: "x" },
        { _id: "9", name: "y" },
      ]
      for (const step of order) {
        if (step === "event") for (const item of [x, y]) all.event("todoCreated", "dataCreate", { items: [item] })
        else await answer(all.platform, created(x, y), 201)
      }
      await settle()
      expect(seen).toEqual([
        ["a", "b", "c"],
        ["a", "b", "c", "x", "y"],
      ])
      expect(list.dataArr.value.map(({ _id }) => _id)).toEqual(["1", "2", "3", "8", "9"])
    }
  })

  it("that created fewer items than requested shows only those", async () => {
    const all = await made()
    const list = await shown(all, three)
    void all.todo.createMany(optimistic).execute({ items: [{ name: "x" }, { name: "y" }] })
    await answer(all.platform, created({ _id: "9", name: "y" }), 201)
    expect(names(list)).toEqual(["a", "b", "c", "y"])
  })

  it("shows again after a reload if it waits for the network", async () => {
    const storage = memoryStorage() as StorageDriver
    const setup = { entity: { offlineMode: true }, runtime: { storage } }
    const before = await made(setup)
    void before.todo.updateMany(optimistic).execute({ ids: ["1", "3"], name: "x" })
    await settle()
    before.platform.request().failed("cut")
    await settle()
    before.runtime.dispose()
    const all = await made(setup)
    await settle()
    expect(all.platform.requests.map(asked)).toEqual(["PATCH /todo/many"])
    const list = all.todo.getAll()
    void list.execute()
    await settle()
    all.platform.requests[1]?.answered(200, read(...three))
    await settle()
    expect(names(list)).toEqual(["x", "b", "x"])
  })

  it("notifies its lists once, however many rows it has", async () => {
    const all = await made()
    const many = [...Array(2000).keys()].map((_id) => ({ _id, name: "a" }))
    const list = await shown(all, many)
    let times = 0
    list.dataArr.subscribe(() => times++)
    void all.todo.updateMany(optimistic).execute({ ids: many.map(({ _id }) => _id), name: "x" })
    await answer(all.platform, { ok: true })
    expect([times, new Set(names(list))]).toEqual([2, new Set(["x"])])
  })
})
