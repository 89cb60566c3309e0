// Live queries in isolation: which events of an entity they apply, and which cause a refetch.
import { describe, expect, it, vi } from "vitest"
import type { Item } from "../../js-glue/api/data/item"
import { type Following, LiveQuery } from "../../js-glue/api/data/live-query"
import { EntityType } from "../../js-glue/api/data/store"

interface Setting {
  isKnown?: boolean
  disposed?: boolean
  response?: unknown
  /** Items that may belong to the query. */
  concerns?: string[]
  type?: EntityType
}

function made({ isKnown = true, disposed = false, concerns = [], type = new EntityType(), ...rest }: Setting) {
  const take = vi.spyOn(type, "take")
  const refresh = vi.fn()
  const confirm = vi.fn()
  const query: Following = {
    disposed,
    operation: {
      ...{ handle: 1, pluginKey: "acme__shop", entity: "item", operation: "getAll", type, change: undefined },
      shape: { hasBody: false, placeholders: ["_id"], item: "_id", target: undefined },
      rules: {},
      isOffline: false,
    },
    params: { isKnown },
    view: { mayConcern: (items: readonly Item[]) => items.some(({ _id }) => concerns.includes(_id as string)) },
    state: { response: "response" in rest ? rest.response : {} },
    change: (change) => change(),
    revalidation: { refresh, soon: confirm },
  }
  return {
    live: new LiveQuery(query),
    take,
    asks: () => refresh.mock.calls.length,
    confirms: () => confirm.mock.calls.length,
  }
}

const event = (type: string, body: object) => ({ type, body })
const one = { _id: "1" }

describe("an event", () => {
  it.each<[string, object, Setting, number[]]>([
    ["of what the store can tell", event("dataUpdate", { items: [one] }), {}, [1, 0, 0]],
    ["of what it cannot tell", event("dataUpdate", { items: [one] }), { concerns: ["1"] }, [1, 0, 1]],
    [
      "that deletes what it cannot tell of",
      event("dataDelete", { items: [one], deleted: ["1"] }),
      { concerns: ["1"] },
      [1, 0, 0],
    ],
    ["before any answer", event("dataDelete", { deleted: ["1"] }), { response: undefined }, [1, 1, 0]],
  ])("%s", (_name, payload, setting, [takes, executions, confirmations]) => {
    const { live, take, asks, confirms } = made(setting)
    live.onEvent(payload)
    expect([take.mock.calls.length, asks(), confirms()]).toEqual([takes, executions, confirmations])
  })

  it("of another shape makes the query ask, and shows nothing", () => {
    const { live, take, asks } = made({})
    live.onEvent("no payload")
    expect([take.mock.calls.length, asks()]).toEqual([0, 1])
  })

  it("is applied once, however many queries receive it", () => {
    const type = new EntityType()
    const [first, second] = [made({ type }), made({ type, concerns: ["1"] })]
    const payload = event("dataUpdate", { items: [one] })
    first.live.onEvent(payload)
    second.live.onEvent(payload)
    expect([first.take.mock.calls.length, second.confirms()]).toEqual([1, 1])
    first.live.onEvent(structuredClone(payload))
    expect(first.take.mock.calls.length).toBe(2)
  })

  it.each<[string, Setting]>([
    ["that was not executed", { isKnown: false }],
    ["that is disposed of", { disposed: true }],
  ])("means nothing to a query %s", (_name, setting) => {
    const { live, take, asks } = made(setting)
    live.onEvent("no payload")
    live.onEvent(event("dataCreate", { items: [one] }))
    expect([take.mock.calls.length, asks()]).toEqual([0, 0])
  })

  it("reports new and deleted items to the store", () => {
    const { live, take } = made({})
    live.onEvent(event("dataCreate", { items: [{ _id: "2" }] }))
    live.onEvent(event("dataDelete", { items: [one], deleted: [1] }))
    expect(take.mock.calls).toEqual([
      [[{ _id: "2" }], [], [{ _id: "2" }], { kind: "event", began: 1, at: 1 }, undefined],
      [[one], ["1"], [], { kind: "event", began: 2, at: 2 }, undefined],
    ])
  })
})
