// The cost of an event for a list depends on the changed items only, not on the list's length. Measured with items that
// count their reads.
import { describe, expect, it, vi } from "vitest"
import type { Item } from "../../js-glue/api/data/item"
import { QueryView, type Showing } from "../../js-glue/api/data/query-view"
import { EntityType } from "../../js-glue/api/data/store"
import type { News } from "../../js-glue/api/data/verdict"
import type { QueryOptions } from "../../js-glue/types"

const COUNT = 5000
const event: News = { kind: "event", began: 9, at: 9 }

/** A live list of 5,000 rows. `reads` counts reads of their fields, `shows` counts updates of the list. */
function made(options: QueryOptions<Item> = {}) {
  const type = new EntityType()
  let reads = 0
  const row = (i: number): Item =>
    new Proxy<Item>(
      { _id: String(i), n: i },
      {
        get: (target, name) => {
          reads++
          return Reflect.get(target, name)
        },
      },
    )
  const shows = vi.fn()
  const query = {
    operation: {
      ...{ handle: 1, pluginKey: "acme__shop", entity: "item", operation: "getAll", type, change: undefined },
      shape: { hasBody: false, placeholders: [], item: undefined, target: undefined },
      rules: {},
      isOffline: false,
    },
    args: { options: { live: true, ...options } },
    params: { isKnown: true, current: {}, path: "", isCursor: () => false },
    state: { items: [] as Item[], hasMore: false },
    isActive: true,
    context: { threw() {} },
    clear() {},
    show(items: Item[]) {
      query.state = { items, hasMore: false }
      shows()
    },
    revalidation: { now() {}, soon() {}, later() {} },
  } satisfies Showing
  const view = new QueryView(query, true)
  view.enter()
  view.answered({}, [
    { items: Array.from({ length: COUNT }, (_, i) => row(i)), news: { kind: "read", began: 1, at: 1 } },
  ])
  reads = 0
  shows.mockClear()
  return { type, view, query, shows, reads: () => reads }
}

describe("an event on a list of 5,000", () => {
  it.each<[string, (type: EntityType) => void, number]>([
    ["that changes a row", (type) => type.take([{ _id: "2500", n: 1 }], [], [], event), 1],
    ["that deletes a row", (type) => type.take([], ["2500"], [], event), 1],
    [
      "that creates a row",
      (type) => {
        const item = { _id: "new", n: 1 }
        type.take([item], [], [item], event)
      },
      1,
    ],
    ["about a row that it does not show", (type) => type.take([], ["other"], [], event), 0],
    ["that changes nothing of a row", (type) => type.take([{ _id: "2500", n: 2500 }], [], [], event), 0],
  ])("%s reads a few rows, and shows one new list", (_name, take, lists) => {
    const { type, reads, shows, query } = made()
    const before = query.state.items
    take(type)
    expect(reads()).toBeLessThan(20)
    expect(shows.mock.calls.filter(() => query.state.items !== before)).toHaveLength(lists)
  })

  it("is placed by `sort` in a few steps", () => {
    const { type, reads, query } = made({ sort: (a, b) => Number(a.n) - Number(b.n) })
    const item = { _id: "new", n: 1234.5 }
    type.take([item], [], [item], event)
    expect(reads()).toBeLessThan(40)
    expect(query.state.items.slice(1234, 1237).map(({ n }) => n)).toEqual([1234, 1234.5, 1235])
  })

  it("that changes many rows shows one new list, in the same order", () => {
    const { type, shows, query } = made()
    type.take(
      Array.from({ length: 1000 }, (_, i) => ({ _id: String(i * 5), n: -1 })),
      ["1", "2", "3"],
      [],
      event,
    )
    expect(shows).toHaveBeenCalledTimes(1)
    expect(query.state.items).toHaveLength(COUNT - 3)
    expect(query.state.items.slice(0, 4).map(({ _id, n }) => [_id, n])).toEqual([
      ["0", -1],
      ["4", 4],
      ["5", -1],
      ["6", 6],
    ])
  })

  it("under a patch reads only a few rows, and patched items keep their identity", () => {
    const { type, reads, query } = made()
    const patch = { kind: "update" as const, id: "7", apply: (current?: Item) => ({ ...current, n: 0 }) }
    type.assume([patch])
    const assumed = query.state.items[7]
    type.take([{ _id: "2500", n: 1 }], [], [], event)
    expect(query.state.items[7]).toBe(assumed)
    expect(reads()).toBeLessThan(40)
    type.take([{ _id: "7", n: 0 }], [], [], event)
    type.settle(patch)
    expect(query.state.items[7]).toBe(assumed)
  })
})

describe("how far a list reaches", () => {
  it("is the returned rows, minus removed ones, plus those known to be before the end", () => {
    const { type, view } = made({ sort: (a, b) => Number(a.n) - Number(b.n) })
    const create = (n: number) => {
      const item = { _id: `new ${n}`, n }
      type.take([item], [], [item], event)
    }
    create(9000)
    expect([view.reach, view.extras]).toEqual([COUNT, 1])
    create(1.5)
    expect([view.reach, view.extras]).toEqual([COUNT + 1, 1])
    type.take([], ["1", "new 9000"], [], event)
    expect([view.reach, view.extras, view.size]).toEqual([COUNT, 0, COUNT])
  })
})
