// What is shown: late responses, optimistic changes that flicker or stay, items that lose fields, and offline queues,
// in situations that users of other data libraries reported. Each test is named after its report.
import { describe, expect, it } from "vitest"
import { Backend, rows } from "./backend"
import {
  answer,
  asked,
  atRest,
  created,
  deleted,
  drain,
  history,
  type Item,
  jsonOf,
  names,
  over,
  read,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const optimistic = { options: { optimistic: true } }
const uncached = { options: { useCache: false } }

/** Returns the open request whose URL contains `text`. */
function open(all: Awaited<ReturnType<typeof world>>, text: string) {
  const found = all.platform.requests.find((request) => asked(request).includes(text))
  if (!found) throw new Error(`nothing asks for ${text}`)
  return found
}

describe("late responses to reads", () => {
  it("the search for `a` is answered after the search for `ab` (guardian/tagmanager#121)", async () => {
    const all = await world()
    const list = all.todo.getAll(uncached)
    const executions = ["a", "ab"].map((text) => list.execute({ text }))
    await settle()
    open(all, "text=ab").answered(200, read({ _id: "2", name: "ab" }))
    await settle()
    const late = all.platform.requests.find((request) => asked(request).endsWith("text=a"))
    late?.answered(200, read({ _id: "1", name: "a" }))
    await settle()
    expect([names(list), list.isLoading.value]).toEqual([["ab"], false])
    for (const execution of executions) await over(execution)
  })

  it("an earlier refetch does not remove a newly created item (simstudioai/sim#4918)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 1), uncached)
    void list.execute()
    await settle()
    const refresh = all.platform.request()
    void all.todo.create(optimistic).execute({ _id: "2", name: "2" })
    await settle()
    open(all, "POST").answered(200, created(...rows(2, 2)))
    await settle()
    refresh.answered(200, read(...rows(1, 1)))
    await atRest(all.platform, (request) => request.answered(200, read(...rows(1, 2))))
    expect(names(list)).toEqual(["1", "2"])
  })

  it("a list that is read while its rows are reset does not blink (marmelab/react-admin#9600)", async () => {
    const updateMany = { target: "/todo/many", method: "patch", storeActionType: "dataUpdate" }
    const all = await world<"updateMany">({ operations: { updateMany } })
    const list = await shown(all, rows(1, 2, { views: 5 }), uncached)
    const seen = history(list, (items) => items.map(({ views }) => views).join())
    void all.todo.updateMany(optimistic).execute({ ids: ["1", "2"], views: 0 })
    void list.execute()
    await settle()
    open(all, "GET").answered(200, read(...rows(1, 2, { views: 5 })))
    await settle()
    open(all, "PATCH").answered(200, updated(...rows(1, 2, { views: 0 })))
    await atRest(all.platform, (request) => request.answered(200, read(...rows(1, 2, { views: 0 }))))
    expect(seen).toEqual(["5,5", "0,0"])
  })

  it("an item's page, closed and reopened, does not show the previous item (chris-visser/convex-vue#27)", async () => {
    const all = await world()
    const one = all.todo.get({ params: { _id: "1" } })
    void one.execute()
    await answer(all.platform, { _id: "1", name: "1" })
    void one.execute({ _id: "2" })
    await answer(all.platform, { message: "There is no such todo" }, 404)
    expect(one.error.value?.code).toBe("HTTP_ERROR")
    void one.execute({ _id: "3" })
    await answer(all.platform, { _id: "3", name: "3" })
    expect([names(one), Object.keys(one.data.value), one.error.value]).toEqual([["3"], ["3"], undefined])
  })
})

describe("optimistic changes", () => {
  it("end in the same state as without them (apollographql/apollo-client#6551)", async () => {
    const ends: unknown[] = []
    for (const isOptimistic of [true, false]) {
      const all = await world()
      const backend = new Backend(rows(1, 3))
      const list = all.todo.getAll(uncached)
      void list.execute()
      await drain(all.platform, backend.serve)
      const options = { optimistic: isOptimistic }
      void all.todo.update({ options }).execute({ _id: "1", name: "one" })
      void all.todo.create({ options }).execute({ name: "4" })
      void all.todo.delete({ options }).execute({ _id: "2" })
      void all.todo.update({ options }).execute({ _id: "1", name: "uno" })
      await atRest(all.platform, backend.serve)
      void list.execute()
      await drain(all.platform, backend.serve)
      ends.push(list.dataArr.value)
    }
    expect(ends[0]).toEqual(ends[1])
    expect((ends[0] as Item[]).map(({ name }) => name)).toEqual(["uno", "3", "4"])
  })

  it("a created item never disappears between the optimistic and the server's version (TanStack/db#1469)", async () => {
    for (const order of ["event first", "answer first"]) {
      const all = await world()
      const list = await shown(all, rows(1, 1), { options: { live: true } })
      const seen = history(list, (items) => items.map(({ name }) => name).join())
      void all.todo.create(optimistic).execute({ name: "new" })
      const steps = [
        () => all.event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "new" }] }),
        () => open(all, "POST").answered(200, created({ _id: "2", name: "new" })),
      ]
      await settle()
      for (const step of order === "event first" ? steps : steps.reverse()) {
        step()
        await settle()
      }
      await atRest(all.platform, (request) => request.answered(200, read(...rows(1, 1), { _id: "2", name: "new" })))
      expect([order, seen]).toEqual([order, ["1", "1,new"]])
    }
  })

  it("the event about a sent message does not add a second one (vuejs/apollo#184)", async () => {
    const all = await world()
    const list = await shown(all, [], { options: { live: true } })
    const seen = history(list, ({ length }) => length)
    for (const text of ["hi", "hi"]) {
      void all.todo.create(optimistic).execute({ text })
      await settle()
    }
    for (const _id of ["1", "2"]) all.event("todoCreated", "dataCreate", { items: [{ _id, text: "hi" }] })
    for (const _id of ["1", "2"]) await answer(all.platform, created({ _id, text: "hi" }))
    await atRest(all.platform, (request) =>
      request.answered(200, read({ _id: "1", text: "hi" }, { _id: "2", text: "hi" })),
    )
    expect(seen).toEqual([0, 1, 2])
  })

  it("two quick changes of one item never empty the list (urql-graphql/urql#1653)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2))
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    const update = all.todo.update(optimistic)
    for (const name of ["a", "b"]) void update.execute({ _id: "1", name })
    for (const name of ["a", "b"]) await answer(all.platform, updated({ _id: "1", name }))
    expect(seen).toEqual(["1,2", "a,2", "b,2"])
  })

  it("a deletion that is aborted in flight restores the row (marmelab/react-admin#1589)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2))
    const remove = all.todo.delete(optimistic)
    const execution = remove.execute({ _id: "1" })
    await settle()
    expect(names(list)).toEqual(["2"])
    remove.abort()
    expect((await over(execution)).error?.code).toBe("ABORTED")
    expect(names(list)).toEqual(["1", "2"])
  })

  it("a deletion that fails restores the row with its changes since (marmelab/react-admin#5445)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 3), { options: { live: true } })
    void all.todo.delete(optimistic).execute({ _id: "2" })
    all.event("todoUpdated", "dataUpdate", { items: [{ _id: "2", name: "two" }] })
    expect(names(list)).toEqual(["1", "3"])
    await answer(all.platform, { message: "no" }, 500)
    await atRest(all.platform, (request) =>
      request.answered(200, read(...rows(1, 1), { _id: "2", name: "two" }, ...rows(3, 3))),
    )
    expect(names(list)).toEqual(["1", "two", "3"])
  })

  it("a detail and a list show one change at the same time (urql-graphql/urql-exchange-graphcache#80)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2))
    const one = all.todo.get({ params: { _id: "1" } })
    void one.execute()
    await answer(all.platform, { _id: "1", name: "1" })
    const both: unknown[] = []
    one.dataArr.subscribe(() => both.push([names(one)[0], names(list)[0]]))
    void all.todo.update(optimistic).execute({ _id: "1", name: "one" })
    expect(both.at(-1)).toEqual(["one", "one"])
    await answer(all.platform, { message: "no" }, 422)
    expect(both.at(-1)).toEqual(["1", "1"])
  })
})

describe("repeated actions", () => {
  it.each([
    ["first", [200, 404]],
    ["second", [404, 200]],
  ])("a row is deleted twice, and the %s has deleted it (marmelab/react-admin#4978)", async (_name, [one, two]) => {
    const all = await world()
    const list = await shown(all, rows(1, 2))
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    const remove = all.todo.delete(optimistic)
    for (let i = 0; i < 2; i++) void remove.execute({ _id: "1" })
    await settle()
    const requests = [...all.platform.requests]
    for (const [i, status] of [one, two].entries()) {
      requests[i]?.answered(status as number, status === 200 ? deleted("1") : { message: "There is no such todo" })
      await settle()
    }
    expect(seen).toEqual(["1,2", "2"])
  })

  it("a form is submitted twice, and the server refuses one (s4k10503/velvet#582)", async () => {
    const all = await world()
    const list = await shown(all, [], { options: { live: true } })
    const create = all.todo.create({ params: { name: "x" }, ...optimistic })
    for (let i = 0; i < 2; i++) void create.execute()
    await settle()
    const [first, second] = [...all.platform.requests]
    second?.answered(409, { message: "There is one" })
    await settle()
    expect(names(list)).toEqual(["x"])
    first?.answered(201, created({ _id: "1", name: "x" }))
    await settle()
    all.event("todoCreated", "dataCreate", { items: [{ _id: "1", name: "x" }] })
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "x" }])
  })
})

describe("items", () => {
  it("a partial read with `useStore: false` changes no other query (apollographql/apollo-client#8389)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 1, { text: "long" }))
    const parts = all.todo.getAll({ params: { fields: "name" }, options: { useStore: false } })
    void parts.execute()
    await answer(all.platform, read({ _id: "1", name: "1" }))
    expect(parts.response.value).toEqual(read({ _id: "1", name: "1" }))
    expect(list.dataArr.value).toEqual(rows(1, 1, { text: "long" }))
  })

  it("nested objects are the server's, not merged with earlier ones (apollographql/apollo-client#5762)", async () => {
    const all = await world()
    const list = await shown(all, [{ _id: "1", name: "1", tags: { a: 1, b: 2 }, steps: [1, 2, 3] }])
    void all.todo.update().execute({ _id: "1" })
    await answer(all.platform, updated({ _id: "1", name: "1", tags: { b: 2 }, steps: [] }))
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "1", tags: { b: 2 }, steps: [] }])
  })

  it("a disposed query is not notified (vercel/swr#541)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2), { options: { live: true } })
    const other = await shown(all, rows(1, 2), { params: { x: 1 } })
    const seen = history(list, (items) => items.map(({ name }) => name))
    const execution = list.execute({ y: 1 })
    list.dispose()
    all.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "one" }] })
    void all.todo.update(optimistic).execute({ _id: "2", name: "two" })
    await settle()
    expect((await over(execution)).error?.code).toBe("DISPOSED")
    expect([seen.length, names(other)[1]]).toEqual([1, "two"])
  })
})

describe("offline queues", () => {
  const offline = { entity: { offlineMode: true } }

  it("three creations wait and are answered one by one: never more than three rows (urql-graphql/urql#1079)", async () => {
    const all = await world(offline)
    const list = await shown(all, [], uncached)
    const seen = history(list, ({ length }) => length)
    all.platform.life("offline")
    for (const name of ["a", "b", "c"]) void all.todo.create(optimistic).execute({ name })
    await settle()
    expect([names(list), all.platform.requests]).toEqual([["a", "b", "c"], []])
    all.platform.life("online")
    const backend = new Backend([])
    await atRest(all.platform, backend.serve)
    expect([names(list), Math.max(...seen), backend.rows.length]).toEqual([["a", "b", "c"], 3, 3])
    expect(seen).toEqual([0, 1, 2, 3])
  })

  it("a read on reconnection does not remove waiting changes (urql-graphql/urql#2586)", async () => {
    const all = await world(offline)
    const list = await shown(all, rows(1, 1), uncached)
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    all.platform.life("offline")
    void all.todo.create(optimistic).execute({ _id: "2", name: "2" })
    void all.todo.update(optimistic).execute({ _id: "1", name: "one" })
    all.platform.life("online")
    void list.execute()
    await settle()
    open(all, "GET").answered(200, read(...rows(1, 1)))
    await settle()
    expect(names(list)).toEqual(["one", "2"])
    const backend = new Backend(rows(1, 1))
    await atRest(all.platform, backend.serve)
    expect([names(list), backend.rows.map(({ name }) => name)]).toEqual([
      ["one", "2"],
      ["one", "2"],
    ])
    expect(seen).toEqual(["1", "1,2", "one,2"])
  })

  it("a change of an item created offline follows it, by the client's own id (aerogear/offix#555)", async () => {
    const all = await world(offline)
    const list = await shown(all, [])
    all.platform.life("offline")
    void all.todo.create(optimistic).execute({ _id: "mine", name: "a" })
    void all.todo.update(optimistic).execute({ _id: "mine", name: "b" })
    void all.todo.delete(optimistic).execute({ _id: "mine" })
    await settle()
    expect(names(list)).toEqual([])
    all.platform.life("online")
    const sent: unknown[] = []
    for (const body of [created({ _id: "mine", name: "a" }), updated({ _id: "mine", name: "b" }), deleted("mine")]) {
      await settle()
      sent.push([asked(all.platform.request()), jsonOf(all.platform.request())])
      await answer(all.platform, body)
      expect(names(list)).toEqual([])
    }
    expect(sent).toEqual([
      ["POST /todo", { _id: "mine", name: "a" }],
      ["PATCH /todo/mine", { name: "b" }],
      ["DELETE /todo/mine", {}],
    ])
  })
})
