// Lists without `match`. A param that is named like a field of the item is a guess: it is applied at once, and
// confirmed by one read per burst. A live `get(_id)` only gets events of its item.
import { describe, expect, it } from "vitest"
import { Backend } from "./backend"
import {
  answer,
  atRest,
  drain,
  history,
  type Item,
  names,
  type RuleQuery,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const optimistic = { options: { optimistic: true } }
const row = (_id: string, more: Item = {}): Item => ({ _id, name: _id, done: false, ...more })

/** A live list with `params` on `backend`, after its first read. */
async function filtered(backend: Backend, params: object, options: object = {}) {
  const made = await world()
  const list = made.todo.getAll({ params, options: { live: true, useCache: false, ...options } })
  void list.execute()
  await drain(made.platform, backend.serve)
  /** The server stores the item and emits an event. */
  const tell = (item: Item, type: "Created" | "Updated" = "Created") => {
    backend.rows = [...backend.rows.filter(({ _id }) => _id !== item._id), item]
    made.event(`todo${type}`, type === "Created" ? "dataCreate" : "dataUpdate", { items: [structuredClone(item)] })
  }
  return { ...made, list, backend, tell }
}

describe("a param that names a field of the item is a guess", () => {
  it.each<[string, object, Item]>([
    ["a boolean", { done: false }, { done: false }],
    ["a text", { owner: "me" }, { owner: "me" }],
    ["a number", { list: 7 }, { list: 7 }],
    ["a text for a number, as from a route", { list: "7" }, { list: 7 }],
    ["a number for a text", { list: 7 }, { list: "7" }],
    ["two of them", { done: false, owner: "me" }, { done: false, owner: "me" }],
    ["one beside a limit", { done: false, limit: 20 }, { done: false }],
  ])("%s: a creation that fits shows at once, confirmed by one read", async (_name, params, fields) => {
    const { list, tell, platform, backend } = await filtered(new Backend([row("1", fields)]), params)
    tell(row("2", fields))
    expect(names(list)).toEqual(["1", "2"])
    expect(await atRest(platform, backend.serve)).toHaveLength(1)
    expect(names(list)).toEqual(["1", "2"])
  })

  it("a creation that does not match is not shown", async () => {
    const { list, tell, platform, backend } = await filtered(new Backend([row("1", { owner: "me" })]), { owner: "me" })
    const seen = history(list, ({ length }) => length)
    tell(row("2", { owner: "you" }))
    expect((await atRest(platform, backend.serve)).length).toBeLessThanOrEqual(1)
    expect([names(list), seen]).toEqual([["1"], [1]])
  })

  it("a guess that the server does not confirm is removed", async () => {
    const { list, event, platform, backend } = await filtered(new Backend([row("1")]), { done: false })
    event("todoCreated", "dataCreate", { items: [row("2", { hidden: true })] })
    expect(names(list)).toEqual(["1", "2"])
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(["1"])
  })

  it("a change that removes an item from the list, at the latest by the server's response", async () => {
    const { list, tell, platform, backend } = await filtered(new Backend([row("1"), row("2")]), { done: false })
    tell(row("1", { done: true }), "Updated")
    expect((await atRest(platform, backend.serve)).length).toBeLessThanOrEqual(1)
    expect(names(list)).toEqual(["2"])
  })

  it("a change that brings an item into the list", async () => {
    const { list, tell, platform, backend } = await filtered(new Backend([row("1"), row("2", { done: true })]), {
      done: false,
    })
    tell(row("2", { done: false }), "Updated")
    expect((await atRest(platform, backend.serve)).length).toBeLessThanOrEqual(1)
    expect(names(list)).toEqual(["1", "2"])
  })

  it("an optimistic creation shows only if it matches", async () => {
    const { todo, list, platform, backend } = await filtered(new Backend([row("1")]), { done: false })
    void todo.create(optimistic).execute({ name: "fits", done: false })
    void todo.create(optimistic).execute({ name: "does not", done: true })
    await settle()
    expect(names(list)).toEqual(["1", "fits"])
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(["1", "fits"])
  })

  it("an optimistic creation that is refused disappears", async () => {
    const { todo, list, platform, backend } = await filtered(new Backend([row("1")]), { done: false, limit: 5 })
    void todo.create(optimistic).execute({ name: "fits", done: false })
    await answer(platform, { message: "no" }, 400)
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(["1"])
  })

  it("a param that names no field allows no guess: the list is read once", async () => {
    const made = await filtered(new Backend([row("1")]), {})
    const search = made.todo.getAll({ params: { text: "milk" }, options: { live: true, useCache: false } })
    void search.execute()
    await answer(made.platform, { type: "dataRead", body: { items: [row("1")] } })
    made.event("todoCreated", "dataCreate", { items: [row("2")] })
    expect(names(search)).toEqual(["1"])
    await settle()
    expect(made.platform.requests).toHaveLength(1)
    await answer(made.platform, { type: "dataRead", body: { items: [row("1"), row("2")] } })
    expect(names(search)).toEqual(["1", "2"])
  })
})

describe("one read per burst", () => {
  const params = { done: false, owner: "me", limit: 50 }
  const mine = (n: number) => row(`${n}`, { owner: "me" })

  it.each([20, 1000])("%i matching creations show at once, and cause one read", async (count) => {
    const { list, tell, platform, backend } = await filtered(new Backend([mine(0)]), { owner: "me" })
    for (let i = 1; i <= count; i++) tell(mine(i))
    expect(list.dataArr.value).toHaveLength(count + 1)
    expect((await atRest(platform, backend.serve)).length).toBeLessThanOrEqual(1)
    expect(list.dataArr.value).toHaveLength(count + 1)
  })

  it.each([
    ["in one task", 0],
    ["over two seconds", 100],
  ])("20 changes of other todos, %s, do not make 20 GETs", async (_name, ms) => {
    const { list, tell, platform, backend } = await filtered(new Backend([mine(0)]), params)
    let requests = 0
    for (let i = 1; i <= 20; i++) {
      tell(row(`${i}`, { owner: "you" }), "Updated")
      if (ms === 0) continue
      platform.advance(ms)
      requests += (await drain(platform, backend.serve)).length
    }
    requests += (await atRest(platform, backend.serve)).length
    expect(requests).toBeLessThanOrEqual(ms === 0 ? 1 : 3)
    expect(names(list)).toEqual(["0"])
  })

  it("20 changes of todos that a list with a limit does not show do not cause 20 GETs", async () => {
    const { tell, platform, backend } = await filtered(new Backend([mine(0), mine(1)], { cap: 1 }), { limit: 1 })
    for (let i = 1; i <= 20; i++) tell(mine(i), "Updated")
    expect((await atRest(platform, backend.serve)).length).toBeLessThanOrEqual(1)
  })

  it("changes while the confirming read is in flight cause one more read, not one each", async () => {
    const { tell, platform, backend } = await filtered(new Backend([mine(0)]), { owner: "me" })
    tell(mine(1))
    await settle()
    for (let i = 2; i <= 20; i++) tell(mine(i))
    expect((await atRest(platform, backend.serve)).length).toBeLessThanOrEqual(2)
  })

  it("two lists with equal params share one confirming request", async () => {
    const made = await filtered(new Backend([mine(0)]), { owner: "me" }, { useCache: true })
    const twin = made.todo.getAll({ params: { owner: "me" }, options: { live: true } })
    void twin.execute()
    await settle()
    made.tell(mine(1))
    expect([names(made.list), names(twin)]).toEqual([
      ["0", "1"],
      ["0", "1"],
    ])
    expect((await atRest(made.platform, made.backend.serve)).length).toBeLessThanOrEqual(1)
  })

  it("the read confirms all pages that are shown", async () => {
    const backend = new Backend([0, 1, 2, 3].map(mine))
    const { list, tell, platform } = await filtered(backend, { owner: "me", limit: 2 })
    void list.execute.next()
    await drain(platform, backend.serve)
    tell(mine(4))
    expect(names(list)).toEqual(["0", "1", "2", "3", "4"])
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(["0", "1", "2", "3", "4"])
  })
})

describe("a live `get(_id)` follows only its item", () => {
  async function thirty(options: object = {}) {
    const made = await world()
    const queries: RuleQuery[] = []
    for (let i = 0; i < 30; i++) {
      const query = made.todo.get({ params: { _id: `${i}` }, options: { live: true, ...options } })
      void query.execute()
      await answer(made.platform, row(`${i}`))
      queries.push(query)
    }
    let told = -30
    for (const { dataArr } of queries) dataArr.subscribe(() => told++)
    return { ...made, queries, toldOf: () => told }
  }

  it.each([
    ["a creation", "todoCreated", "dataCreate", { items: [row("99")] }],
    ["a change of another item", "todoUpdated", "dataUpdate", { items: [row("99")] }],
    ["a change with its version before", "todoUpdated", "dataUpdate", { items: [row("99")], prevVersion: row("99") }],
    ["a deletion of another item", "todoDeleted", "dataDelete", { items: [], deleted: ["99"] }],
  ])("%s makes no request and tells nobody", async (_name, key, type, body) => {
    const { event, platform, queries, toldOf } = await thirty()
    event(key, type, body)
    platform.advance(3000)
    await settle()
    expect([platform.requests, toldOf()]).toEqual([[], 0])
    expect(queries.map((query) => names(query)[0])).toEqual([...Array(30).keys()].map(String))
  })

  it("an event about its item changes it, and no other, without a request", async () => {
    const { event, platform, queries, toldOf } = await thirty()
    event("todoUpdated", "dataUpdate", { items: [row("7", { name: "changed" })] })
    await settle()
    expect([platform.requests, toldOf(), names(queries[7] as RuleQuery)]).toEqual([[], 1, ["changed"]])
    event("todoDeleted", "dataDelete", { items: [], deleted: ["7"] })
    await settle()
    expect([platform.requests, toldOf(), names(queries[7] as RuleQuery)]).toEqual([[], 2, []])
  })

  it("a mutation's response with another item notifies no subscriber", async () => {
    const made = await thirty()
    void made.todo.update(optimistic).execute({ _id: "99", name: "x" })
    await answer(made.platform, updated(row("99", { name: "x" })))
    expect([made.toldOf(), made.platform.requests]).toEqual([0, []])
  })

  it("an event without items refetches each of them", async () => {
    const made = await world()
    const one = await shown(made, [row("1")], { params: { _id: "1" }, options: { live: true } }, "get")
    made.text('42["plugin_pacifico__todo--todoUpdated","something happened"]')
    await settle()
    expect(made.platform.requests).toHaveLength(1)
    await answer(made.platform, row("1", { name: "now" }))
    expect(names(one)).toEqual(["now"])
  })
})
