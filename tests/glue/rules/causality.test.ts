// Causality before clocks. Overlapping changes are ordered by version; without versions, an event or a mutation's
// response wins over a read that began before it. A reused response is no new arrival. What cannot be ordered is
// refetched.
import { describe, expect, it } from "vitest"
import { Backend } from "./backend"
import {
  answer,
  asked,
  at,
  atRest,
  deleted,
  history,
  type Item,
  names,
  read,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const live = { options: { live: true, useCache: false } }
const row = (name: string, second?: number): Item => ({ _id: "1", name, ...(second && { updatedAt: at(second) }) })

/** A live list that shows `first` and has a read in flight. */
async function readUnderWay(first: Item) {
  const made = await world()
  const list = await shown(made, [first], live)
  const seen = history(list, (items) => items.map(({ name }) => name).join())
  void list.execute()
  await settle()
  const request = made.platform.request()
  return { ...made, list, seen, request }
}

describe("an event wins over a read that began before it (redux-toolkit#3622)", () => {
  it("without versions: the read's response does not undo it", async () => {
    const { event, request, platform, list, seen } = await readUnderWay(row("old"))
    event("todoUpdated", "dataUpdate", { items: [row("new")] })
    request.answered(200, read(row("old")))
    await settle()
    await atRest(platform, new Backend([row("new")]).serve)
    expect(names(list)).toEqual(["new"])
    expect(seen).toEqual(["old", "new"])
  })

  it("without versions: nor does a response with a third state", async () => {
    const { event, request, list, platform } = await readUnderWay(row("old"))
    event("todoUpdated", "dataUpdate", { items: [row("new")] })
    request.answered(200, read(row("between")))
    await settle()
    expect(names(list)).toEqual(["new"])
    await atRest(platform, new Backend([row("new")]).serve)
    expect(names(list)).toEqual(["new"])
  })

  it.each([
    ["of two events, the last", ["first", "second"], "second"],
    ["of one event twice, that", ["first", "first"], "first"],
  ])("%s", async (_name, events, last) => {
    const { event, request, list } = await readUnderWay(row("old"))
    for (const name of events) event("todoUpdated", "dataUpdate", { items: [row(name)] })
    request.answered(200, read(row("old")))
    await settle()
    expect(names(list)).toEqual([last])
  })

  it("with versions: the newer of the two, whichever it is", async () => {
    for (const [ofEvent, ofRead, name] of [
      [3, 2, "event"],
      [2, 3, "read"],
    ] as const) {
      const { event, request, list, platform } = await readUnderWay(row("old", 1))
      event("todoUpdated", "dataUpdate", { items: [row("event", ofEvent)] })
      request.answered(200, read(row("read", ofRead)))
      await settle()
      expect(names(list)).toEqual([name])
      platform.advance(3000)
      await settle()
      expect(platform.requests.map(asked)).toEqual([])
    }
  })

  it("a read that began after the event wins over it", async () => {
    const made = await world()
    const list = await shown(made, [row("old")], live)
    made.event("todoUpdated", "dataUpdate", { items: [row("event")] })
    void list.execute()
    await answer(made.platform, read(row("read")))
    expect(names(list)).toEqual(["read"])
  })

  it("also in a second query that shows the item and has a read in flight", async () => {
    const made = await world()
    const list = await shown(made, [row("old")], live)
    const one = made.todo.get({ params: { _id: "1" }, ...live })
    void one.execute()
    await settle()
    made.event("todoUpdated", "dataUpdate", { items: [row("new")] })
    await answer(made.platform, row("old"))
    expect([names(list), names(one)]).toEqual([["new"], ["new"]])
  })

  it("a deletion and a creation win over it, too, with and without versions", async () => {
    for (const second of [undefined, 2]) {
      const { event, request, list, seen } = await readUnderWay(row("old", 1))
      event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
      event("todoCreated", "dataCreate", { items: [{ ...row("b", second), _id: "2" }] })
      request.answered(200, read(row("old", 1)))
      await settle()
      expect(names(list)).toEqual(["b"])
      expect(seen).not.toContain("old,b")
    }
  })
})

describe("a read by an event's listener began after that event", () => {
  const first = { _id: "1", name: "a" }

  it.each([
    ["before", "created"],
    ["behind", "created"],
    ["before", "deleted"],
    ["behind", "deleted"],
    ["before", "updated"],
    ["behind", "updated"],
  ])("a listener that stands %s the live list; the item was %s", async (place, what) => {
    const made = await world()
    const { todo, api, event, platform } = made
    const list = todo.getAll({ options: { useCache: false } })
    const follow = (key: string) => api.$socket.on(key, () => void list.execute())
    const keys = ["todoCreated", "todoUpdated", "todoDeleted"]
    if (place === "before") for (const key of keys) follow(key)
    await shown(made, [first, { _id: "2", name: "b" }], live)
    if (place === "behind") for (const key of keys) follow(key)
    void list.execute()
    await answer(platform, read(first, { _id: "2", name: "b" }))
    if (what === "created") event("todoCreated", "dataCreate", { items: [{ _id: "9", name: "new" }] })
    if (what === "updated") event("todoUpdated", "dataUpdate", { items: [{ _id: "2", name: "new" }] })
    if (what === "deleted") event("todoDeleted", "dataDelete", { items: [], deleted: ["2"] })
    await settle()
    // It was undone before the read.
    const then = what === "created" ? [first] : [first, { _id: "2", name: "later" }]
    await answer(platform, read(...then))
    expect(list.dataArr.value).toEqual(then)
  })
})

describe("a mutation's response wins over a read that began before it", () => {
  it.each([true, false])("of an update, with optimistic: %s", async (optimistic) => {
    const { todo, platform, list, request, seen } = await readUnderWay(row("old"))
    void todo.update({ options: { optimistic } }).execute({ _id: "1", name: "mine" })
    await settle()
    platform.requests.find(({ method }) => method === "PATCH")?.answered(200, updated(row("mine")))
    await settle()
    request.answered(200, read(row("old")))
    await settle()
    expect(names(list)).toEqual(["mine"])
    expect(seen).toEqual(["old", "mine"])
  })

  it.each([
    ["raclette's envelope", deleted("1")],
    ["nothing", undefined],
    ["{ ok: true }", { ok: true }],
  ])("of a deletion that is answered with %s", async (_name, body) => {
    const { todo, platform, list, request } = await readUnderWay(row("old"))
    void todo.delete().execute({ _id: "1" })
    await settle()
    platform.requests.find(({ method }) => method === "DELETE")?.answered(body === undefined ? 204 : 200, body)
    await settle()
    request.answered(200, read(row("old")))
    await settle()
    expect(names(list)).toEqual([])
  })

  it("when a poll in flight is answered in between or after (redux-toolkit#1512)", async () => {
    for (const isPollFirst of [true, false]) {
      const { todo, platform, list, request, seen } = await readUnderWay(row("old"))
      void todo.update({ options: { optimistic: true } }).execute({ _id: "1", name: "mine" })
      await settle()
      const patch = platform.requests.find(({ method }) => method === "PATCH")
      const ends = [() => request.answered(200, read(row("old"))), () => patch?.answered(200, updated(row("mine")))]
      for (const end of isPollFirst ? ends : ends.reverse()) {
        end()
        await settle()
      }
      expect([names(list), seen]).toEqual([["mine"], ["old", "mine"]])
    }
  })

  it("when the page is focused while it is in flight (TanStack/query#439)", async () => {
    const made = await world()
    const list = await shown(made, [row("old")], { options: { useCache: false } })
    const seen = history(list, (items) => items[0]?.name)
    made.platform.advance(5000)
    void made.todo.update({ options: { optimistic: true } }).execute({ _id: "1", name: "mine" })
    await settle()
    made.platform.life("hide")
    made.platform.life("visible")
    made.platform.advance(1000)
    await settle()
    const [patch, reread] = made.platform.requests
    reread?.answered(200, read(row("old")))
    await settle()
    patch?.answered(200, updated(row("mine")))
    await settle()
    expect([names(list), seen]).toEqual([["mine"], ["old", "mine"]])
  })
})

describe("the response to a retry may be as old as the first attempt, whose response was lost", () => {
  it.each([
    ["`retry`", {}, { retry: 2 }],
    ["`offlineMode`", { offlineMode: true }, {}],
  ])("with %s: a read that is answered after it shows, and is made sure of", async (_name, entity, options) => {
    const made = await world({ entity })
    const list = await shown(made, [row("old")], { options: { useCache: false } })
    void made.todo.update({ options }).execute({ _id: "1", name: "mine" })
    await answer(made.platform, { message: "lost" }, 502)
    made.platform.advance(2000)
    void list.execute()
    await settle()
    const [second, later] = [...made.platform.requests]
    second?.answered(200, updated(row("mine")))
    await settle()
    later?.answered(200, read(row("theirs")))
    await settle()
    expect(names(list)).toEqual(["theirs"])
    await answer(made.platform, read(row("theirs")))
    expect([names(list), made.platform.requests]).toEqual([["theirs"], []])
  })

  it("but not the response to the first: a read that began before it does not undo it", async () => {
    const made = await world()
    const list = await shown(made, [row("old")], { options: { useCache: false } })
    void made.todo.update({ options: { retry: 2 } }).execute({ _id: "1", name: "mine" })
    void list.execute()
    await settle()
    const [first, later] = [...made.platform.requests]
    first?.answered(200, updated(row("mine")))
    await settle()
    later?.answered(200, read(row("old")))
    await settle()
    expect(names(list)).toEqual(["mine"])
  })
})

describe("a reused response is not an arrival (apollo-client#6167)", () => {
  it("reusing page 1 does not undo the items of page 2", async () => {
    for (const [old, newer] of [
      [1, 2],
      [undefined, undefined],
    ] as const) {
      const { todo, platform } = await world()
      const page1 = todo.getAll({ params: { page: 1 } })
      void page1.execute()
      await answer(platform, read(row("old", old)))
      const page2 = todo.getAll({ params: { page: 2 } })
      void page2.execute()
      await answer(platform, read(row("newer", newer), { _id: "2", name: "b" }))
      expect(names(page1)).toEqual(["newer"])
      void page1.execute()
      await settle()
      expect(platform.requests).toEqual([])
      expect([names(page1), names(page2)]).toEqual([["newer"], ["newer", "b"]])
    }
  })

  it("nor does a query that is created within the second", async () => {
    const { todo, platform } = await world()
    const first = todo.getAll()
    void first.execute()
    await answer(platform, read(row("old"), { _id: "2", name: "b" }))
    void todo.get({ params: { _id: "1" } }).execute()
    await answer(platform, row("newer"))
    const second = todo.getAll()
    void second.execute()
    await settle()
    expect(platform.requests).toEqual([])
    expect([names(first), names(second)]).toEqual([
      ["newer", "b"],
      ["newer", "b"],
    ])
  })

  it("and needs no confirming read, although its version is older", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll()
    void list.execute()
    await answer(platform, read(row("old", 1)))
    void todo.get({ params: { _id: "1" } }).execute()
    await answer(platform, row("newer", 2))
    void list.execute()
    platform.advance(3000)
    await settle()
    expect(platform.requests).toEqual([])
    expect(names(list)).toEqual(["newer"])
  })
})

describe("an item that arrived during a mutation and differs from its response is read again", () => {
  /** `theirs` arrives by an event or a read while the update "mine" is in flight. Then the update is answered. */
  async function crossed(theirs: Item, mine: Item, by: "an event" | "a read", optimistic: boolean) {
    const made = await world()
    const list = await shown(made, [row("old")], live)
    void made.todo.update({ options: { optimistic } }).execute({ _id: "1", name: mine.name })
    await settle()
    const patch = made.platform.request()
    if (by === "an event") made.event("todoUpdated", "dataUpdate", { items: [theirs] })
    else {
      void list.execute()
      await settle()
      made.platform.requests.find(({ method }) => method === "GET")?.answered(200, read(theirs))
    }
    await settle()
    patch.answered(200, updated(mine))
    return { ...made, list }
  }

  const ways = (["an event", "a read"] as const).flatMap((by) => [true, false].map((o) => [by, o] as const))

  it.each(ways)("by %s, without versions, optimistic: %s: the server's state ends up shown", async (by, optimistic) => {
    for (const truth of ["theirs", "mine", "both"]) {
      const { platform, list } = await crossed(row("theirs"), row("mine"), by, optimistic)
      const requests = await atRest(platform, new Backend([row(truth)]).serve)
      expect(requests.filter((request) => request.startsWith("GET")).length).toBeGreaterThan(0)
      expect(requests.length).toBeLessThanOrEqual(2)
      expect(names(list)).toEqual([truth])
    }
  })

  it.each(ways)("by %s with the same item, optimistic: %s: nothing is read", async (by, optimistic) => {
    const { platform, list } = await crossed(row("mine"), row("mine"), by, optimistic)
    expect(await atRest(platform, new Backend([row("mine")]).serve)).toEqual([])
    expect(names(list)).toEqual(["mine"])
  })

  it.each(ways)(
    "by %s, with versions, optimistic: %s: the newer shows, and nothing is read",
    async (by, optimistic) => {
      for (const [ofTheirs, ofMine, name] of [
        [2, 3, "mine"],
        [3, 2, "theirs"],
      ] as const) {
        const { platform, list } = await crossed(row("theirs", ofTheirs), row("mine", ofMine), by, optimistic)
        expect(await atRest(platform, new Backend([row(name)]).serve)).toEqual([])
        expect(names(list)).toEqual([name])
      }
    },
  )

  it("a mutation that fails changes nothing: the arrived item stays, and nothing is read", async () => {
    const made = await world()
    const list = await shown(made, [row("old")], live)
    void made.todo.update({ options: { optimistic: true } }).execute({ _id: "1", name: "mine" })
    await settle()
    made.event("todoUpdated", "dataUpdate", { items: [row("theirs")] })
    await answer(made.platform, { message: "no" }, 409)
    expect(await atRest(made.platform, new Backend([row("theirs")]).serve)).toEqual([])
    expect(names(list)).toEqual(["theirs"])
  })

  it("an item that arrived before the mutation is replaced by its response, and nothing is read", async () => {
    const made = await world()
    const list = await shown(made, [row("old")], live)
    made.event("todoUpdated", "dataUpdate", { items: [row("theirs")] })
    void made.todo.update().execute({ _id: "1", name: "mine" })
    await answer(made.platform, updated(row("mine")))
    expect(await atRest(made.platform, new Backend([row("mine")]).serve)).toEqual([])
    expect(names(list)).toEqual(["mine"])
  })

  it("a burst of them causes one read", async () => {
    const made = await world()
    const ids = [...Array(20).keys()].map(String)
    const of = (_id: string, name: string) => ({ _id, name })
    const list = await shown(
      made,
      ids.map((id) => of(id, "old")),
      live,
    )
    for (const _id of ids) void made.todo.update().execute({ _id, name: "mine" })
    await settle()
    for (const id of ids) made.event("todoUpdated", "dataUpdate", { items: [of(id, "theirs")] })
    for (const [i, request] of [...made.platform.requests].entries()) request.answered(200, updated(of(`${i}`, "mine")))
    const requests = await atRest(made.platform, new Backend(ids.map((id) => of(id, "truth"))).serve)
    expect(new Set(names(list))).toEqual(new Set(["truth"]))
    expect(requests.filter((request) => request === "GET /todo/all").length).toBeLessThanOrEqual(2)
  })
})

describe("a read that began after an event wins, although its response is the earlier state", () => {
  const two: Item = { _id: "2", name: "two" }

  it.each([
    ["a creation", "todoCreated", "dataCreate", { items: [two] }, ["old", "two"]],
    ["an update", "todoUpdated", "dataUpdate", { items: [row("new")] }, ["new"]],
    ["a deletion", "todoDeleted", "dataDelete", { items: [], deleted: ["1"] }, []],
  ])("%s that the server does not know of", async (_name, key, type, body, meanwhile) => {
    const { event, request, list, platform } = await readUnderWay(row("old"))
    event(key, type, body)
    request.answered(200, read(row("old")))
    await settle()
    expect(names(list)).toEqual(meanwhile)
    for (let i = 0; i < 2; i++) await atRest(platform, new Backend([row("old")]).serve)
    void list.execute()
    await answer(platform, read(row("old")))
    expect(names(list)).toEqual(["old"])
  })
})
