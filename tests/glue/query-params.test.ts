// The params of a query: when and with which params it notifies the core, and how `next()` advances.
import { describe, expect, it, vi } from "vitest"
import type { OperationSpec } from "../../js-glue/api/data/operation"
import { Pages, reached } from "../../js-glue/api/data/pages"
import type { Params } from "../../js-glue/api/data/params"
import { QueryParams } from "../../js-glue/api/data/query-params"
import { EntityType } from "../../js-glue/api/data/store"

function made(own: Params, { hasBody = false, size = 0 } = {}) {
  const shape = { hasBody, placeholders: ["_id"], item: "_id", target: undefined }
  const operation: OperationSpec = {
    ...{ handle: 1, pluginKey: "acme__shop", entity: "item", operation: "get" },
    ...{ type: new EntityType(), change: undefined, shape, rules: {}, isOffline: false },
  }
  const setRequest = vi.fn((path: string, params: string, _known: string | undefined) => path + params)
  const params = new QueryParams(own)
  params.take(undefined, true)
  return { params, query: { operation, args: {}, view: { size }, setRequest }, setRequest }
}

describe("a query", () => {
  it("has its own params until it gets others, and agrees with the core", () => {
    const own = { page: 1 }
    const { params, query, setRequest } = made(own)
    expect([params.isKnown, params.current, params.asked]).toEqual([false, own, {}])
    params.askWhole(query)
    params.askWhole(query)
    params.take({ page: 2 }, true)
    expect(params.asked).toEqual(own)
    params.askWhole(query)
    expect(setRequest.mock.calls).toEqual([
      ["", '{"page":"1"}', undefined],
      ["", '{"page":"1"}', '{"page":"1"}'],
      ["", '{"page":"2"}', '{"page":"1"}'],
    ])
    expect([params.isKnown, params.asked]).toEqual([true, { page: 2 }])
  })

  it("keeps the body's params as they were at the execution", () => {
    const own = { _id: "7", name: "a" }
    const { params, query, setRequest } = made(own, { hasBody: true })
    params.askWhole(query)
    own.name = "b"
    expect([setRequest.mock.lastCall?.[1], params.body]).toEqual(['{"_id":"7"}', '{"name":"a"}'])
  })

  it("whose params throw does not notify the core, and is unchanged", () => {
    const { params, query, setRequest } = made({ page: 1 })
    params.askWhole(query)
    params.take({ page: 2 }, true)
    setRequest.mockImplementationOnce(() => {
      throw new Error("refused")
    })
    expect(() => params.askWhole(query)).toThrow("refused")
    expect([params.isKnown, params.asked]).toEqual([false, { page: 1 }])
    params.askWhole(query)
    expect(setRequest.mock.lastCall).toEqual(["", '{"page":"2"}', undefined])
    expect(params.isKnown).toBe(true)
  })

  it("with a body that is not JSON does not notify the core", () => {
    const { params, query, setRequest } = made({ count: 1n }, { hasBody: true })
    expect(() => params.askWhole(query)).toThrow("BigInt")
    expect([setRequest.mock.calls, params.isKnown]).toEqual([[], false])
  })
})

describe("reading on", () => {
  it("requests a page, then all shown pages at once", () => {
    const { params, query } = made({ limit: 2 }, { size: 4 })
    const pages = new Pages(params.current)
    params.pages = pages
    params.ask(query, pages.next(2))
    expect(params.asked).toEqual({ limit: 2, offset: 2 })
    params.askWhole(query)
    expect([params.asked, params.current]).toEqual([{ limit: 4 }, { limit: 2 }])
  })

  it("continues with equal params, and ends with others", () => {
    const { params, query } = made({ limit: 2, tags: ["a"] }, { size: 6 })
    params.pages = new Pages(params.current)
    params.take({ limit: 2, tags: ["a"] }, true)
    params.askWhole(query)
    expect(params.asked).toEqual({ limit: 6, tags: ["a"] })
    params.take({ limit: 2, tags: ["b"] }, true)
    params.askWhole(query)
    expect(params.asked).toEqual({ limit: 2, tags: ["b"] })
  })

  it("begins at the params' offset", () => {
    const pages = new Pages({ limit: 2, offset: "4" })
    expect([pages.next(3), reached({ offset: "4" }, 3)]).toEqual([{ limit: 2, offset: 7 }, 7])
    expect(pages.next(0)).toEqual({ limit: 2, offset: "4" })
  })

  it("continues at a cursor", () => {
    expect(new Pages({ limit: 2, sort: "up" }).next(2, { after: "x", sort: undefined })).toEqual({
      ...{ limit: 2, sort: undefined },
      after: "x",
    })
  })

  it.each<[string, Params, [number, number], Params]>([
    ["no less than a page", { limit: 5 }, [0, 3], { limit: 5 }],
    ["no less than a page, as text", { limit: "5" }, [0, 3], { limit: "5" }],
    ["as much as is shown", { limit: "5" }, [0, 9], { limit: 9 }],
    ["what the server gives, where there is no limit", { done: true }, [0, 9], { done: true }],
    ["as much as is missing, where there is no limit", { done: true }, [4, 5], { done: true, limit: 5, offset: 4 }],
    ["as much as is missing", { limit: 5 }, [4, 2], { limit: 2, offset: 4 }],
    ["what the server gives, where the limit is no number", { limit: "all" }, [0, 9], { limit: "all" }],
  ])("asks for %s", (_name, params, [reach, count], asked) => {
    expect(new Pages(params).from(reach, count)).toEqual(asked)
  })

  it("requests one page at a time after more was refused", () => {
    const pages = new Pages({ limit: 5 })
    expect([pages.raises(0, 9), pages.raises(0, 5)]).toEqual([true, false])
    pages.isCapped = true
    expect([pages.raises(0, 9), pages.from(0, 9), pages.from(5, 4)]).toEqual([
      false,
      { limit: 5 },
      { limit: 5, offset: 5 },
    ])
  })
})
