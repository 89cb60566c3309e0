// More situations that users of other data libraries reported, and some that this library got wrong at first. Each test
// is named after its report.
import { describe, expect, it } from "vitest"
import type { FakeRequest } from "../harness"
import { Backend, rows } from "./backend"
import {
  answer,
  asked,
  atRest,
  created,
  drain,
  type Item,
  jsonOf,
  names,
  queryOf,
  type RuleQuery,
  read,
  settle,
  shown,
  type World,
  world,
} from "./harness"

const optimistic = { options: { optimistic: true } }
const numbers = (from: number, to: number) => rows(from, to).map(({ name }) => name)

/** A list on a backend with `count` rows. It shows the first page, which has two rows. */
async function paged(count: number, options: object = {}) {
  const made = await world()
  const backend = new Backend(rows(1, count))
  const list = made.todo.getAll({ params: { limit: 2 }, options: { useCache: false, ...options } })
  void list.execute()
  await drain(made.platform, backend.serve)
  return { ...made, backend, list }
}

/** Reads all remaining pages, and answers the refetches that they cause. */
async function readOn({ platform }: Pick<World<never>, "platform">, list: RuleQuery, serve: Backend["serve"]) {
  await atRest(platform, serve)
  for (let i = 0; list.hasMore.value; i++) {
    if (i > 20) throw new Error("it does not end")
    void list.execute.next()
    await atRest(platform, serve)
  }
}

/** The server handles the request now. Its response arrives when the returned function is called. */
function served(backend: Backend, request: FakeRequest | undefined): () => Promise<void> {
  let arrive = () => {}
  if (!request) throw new Error("there is no such request")
  backend.serve({
    ...request,
    answered: (status, body) => {
      arrive = () => request.answered(status, body)
    },
  })
  return async () => {
    arrive()
    await settle()
  }
}

describe("requests", () => {
  it("undefined in an array is omitted (angular/angular.js#15969)", async () => {
    const { todo, platform } = await world()
    void todo.getAll({ params: { tags: ["a", undefined, "b"] } }).execute()
    await settle()
    expect(queryOf(platform.request())).toEqual([
      ["tags", "a"],
      ["tags", "b"],
    ])
  })

  it("a header that is undefined is omitted (readmeio/rdme#360, intrafind/ihub-apps#1801)", async () => {
    const { todo, platform } = await world({ runtime: { auth: () => ({ token: "t" }) } })
    void todo.getAll({ config: { headers: { Authorization: undefined, "X-Tenant": undefined } } }).execute()
    await settle()
    const { headers } = platform.request()
    expect([headers.get("authorization"), headers.get("x-tenant")]).toEqual(["Bearer t", null])
  })

  it("a lone surrogate in a search text can be sent (mailgun/mailgun-js-boland#63)", async () => {
    const { todo, platform } = await world()
    void todo.getAll({ params: { text: "cut \ud83d" } }).execute()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?text=cut \ufffd"])
  })

  it("a lone surrogate in a body does not affect the path (middleapi/orpc#2011)", async () => {
    const add = { target: ({ list }: Item) => `/list/${list}/todo`, method: "post" }
    const { todo, platform } = await world<"add">({ operations: { add } })
    void todo.add().execute({ list: "a b", text: "cut \ud83d" })
    await settle()
    expect(platform.requests.map(asked)).toEqual(["POST /list/a b/todo"])
    expect(platform.requests.map(jsonOf)).toEqual([{ text: "cut \ud83d" }])
  })
})

describe("reading on", () => {
  it("ten times while it is in flight: the waiting calls share one turn (vercel/swr#3001)", async () => {
    const { list, platform, backend } = await paged(20)
    for (let i = 0; i < 10; i++) void list.execute.next()
    expect(await drain(platform, backend.serve)).toEqual([
      "GET /todo/all?limit=2&offset=2",
      "GET /todo/all?limit=2&offset=4",
    ])
  })

  it.each([true, false])(
    "a deletion of one's own is done before the page, and answered after it; optimistic: %s (psteinroe/supabase-cache-helpers#428)",
    async (isOptimistic) => {
      const { todo, list, platform, backend } = await paged(6)
      void todo.delete({ options: { optimistic: isOptimistic } }).execute({ _id: "1" })
      void list.execute.next()
      await settle()
      const [deletion, page] = [...platform.requests].map((request) => served(backend, request))
      await page?.()
      await deletion?.()
      await readOn({ platform }, list, backend.serve)
      expect(names(list)).toEqual(numbers(2, 6))
    },
  )

  it("by page numbers, after a deletion by this client (decentraland/marketplace#1606)", async () => {
    type Paged = { body: { page: number; pages: number } }
    const nextParams = (response: unknown) => {
      const { page, pages } = (response as Paged).body
      return page < pages ? { page: page + 1 } : undefined
    }
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { page: 1 }, options: { useCache: false, nextParams } })
    let all = rows(1, 7)
    const serve = (request: FakeRequest) => {
      if (request.method === "DELETE") {
        all = all.filter(({ _id }) => !request.url.endsWith(`/${_id}`))
        request.answered(204)
        return
      }
      const page = Number(new URL(request.url).searchParams.get("page"))
      const items = all.slice((page - 1) * 2, page * 2)
      request.answered(200, { body: { items, page, pages: Math.ceil(all.length / 2) } })
    }
    void list.execute()
    await drain(platform, serve)
    void list.execute.next()
    await drain(platform, serve)
    void todo.delete().execute({ _id: "2" })
    await drain(platform, serve)
    await readOn({ platform }, list, serve)
    expect(names(list)).toEqual(["1", "3", "4", "5", "6", "7"])
  })

  it("a total that is a string, as database drivers return counts (brianc/node-postgres#378)", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { limit: 2 } })
    void list.execute()
    await answer(platform, { body: { items: rows(1, 2), total: "5" } })
    expect(list.hasMore.value).toBe(true)
  })
})

describe("items of a list", () => {
  it("an item that another client restores returns to a live list (twentyhq/twenty#7146)", async () => {
    const { todo, platform, event } = await world()
    const list = todo.getAll({ options: { live: true, useCache: false } })
    const serve = (request: FakeRequest) => request.answered(200, read(...rows(1, 2)))
    void list.execute()
    await drain(platform, serve)
    event("todoDeleted", "dataDelete", { deleted: ["1"] })
    event("todoUpdated", "dataRestore", { items: rows(1, 1) })
    await atRest(platform, serve)
    expect(names(list)).toEqual(["1", "2"])
  })

  it("a creation on the day of a list's date filter shows in it (orval-labs/orval#2203)", async () => {
    const all = await world()
    const day = new Date(Date.UTC(2026, 0, 1))
    const list = await shown(all, [], { params: { day } })
    void all.todo.create(optimistic).execute({ name: "new", day })
    expect(names(list)).toEqual(["new"])
  })

  it("an empty selection, which adds no param, filters nothing (Tucker-Eric/EloquentFilter#134)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 1, { status: "a" }), { params: { status: [] } })
    void all.todo.create(optimistic).execute({ name: "new", status: "b" })
    expect(names(list)).toEqual(["1", "new"])
  })

  it.each([true, false])(
    "what a creation leaves is the same with and without `optimistic`: %s (apollographql/apollo-client#6551)",
    async (isOptimistic) => {
      const all = await world()
      const list = await shown(all, rows(1, 1))
      void all.todo.create({ options: { optimistic: isOptimistic } }).execute({ name: "2" })
      await answer(all.platform, created(...rows(2, 2)))
      expect(names(list)).toEqual(["1", "2"])
    },
  )
})
