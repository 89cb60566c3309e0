// Refetching a list of several pages: in one request if the server allows it, otherwise page by page in the size that
// it returns, with cursors if it has them. The whole refetch counts as one request in flight.
import { describe, expect, it } from "vitest"
import type { QueryTiming } from "../../../js-glue/types"
import { eventFrame, type FakeRequest } from "../harness"
import { Backend, type BackendRules, rows } from "./backend"
import {
  answer,
  asked,
  atRest,
  drain,
  history,
  type Item,
  names,
  over,
  queryOf,
  type RuleQueryOptions,
  settle,
  type World,
  world,
} from "./harness"

const uncached = { useCache: false }
const numbers = (from: number, to: number) => rows(from, to).map(({ name }) => name)

/** A list that shows three pages of `backend`. */
async function threePages(backend: Backend, params: object, options: RuleQueryOptions = uncached) {
  const made = await world()
  const list = made.todo.getAll({ params, options })
  void list.execute()
  await drain(made.platform, backend.serve)
  for (let i = 0; i < 2; i++) {
    void list.execute.next()
    await drain(made.platform, backend.serve)
  }
  return { ...made, list, backend }
}

const servers: [string, object, BackendRules, number][] = [
  ["takes any limit", { limit: 2 }, {}, 1],
  ["takes a limit as text", { limit: "2" }, {}, 1],
  ["pages by itself and takes a limit (TanStack/query#1115)", {}, { pageSize: 2 }, 4],
  ["pages by itself and reads no limit", {}, { pageSize: 2, ignoresLimit: true }, 4],
  ["caps the limit at the page's", { limit: 2 }, { cap: 2 }, 4],
  ["caps the limit below the page's", { limit: 5 }, { cap: 2 }, 4],
  ["caps the limit above the page's", { limit: 2 }, { cap: 3 }, 4],
  ["refuses a limit above the page's", { limit: 2 }, { most: 2 }, 4],
  ["refuses a limit some way above the page's", { limit: 2 }, { most: 5 }, 4],
  ["reads no limit at all", { limit: 2 }, { pageSize: 2, ignoresLimit: true }, 4],
]

describe("`execute()` reads all shown pages if the server", () => {
  it.each(servers)("%s", async (_name, params, rules, most) => {
    for (const tells of ["hasMore", "total"] as const) {
      const { list, platform, backend } = await threePages(new Backend(rows(1, 20), { ...rules, tells }), params)
      expect(names(list)).toEqual(numbers(1, 6))
      ;(backend.rows[4] as Item).name = "renamed"
      void list.execute()
      const requests = await drain(platform, backend.serve)
      expect(names(list)).toEqual(["1", "2", "3", "4", "renamed", "6"])
      expect(requests.length).toBeLessThanOrEqual(most)
      expect([list.error.value, list.hasMore.value, list.isLoading.value]).toEqual([undefined, true, false])
    }
  })

  it.each(servers)("%s: deleted rows disappear, and next() continues from there", async (_name, params, rules) => {
    const { list, platform, backend } = await threePages(new Backend(rows(1, 9), rules), params)
    backend.rows = backend.rows.filter(({ _id }) => _id !== "1" && _id !== "4")
    void list.execute()
    await drain(platform, backend.serve)
    for (let i = 0; list.hasMore.value && i < 9; i++) {
      void list.execute.next()
      await drain(platform, backend.serve)
    }
    expect(names(list)).toEqual(["2", "3", "5", "6", "7", "8", "9"])
  })

  it.each(servers)("%s: no list in between is shorter than the shown one", async (_name, params, rules) => {
    const { list, platform, backend } = await threePages(new Backend(rows(1, 20), rules), params)
    const lengths = history(list, ({ length }) => length)
    void list.execute()
    await drain(platform, backend.serve)
    expect(lengths).toEqual([6])
  })

  it.each(servers)("%s: the list has become shorter than the shown one", async (_name, params, rules) => {
    const { list, platform, backend } = await threePages(new Backend(rows(1, 20), rules), params)
    backend.rows = backend.rows.slice(0, 3)
    void list.execute()
    await drain(platform, backend.serve)
    expect([names(list), list.hasMore.value]).toEqual([numbers(1, 3), false])
  })

  it("fails at the second page: shown items stay, and the next execution is complete", async () => {
    const { list, platform, backend } = await threePages(
      new Backend(rows(1, 20), { pageSize: 2, ignoresLimit: true }),
      {},
    )
    backend.rows = rows(1, 20, { done: true })
    const execution = list.execute()
    await settle()
    backend.serve(platform.request())
    await answer(platform, { message: "no" }, 500)
    expect((await over(execution)).error?.code).toBe("HTTP_ERROR")
    expect(names(list)).toEqual(numbers(1, 6))
    void list.execute()
    await drain(platform, backend.serve)
    expect(list.dataArr.value).toEqual(rows(1, 6, { done: true }))
  })

  it("after an item of page 1 was deleted: page 1 is read, not the last page alone (redux-toolkit#3733)", async () => {
    const { todo, list, platform, backend } = await threePages(new Backend(rows(1, 11)), { limit: 4 })
    void todo.delete().execute({ _id: "1" })
    await drain(platform, backend.serve)
    void list.execute()
    await drain(platform, backend.serve)
    expect(names(list).slice(0, 3)).toEqual(["2", "3", "4"])
    expect(new Set(names(list)).size).toBe(names(list).length)
  })

  it.each<[string, BackendRules]>([
    ["gives everything", {}],
    ["pages by itself", { pageSize: 2 }],
    ["pages by itself and takes no larger limit", { pageSize: 2, cap: 2 }],
  ])("without a limit, from a server that %s: what it gives by itself is never cut short", async (_name, rules) => {
    const { todo, platform } = await world()
    const backend = new Backend(rows(1, 1), rules)
    const list = todo.getAll({ options: uncached })
    void list.execute()
    await drain(platform, backend.serve)
    void list.execute.next()
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(["1"])
    backend.rows = rows(1, 2)
    void list.execute()
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(["1", "2"])
    backend.rows = rows(2, 2)
    void list.execute()
    await drain(platform, backend.serve)
    backend.rows = rows(2, 3)
    void list.execute()
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(["2", "3"])
  })

  it("is refetched on focus, after a gap, at an interval: all pages stay", async () => {
    const { list, platform, backend } = await threePages(
      new Backend(rows(1, 20)),
      { limit: 2 },
      { useCache: false, refetchInterval: 3000 },
    )
    platform.advance(3000)
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(numbers(1, 6))
    platform.life("hide")
    platform.life("visible")
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(numbers(1, 6))
  })
})

describe("cursors, by options.nextParams(response, shown)", () => {
  type Page = { body: { items: Item[]; next?: string } }

  /** A server with two rows per page. Each page ends with the id with which the next one begins. */
  function cursorServer(all: { rows: Item[] }) {
    return (request: FakeRequest) => {
      const asked = Object.fromEntries(queryOf(request))
      const start = asked.from ? all.rows.findIndex(({ _id }) => _id === asked.from) : 0
      const items = start < 0 ? [] : all.rows.slice(start, start + 2)
      const next = start < 0 ? undefined : all.rows[start + 2]?._id
      request.answered(200, { type: "dataRead", body: { items, ...(next !== undefined && { next }) } })
    }
  }
  const nextParams = (response: unknown) => {
    const { next } = (response as Page).body
    return next === undefined ? undefined : { from: next }
  }

  async function begun(all: { rows: Item[] }, options: RuleQueryOptions = { nextParams }) {
    const made = await world()
    const list = made.todo.getAll({ params: { sort: "up" }, options: { useCache: false, ...options } })
    const serve = cursorServer(all)
    void list.execute()
    await drain(made.platform, serve)
    return { ...made, list, serve }
  }

  it("the next page is requested with the returned params, merged over the query's own", async () => {
    const { list, platform, serve } = await begun({ rows: rows(1, 5) })
    expect(list.hasMore.value).toBe(true)
    void list.execute.next()
    expect(await drain(platform, serve)).toEqual(["GET /todo/all?from=3&sort=up"])
    void list.execute.next()
    expect(await drain(platform, serve)).toEqual(["GET /todo/all?from=5&sort=up"])
    expect([names(list), list.hasMore.value]).toEqual([numbers(1, 5), false])
  })

  it("it gets the last page's response and the shown items", async () => {
    const calls: [unknown, Item[]][] = []
    const noting = (response: unknown, shown: Item[]) => {
      calls.push([response, shown])
      return nextParams(response)
    }
    const { list, platform, serve } = await begun({ rows: rows(1, 5) }, { nextParams: noting })
    void list.execute.next()
    await drain(platform, serve)
    const [response, shown] = calls.at(-1) ?? []
    expect((response as Page).body.items).toEqual(rows(3, 4))
    expect(shown).toEqual(rows(1, 4))
  })

  it.each([
    ["page numbers", (_response: unknown, shown: Item[]) => ({ page: shown.length / 2 + 1 }), "page=2&sort=up"],
    [
      "the last id that is shown",
      (_response: unknown, shown: Item[]) => ({ after: shown.at(-1)?._id }),
      "after=2&sort=up",
    ],
    ["a param that is taken back", () => ({ sort: undefined, from: "x" }), "from=x"],
  ])("as %s", async (_name, nextParams, query) => {
    const { list, platform } = await begun({ rows: rows(1, 5) }, { nextParams })
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual([`GET /todo/all?${query}`])
  })

  it.each([[undefined], [null], [false]])("%s means that there are no more pages", async (none) => {
    const { list, platform } = await begun({ rows: rows(1, 5) }, { nextParams: () => none })
    expect(list.hasMore.value).toBe(false)
    void list.execute.next()
    await settle()
    expect([platform.requests, list.isLoading.value]).toEqual([[], false])
  })

  it("all shown items are read again along the current cursors (TanStack/query#407, vue-query#206)", async () => {
    const all = { rows: rows(1, 7) }
    const { list, platform, serve } = await begun(all)
    for (let i = 0; i < 2; i++) {
      void list.execute.next()
      await drain(platform, serve)
    }
    all.rows = all.rows.filter(({ _id }) => _id !== "3")
    void list.execute()
    const requests = await drain(platform, serve)
    expect(requests).toEqual(["GET /todo/all?sort=up", "GET /todo/all?from=4&sort=up", "GET /todo/all?from=6&sort=up"])
    expect(names(list)).toEqual(["1", "2", "4", "5", "6", "7"])
  })

  it("and ends where the cursors end: nothing is read or shown twice (TanStack/query#2418)", async () => {
    const all = { rows: rows(1, 3) }
    const { list, platform, serve } = await begun(all)
    void list.execute.next()
    await drain(platform, serve)
    all.rows = rows(1, 2)
    void list.execute()
    expect(await drain(platform, serve)).toEqual(["GET /todo/all?sort=up"])
    expect([names(list), list.hasMore.value]).toEqual([["1", "2"], false])
  })

  it("one that throws or returns no params is reported, and nothing hangs", async () => {
    const bad: RuleQueryOptions["nextParams"][] = [
      () => {
        throw new Error("no cursor")
      },
      () => "next",
      () => 7,
      () => ["a"],
    ]
    for (const nextParams of bad) {
      const { list, platform, errors, serve } = await begun({ rows: rows(1, 5) }, { nextParams })
      const execution = list.execute.next()
      await drain(platform, serve)
      await over(execution)
      expect(errors.length).toBeGreaterThan(0)
      expect([names(list).slice(0, 2), list.isLoading.value]).toEqual([numbers(1, 2), false])
      expect(errors.some(({ message }) => message.includes("nextParams"))).toBe(true)
    }
  })
})

describe("a refetch of several pages counts once", () => {
  it.each<[string, BackendRules]>([
    ["in one request", {}],
    ["page by page", { pageSize: 2, ignoresLimit: true }],
  ])("a burst of 1,000 events makes at most one beyond the one in flight: %s", async (_name, rules) => {
    const { api, text, list, platform, backend } = await threePages(new Backend(rows(1, 20), rules), { limit: 2 }, {})
    api.$socket.on("todoCreated", () => list.execute())
    platform.advance(1001)
    void list.execute()
    const pages = (await drain(platform, backend.serve)).length
    platform.advance(1001)
    void list.execute()
    await settle()
    for (let i = 0; i < 500; i++) text(eventFrame("todoCreated", {}))
    backend.serve(platform.request())
    await settle()
    for (let i = 0; i < 500; i++) text(eventFrame("todoCreated", {}))
    ;(backend.rows[5] as Item).name = "newest"
    const requests = await atRest(platform, backend.serve)
    expect(names(list)).toEqual([...numbers(1, 5), "newest"])
    expect(requests.length + 1).toBeLessThanOrEqual(2 * pages + 1)
  })
})

describe("next(), while a refetch by itself shares the request of execute()", () => {
  const reasons: [string, QueryTiming, (made: World) => void][] = [
    ["on focus", {}, ({ platform }) => [platform.life("hide"), platform.life("visible")]],
    ["when the network is back", {}, ({ platform }) => [platform.life("offline"), platform.life("online")]],
    ["at an interval", { refetchInterval: 5500 }, () => {}],
  ]

  it.each(reasons)("causes no third request: %s", async (_name, timing, refetch) => {
    const backend = new Backend(rows(1, 4))
    const made = await world()
    const { platform } = made
    const list = made.todo.getAll({ params: { limit: 2 }, options: { active: true, ...timing } })
    void list.execute()
    await drain(platform, backend.serve)
    platform.advance(5000)
    void list.execute()
    await settle()
    refetch(made)
    platform.advance(600)
    list.configure({ refetchInterval: 0 })
    void list.execute.next()
    expect(await atRest(platform, backend.serve)).toEqual(["GET /todo/all?limit=2", "GET /todo/all?limit=2&offset=2"])
    expect(names(list)).toEqual(numbers(1, 4))
  })
})
