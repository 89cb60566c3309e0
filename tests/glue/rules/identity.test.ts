// The identity of items: the entity's `idKey` if the config or createRuntime names one, else `_id`, else `id`. Ids are
// compared as text and keep their type. An item without a usable id is shown as it came, shared with no other query,
// and never patched.
import { describe, expect, it } from "vitest"
import {
  answer,
  created,
  type Item,
  names,
  over,
  read,
  settle,
  shown,
  updated,
  type WorldSetup,
  world,
} from "./harness"

const optimistic = { options: { optimistic: true } }
const live = { options: { live: true, useCache: false } }

/** Three rows whose id is under `key`. */
const three = (key: string, ids: unknown[] = [1, 2, 3]): Item[] => ids.map((id, i) => ({ [key]: id, name: "abc"[i] }))

const setups: [string, string, WorldSetup][] = [
  ["`id`, where there is no `_id` (feathers-pinia#179)", "id", { id: "id" }],
  ["`_id`", "_id", {}],
  ["the `idKey` of the entity", "uuid", { id: "uuid", entity: { idKey: "uuid" } }],
  ["the `idKey` of createRuntime", "uuid", { id: "uuid", runtime: { idKey: "uuid" } }],
  [
    "the `idKey` of the entity before that of createRuntime",
    "uuid",
    { id: "uuid", entity: { idKey: "uuid" }, runtime: { idKey: "_id" } },
  ],
]

describe("an item's id is", () => {
  it.each(setups)("%s: an optimistic change affects only its row", async (_name, key, setup) => {
    const made = await world(setup)
    const list = await shown(made, three(key))
    void made.todo.update(optimistic).execute({ [key]: 2, done: true })
    await settle()
    expect(list.dataArr.value).toEqual([
      { [key]: 1, name: "a" },
      { [key]: 2, name: "b", done: true },
      { [key]: 3, name: "c" },
    ])
    await answer(made.platform, updated({ [key]: 2, name: "b", done: true }))
    expect(list.dataArr.value[1]).toEqual({ [key]: 2, name: "b", done: true })
    void made.todo.delete(optimistic).execute({ [key]: 3 })
    await settle()
    expect(names(list)).toEqual(["a", "b"])
    await answer(made.platform, { message: "no" }, 409)
    expect(names(list)).toEqual(["a", "b", "c"])
  })

  it.each(setups)("%s: queries share items, events find them, and `data` is keyed by it", async (_name, key, setup) => {
    const made = await world(setup)
    const list = await shown(made, three(key), live)
    const one = made.todo.get({ params: { [key]: 2 } })
    void one.execute()
    await answer(made.platform, { [key]: 2, name: "read" })
    expect(names(list)).toEqual(["a", "read", "c"])
    made.event("todoUpdated", "dataUpdate", { items: [{ [key]: 2, name: "told" }] })
    made.event("todoDeleted", "dataDelete", { items: [], deleted: [1] })
    made.event("todoCreated", "dataCreate", { items: [{ [key]: 4, name: "d" }] })
    expect([names(list), names(one)]).toEqual([["told", "c", "d"], ["told"]])
    expect(Object.keys(list.data.value)).toEqual(["2", "3", "4"])
    await settle()
    expect(made.platform.requests).toEqual([])
  })

  it("`_id` where an item has both, and `idKey` where it has all three", async () => {
    for (const [setup, key] of [
      [{}, "_id"],
      [{ entity: { idKey: "uuid" } }, "uuid"],
    ] as const) {
      const made = await world(setup)
      const rows = ["x", "y"].map((own) => ({ _id: "same", id: "same", uuid: "same", [key]: own, name: own }))
      const list = await shown(made, rows, live)
      made.event("todoDeleted", "dataDelete", { items: [], deleted: ["x"] })
      expect(names(list)).toEqual(["y"])
    }
  })

  it("only the `idKey` if one is named: equal `id`s are no identity", async () => {
    const made = await world({ entity: { idKey: "uuid" }, id: "uuid" })
    const list = await shown(made, [{ uuid: "1", id: 5, name: "a" }], live)
    made.event("todoCreated", "dataCreate", created({ uuid: "2", id: 5, name: "b" }).body)
    expect(names(list)).toEqual(["a", "b"])
  })
})

describe("ids are compared as strings and keep their type", () => {
  it.each<[string, unknown, unknown]>([
    ["a number is shown, a text is given (feathersjs-ecosystem/feathers-vuex#603)", 2, "2"],
    ["a text is shown, a number is given", "2", 2],
    ["0 and its text", 0, "0"],
    ["a fraction and its text", 1.5, "1.5"],
    ["a number below 0", -7, "-7"],
  ])("%s", async (_name, isShown, given) => {
    const made = await world()
    const rows = three("_id", ["first", isShown, "last"])
    const list = await shown(made, rows, live)
    void made.todo.update(optimistic).execute({ _id: given, done: true })
    await settle()
    expect(list.dataArr.value).toEqual([rows[0], { ...rows[1], done: true }, rows[2]])
    await answer(made.platform, { message: "no" }, 409)
    const one = made.todo.get({ params: { _id: given } })
    void one.execute()
    await answer(made.platform, { _id: isShown, name: "read" })
    expect(names(list)).toEqual(["a", "read", "c"])
    expect(list.data.value[String(given)]?.name).toBe("read")
    made.event("todoDeleted", "dataDelete", { items: [], deleted: [given] })
    expect([names(list), names(one)]).toEqual([["a", "c"], []])
  })

  it("a delete by route param removes the row whose id is a number, also without content", async () => {
    for (const args of [{}, optimistic]) {
      const made = await world({ id: "id" })
      const list = await shown(made, three("id"))
      void made.todo.delete(args).execute({ id: "2" })
      await answer(made.platform, undefined, 204)
      expect(names(list)).toEqual(["a", "c"])
    }
  })

  it("an event with the id in its other type is about the same item", async () => {
    const made = await world()
    const list = await shown(made, three("_id"), live)
    made.event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "again" }] })
    made.event("todoUpdated", "dataUpdate", { items: [{ _id: "3", name: "told" }] })
    await settle()
    expect(list.dataArr.value).toHaveLength(3)
  })

  it.each([
    ["02", 2],
    [" 2", 2],
    ["2.0", 2],
    ["1e3", 1000],
  ])("%j is not %j", async (text, number) => {
    const made = await world()
    const list = await shown(
      made,
      [
        { _id: text, name: "text" },
        { _id: number, name: "number" },
      ],
      live,
    )
    made.event("todoDeleted", "dataDelete", { items: [], deleted: [number] })
    expect(names(list)).toEqual(["text"])
  })

  it.each([["__proto__"], ["constructor"], ["toString"], ["hasOwnProperty"], ["length"]])(
    "%s is an id as any other",
    async (_id) => {
      const made = await world()
      const list = await shown(
        made,
        [
          { _id, name: "a" },
          { _id: "2", name: "b" },
        ],
        live,
      )
      void made.todo.update(optimistic).execute({ _id, name: "x" })
      await settle()
      expect(names(list)).toEqual(["x", "b"])
      expect(Object.keys(list.data.value)).toContain("2")
      await answer(made.platform, updated({ _id, name: "x" }))
      made.event("todoDeleted", "dataDelete", { items: [], deleted: [_id] })
      expect(names(list)).toEqual(["b"])
    },
  )
})

describe("items without a usable id are shown unchanged", () => {
  const unusable: [string, unknown, unknown][] = [
    ["null (apollo-client#9814, apollo-client#8492)", null, null],
    ["missing (apollo-client#6225)", undefined, undefined],
    ["objects", { $oid: "a" }, { $oid: "b" }],
    ["equal objects", { $oid: "a" }, { $oid: "a" }],
    ["empty texts", "", ""],
    ["booleans", true, true],
    ["lists", ["a"], ["a"]],
  ]

  it.each(unusable)(
    "%s: another query's rows change nothing, nor do patches, answers and events",
    async (_name, one, other) => {
      const made = await world()
      const rows = [
        { _id: one, name: "a", n: 1 },
        { _id: other, name: "b", n: 2 },
      ]
      const list = await shown(made, rows, live)
      const second = await shown(made, [{ _id: one, name: "c", n: 3 }], { params: { page: 2 }, ...live })
      expect([list.dataArr.value, second.dataArr.value]).toEqual([rows, [{ _id: one, name: "c", n: 3 }]])
      const update = made.todo.create(optimistic)
      void update.execute({ name: "new" })
      await answer(made.platform, { message: "no" }, 409)
      made.event("todoUpdated", "dataUpdate", { items: [{ _id: one, name: "d" }] })
      await settle()
      for (const request of [...made.platform.requests]) {
        request.answered(200, request.url.includes("page=2") ? read({ _id: one, name: "c", n: 3 }) : read(...rows))
      }
      await settle()
      expect([list.dataArr.value, second.dataArr.value]).toEqual([rows, [{ _id: one, name: "c", n: 3 }]])
    },
  )

  it("rows beside them that have ids are shared", async () => {
    const made = await world()
    const list = await shown(made, [
      { _id: null, name: "a" },
      { _id: "2", name: "b" },
    ])
    void made.todo.update(optimistic).execute({ _id: "2", name: "x" })
    await settle()
    expect(names(list)).toEqual(["a", "x"])
  })
})

describe("one id twice with different content in one answer (apollo-client#2943)", () => {
  const twice = [
    { _id: "1", name: "a" },
    { _id: "1", name: "b" },
    { _id: "2", name: "c" },
  ]

  it("is shown unchanged, and changes nothing elsewhere", async () => {
    const made = await world()
    const one = made.todo.get({ params: { _id: "1" } })
    void one.execute()
    await answer(made.platform, { _id: "1", name: "one" })
    const list = await shown(made, twice)
    expect([names(list), names(one)]).toEqual([["a", "b", "c"], ["one"]])
    void made.todo.get({ params: { _id: "1" }, options: { useCache: false } }).execute()
    await answer(made.platform, { _id: "1", name: "newer" })
    expect([names(list), names(one)]).toEqual([["a", "b", "c"], ["newer"]])
  })

  it("is touched by no patch, while the row beside it is", async () => {
    const made = await world()
    const list = await shown(made, twice)
    void made.todo.update(optimistic).execute({ _id: "1", name: "x" })
    void made.todo.update(optimistic).execute({ _id: "2", name: "y" })
    await settle()
    expect(names(list)).toEqual(["a", "b", "y"])
  })

  it("ends with the next response that has each once", async () => {
    const made = await world()
    const list = await shown(made, twice, { options: { useCache: false } })
    void list.execute()
    await answer(made.platform, read({ _id: "1", name: "a" }, { _id: "2", name: "c" }))
    void made.todo.update(optimistic).execute({ _id: "1", name: "x" })
    await settle()
    expect(names(list)).toEqual(["x", "c"])
  })
})

describe("an optimistic change without an item's id is sent without a patch and reported once", () => {
  const operations = {
    updateOwn: { target: "/todo/own", method: "patch" },
    deleteOwn: { target: "/todo/own", method: "delete" },
  }
  it.each([
    ["an update without an id", "updateOwn", { name: "x" }],
    ["a deletion without an id", "deleteOwn", {}],
    ["an update whose id is null", "updateOwn", { _id: null, name: "x" }],
    ["an update whose id is an object", "updateOwn", { _id: { $oid: "1" }, name: "x" }],
    ["an update whose id is empty", "updateOwn", { _id: "", name: "x" }],
  ] as const)("%s", async (_name, operation, params) => {
    const made = await world<"updateOwn" | "deleteOwn">({ operations })
    const rows = [{ _id: "1", name: "a" }, { name: "no id" }, { _id: null, name: "null" }]
    const lists = [await shown(made, rows), await shown(made, rows, { params: { page: 2 } })]
    const execution = made.todo[operation](optimistic).execute(params)
    await settle()
    expect(lists.map((list) => list.dataArr.value)).toEqual([rows, rows])
    expect(made.platform.requests).toHaveLength(1)
    expect(made.errors).toHaveLength(1)
    await answer(made.platform, { ok: true })
    expect((await over(execution)).error).toBeUndefined()
    expect(lists.map((list) => list.dataArr.value)).toEqual([rows, rows])
    expect(made.errors).toHaveLength(1)
  })

  it("one with the id of an item that is not shown is not reported", async () => {
    const made = await world()
    await shown(made, three("_id"))
    void made.todo.update(optimistic).execute({ _id: "77", name: "x" })
    await answer(made.platform, updated({ _id: "77", name: "x" }))
    expect(made.errors).toEqual([])
  })
})
