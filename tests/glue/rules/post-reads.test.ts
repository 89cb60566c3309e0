// Reads with the method POST send their params as JSON, at every execution and every refetch by the core.
import { describe, expect, it } from "vitest"
import { connect, eventFrame, type FakeRequest } from "../harness"
import {
  answer,
  asked,
  type Item,
  jsonOf,
  names,
  over,
  type RuleQuery,
  read,
  settle,
  type World,
  world,
} from "./harness"

type All = World<"search" | "within">

const operations = {
  search: { target: "/todo/search", method: "post", storeActionType: "dataRead" },
  within: { target: (params: Item) => `/list/${params.list}/search`, method: "put", storeActionType: "dataRead" },
}
const made = () => world<"search" | "within">({ operations })
const milk = { text: "milk", tags: ["a"], done: false }
const a = { _id: "1", name: "a" }

/** Returns the only open request, which must be the search for milk. */
function search({ platform }: Pick<All, "platform">): FakeRequest {
  expect(platform.requests.map((request) => [asked(request), jsonOf(request)])).toEqual([["POST /todo/search", milk]])
  const request = platform.request()
  expect(request.headers.get("content-type")).toBe("application/json")
  return request
}

describe("a read that is a POST sends its params as JSON", () => {
  async function started(options: object = {}) {
    const all = await made()
    const query = all.todo.search({ params: milk, options })
    query.dataArr.subscribe(() => {})
    void query.execute()
    await settle()
    search(all).answered(200, read(a))
    await settle()
    return { ...all, query }
  }

  it("at first, and at an interval", async () => {
    const all = await started({ refetchInterval: 500 })
    for (let i = 0; i < 3; i++) {
      all.platform.advance(500)
      await settle()
      search(all).answered(200, read(a))
      await settle()
    }
    expect(names(all.query)).toEqual(["a"])
  })

  it("on focus", async () => {
    const all = await started()
    all.platform.advance(2000)
    all.platform.life("visible")
    all.platform.advance(1000)
    search(all)
  })

  it("after a gap in the connection", async () => {
    const all = await started()
    all.platform.connection.closed("cut")
    all.platform.advance(2000)
    await connect(all.runtime, all.platform)
    all.platform.advance(1000)
    search(all)
  })

  it("in each attempt, and after a 401", async () => {
    const all = await world<"search">({ operations, runtime: { auth: async () => ({ token: "t" }) } })
    void all.todo.search({ params: milk, options: { retry: 2 } }).execute()
    await settle()
    search(all).failed("cut")
    all.platform.advance(2000)
    await settle()
    search(all).answered(401, {})
    await settle()
    search(all).answered(503, {})
    all.platform.advance(4000)
    await settle()
    search(all)
  })

  it("in the refetch of a `live` query that follows another read", async () => {
    const all = await started({ live: true })
    all.text(eventFrame("todoCreated", {}))
    all.text(eventFrame("todoUpdated", {}))
    await settle()
    search(all).answered(200, read(a))
    await settle()
    search(all).answered(200, read(a))
    await settle()
    expect(all.platform.requests).toEqual([])
  })

  it("after `debounce`: those of the last execution", async () => {
    const all = await made()
    const query = all.todo.search({ options: { debounce: 100 } })
    void query.execute({ text: "m" })
    void query.execute(milk)
    all.platform.advance(100)
    await settle()
    search(all)
  })

  it("for the next page, and then for all pages", async () => {
    const all = await made()
    const query: RuleQuery = all.todo.search({ params: { text: "milk", limit: 1 } })
    const page = (item: Item) => ({ items: [item], hasMore: true })
    void query.execute()
    await answer(all.platform, { type: "dataRead", body: page(a) })
    void query.execute.next()
    await settle()
    expect(all.platform.requests.map(jsonOf)).toEqual([{ text: "milk", limit: 1, offset: 1 }])
    await answer(all.platform, { type: "dataRead", body: page({ _id: "2", name: "b" }) })
    expect(names(query)).toEqual(["a", "b"])
    all.platform.advance(1001)
    void query.execute()
    await settle()
    expect(all.platform.requests.map(jsonOf)).toEqual([expect.objectContaining({ text: "milk", limit: 2 })])
  })

  it("without the params of the target, also if that is a function; PUT is the same", async () => {
    const { todo, platform } = await made()
    void todo.within().execute({ list: "x", text: "milk" })
    await settle()
    expect(platform.requests.map((request) => [asked(request), jsonOf(request)])).toEqual([
      ["PUT /list/x/search", { text: "milk" }],
    ])
  })

  it("refuses uploads, which are for mutations", async () => {
    const { todo, platform } = await made()
    expect((await over(todo.search().execute(new FormData()))).error?.code).toBe("BAD_ARGUMENT")
    expect(platform.requests).toEqual([])
  })
})
