// What a query asks for: when the core is told, of which params, and how reading on moves along.
import { describe, expect, it, vi } from "vitest"
import type { OperationSpec } from "../../js-glue/api/data/operation"
import { Pages, reached } from "../../js-glue/api/data/pages"
import type { Params } from "../../js-glue/api/data/params"
import { QueryParams } from "../../js-glue/api/data/query-params"
import { EntityType } from "../../js-glue/api/data/store"

function made(own: Params, { hasBody = false, shown = 0 } = {}) {
  const shape = { hasBody, placeholders: ["_id"], target: undefined }
  const operation: OperationSpec = {
    ...{ handle: 1, pluginKey: "acme__shop", entity: "item", operation: "get" },
    ...{ type: new EntityType(), change: undefined, shape },
  }
  const tell = vi.fn((path: string, params: string, _known: string | undefined) => path + params)
  const params = new QueryParams(own)
  params.take(undefined, true)
  return { params, query: { operation, shown, tell }, tell }
}

describe("a query", () => {
  it("asks for its own params until it is given others, and knows what the core knows", () => {
    const own = { page: 1 }
    const { params, query, tell } = made(own)
    expect([params.isKnown, params.current, params.asked]).toEqual([false, own, {}])
    params.askWhole(query)
    params.askWhole(query)
    params.take({ page: 2 }, true)
    expect(params.asked).toEqual(own)
    params.askWhole(query)
    expect(tell.mock.calls).toEqual([
      ["", '{"page":"1"}', undefined],
      ["", '{"page":"1"}', '{"page":"1"}'],
      ["", '{"page":"2"}', '{"page":"1"}'],
    ])
    expect([params.isKnown, params.asked]).toEqual([true, { page: 2 }])
  })

  it("keeps what goes into the body as it was when it was asked", () => {
    const own = { _id: "7", name: "a" }
    const { params, query, tell } = made(own, { hasBody: true })
    params.askWhole(query)
    own.name = "b"
    expect([tell.mock.lastCall?.[1], params.body]).toEqual(['{"_id":"7"}', '{"name":"a"}'])
  })

  it("that fails to say what it asks for has said nothing, and stays what it was", () => {
    const { params, query, tell } = made({ page: 1 })
    params.askWhole(query)
    params.take({ page: 2 }, true)
    tell.mockImplementationOnce(() => {
      throw new Error("refused")
    })
    expect(() => params.askWhole(query)).toThrow("refused")
    expect([params.isKnown, params.asked]).toEqual([false, { page: 1 }])
    params.askWhole(query)
    expect(tell.mock.lastCall).toEqual(["", '{"page":"2"}', undefined])
    expect(params.isKnown).toBe(true)
  })

  it("with a body that is no JSON tells the core nothing", () => {
    const { params, query, tell } = made({ count: 1n }, { hasBody: true })
    expect(() => params.askWhole(query)).toThrow("BigInt")
    expect([tell.mock.calls, params.isKnown]).toEqual([[], false])
  })
})

describe("reading on", () => {
  it("asks for what follows, then for all of it at once", () => {
    const { params, query } = made({ limit: 2 }, { shown: 2 })
    params.askNext(query)
    expect(params.asked).toEqual({ limit: 2, offset: 2 })
    params.askWhole({ ...query, shown: 4 })
    expect(params.asked).toEqual({ limit: 4 })
    params.askNext({ ...query, shown: 4 })
    expect([params.asked, params.current]).toEqual([{ limit: 2, offset: 4 }, { limit: 2 }])
  })

  it("goes on with equal params, and ends with others", () => {
    const { params, query } = made({ limit: 2, tags: ["a"] }, { shown: 6 })
    params.askNext(query)
    params.take({ limit: 2, tags: ["a"] }, true)
    params.askWhole(query)
    expect(params.asked).toEqual({ limit: 6, tags: ["a"] })
    params.take({ limit: 2, tags: ["b"] }, true)
    params.askWhole(query)
    expect(params.asked).toEqual({ limit: 2, tags: ["b"] })
  })

  it("begins where the params do", () => {
    const pages = new Pages({ limit: 2, offset: "4" })
    expect([pages.next(3), reached({ offset: "4" }, 3)]).toEqual([{ limit: 2, offset: 7 }, 7])
  })

  it("asks for no less than a page, and for nothing else where there is no limit", () => {
    const unlimited = { done: true }
    expect([new Pages({ limit: 5 }).whole(3), new Pages({ limit: "5" }).whole(9)]).toEqual([
      { limit: 5 },
      { limit: "5" },
    ])
    expect(new Pages(unlimited).whole(9)).toBe(unlimited)
  })
})
