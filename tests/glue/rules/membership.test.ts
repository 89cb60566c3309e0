// `options.match` and `options.sort` decide, without a request, whether an item belongs to a list, and where. They can
// be set per query, entity or runtime.
import { describe, expect, it } from "vitest"
import { Backend } from "./backend"
import {
  answer,
  at,
  atRest,
  created,
  type Item,
  names,
  type RuleArgs,
  type RuleQueryOptions,
  read,
  settle,
  shown,
  updated,
  type WorldSetup,
  world,
} from "./harness"

const row = (_id: string, done: boolean, more: Item = {}): Item => ({ _id, name: _id, done, ...more })
const match = (item: Item, params: Item) => item.done === params.done
const open = { params: { done: false } }
const optimistic = { options: { optimistic: true } }

/** A live list of open todos with `options` that shows `rows`. */
async function openList(rows: Item[], options: RuleQueryOptions = { match }, setup: WorldSetup = {}) {
  const made = await world(setup)
  const list = await shown(made, rows, { ...open, options: { live: true, useCache: false, ...options } })
  return { ...made, list }
}

describe("`options.match` decides without a request", () => {
  it("a creation shows only if it matches", async () => {
    const { event, list, platform } = await openList([row("1", false)])
    event("todoCreated", "dataCreate", { items: [row("2", true)] })
    event("todoCreated", "dataCreate", { items: [row("3", false), row("4", true)] })
    expect(names(list)).toEqual(["1", "3"])
    expect(await atRest(platform, new Backend([row("1", false), row("3", false)]).serve)).toEqual([])
  })

  it("an item that no longer matches is removed, and one that now matches is added", async () => {
    const { event, list, platform } = await openList([row("1", false), row("2", false)])
    event("todoUpdated", "dataUpdate", { items: [row("1", true)] })
    expect(names(list)).toEqual(["2"])
    event("todoUpdated", "dataUpdate", { items: [row("9", false)] })
    expect(names(list)).toEqual(["2", "9"])
    event("todoUpdated", "dataUpdate", { items: [row("1", false)] })
    expect(names(list)).toEqual(["2", "9", "1"])
    expect(await atRest(platform, new Backend([row("2", false)]).serve)).toEqual([])
  })

  it("twenty changes of other todos cause no request", async () => {
    const { event, platform, list } = await openList([row("1", false)])
    for (let i = 10; i < 30; i++) {
      event("todoUpdated", "dataUpdate", { items: [row(`${i}`, true)] })
      platform.advance(100)
      await settle()
    }
    expect([names(list), platform.requests]).toEqual([["1"], []])
  })

  it("a mutation's response moves an item from one list to the other", async () => {
    const made = await openList([row("1", false)])
    const done = await shown(made, [], { params: { done: true }, options: { live: true, match } })
    void made.todo.update().execute({ _id: "1", done: true })
    await answer(made.platform, updated(row("1", true)))
    expect([names(made.list), names(done)]).toEqual([[], ["1"]])
  })

  it("an optimistic change moves it at once, and a refusal moves it back to its place", async () => {
    const made = await openList([row("1", false), row("2", false), row("3", false)])
    const done = await shown(made, [row("7", true)], { params: { done: true }, options: { live: true, match } })
    void made.todo.update(optimistic).execute({ _id: "2", done: true })
    await settle()
    expect([names(made.list), names(done)]).toEqual([
      ["1", "3"],
      ["7", "2"],
    ])
    await answer(made.platform, { message: "no" }, 409)
    expect([names(made.list), names(done)]).toEqual([["1", "2", "3"], ["7"]])
  })

  it("an optimistic creation shows in the lists that it matches, until it is refused", async () => {
    const made = await openList([row("1", false)])
    const done = await shown(made, [], { params: { done: true }, options: { match } })
    void made.todo.create(optimistic).execute({ name: "new", done: false })
    await settle()
    expect([names(made.list), names(done)]).toEqual([["1", "new"], []])
    await answer(made.platform, { message: "no" }, 400)
    expect([names(made.list), names(done)]).toEqual([["1"], []])
  })

  it("it is not called for the server's own response: its items show", async () => {
    const { list } = await openList([row("1", false), row("2", true)], { match: () => false })
    expect(names(list)).toEqual(["1", "2"])
  })

  it("it gets copies of the item and the executed params: refs unwrapped, with execute's argument", async () => {
    const calls: [Item, Item][] = []
    const noting = (item: Item, params: Item) => {
      calls.push([item, params])
      return true
    }
    const made = await world()
    const form = { done: false, by: { name: "me" } }
    const list = made.todo.getAll({ params: form, options: { live: true, match: noting } })
    void list.execute({ limit: 20 })
    await answer(made.platform, read())
    Object.assign(form, { done: true })
    form.by.name = "you"
    made.event("todoCreated", "dataCreate", { items: [row("1", false)] })
    expect(calls.at(-1)).toEqual([row("1", false), { done: false, by: { name: "me" }, limit: 20 }])
  })

  it.each([
    ["truthy", 1, ["1", "2"]],
    ["falsy", 0, ["1"]],
    ["nothing", undefined, ["1"]],
  ])("what it returns counts as a condition: %s", async (_name, result, rows) => {
    const { event, list, platform } = await openList([row("1", false)], { match: () => result })
    event("todoCreated", "dataCreate", { items: [row("2", false)] })
    await settle()
    expect([names(list), platform.requests]).toEqual([rows, []])
  })

  it("if it throws, the error is reported, the list is refetched, and other lists are unaffected", async () => {
    const bad = () => {
      throw new Error("no")
    }
    const made = await openList([row("1", false)], { match: bad })
    const good = await shown(made, [row("1", false)], { ...open, options: { live: true, match, useCache: false } })
    made.event("todoCreated", "dataCreate", { items: [row("2", false)] })
    expect(names(good)).toEqual(["1", "2"])
    await atRest(made.platform, new Backend([row("1", false), row("2", false)]).serve)
    expect(names(made.list)).toEqual(["1", "2"])
    expect(made.errors.some(({ message }) => message.includes("match"))).toBe(true)
    made.event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
    expect(names(made.list)).toEqual(["2"])
  })
})

describe("`match` and `sort` are set per query, entity or runtime; the most specific applies", () => {
  const none = () => false
  const setups: [string, RuleQueryOptions, WorldSetup][] = [
    ["per query", { match }, {}],
    ["per entity", {}, { entity: { match } }],
    ["per runtime", {}, { runtime: { match } }],
    ["per query before entity", { match }, { entity: { match: none } }],
    ["per query before runtime", { match }, { runtime: { match: none } }],
    ["per entity before runtime", {}, { entity: { match }, runtime: { match: none } }],
  ]
  it.each(setups)("match %s", async (_name, options, setup) => {
    const { event, list, platform } = await openList([row("1", false)], options, setup)
    event("todoCreated", "dataCreate", { items: [row("2", false), row("3", true)] })
    await settle()
    expect([names(list), platform.requests]).toEqual([["1", "2"], []])
  })

  const sort = (a: Item, b: Item) => Number(a.n) - Number(b.n)
  const down = (a: Item, b: Item) => sort(b, a)
  it.each<[string, RuleQueryOptions, WorldSetup]>([
    ["per query", { sort }, {}],
    ["per entity", {}, { entity: { sort } }],
    ["per runtime", {}, { runtime: { sort } }],
    ["per query before entity and runtime", { sort }, { entity: { sort: down }, runtime: { sort: down } }],
    ["per entity before runtime", {}, { entity: { sort }, runtime: { sort: down } }],
  ])("sort %s", async (_name, options, setup) => {
    const made = await world(setup)
    const list = await shown(
      made,
      [
        { _id: "a", name: "a", n: 1 },
        { _id: "c", name: "c", n: 3 },
      ],
      { options: { live: true, ...options } },
    )
    made.event("todoCreated", "dataCreate", { items: [{ _id: "b", name: "b", n: 2 }] })
    expect(names(list)).toEqual(["a", "b", "c"])
  })
})

describe("`options.sort` decides the place", () => {
  const sort = (a: Item, b: Item) => Number(a.n) - Number(b.n)
  const item = (name: string, n: number): Item => ({ _id: name, name, n })

  async function sorted(options: RuleQueryOptions = { sort }) {
    const made = await world()
    const list = await shown(made, [item("a", 10), item("b", 20), item("c", 30)], {
      options: { live: true, useCache: false, ...options },
    })
    return { ...made, list }
  }

  it.each([
    ["at the front", 5, ["x", "a", "b", "c"]],
    ["in the middle", 25, ["a", "b", "x", "c"]],
    ["at the end", 35, ["a", "b", "c", "x"]],
    ["behind an equal", 20, ["a", "b", "x", "c"]],
  ])("creations: %s, live and optimistic", async (_name, n, rows) => {
    const { event, list } = await sorted()
    event("todoCreated", "dataCreate", { items: [item("x", n)] })
    expect(names(list)).toEqual(rows)
    const other = await sorted()
    void other.todo.create(optimistic).execute({ name: "x", n })
    await settle()
    expect(names(other.list)).toEqual(rows)
    await answer(other.platform, created({ _id: "x", name: "x", n }), 201)
    expect(names(other.list)).toEqual(rows)
  })

  it("a change that moves an item, by an event and optimistically, and a refusal moves it back", async () => {
    const { event, list, todo, platform } = await sorted()
    event("todoUpdated", "dataUpdate", { items: [item("a", 25)] })
    expect(names(list)).toEqual(["b", "a", "c"])
    void todo.update(optimistic).execute({ _id: "c", n: 1 })
    await settle()
    expect(names(list)).toEqual(["c", "b", "a"])
    await answer(platform, { message: "no" }, 409)
    expect(names(list)).toEqual(["b", "a", "c"])
  })

  it("in a paged list, a creation after the shown items leaves no gap", async () => {
    const backend = new Backend([1, 2, 3, 4, 5].map((n) => item(`${n}`, n)))
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 2 }, options: { live: true, useCache: false, sort } })
    void list.execute()
    await atRest(made.platform, backend.serve)
    backend.rows.push(item("6", 6))
    made.event("todoCreated", "dataCreate", { items: [item("6", 6)] })
    while (list.hasMore.value) {
      void list.execute.next()
      await atRest(made.platform, backend.serve)
    }
    expect(names(list)).toEqual(["1", "2", "3", "4", "5", "6"])
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["returns NaN", () => Number.NaN],
    ["returns nothing", () => undefined as never],
  ])("one that %s loses no row", async (what, sort) => {
    const { event, list, errors, platform } = await sorted({ sort })
    event("todoCreated", "dataCreate", { items: [item("x", 5)] })
    await atRest(platform, new Backend([item("a", 10), item("b", 20), item("c", 30), item("x", 5)]).serve)
    expect(names(list).sort()).toEqual(["a", "b", "c", "x"])
    if (what === "throws") expect(errors.some(({ message }) => message.includes("sort"))).toBe(true)
  })
})

describe("limit, offset and cursors are not filters", () => {
  it.each<[string, RuleArgs]>([
    ["limit", { params: { limit: 20 } }],
    ["limit as text", { params: { limit: "20" } }],
    ["limit and offset", { params: { limit: 20, offset: 0 } }],
    ["a cursor of nextParams", { options: { nextParams: () => ({ after: "1" }) } }],
    ["a cursor of nextParams, with limit", { params: { limit: 20 }, options: { nextParams: () => ({ after: "1" }) } }],
    ["a ref of limit", { params: { limit: { __v_isRef: true, value: 20 } } }],
  ])("in a list with %s creations show, live and optimistic, and nothing is read", async (_name, args) => {
    const made = await world()
    const list = await shown(made, [row("1", false)], {
      ...args,
      options: { live: true, useCache: false, ...args.options },
    })
    void made.todo.create(optimistic).execute({ name: "mine" })
    await settle()
    expect(names(list)).toEqual(["1", "mine"])
    await answer(made.platform, created({ _id: "2", name: "mine" }), 201)
    made.event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "mine" }] })
    made.event("todoCreated", "dataCreate", { items: [{ _id: "3", name: "theirs" }] })
    expect(names(list)).toEqual(["1", "mine", "theirs"])
    made.platform.advance(3000)
    await settle()
    expect(made.platform.requests).toEqual([])
  })

  it("also after a further page", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 1 }, options: { live: true } })
    void list.execute()
    await answer(made.platform, { type: "dataRead", body: { items: [row("1", false)], hasMore: true } })
    void list.execute.next()
    await answer(made.platform, { type: "dataRead", body: { items: [row("2", false)], hasMore: false } })
    made.event("todoCreated", "dataCreate", { items: [row("3", false, { updatedAt: at(1) })] })
    expect(names(list)).toEqual(["1", "2", "3"])
  })
})
