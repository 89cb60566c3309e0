// Live following by itself: which events of an entity are all that there is to know, and which make the query ask.
import { describe, expect, it, vi } from "vitest"
import type { Item } from "../../js-glue/api/data/item"
import { type Following, LiveQuery } from "../../js-glue/api/data/live-query"
import type { Params } from "../../js-glue/api/data/params"
import { EntityType } from "../../js-glue/api/data/store"

interface Setting {
  held?: Item[]
  params?: Params
  isKnown?: boolean
  disposed?: boolean
  response?: unknown
  takesNew?: boolean
}

function made({ held = [], params = {}, isKnown = true, disposed = false, ...rest }: Setting) {
  const type = new EntityType()
  const take = vi.spyOn(type, "take")
  const execute = vi.fn(async () => ({ response: undefined, result: undefined, error: undefined }))
  const query: Following = {
    disposed,
    operation: {
      ...{ handle: 1, pluginKey: "acme__shop", entity: "item", operation: "getAll", type, change: undefined },
      shape: { hasBody: false, placeholders: ["_id"], target: undefined },
    },
    params: { isKnown, current: params },
    view: { find: (id) => held.find(({ _id }) => _id === id), takesNew: () => rest.takesNew ?? true, lookAgain() {} },
    state: { response: "response" in rest ? rest.response : {} },
    change: (change) => change(),
    execute,
  }
  return { live: new LiveQuery(query), take, asks: () => execute.mock.calls.length }
}

const event = (type: string, body: object) => ({ type, body })
const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`
const one = { _id: "1", updatedAt: at(1) }

describe("an event", () => {
  it.each<[string, object, Setting]>([
    ["a creation, of a list that takes it", event("dataCreate", { items: [one] }), {}],
    ["a change of what is held", event("dataUpdate", { items: [one] }), { held: [one] }],
    [
      "a change of the very version that is held",
      event("dataUpdate", { items: [{ _id: "1", updatedAt: at(2) }], prevVersion: one }),
      { held: [one] },
    ],
    ["a deletion", event("dataDelete", { items: [one], deleted: ["1"] }), { held: [one] }],
    ["a deletion of what is not held", event("dataDelete", { items: [one], deleted: ["1"] }), {}],
    [
      "a change of the one item that was asked for",
      event("dataUpdate", { items: [one] }),
      { held: [one], params: { _id: "1" } },
    ],
    ["a deletion without items, of a list that filters", event("dataDelete", { deleted: ["1"] }), { params: { x: 1 } }],
  ])("that is %s is taken, and nothing is asked", (_name, payload, setting) => {
    const { live, take, asks } = made(setting)
    live.heard(payload)
    expect([take.mock.calls.length, asks()]).toEqual([1, 0])
  })

  it.each<[string, object, Setting]>([
    ["a creation, where new items do not belong", event("dataCreate", { items: [one] }), { takesNew: false }],
    ["a change of what is not held", event("dataUpdate", { items: [one] }), {}],
    [
      "a change whose former version is newer than what is held",
      event("dataUpdate", { items: [{ _id: "1", updatedAt: at(3) }], prevVersion: { _id: "1", updatedAt: at(2) } }),
      { held: [one] },
    ],
    ["a change, and params filter", event("dataUpdate", { items: [one] }), { held: [one], params: { done: false } }],
    ["anything, and no answer was there yet", event("dataDelete", { deleted: ["1"] }), { response: undefined }],
  ])("that is %s is taken, and the server asked", (_name, payload, setting) => {
    const { live, take, asks } = made(setting)
    live.heard(payload)
    expect([take.mock.calls.length, asks()]).toEqual([1, 1])
  })

  it("of another shape makes the query ask, and shows nothing", () => {
    const { live, take, asks } = made({})
    live.heard("no payload")
    expect([take.mock.calls.length, asks()]).toEqual([0, 1])
  })

  it.each<[string, Setting]>([
    ["that was not executed", { isKnown: false }],
    ["that is disposed of", { disposed: true }],
  ])("means nothing to a query %s", (_name, setting) => {
    const { live, take, asks } = made(setting)
    live.heard("no payload")
    live.heard(event("dataCreate", { items: [one] }))
    expect([take.mock.calls.length, asks()]).toEqual([0, 0])
  })

  it("says to the store what is new, and what is gone", () => {
    const { live, take } = made({ held: [one] })
    live.heard(event("dataCreate", { items: [{ _id: "2" }] }))
    live.heard(event("dataDelete", { items: [one], deleted: [1] }))
    expect(take.mock.calls).toEqual([
      [[{ _id: "2" }], [], [{ _id: "2" }], { kind: "event", began: 1, at: 1 }],
      [[one], ["1"], [], { kind: "event", began: 2, at: 2 }],
    ])
  })
})
