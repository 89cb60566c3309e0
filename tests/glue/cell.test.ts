// Cells, and refs that select from them: watchers run once for each state, and only if their selection changed.
import { describe, expect, it, vi } from "vitest"
import { Cell, Selected, type Selection } from "../../js-glue/api/base/cell"
import { batch } from "../../js-glue/api/base/state"

interface State {
  items: readonly string[]
  isLoading: boolean
}

type Shown<T> = Selection<State, T, Cell<State>>

const items: Shown<readonly string[]> = { part: "items", of: ({ state }) => state.items }
const isLoading: Shown<boolean> = { part: "isLoading", of: ({ state }) => state.isLoading }

function made() {
  const cell = new Cell<State>({ items: [], isLoading: false })
  const count = vi.fn(({ state }: Cell<State>) => state.items.length)
  const length: Shown<number> = { part: "items", of: count }
  const refs = {
    items: new Selected(cell, items),
    isLoading: new Selected(cell, isLoading),
    length: new Selected(cell, length),
  }
  return { cell, count, refs }
}

describe("a selection", () => {
  it("shows the state of now, to who looks first and to who looks again", () => {
    const { cell, refs } = made()
    cell.publish({ items: ["a"], isLoading: true })
    expect([refs.items.value, refs.isLoading.value, refs.length.value]).toEqual([["a"], true, 1])
    cell.publish({ items: ["a", "b"], isLoading: false })
    expect([refs.items.value, refs.isLoading.value, refs.length.value]).toEqual([["a", "b"], false, 2])
  })

  it("is made when somebody looks at it, and again only when its part is another one", () => {
    const { cell, count, refs } = made()
    cell.publish({ ...cell.state, items: ["a"] })
    expect(count).not.toHaveBeenCalled()
    refs.length.subscribe(() => {})
    expect(refs.length.value).toBe(1)
    cell.publish({ ...cell.state, isLoading: true })
    expect(count).toHaveBeenCalledTimes(1)
    cell.publish({ ...cell.state, items: ["a", "b"] })
    expect(count).toHaveBeenCalledTimes(2)
  })

  it("of a cell is one, however many refs show it", () => {
    const { cell, refs } = made()
    const heard = vi.fn()
    new Selected(cell, items).subscribe(heard)
    expect(cell.watch(items)).toBe(cell.watch(items))
    cell.publish({ ...cell.state, items: ["a"] })
    expect(heard.mock.calls).toEqual([[[]], [["a"]]])
    expect(refs.items.value).toBe(cell.state.items)
  })
})

describe("a state that is published", () => {
  it("reaches all who watch in one batch, with all refs in step", () => {
    const { cell, refs } = made()
    const seen: unknown[] = []
    const look = (who: string) => seen.push([who, refs.items.value.length, refs.isLoading.value, refs.length.value])
    refs.items.subscribe(() => look("items"))
    refs.isLoading.subscribe(() => look("isLoading"))
    seen.length = 0
    cell.publish({ items: ["a"], isLoading: true })
    expect(seen.sort()).toEqual([
      ["isLoading", 1, true, 1],
      ["items", 1, true, 1],
    ])
  })

  it("is told once for all that came in a batch, and not at all where nothing differs in the end", () => {
    const { cell, refs } = made()
    const [loading, length] = [vi.fn(), vi.fn()]
    refs.isLoading.subscribe(loading)
    refs.length.subscribe(length)
    batch(() => {
      cell.publish({ ...cell.state, isLoading: true })
      cell.publish({ ...cell.state, items: ["a"] })
      cell.publish({ ...cell.state, isLoading: false, items: ["a", "b"] })
      expect(length).toHaveBeenCalledTimes(1)
    })
    expect(loading.mock.calls).toEqual([[false]])
    expect(length.mock.calls).toEqual([[0], [2]])
  })

  it("does not notify ended subscribers", () => {
    const { cell, refs } = made()
    const heard = vi.fn()
    refs.isLoading.subscribe(heard)()
    cell.publish({ ...cell.state, isLoading: true })
    expect(heard.mock.calls).toEqual([[false]])
  })

  it("stays although a subscriber throws, and notifies the others", () => {
    const { cell, refs } = made()
    const heard = vi.fn()
    refs.items.subscribe((list) => {
      if (list.length > 0) throw new Error("mine")
    })
    refs.isLoading.subscribe(heard)
    expect(() => cell.publish({ items: ["a"], isLoading: true })).toThrow("mine")
    expect(heard.mock.calls).toEqual([[false], [true]])
    expect(refs.items.value).toEqual(["a"])
  })
})
