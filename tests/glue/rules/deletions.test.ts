// A late creation does not restore a deleted item. Deletions are remembered with version or time, and a creation that
// contradicts one is confirmed by a read.
import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../../js-glue/drivers/storage"
import type { StorageDriver, StoredMutation } from "../../../js-glue/types"
import { Backend } from "./backend"
import {
  answer,
  at,
  atRest,
  created,
  deleted,
  drain,
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
const a = (second?: number): Item => ({ _id: "1", name: "a", ...(second !== undefined && { updatedAt: at(second) }) })
const b: Item = { _id: "2", name: "b", updatedAt: at(1) }

const ways = ["an event", "a mutation", "an optimistic mutation"] as const

/** A live list of a and b. Then a is deleted, by an event or by a mutation of this client. */
async function deletedIn(by: (typeof ways)[number], version?: number) {
  const made = await world()
  const list = await shown(made, [a(version && 1), b], live)
  const body = { items: version ? [a(version)] : [], deleted: ["1"] }
  if (by === "an event") made.event("todoDeleted", "dataDelete", body)
  else {
    void made.todo.delete({ options: { optimistic: by === "an optimistic mutation" } }).execute({ _id: "1" })
    await answer(made.platform, { type: "dataDelete", body })
    made.event("todoDeleted", "dataDelete", body)
  }
  await settle()
  expect(names(list)).toEqual(["b"])
  const seen = history(list, (items) => items.map(({ name }) => name).join())
  return { ...made, list, seen }
}

describe("a late creation of a deleted item is confirmed by a read, and not shown before", () => {
  it.each(ways)("deleted by %s, without versions: the server does not have it", async (by) => {
    const { event, list, seen, platform } = await deletedIn(by)
    event("todoCreated", "dataCreate", { items: [a()] })
    const requests = await atRest(platform, new Backend([b]).serve)
    expect(requests).toHaveLength(1)
    expect([names(list), seen]).toEqual([["b"], ["b"]])
  })

  it.each(ways)("deleted by %s, without versions: the server has it again", async (by) => {
    const { event, list, seen, platform } = await deletedIn(by)
    event("todoCreated", "dataCreate", { items: [a()] })
    await settle()
    expect(seen).toEqual(["b"])
    await atRest(platform, new Backend([b, a()]).serve)
    expect(names(list)).toEqual(["b", "a"])
  })

  it.each(ways)("deleted by %s, with an older version than the deletion's", async (by) => {
    for (const version of [1, 2, 3]) {
      const { event, list, seen, platform } = await deletedIn(by, 3)
      event("todoCreated", "dataCreate", { items: [a(version)] })
      await atRest(platform, new Backend([b]).serve)
      expect([names(list), seen]).toEqual([["b"], ["b"]])
    }
  })

  it.each(ways)("deleted by %s: a newer version than the deletion's restores it", async (by) => {
    const { event, list, platform } = await deletedIn(by, 3)
    event("todoCreated", "dataCreate", { items: [a(4)] })
    await atRest(platform, new Backend([b, a(4)]).serve)
    expect(names(list)).toEqual(["b", "a"])
  })

  it("ten seconds later, too", async () => {
    const { event, list, seen, platform } = await deletedIn("an event")
    platform.advance(10_000)
    await settle()
    event("todoCreated", "dataCreate", { items: [a()] })
    await atRest(platform, new Backend([b]).serve)
    expect([names(list), seen]).toEqual([["b"], ["b"]])
  })

  it("in a list that is created after the deletion", async () => {
    const made = await deletedIn("an event")
    const later = await shown(made, [b], { params: { limit: 9 }, ...live })
    const seen = history(later, (items) => items.map(({ name }) => name).join())
    made.event("todoCreated", "dataCreate", { items: [a()] })
    await atRest(made.platform, new Backend([b]).serve)
    expect([names(later), seen]).toEqual([["b"], ["b"]])
  })

  it("whatever the id's type: deleted as a string, created as a number", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: 1, name: "a" }, b], live)
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    made.event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
    made.event("todoCreated", "dataCreate", { items: [{ _id: 1, name: "a" }] })
    await atRest(made.platform, new Backend([b]).serve)
    expect(seen).toEqual(["a,b", "b"])
  })

  it("a burst of them causes one read", async () => {
    const ids = [...Array(1000).keys()].map(String)
    const made = await world()
    const list = await shown(
      made,
      ids.map((_id) => ({ _id, name: _id })),
      live,
    )
    made.event("todoDeleted", "dataDelete", { items: [], deleted: ids })
    for (const _id of ids) made.event("todoCreated", "dataCreate", { items: [{ _id, name: _id }] })
    expect((await atRest(made.platform, new Backend([]).serve)).length).toBeLessThanOrEqual(2)
    expect(names(list)).toEqual([])
  })

  it("a creation of another item in the same event shows at once", async () => {
    const { event, list, platform } = await deletedIn("an event")
    event("todoCreated", "dataCreate", { items: [a(), { _id: "3", name: "c" }] })
    expect(names(list)).toEqual(["b", "c"])
    await atRest(platform, new Backend([b, { _id: "3", name: "c" }]).serve)
    expect(names(list)).toEqual(["b", "c"])
  })
})

describe("other late updates of a deleted item", () => {
  it("the response to its creation, which another client deleted before it arrived (TanStack/query#1204)", async () => {
    for (const optimistic of [true, false]) {
      const made = await world()
      const list = await shown(made, [b], live)
      void made.todo.create({ options: { optimistic } }).execute({ name: "a" })
      await settle()
      const post = made.platform.request()
      made.event("todoCreated", "dataCreate", { items: [a()] })
      made.event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
      await settle()
      post.answered(201, created(a()))
      await settle()
      await atRest(made.platform, new Backend([b]).serve)
      expect(names(list), `optimistic: ${optimistic}`).toEqual(["b"])
    }
  })

  it("the response to a change of it", async () => {
    for (const optimistic of [true, false]) {
      const made = await world()
      const list = await shown(made, [a(1), b], live)
      const one = await shown(made, [a(1)], { params: { _id: "1" }, ...live }, "get")
      void made.todo.update({ options: { optimistic } }).execute({ _id: "1", name: "mine" })
      await settle()
      const patch = made.platform.request()
      made.event("todoDeleted", "dataDelete", { items: [a(3)], deleted: ["1"] })
      await settle()
      patch.answered(200, updated({ ...a(2), name: "mine" }))
      await settle()
      await atRest(made.platform, new Backend([b]).serve)
      expect([names(list), names(one)]).toEqual([["b"], []])
    }
  })

  it("an event about a change of it", async () => {
    const { event, list, seen, platform } = await deletedIn("an event", 3)
    event("todoUpdated", "dataUpdate", { items: [a(2)], prevVersion: a(1) })
    await atRest(platform, new Backend([b]).serve)
    expect([names(list), seen]).toEqual([["b"], ["b"]])
  })

  it("the response of a read that began before the deletion", async () => {
    for (const by of ["event", "mutation"] as const) {
      const made = await world()
      const list = await shown(made, [a(1), b], live)
      const seen = history(list, (items) => items.map(({ name }) => name).join())
      void list.execute()
      await settle()
      const get = made.platform.request()
      if (by === "event") made.event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
      else {
        void made.todo.delete().execute({ _id: "1" })
        await settle()
        made.platform.requests.find(({ method }) => method === "DELETE")?.answered(200, deleted("1"))
        await settle()
      }
      get.answered(200, read(a(1), b))
      await settle()
      await atRest(made.platform, new Backend([b]).serve)
      expect([names(list), seen], by).toEqual([["b"], ["a,b", "b"]])
    }
  })

  it("a read that began after the deletion is current: its items show", async () => {
    const { list, platform } = await deletedIn("an event")
    void list.execute()
    await atRest(platform, new Backend([b, a()]).serve)
    expect(names(list)).toEqual(["b", "a"])
  })

  it("a later creation of it is no contradiction", async () => {
    const { event, list, platform } = await deletedIn("an event")
    void list.execute()
    await drain(platform, new Backend([b, a()]).serve)
    platform.advance(2000)
    event("todoDeleted", "dataDelete", { items: [], deleted: ["2"] })
    event("todoCreated", "dataCreate", { items: [{ _id: "3", name: "c" }] })
    await settle()
    expect([names(list), platform.requests]).toEqual([["a", "c"], []])
  })

  it("the next page, requested before the deletion and answered after it", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 1 }, ...live })
    void list.execute()
    await answer(made.platform, { type: "dataRead", body: { items: [b], hasMore: true } })
    void list.execute.next()
    await settle()
    made.event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
    await answer(made.platform, { type: "dataRead", body: { items: [a()], hasMore: false } })
    await atRest(made.platform, new Backend([b]).serve)
    expect(names(list)).toEqual(["b"])
  })
})

describe("a creation by this client does not contradict a deletion", () => {
  it("an item that is deleted and created again with its id shows at once, and stays", async () => {
    const { todo, list, platform, event } = await deletedIn("an optimistic mutation")
    void todo.create({ options: { optimistic: true } }).execute({ _id: "1", name: "a" })
    await settle()
    expect(names(list)).toEqual(["b", "a"])
    event("todoCreated", "dataCreate", { items: [a()] })
    platform.requests.find(({ method }) => method === "POST")?.answered(201, created(a()))
    await settle()
    await atRest(platform, new Backend([b, a()]).serve)
    expect(names(list)).toEqual(["b", "a"])
  })

  it("a refused optimistic deletion is not remembered: updates in between show", async () => {
    const made = await world()
    const list = await shown(made, [a(), b], live)
    void made.todo.delete({ options: { optimistic: true } }).execute({ _id: "1" })
    await answer(made.platform, { message: "no" }, 409)
    made.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "theirs" }] })
    await settle()
    expect([names(list), made.platform.requests]).toEqual([["theirs", "b"], []])
  })
})

describe("the response to a creation may be older than reads since it was executed", () => {
  it.each([[{}], [{ live: true }]])("with %o: a list without the item is read once more", async (options) => {
    const made = await world()
    const { todo, platform } = made
    const list = await shown(made, [b], { options: { useCache: false, ...options } })
    list.dataArr.subscribe(() => {})
    void todo.create().execute({ name: "a" })
    await settle()
    const creation = platform.request()
    void list.execute()
    await settle()
    platform.requests.find(({ method }) => method === "GET")?.answered(200, read(b))
    await settle()
    creation.answered(201, created(a(1)))
    await settle()
    expect(await atRest(platform, new Backend([b]).serve)).toHaveLength(1)
    expect(names(list)).toEqual(["b"])
  })

  it("a read that began in between, and is answered later, is not final either", async () => {
    const made = await world()
    const { todo, platform } = made
    const list = await shown(made, [b], live)
    void todo.create().execute({ name: "a" })
    await settle()
    void list.execute()
    await settle()
    const [creation, reading] = [...platform.requests]
    creation?.answered(201, created(a(1)))
    await settle()
    reading?.answered(200, read(b))
    await settle()
    expect(names(list)).toEqual(["b", "a"])
    await atRest(platform, new Backend([b]).serve)
    expect(names(list)).toEqual(["b"])
  })

  it("a list that was read before sends no request", async () => {
    const made = await world()
    const list = await shown(made, [b], live)
    void made.todo.create().execute({ name: "a" })
    await answer(made.platform, created(a(1)), 201)
    expect(await atRest(made.platform, new Backend([b, a(1)]).serve)).toEqual([])
    expect(names(list)).toEqual(["b", "a"])
  })

  it("of a mutation from another page, all known updates are newer", async () => {
    const kept = memoryStorage<StoredMutation>()
    const first = await world({ entity: { offlineMode: true }, runtime: { storage: kept } })
    first.platform.life("offline")
    void first.todo.create().execute({ name: "a" })
    await settle()
    const left = await kept.load()
    let leave: (mutations: StoredMutation[]) => void = () => {}
    const storage: StorageDriver = {
      ...memoryStorage(),
      load: async ({ receive = () => {} } = {}) => {
        leave = receive
        return []
      },
    }
    const second = await world({ entity: { offlineMode: true }, runtime: { storage } })
    const list = await shown(second, [a(1), b], live)
    second.event("todoDeleted", "dataDelete", { items: [a(2)], deleted: ["1"] })
    leave(left)
    await settle()
    second.platform.request().answered(201, created(a(1)))
    await atRest(second.platform, new Backend([b]).serve)
    expect([left.length, names(list)]).toEqual([1, ["b"]])
  })
})
