// Functions for `optimistic`, and responses that are not items. A function gets a copy; if it returns no item, nothing
// changes. A response such as { ok: true } adds no row.
import { describe, expect, it } from "vitest"
import { Backend } from "./backend"
import {
  answer,
  atRest,
  deleted,
  history,
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

const live = { options: { live: true, useCache: false } }
const optimistic = { options: { optimistic: true } }
type Make = (params: Item, current: Item | undefined) => unknown

describe("a function for `optimistic` gets a copy", () => {
  const row = () => ({ _id: "1", name: "a", tags: ["x"], by: { name: "me" } })
  it.each<[string, Make]>([
    [
      "that it changes and returns (apollo-client#4091)",
      (_params, current) => Object.assign(current ?? {}, { name: "x" }),
    ],
    [
      "whose list it changes",
      (_params, current) => {
        const tags = current?.tags as string[]
        tags.push("y")
        return current
      },
    ],
    [
      "whose nested object it changes",
      (_params, current) => {
        ;(current?.by as Item).name = "you"
        return current
      },
    ],
    [
      "that it changes and throws at",
      (_params, current) => {
        Object.assign(current ?? {}, { name: "x" })
        throw new Error("no")
      },
    ],
    ["that it changes, returning nothing", (_params, current) => void Object.assign(current ?? {}, { name: "x" })],
  ])("%s: a refusal rolls back exactly", async (_name, make) => {
    const made = await world()
    const list = await shown(made, [row()])
    const other = made.todo.get({ params: { _id: "1" } })
    void other.execute()
    await answer(made.platform, row())
    void made.todo.update({ options: { optimistic: make } }).execute({ _id: "1" })
    await answer(made.platform, { message: "no" }, 409)
    expect([list.dataArr.value, other.dataArr.value]).toEqual([[row()], [row()]])
  })

  it("of the params, too: its changes to them are not sent", async () => {
    const made = await world()
    await shown(made, [row()])
    const make: Make = (params, current) => ({ ...current, ...Object.assign(params, { name: "changed" }) })
    const params = { _id: "1", name: "given" }
    void made.todo.update({ options: { optimistic: make } }).execute(params)
    await settle()
    expect(jsonOf(made.platform.request())).toEqual({ name: "given" })
    expect(params.name).toBe("given")
  })

  it("on each call: it may change it again", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", n: 1, m: 0 }], live)
    const make: Make = (_params, current) => Object.assign(current ?? {}, { n: Number(current?.n) + 1 })
    void made.todo.update({ options: { optimistic: make } }).execute({ _id: "1" })
    await settle()
    for (const m of [1, 2, 3]) made.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", n: 1, m }] })
    expect(list.dataArr.value).toEqual([{ _id: "1", n: 2, m: 3 }])
  })

  it("but none for a created item", async () => {
    const made = await world()
    const list = await shown(made, [])
    const seen: unknown[] = []
    const make: Make = (params, current) => {
      seen.push(current)
      return { ...params, isNew: true }
    }
    void made.todo.create({ options: { optimistic: make } }).execute({ name: "b" })
    await settle()
    expect([seen[0], list.dataArr.value]).toMatchObject([undefined, [{ name: "b", isNew: true }]])
  })
})

describe("a function for `optimistic` that does not return an item changes nothing, and is reported", () => {
  it.each<[string, Make]>([
    ["undefined", () => undefined],
    ["null", () => null],
    ["a text", () => "x"],
    ["a number", () => 7],
    ["a boolean", () => true],
    ["a list", () => [{ _id: "1", name: "x" }]],
    ["a promise", async () => ({ _id: "1", name: "x" })],
    ["a function", () => () => ({ _id: "1", name: "x" })],
    [
      "nothing: it throws",
      () => {
        throw new Error("no")
      },
    ],
  ])("%s", async (_name, make) => {
    for (const operation of ["update", "create"] as const) {
      const made = await world()
      const rows = [{ _id: "1", name: "a" }]
      const list = await shown(made, rows)
      const mutation = made.todo[operation]({ options: { optimistic: make } })
      const execution = mutation.execute({ _id: operation === "update" ? "1" : "9", name: "x" })
      await settle()
      expect(list.dataArr.value).toEqual(rows)
      expect(made.errors, operation).toHaveLength(1)
      expect(made.errors[0]?.message).toContain("optimistic")
      await answer(made.platform, updated({ _id: "1", name: "answered" }))
      expect((await over(execution)).error).toBeUndefined()
      expect(names(list)).toEqual(["answered"])
      expect([made.errors.length, mutation.isLoading.value]).toEqual([1, false])
    }
  })
})

describe("a response that is not an item adds no row", () => {
  const answers: [string, unknown, number][] = [
    ["{ ok: true } (apollo-client#2368)", { ok: true }, 200],
    ["{ acknowledged: true, modifiedCount: 1 }", { acknowledged: true, modifiedCount: 1 }, 200],
    ["{ message }", { message: "done" }, 200],
    ["{}", {}, 200],
    ["a text", "ok", 200],
    ["a number", 1, 200],
    ["true", true, 200],
    ["null", null, 200],
    ["an empty list", [], 200],
    ["an envelope without items", { type: "dataUpdate", body: { items: [] } }, 200],
    ["204", undefined, 204],
  ]
  const initial = () => [
    { _id: "1", name: "a" },
    { _id: "2", name: "b" },
  ]

  it.each(answers)(
    "%s, to an optimistic creation: one row, and the next read has the last word",
    async (_name, body, status) => {
      for (const isKept of [true, false]) {
        const made = await world()
        const list = await shown(made, initial(), { options: { useCache: false } })
        const seen = history(list, (items) => items.map(({ name }) => name).join())
        void made.todo.create(optimistic).execute({ name: "c" })
        await answer(made.platform, body, status)
        const truth = isKept ? [...initial(), { _id: "3", name: "c" }] : initial()
        void list.execute()
        await atRest(made.platform, new Backend(truth).serve)
        expect(list.dataArr.value).toEqual(truth)
        for (const rows of seen) expect(["a,b", "a,b,c"]).toContain(rows)
      }
    },
  )

  it.each(answers)("%s, to an optimistic creation followed by its event: one row", async (_name, body, status) => {
    for (const isEventFirst of [true, false]) {
      const made = await world()
      const list = await shown(made, initial(), live)
      const seen = history(list, (items) => items.filter(({ name }) => name === "c").length)
      void made.todo.create(optimistic).execute({ name: "c" })
      await settle()
      const tell = () => made.event("todoCreated", "dataCreate", { items: [{ _id: "3", name: "c" }] })
      if (isEventFirst) tell()
      await answer(made.platform, body, status)
      if (!isEventFirst) tell()
      await atRest(made.platform, new Backend([...initial(), { _id: "3", name: "c" }]).serve)
      expect(list.dataArr.value).toEqual([...initial(), { _id: "3", name: "c" }])
      expect(Math.max(...seen)).toBe(1)
    }
  })

  it.each(answers)(
    "%s, to an optimistic update: the row keeps its change, and the next read has the last word",
    async (_name, body, status) => {
      const made = await world()
      const list = await shown(made, initial(), { options: { useCache: false } })
      const seen = history(list, (items) => items.map(({ name }) => name).join())
      void made.todo.update(optimistic).execute({ _id: "1", name: "x" })
      await answer(made.platform, body, status)
      void list.execute()
      await atRest(
        made.platform,
        new Backend([
          { _id: "1", name: "x" },
          { _id: "2", name: "b" },
        ]).serve,
      )
      expect(seen).toEqual(["a,b", "x,b"])
      void list.execute()
      await answer(made.platform, read({ _id: "1", name: "other" }, { _id: "2", name: "b" }))
      expect(names(list)).toEqual(["other", "b"])
    },
  )

  it.each(answers)("%s, to an optimistic deletion: the row stays away", async (_name, body, status) => {
    const made = await world()
    const list = await shown(made, initial(), { options: { useCache: false } })
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    void made.todo.delete(optimistic).execute({ _id: "1" })
    await answer(made.platform, body, status)
    void list.execute()
    await atRest(made.platform, new Backend([{ _id: "2", name: "b" }]).serve)
    expect(seen).toEqual(["a,b", "b"])
  })

  it.each(answers)("%s, to mutations that are not optimistic: no row", async (_name, body, status) => {
    const made = await world()
    const list = await shown(made, initial(), live)
    for (const operation of ["create", "update"] as const) {
      void made.todo[operation]().execute({ _id: "1", name: "a" })
      await answer(made.platform, body, status)
    }
    await atRest(made.platform, new Backend(initial()).serve)
    expect(list.dataArr.value).toEqual(initial())
  })

  it("a deletion's response that names more items removes all of them", async () => {
    const made = await world()
    const list = await shown(made, initial())
    void made.todo.delete(optimistic).execute({ _id: "1" })
    await answer(made.platform, deleted("1", "2"))
    expect(names(list)).toEqual([])
  })
})
