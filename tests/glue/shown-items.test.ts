// The indexes of shared items: which views show an item, and which changes a response may have missed. Compared with a
// model that scans everything; at the end the indexes are empty.
import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { EntityStore } from "../../js-glue/api/data/entity-store"
import type { Item } from "../../js-glue/api/data/item"
import { RecentChanges } from "../../js-glue/api/data/recent-changes"
import { ShownItems } from "../../js-glue/api/data/shown-items"
import { EntityType } from "../../js-glue/api/data/store"
import type { News } from "../../js-glue/api/data/verdict"
import type { View } from "../../js-glue/api/data/view"
import { LogicalClock } from "../../js-glue/runtime/logical-clock"
import type { Operation, Query } from "../../js-glue/types"
import { connect, eventFrame, flush, makeRuntime } from "./harness"
import { mutableConfig, offlineConfig } from "./mutable-config"

const news: News = { kind: "event", began: 9, at: 9 }
const item = (_id: string, version = 0): Item => ({ _id, version })

/** A view that records its notifications, and its name in `order`. */
function viewOf(number: number, isList = false, order: number[] = []) {
  const told: string[][] = []
  const view: View = {
    number,
    ...{ isList, isLive: false, canRead: false, isActive: false },
    revalidate() {},
    changed({ was, gone, created }) {
      order.push(number)
      told.push([...was.keys(), ...gone, ...[...created].map((id) => `new ${id}`)])
    },
    clear() {},
    patched: () => void told.push(["patched"]),
  }
  return { view, told }
}

describe("the items that are shown", () => {
  it("are found by what the views hold, however they change, and none is left once nobody holds any", () => {
    const ids = fc.constantFrom("a", "b", "c", "d", "")
    const step = fc.tuple(fc.nat(2), fc.array(ids, { maxLength: 6 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const shown = new ShownItems()
        const views = [0, 1, 2].map((number) => ({ view: viewOf(number).view, items: [] as Item[] }))
        steps.forEach(([n, list], version) => {
          const one = views[n] as (typeof views)[number]
          const next = list.map((id, i) => (one.items[i]?._id === id && i % 2 === 0 ? one.items[i] : item(id, version)))
          shown.hold(one.view, one.items, next as Item[])
          one.items = next as Item[]
          for (const id of ["a", "b", "c", "d"]) {
            const found = new Set<View>()
            shown.collect(id, found)
            const holders = views.filter(({ items }) => items.some(({ _id }) => _id === id))
            expect([...found].map(({ number }) => number).sort()).toEqual(holders.map(({ view }) => view.number))
            expect(shown.find(id) === undefined).toBe(holders.length === 0)
          }
        })
        for (const { view, items } of views) shown.hold(view, items, [])
        expect(shown.size).toBe(0)
      }),
    )
  })

  it("say which of them are another version now", () => {
    const shown = new ShownItems()
    const [one, other] = [viewOf(1).view, viewOf(2).view]
    const [a, b] = [item("a"), item("b")]
    expect(shown.hold(one, [], [a, b])).toBeUndefined()
    expect(shown.hold(other, [], [a])).toBeUndefined()
    expect([...(shown.hold(other, [a], [item("a", 1)]) ?? [])]).toEqual([["a", a]])
    expect(shown.find("a")).toEqual(item("a", 1))
  })
})

describe("a change", () => {
  it("reaches the views that show the item, and lists, in the order in which they were made, and no other", () => {
    const todo = new EntityType()
    const order: number[] = []
    const made = (number: number) => {
      const one = viewOf(number, number === 4, order)
      todo.add(one.view)
      return one
    }
    const [first, second, third, list] = [made(1), made(2), made(3), made(4)]
    todo.hold(third.view, [], [item("a"), item("b")])
    todo.hold(first.view, [], [todo.shown.find("a") as Item])
    todo.take([item("a", 1)], [], [], news)
    expect(order).toEqual([1, 3, 4])
    const c = item("c")
    todo.take([item("b", 1), c], ["a"], [c], news)
    expect(second.told).toEqual([])
    expect(first.told).toEqual([["a"], ["b", "a", "new c"]])
    expect(third.told).toEqual([["a"], ["b", "a", "new c"]])
    expect(list.told).toEqual([["a"], ["b", "a", "new c"]])
  })

  it("of a patch reaches the views of its item, and lists, which may show it by a patch alone", () => {
    const todo = new EntityType()
    const [one, other, list] = [viewOf(1), viewOf(2), viewOf(3, true)]
    for (const { view } of [one, other, list]) todo.add(view)
    todo.hold(one.view, [], [item("a")])
    const patch = { kind: "update" as const, id: "a", apply: () => item("a", 1) }
    todo.assume([patch])
    todo.settle(patch)
    expect([one.told.length, other.told.length, list.told.length]).toEqual([2, 0, 2])
  })

  it("leaves nothing once its views are gone, though an answer was still awaited", () => {
    const todo = new EntityType()
    const { view } = viewOf(1, true)
    todo.add(view)
    todo.recent.began(1)
    todo.take([item("a")], [], [item("a")], news)
    expect(todo.recent.since(0)).toHaveLength(1)
    todo.take([item("a", 1)], [], [], news)
    expect(todo.shown.find("a")).toEqual(item("a", 1))
    todo.ended(1)
    todo.remove(view)
    expect(censusOf(todo)).toEqual([0, 0, 0, 0])
    expect(todo.isSettled).toBe(true)
  })
})

/** The sizes of a type's indexes. */
const censusOf = ({ shown, views, lists, patches }: EntityType) => [shown.size, views.size, lists.size, patches.length]

describe("a runtime", () => {
  it("keeps nothing of queries that came and went, whatever was under way", async () => {
    const types = vi.spyOn(EntityStore.prototype, "type")
    const { runtime, platform } = await makeRuntime({ plugins: [mutableConfig], notifications: false })
    const connection = await connect(runtime, platform)
    const created = { type: "dataCreate", body: { items: [item("n")] } }
    for (let i = 0; i < 20; i++) {
      const api = runtime.usePluginApi("pacifico__todo")
      const { getAll, get, update } = api.$data.todo as unknown as Record<string, Operation>
      const queries = [getAll?.({ options: { live: true } }), get?.({ params: { _id: "a" } }), getAll?.()] as Query[]
      for (const query of queries) void query.execute()
      void update?.({ options: { optimistic: true } }).execute({ _id: "a", name: "b" })
      await flush()
      if (i % 2 === 0) platform.request().answered(200, [item("a"), item("b")])
      connection.text(eventFrame("todoCreated", created))
      if (i % 3 === 0) for (const query of queries) query.dispose()
      api.dispose()
      await flush()
    }
    for (const request of [...platform.requests]) request.answered(200, item("a"))
    await flush()
    expect(new Set(types.mock.results.map(({ value }) => value)).size).toBe(1)
    expect(censusOf(types.mock.results[0]?.value)).toEqual([0, 0, 0, 0])
    expect(types.mock.results[0]?.value.recent.isEmpty).toBe(true)
    types.mockRestore()
    runtime.dispose()
  })

  it("keeps no changes for a mutation that waits for the network, however long", async () => {
    const types = vi.spyOn(EntityStore.prototype, "type")
    const { runtime, platform } = await makeRuntime({ plugins: [offlineConfig], notifications: false })
    const { text } = await connect(runtime, platform)
    const { getAll, update } = runtime.usePluginApi("pacifico__todo").$data.todo as unknown as Record<string, Operation>
    void getAll?.({ options: { live: true } }).execute()
    await flush()
    platform.request().answered(200, [item("a")])
    void update?.().execute({ _id: "a", name: "b" })
    await flush()
    platform.request().failed("no network")
    const change = (type: string, body: object) => text(eventFrame("todoCreated", { type, body }))
    for (let i = 0; i < 10; i++) {
      change("dataCreate", { items: [item(`n${i}`)] })
      change("dataDelete", { items: [], deleted: [`n${i}`] })
    }
    expect(types.mock.results[0]?.value.recent.isEmpty).toBe(true)
    types.mockRestore()
    runtime.dispose()
  })
})

describe("recent changes", () => {
  it("are kept for executions that began before them, and no longer", () => {
    const clock = new LogicalClock()
    const recent = new RecentChanges(clock)
    const gone = new Set(["a"])
    const none = {
      was: new Map(),
      gone: new Set<string>(),
      items: [],
      created: new Set<string>(),
      asked: new Set<string>(),
    }
    expect(recent.note({ ...none, gone }, clock.next())).toBe(false)
    recent.began(1)
    const first = clock.now
    expect(recent.note(none, clock.next())).toBe(false)
    expect(recent.note({ ...none, gone }, clock.next())).toBe(true)
    recent.began(2)
    const second = clock.now
    recent.note({ ...none, gone: new Set(["b"]) }, clock.next())
    expect(recent.since(first)).toHaveLength(2)
    expect(recent.since(second).map((change) => [...change.gone])).toEqual([["b"]])
    expect(recent.since(clock.now)).toEqual([])
    expect(recent.ended(1)).toHaveLength(1)
    expect(recent.ended(2)).toHaveLength(1)
    expect(recent.isEmpty).toBe(true)
  })

  it("are older than what began since they happened, though it began before they are noted", () => {
    const clock = new LogicalClock()
    const recent = new RecentChanges(clock)
    recent.began(1)
    const at = clock.next()
    recent.began(2)
    const arrival = { was: new Map(), items: [], created: new Set<string>(), asked: new Set<string>() }
    recent.note({ ...arrival, gone: new Set(["a"]) }, at)
    expect(recent.since(recent.beganAt(1) as number)).toHaveLength(1)
    expect(recent.since(recent.beganAt(2) as number)).toEqual([])
  })
})
