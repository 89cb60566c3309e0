// Reading on. The next page begins after the rows that the server returned, corrected by known deletions and creations.
// `next()` and `execute()` run one after the other. A page without new items is the last.
import { describe, expect, it } from "vitest"
import { Backend, rows } from "./backend"
import {
  answer,
  asked,
  atRest,
  drain,
  history,
  type Item,
  names,
  over,
  type RuleQuery,
  settle,
  shown,
  type World,
  world,
} from "./harness"

const page = (items: Item[], beside: object = { hasMore: true }) => ({ type: "dataRead", body: { items, ...beside } })
const uncached = { useCache: false }
const numbers = (from: number, to: number) => rows(from, to).map(({ name }) => name)

/** A list with two rows per page that shows its first page. */
async function firstPage(backend: Backend, options: object = uncached, params: object = { limit: 2 }) {
  const made = await world()
  const list = made.todo.getAll({ params, options })
  void list.execute()
  await drain(made.platform, backend.serve)
  return { ...made, list, backend }
}

/** Reads all remaining pages. */
async function readOn({ platform }: Pick<World<never>, "platform">, list: RuleQuery, backend: Backend) {
  for (let i = 0; list.hasMore.value; i++) {
    if (i > 20) throw new Error("it does not end")
    void list.execute.next()
    await drain(platform, backend.serve)
  }
}

describe("the next page begins after the rows that the server returned", () => {
  it("although it returned an item twice, or one that is already shown", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { limit: 2 } })
    void list.execute()
    await answer(platform, page(rows(1, 2)))
    void list.execute.next()
    await answer(platform, page(rows(2, 3)))
    expect(names(list)).toEqual(numbers(1, 3))
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2&offset=4"])
  })

  it.each([
    ["limit as text", { limit: "2" }, ["limit=2&offset=2", "limit=2&offset=4"]],
    ["offset as text", { limit: "2", offset: "2" }, ["limit=2&offset=4", "limit=2&offset=6"]],
    ["offset as a number", { limit: 2, offset: 1 }, ["limit=2&offset=3", "limit=2&offset=5"]],
    ["no limit at all", {}, ["offset=2", "offset=4"]],
  ])("with %s: numbers are added, not joined", async (_name, params, queries) => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params, options: uncached })
    void list.execute()
    await answer(platform, page(rows(1, 2)))
    for (const [i, query] of queries.entries()) {
      void list.execute.next()
      await settle()
      expect(platform.requests.map(asked)).toEqual([`GET /todo/all?${query}`])
      await answer(platform, page(rows(3 + 2 * i, 4 + 2 * i)))
    }
    expect(names(list)).toEqual(numbers(1, 6))
  })

  it("after a page that the server made smaller than the limit (a cap)", async () => {
    const { platform, list, backend } = await firstPage(new Backend(rows(1, 7), { cap: 3 }), uncached, { limit: 5 })
    await readOn({ platform }, list, backend)
    expect(names(list)).toEqual(numbers(1, 7))
  })

  it("minus the shown items that an event deleted (relay-examples#10)", async () => {
    const { event, list, platform, backend } = await firstPage(new Backend(rows(1, 6)), { live: true, ...uncached })
    backend.rows = backend.rows.slice(1)
    event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2&offset=1"])
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(["2", "3", "4"])
  })

  it("minus the items that a mutation of this client deleted, in a list that is not live", async () => {
    for (const optimistic of [true, false]) {
      const { todo, list, platform, backend } = await firstPage(new Backend(rows(1, 6)))
      void todo.delete({ options: { optimistic } }).execute({ _id: "2" })
      await drain(platform, backend.serve)
      await readOn({ platform }, list, backend)
      expect(names(list)).toEqual(["1", "3", "4", "5", "6"])
    }
  })

  it("a deletion that fails is not counted", async () => {
    const { todo, list, platform } = await firstPage(new Backend(rows(1, 6)))
    void todo.delete({ options: { optimistic: true } }).execute({ _id: "2" })
    await answer(platform, { message: "no" }, 409)
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2&offset=2"])
  })

  it.each([
    ["at the front (supabase-cache-helpers#428)", (all: Item[], row: Item) => [row, ...all]],
    ["at the end", (all: Item[], row: Item) => [...all, row]],
  ])("a live creation that the server puts %s leaves no gap, and nothing twice", async (_name, put) => {
    const { event, list, platform, backend } = await firstPage(new Backend(rows(1, 7)), { live: true, ...uncached })
    const row = { _id: "new", name: "new" }
    backend.rows = put(backend.rows, row)
    event("todoCreated", "dataCreate", { items: [row] })
    await drain(platform, backend.serve)
    await readOn({ platform }, list, backend)
    expect(names(list).sort()).toEqual([...numbers(1, 7), "new"].sort())
  })

  it.each([
    ["at the front", (all: Item[], row: Item) => [row, ...all]],
    ["at the end", (all: Item[], row: Item) => [...all, row]],
  ])("a deletion and a creation that the server puts %s, between two pages each", async (_name, put) => {
    const { event, list, platform, backend } = await firstPage(new Backend(rows(1, 9)), { live: true, ...uncached })
    for (const i of [1, 2]) {
      backend.rows = put(
        backend.rows.filter(({ _id }) => _id !== `${i}`),
        { _id: `new-${i}`, name: `new-${i}` },
      )
      event("todoDeleted", "dataDelete", { items: [], deleted: [`${i}`] })
      event("todoCreated", "dataCreate", { items: [{ _id: `new-${i}`, name: `new-${i}` }] })
      void list.execute.next()
      await drain(platform, backend.serve)
    }
    await readOn({ platform }, list, backend)
    expect(names(list).sort()).toEqual([...numbers(3, 9), "new-1", "new-2"].sort())
  })
})

describe("`next()` and `execute()` take turns (TanStack/query#5972, TanStack/query#8046)", () => {
  const turns: [string, (list: RuleQuery) => void][] = [
    ["`execute()` while `next()` is under way", (list) => void [list.execute.next(), list.execute()]],
    ["`next()` while `execute()` is under way", (list) => void [list.execute(), list.execute.next()]],
    [
      "`execute()` twice while `next()` is under way",
      (list) => void [list.execute.next(), list.execute(), list.execute()],
    ],
    ["`next()` between two `execute()`", (list) => void [list.execute(), list.execute.next(), list.execute()]],
  ]

  it.each(turns)("%s: all four rows show, and stay", async (_name, turn) => {
    const { list, platform, backend } = await firstPage(new Backend(rows(1, 4)))
    const seen = history(list, ({ length }) => length)
    turn(list)
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(numbers(1, 4))
    expect([list.isLoading.value, list.hasMore.value]).toEqual([false, false])
    expect(seen.slice(seen.indexOf(4)).every((length) => length === 4)).toBe(true)
  })

  it("`next()` twice at once reads two pages, not one page twice", async () => {
    const { list, platform, backend } = await firstPage(new Backend(rows(1, 8)))
    void list.execute.next()
    void list.execute.next()
    const requests = await drain(platform, backend.serve)
    expect(requests).toEqual(["GET /todo/all?limit=2&offset=2", "GET /todo/all?limit=2&offset=4"])
    expect(names(list)).toEqual(numbers(1, 6))
  })

  it("each resolves", async () => {
    const { list, platform, backend } = await firstPage(new Backend(rows(1, 8)))
    const executions = [list.execute.next(), list.execute(), list.execute.next(), list.execute()]
    await atRest(platform, backend.serve)
    for (const execution of executions) expect((await over(execution)).error).toBeUndefined()
  })

  it("a refetch by an event while `next()` is in flight loses no page", async () => {
    const { api, event, list, platform, backend } = await firstPage(new Backend(rows(1, 6)))
    api.$socket.on("todoUpdated", () => list.execute())
    void list.execute.next()
    await settle()
    ;(backend.rows[0] as Item).name = "renamed"
    event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "renamed" }] })
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(["renamed", ...numbers(2, 4)])
  })

  it("other params begin with the first page, also while `next()` is in flight", async () => {
    const { list, platform, backend } = await firstPage(new Backend(rows(1, 6, { tag: "x" })))
    void list.execute.next()
    void list.execute({ tag: "x" })
    const requests = await atRest(platform, backend.serve)
    expect(requests.at(-1)).toBe("GET /todo/all?limit=2&tag=x")
    expect(names(list)).toEqual(numbers(1, 2))
  })

  it("a page that fails can be requested again, and shown items stay", async () => {
    const { list, platform } = await firstPage(new Backend(rows(1, 6)))
    for (let i = 0; i < 2; i++) {
      const execution = list.execute.next()
      await settle()
      expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2&offset=2"])
      await answer(platform, { message: "no" }, 500)
      expect((await over(execution)).error?.code).toBe("HTTP_ERROR")
      expect([names(list), list.hasMore.value]).toEqual([numbers(1, 2), true])
    }
  })
})

describe("a page without new items is the last", () => {
  it.each([
    ["an empty page", page([], { total: 9 })],
    ["an empty page that says there is more", page([])],
    ["a page of what is shown, which says there is more", page(rows(1, 2))],
    ["a page of what is shown, below the total (artsy/reaction#2239)", page(rows(2, 2), { total: 9 })],
    ["null", null],
    ["a bare empty list", []],
  ])("%s", async (_name, body) => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { limit: 2 } })
    void list.execute()
    await answer(platform, page(rows(1, 2), { total: 9, hasMore: true }))
    expect(list.hasMore.value).toBe(true)
    void list.execute.next()
    await answer(platform, body)
    expect([names(list), list.hasMore.value, list.error.value]).toEqual([numbers(1, 2), false, undefined])
  })

  it("also if the total is never reached, because one item is on two pages", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 2 } })
    const all = [...rows(1, 3), ...rows(3, 4)]
    void list.execute()
    let requests = 0
    do {
      if (requests++ > 5) throw new Error("it does not end")
      await settle()
      const offset = Number(new URL(made.platform.request().url).searchParams.get("offset") ?? 0)
      await answer(made.platform, page(all.slice(offset, offset + 2), { total: all.length }))
      if (list.hasMore.value) void list.execute.next()
    } while (list.hasMore.value || made.platform.requests.length > 0)
    expect(names(list)).toEqual(numbers(1, 4))
  })

  it("a list that is executed again has more pages again", async () => {
    const made = await world()
    const list = await shown(made, [], { params: { limit: 2 }, options: uncached })
    void list.execute()
    await answer(made.platform, page(rows(1, 2)))
    expect(list.hasMore.value).toBe(true)
  })
})
