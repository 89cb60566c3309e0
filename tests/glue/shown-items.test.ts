// The indexes behind shared items: which views show an item, and which changes an answer may have missed. Against a
// model that looks at everything; and when all is over, nothing is left in them.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { RecentChanges } from "../../js-glue/api/recent-changes"
import { ShownItems } from "../../js-glue/api/shown-items"
import { EntityStore, type Item, type View } from "../../js-glue/api/store"

const item = (_id: string, version = 0): Item => ({ _id, version })

/** A view that notes what it is told, and in `order` that it was its turn. */
function viewOf(number: number, isList = false, order: number[] = []) {
  const told: string[][] = []
  const view: View = {
    number,
    isList,
    changed(ids, gone, created) {
      order.push(number)
      told.push([...ids, ...gone, ...created.map(({ _id }) => `new ${_id}`)])
    },
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
    expect([...(shown.hold(other, [a], [item("a", 1)]) ?? [])]).toEqual(["a"])
    expect(shown.find("a")).toEqual(item("a", 1))
  })
})

describe("a change", () => {
  it("reaches the views that show the item, in the order in which they were made, and no other", () => {
    const store = new EntityStore()
    const order: number[] = []
    const made = (isList: boolean) => {
      const one = viewOf(store.count(), isList, order)
      store.add("todo", one.view)
      return one
    }
    const [first, second, third, list] = [made(false), made(false), made(false), made(true)]
    store.hold("todo", third.view, [], [item("a"), item("b")])
    store.hold("todo", first.view, [], [store.find("todo", "a") as Item])
    store.take("todo", [item("a", 1)], [], [])
    expect(order).toEqual([first.view.number, third.view.number])
    store.take("todo", [item("b", 1)], ["a"], [item("c")])
    expect(second.told).toEqual([])
    expect(first.told).toEqual([["a"], ["b", "a", "new c"]])
    expect(list.told).toEqual([["b", "a", "new c"]])
  })

  it("of a patch reaches the views of its item, and lists, which may show it by a patch alone", () => {
    const store = new EntityStore()
    const [one, other, list] = [viewOf(store.count()), viewOf(store.count()), viewOf(store.count(), true)]
    for (const { view } of [one, other, list]) store.add("todo", view)
    store.hold("todo", one.view, [], [item("a")])
    const patch = { kind: "update" as const, id: "a", apply: () => item("a", 1) }
    store.assume("todo", patch)
    store.settle("todo", patch)
    expect([one.told.length, other.told.length, list.told.length]).toEqual([2, 0, 2])
  })

  it("leaves nothing once its views are gone, though an answer was still awaited", () => {
    const store = new EntityStore()
    const { view } = viewOf(store.count(), true)
    store.add("todo", view)
    store.began("todo", 1)
    store.take("todo", [item("a")], [], [item("a")])
    expect(store.missedBy("todo", 1)).toHaveLength(1)
    expect(store.find("todo", "a")).toEqual(item("a"))
    store.take("todo", [item("a", 1)], [], [])
    store.ended("todo", 1)
    expect(store.find("todo", "a")).toBeUndefined()
    expect(store.isSettled("todo")).toBe(true)
    store.remove("todo", view)
    expect(store.size).toBe(0)
    store.ended("todo", 1)
    expect(store.size).toBe(0)
  })
})

describe("recent changes", () => {
  it("are kept for executions that began before them, and no longer", () => {
    const recent = new RecentChanges()
    const gone = new Set(["a"])
    expect(recent.note(gone, [])).toBe(false)
    recent.began(1)
    expect(recent.note(new Set(), [])).toBe(false)
    expect(recent.note(gone, [])).toBe(true)
    recent.began(2)
    recent.note(new Set(["b"]), [])
    expect(recent.since(1)).toHaveLength(2)
    expect(recent.since(2).map((change) => [...change.gone])).toEqual([["b"]])
    expect(recent.since(3)).toEqual([])
    expect(recent.ended(1)).toHaveLength(1)
    expect(recent.ended(2)).toHaveLength(1)
    expect(recent.isEmpty).toBe(true)
  })
})
