// Changes of listeners reach the core in batches.
import { describe, expect, it } from "vitest"
import { type Change, Changes } from "../../js-glue/runtime/changes"

/** Changes, and what the core was told of them. */
function make() {
  const changes = new Changes()
  const told: string[] = []
  const change = (name: string, isOver = false, then = () => {}): Change => ({
    isOver,
    tell() {
      told.push(name)
      then()
    },
  })
  return { changes, told, change }
}

describe("changes of listeners", () => {
  it("reach the core at the end of the task", async () => {
    const { changes, told, change } = make()
    changes.add(change("a"))
    changes.add(change("b"))
    expect(told).toEqual([])
    await undefined
    expect(told).toEqual(["a", "b"])
  })

  it("reach it once, additions first", async () => {
    const { changes, told, change } = make()
    changes.add(change("removed", true))
    changes.add(change("added"))
    changes.tell()
    expect(told).toEqual(["added", "removed"])
    changes.tell()
    await undefined
    expect(told).toHaveLength(2)
  })

  it("reach it at once when there are very many", () => {
    const { changes, told, change } = make()
    for (let i = 0; i < 300; i++) changes.add(change(`${i}`))
    expect(told).toHaveLength(256)
  })

  it.each([true, false])("are not lost if one of them causes another (removed: %s)", async (isOver) => {
    const { changes, told, change } = make()
    changes.add(change("a", isOver, () => changes.add(change("of a"))))
    changes.add(change("b", isOver))
    changes.tell()
    expect(told).toEqual(["a", "b"])
    await undefined
    expect(told).toEqual(["a", "b", "of a"])
  })

  it("are not lost if the core refuses one of them", async () => {
    const { changes, told, change } = make()
    const refuse = () => {
      throw new Error("no")
    }
    changes.add(change("a", false, refuse))
    expect(() => changes.tell()).toThrow("no")
    changes.add(change("b"))
    await undefined
    expect(told).toEqual(["a", "b"])
  })
})
