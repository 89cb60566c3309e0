// An item's version is under the entity's `versionKey` if the config or createRuntime names one, else under
// `updatedAt`. The tests see which of an overlapping event and read wins.
import { describe, expect, it } from "vitest"
import { answer, at, type Item, names, read, settle, shown, type WorldSetup, world } from "./harness"

const live = { options: { live: true, useCache: false } }

describe("an item's version is", () => {
  const rev = { versionKey: "rev" }
  it.each<[string, WorldSetup, Item, Item]>([
    ["`updatedAt`", {}, { updatedAt: at(2) }, { updatedAt: at(3) }],
    ["the `versionKey` of the entity", { entity: rev }, { rev: 2, updatedAt: at(9) }, { rev: 3, updatedAt: at(1) }],
    ["the `versionKey` of createRuntime", { runtime: rev }, { rev: 2, updatedAt: at(9) }, { rev: 3, updatedAt: at(1) }],
    [
      "the `versionKey` of the entity before that of createRuntime",
      { entity: rev, runtime: { versionKey: "updatedAt" } },
      { rev: 2, updatedAt: at(9) },
      { rev: 3, updatedAt: at(1) },
    ],
    [
      "a `versionKey` whose values are instants",
      { entity: { versionKey: "changed" } },
      { changed: "2026-01-01T02:00:00+02:00" },
      { changed: "2026-01-01T00:00:00.1Z" },
    ],
  ])("%s", async (_name, setup, older, newer) => {
    for (const [ofEvent, ofRead, name] of [
      [older, newer, "read"],
      [newer, older, "event"],
    ] as const) {
      const made = await world(setup)
      const list = await shown(made, [{ _id: "1", name: "old" }], live)
      void list.execute()
      await settle()
      made.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "event", ...ofEvent }] })
      await answer(made.platform, read({ _id: "1", name: "read", ...ofRead }))
      expect(names(list)).toEqual([name])
    }
  })

  it("not `updatedAt` if an item lacks the named `versionKey`: causality decides", async () => {
    const made = await world({ entity: rev })
    const list = await shown(made, [{ _id: "1", name: "old" }], live)
    void list.execute()
    await settle()
    made.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "event", updatedAt: at(1) }] })
    await answer(made.platform, read({ _id: "1", name: "read", updatedAt: at(5) }))
    expect(names(list)).toEqual(["event"])
  })
})
