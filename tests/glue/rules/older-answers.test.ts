// A response to an earlier request does not undo newer knowledge of an item. The list has the item where its current
// fields belong, not where the older response had it.
import { describe, expect, it } from "vitest"
import type { FakeRequest } from "../harness"
import { Backend } from "./backend"
import {
  answer,
  at,
  atRest,
  type Item,
  names,
  type RuleArgs,
  type RuleQueryOptions,
  read,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const row = (_id: string, name: string, more: Item = {}): Item => ({ _id, name, ...more })
const byName = (a: Item, b: Item) => String(a.name).localeCompare(String(b.name))
const isOpen = (item: Item) => item.done !== true
const [a, b, c] = [row("1", "a"), row("2", "b"), row("3", "c")]

/** A list with `options` that shows `rows`, and a query that reads one of its items. */
async function listOf(rows: Item[], options: RuleQueryOptions, params: Item = {}) {
  const made = await world()
  const list = await shown(made, rows, { params, options: { live: true, ...options } })
  /** Another query reads an item; the server returns `item`. */
  const readOne = async (item: Item) => {
    void made.todo.get({ params: { _id: item._id } }).execute()
    await settle()
    made.platform.requests.at(-1)?.answered(200, read(item))
    await settle()
  }
  return { ...made, list, readOne }
}

describe("an item that a later read moved", () => {
  it("stays in its place when an earlier read is answered", async () => {
    const { list, readOne, platform } = await listOf([a, b, c], { sort: byName, useCache: false })
    void list.execute()
    await settle()
    await readOne(row("3", "Aa"))
    expect(names(list)).toEqual(["a", "Aa", "b"])
    await answer(platform, read(a, b, c))
    expect(names(list)).toEqual(["a", "Aa", "b"])
  })

  it("stays in its place when a response is reused", async () => {
    const { list, readOne } = await listOf([a, b, c], { sort: byName })
    await readOne(row("1", "d"))
    expect(names(list)).toEqual(["b", "c", "d"])
    await list.execute()
    expect(names(list)).toEqual(["b", "c", "d"])
  })

  it("stays in its place when a reused response confirms a list that cannot be guessed", async () => {
    const { list, readOne, platform } = await listOf([a, b, c], { sort: byName }, { order: "name" })
    await readOne(row("1", "d"))
    await settle()
    expect(names(list)).toEqual(["b", "c", "d"])
    const serve = (request: FakeRequest) => request.answered(200, read(b, c, row("1", "d")))
    expect(await atRest(platform, serve)).toEqual(["GET /todo/all?order=name"])
    expect(names(list)).toEqual(["b", "c", "d"])
  })

  it("moves to its place with several others", async () => {
    const { list, readOne, platform } = await listOf([a, b, c], { sort: byName, useCache: false })
    void list.execute()
    await settle()
    await readOne(row("1", "e"))
    await readOne(row("2", "d"))
    await answer(platform, read(a, b, c))
    expect(names(list)).toEqual(["c", "d", "e"])
  })

  it("stays in its place when an event moved it, and when the next page contains it again", async () => {
    const { list, readOne, event, platform } = await listOf([a, b], { sort: byName, useCache: false })
    void list.execute()
    await settle()
    event("todoUpdated", "dataUpdate", { items: [row("1", "f")] })
    await answer(platform, read(a, b))
    expect(names(list)).toEqual(["b", "f"])
    void list.execute.next()
    await settle()
    const [page] = platform.requests
    await readOne(row("3", "Aa"))
    page?.answered(200, read(c, row("4", "e")))
    await settle()
    expect(names(list)).toEqual(["Aa", "b", "e", "f"])
  })
})

describe("an item that a later read removed", () => {
  it("stays out when an earlier read is answered", async () => {
    const { list, readOne, platform } = await listOf([a, b], { match: isOpen, useCache: false })
    void list.execute()
    await settle()
    await readOne(row("1", "a", { done: true }))
    expect(names(list)).toEqual(["b"])
    await answer(platform, read(a, b))
    expect(names(list)).toEqual(["b"])
  })

  it("returns if an older mutation's response removed it", async () => {
    const made = await world()
    const all = await shown(made, [a, b], { options: { live: true } })
    const list = await shown(made, [a, b], { params: { open: true }, options: { live: true, match: isOpen } })
    void made.todo.update().execute({ _id: "1", done: true })
    await settle()
    made.event("todoUpdated", "dataUpdate", { items: [row("1", "z")] })
    await answer(made.platform, updated(row("1", "a", { done: true })))
    expect(names(list)).toEqual(["b"])
    const serve = (request: FakeRequest) => request.answered(200, read(row("1", "z"), b))
    await atRest(made.platform, serve)
    expect([names(all), names(list)]).toEqual([
      ["z", "b"],
      ["z", "b"],
    ])
  })

  it("stays out by a guess that one read confirms", async () => {
    const [one, two] = [row("1", "a", { done: false }), row("2", "b", { done: false })]
    const { list, readOne, platform } = await listOf([one, two], {}, { done: false })
    await readOne(row("1", "a", { done: true }))
    expect(names(list)).toEqual(["b"])
    expect(await atRest(platform, new Backend([two]).serve)).toEqual(["GET /todo/all?done=false"])
    expect(names(list)).toEqual(["b"])
  })
})

describe("an item that a change in the meantime has taken out, and a newer version has brought back", () => {
  const version = (second: number, done: boolean, more: Item = {}) =>
    row("1", "a", { done, updatedAt: at(second), ...more })
  const open = { done: false }
  const match = (item: Item, params: Item) => item.done === params.done

  /** A list of the open items without item 1, which is done. A read of the list is in flight. */
  async function reading(args: RuleArgs) {
    const made = await world()
    const list = await shown(made, [], { params: open, ...args })
    void list.execute()
    await settle()
    const request = made.platform.requests.shift()
    const arrives = async (...items: Item[]) => {
      request?.answered(200, read(...items))
      await settle()
    }
    return { ...made, list, arrives }
  }

  const live = { live: true, useCache: false }
  const kinds: [string, RuleArgs][] = [
    ["a list with `match`", { options: { ...live, match } }],
    ["a list that is not live", { options: { match, useCache: false } }],
    ["a list that guesses", { options: live }],
    ["a sorted list", { options: { ...live, match, sort: byName } }],
  ]

  it.each(kinds)("shows in %s after a mutation's older response", async (_kind, args) => {
    const { list, arrives, todo, platform } = await reading(args)
    void todo.update().execute({ _id: "1", done: true })
    await settle()
    platform.requests.at(-1)?.answered(200, updated(version(1, true)))
    await settle()
    await arrives(version(2, false))
    expect(names(list)).toEqual(["a"])
  })

  it.each(kinds.filter(([, { options }]) => options?.live))("shows in %s after an older event", async (_kind, args) => {
    const { list, arrives, event } = await reading(args)
    event("todoUpdated", "dataUpdate", updated(version(1, true)).body)
    await settle()
    await arrives(version(2, false), row("2", "b", { done: false }))
    expect(names(list)).toEqual(["a", "b"])
  })

  it("shows in a list that reads its next page", async () => {
    const made = await world()
    const params = { ...open, limit: 1 }
    const list = await shown(made, [row("2", "b", open)], { params, options: { match, useCache: false } })
    void list.execute.next()
    await settle()
    made.event("todoUpdated", "dataUpdate", updated(version(1, true)).body)
    await answer(made.platform, read(version(2, false)))
    expect(names(list)).toEqual(["b", "a"])
  })

  it("stays out if the version in the response is the older one", async () => {
    const { list, arrives, event } = await reading({ options: { ...live, match } })
    event("todoUpdated", "dataUpdate", updated(version(3, true)).body)
    await settle()
    await arrives(version(2, false))
    expect(names(list)).toEqual([])
  })
})
