// Lists after a mutation or an event: their items, their order, and guesses, in situations that users of other data
// libraries reported. Each test is named after its report.
import { describe, expect, it } from "vitest"
import { rows } from "./backend"
import {
  answer,
  asked,
  atRest,
  created,
  deleted,
  history,
  type Item,
  names,
  type RuleQuery,
  read,
  settle,
  shown,
  updated,
  world,
} from "./harness"

const optimistic = { options: { optimistic: true } }
const byRank = (a: Item, b: Item) => Number(b.rank) - Number(a.rank)
const page = (items: Item[], hasMore = true) => ({ type: "dataRead", body: { items, hasMore } })

const numbers = (from: number, to: number) => rows(from, to).map(({ name }) => name)
const ids = ({ dataArr }: RuleQuery) => dataArr.value.map(({ _id }) => _id)

describe("lists after a mutation", () => {
  it("without `optimistic`, each deletion's response removes its row (marmelab/react-admin#2425)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 3))
    const remove = all.todo.delete()
    for (const _id of ["1", "3"]) {
      void remove.execute({ _id })
      await answer(all.platform, deleted(_id))
    }
    expect(names(list)).toEqual(["2"])
  })

  it.each([
    ["204", 204, undefined],
    ["the item that was deleted", 200, { _id: "2", name: "2" }],
    ["{ ok: true }", 200, { ok: true }],
  ])(
    "a deletion that is answered with %s removes its row (bxservice/idempiere-rest#65)",
    async (_name, status, body) => {
      const all = await world()
      const list = await shown(all, rows(1, 3))
      void all.todo.delete().execute({ _id: "2" })
      await answer(all.platform, body, status)
      expect(names(list)).toEqual(["1", "3"])
    },
  )

  it("a change shows whole items, not only the changed fields (refinedev/refine#3652)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2, { count: 1 }))
    const seen = history(list, (items) => items.map(({ name, count }) => `${name}${count}`).join())
    void all.todo.update(optimistic).execute({ _id: "1", count: 2 })
    await answer(all.platform, updated({ _id: "1", name: "1", count: 2 }))
    expect(seen).toEqual(["11,21", "12,21"])
  })

  it("an insertion, a change and a deletion keep the other rows (TanStack/db#1010)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2))
    const [first] = list.dataArr.value
    void all.todo.create(optimistic).execute({ _id: "3", name: "3" })
    expect(names(list)).toEqual(["1", "2", "3"])
    void all.todo.update(optimistic).execute({ _id: "2", name: "two" })
    void all.todo.delete(optimistic).execute({ _id: "3" })
    expect(names(list)).toEqual(["1", "two"])
    expect(list.dataArr.value[0]).toBe(first)
  })

  it("a list that is created after a mutation sends a request, also within the second (vercel/swr#2264)", async () => {
    const all = await world()
    const params = { company: "c" }
    const before = await shown(all, rows(1, 2, { company: "c" }), { params })
    before.dispose()
    void all.todo.update().execute({ _id: "1", company: "" })
    await answer(all.platform, updated({ _id: "1", name: "1", company: "" }))
    const after = all.todo.getAll({ params })
    void after.execute()
    await settle()
    expect(all.platform.requests.map(asked)).toEqual(["GET /todo/all?company=c"])
  })

  it("the server assigns another id than the client: one row (TanStack/db#1442, TanStack/db#1464)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 1))
    const seen = history(list, ({ length }) => length)
    void all.todo.create(optimistic).execute({ _id: "client", name: "new" })
    await answer(all.platform, created({ _id: "server", name: "new" }))
    await atRest(all.platform, (request) => request.answered(200, read(...rows(1, 1), { _id: "server", name: "new" })))
    expect([ids(list), Math.max(...seen)]).toEqual([["1", "server"], 2])
  })

  it("an item that is still being created can be renamed (apollographql/apollo-client#4105)", async () => {
    const all = await world()
    const list = await shown(all, [])
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    void all.todo.create(optimistic).execute({ _id: "1", name: "a" })
    void all.todo.update(optimistic).execute({ _id: "1", name: "b" })
    expect(names(list)).toEqual(["b"])
    await answer(all.platform, created({ _id: "1", name: "a" }))
    await answer(all.platform, updated({ _id: "1", name: "b" }))
    expect(seen.slice(seen.indexOf("b"))).toEqual(["b"])
  })
})

describe("filters, order and guesses", () => {
  it("a change by an event respects the order and the filter (feathersjs-ecosystem/feathers-vuex#103)", async () => {
    const all = await world()
    const match = (item: Item, params: Item) => item.to === params.to
    const args = { params: { to: "me", limit: 3 }, options: { live: true, match, sort: byRank } }
    const list = await shown(
      all,
      [3, 2, 1].map((rank) => ({ _id: `${rank}`, name: `${rank}`, rank, to: "me" })),
      args,
    )
    all.event("todoCreated", "dataCreate", { items: [{ _id: "x", name: "x", rank: 9, to: "you" }] })
    all.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "1", rank: 5, to: "me" }] })
    await settle()
    expect([names(list), all.platform.requests]).toEqual([["1", "3", "2"], []])
  })

  it("the last changed row moves to the top, also within a limit (instantdb/instant#1626)", async () => {
    const all = await world()
    const args = { params: { limit: 2 }, options: { sort: byRank } }
    const list = await shown(
      all,
      [2, 1].map((rank) => ({ _id: `${rank}`, name: `${rank}`, rank })),
      args,
    )
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    void all.todo.update(optimistic).execute({ _id: "1", rank: 3 })
    await answer(all.platform, updated({ _id: "1", name: "1", rank: 3 }))
    expect(seen).toEqual(["2,1", "1,2"])
  })

  it("a creation is added only to lists whose filter it matches (facebook/relay#1934)", async () => {
    const all = await world()
    const lists: RuleQuery[] = []
    for (const date of ["mon", "tue"]) lists.push(await shown(all, [], { params: { date, limit: 10 } }))
    void all.todo.create(optimistic).execute({ name: "new", date: "tue" })
    expect(lists.map(names)).toEqual([[], ["new"]])
  })

  it.each<[string, unknown, unknown, boolean]>([
    ["the text `false` for false (typicode/json-server#413)", "false", false, true],
    ["the text `false` for true (deployd/deployd#85)", "false", true, false],
    ["one of several (ynput/ayon-frontend#1575)", ["a", "b"], "b", true],
    ["none of several", ["a", "b"], "c", false],
    ["one in an array (Greenstand/treetracker-admin-client#230)", "a", ["a", "b"], true],
    ["null for a text", null, "x", false],
  ])("a guess: %s", async (_name, param, value, fits) => {
    const all = await world()
    const list = await shown(all, [], { params: { field: param }, options: { live: true } })
    all.event("todoCreated", "dataCreate", { items: [{ _id: "1", name: "1", field: value }] })
    expect(names(list)).toEqual(fits ? ["1"] : [])
  })

  it("a row whose filtered field changes moves from one list to the other (ynput/ayon-frontend#1417)", async () => {
    const all = await world()
    const lists: RuleQuery[] = []
    for (const done of [false, true]) {
      const items = rows(done ? 2 : 1, done ? 2 : 1, { done })
      lists.push(await shown(all, items, { params: { done }, options: { live: true } }))
    }
    all.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "1", done: true }] })
    expect(lists.map(names)).toEqual([[], ["2", "1"]])
  })

  it("a created item moves to its place when the server has dated it (TanStack/db#305)", async () => {
    const all = await world()
    const sort = (a: Item, b: Item) => Number(b.createdAt) - Number(a.createdAt)
    const list = await shown(
      all,
      [2, 1].map((n) => ({ _id: `${n}`, name: `${n}`, createdAt: n })),
      {
        options: { sort },
      },
    )
    void all.todo.create(optimistic).execute({ name: "new" })
    expect(names(list).filter((name) => name !== "new")).toEqual(["2", "1"])
    await answer(all.platform, created({ _id: "3", name: "new", createdAt: 3 }))
    expect(names(list)).toEqual(["new", "2", "1"])
  })

  it("rows are dragged one after the other, and the first is refused (facebook/relay#1271)", async () => {
    const all = await world()
    const sort = (a: Item, b: Item) => Number(a.at) - Number(b.at)
    const list = await shown(
      all,
      [1, 2, 3, 4].map((n) => ({ _id: `${n}`, name: `${n}`, at: n })),
      { options: { sort } },
    )
    void all.todo.update(optimistic).execute({ _id: "1", at: 3.5 })
    expect(names(list)).toEqual(["2", "3", "1", "4"])
    void all.todo.update(optimistic).execute({ _id: "4", at: 0.5 })
    await settle()
    const [first, second] = [...all.platform.requests]
    second?.answered(200, updated({ _id: "4", name: "4", at: 0.5 }))
    await settle()
    expect(names(list)).toEqual(["4", "2", "3", "1"])
    first?.answered(409, { message: "no" })
    await settle()
    expect(names(list)).toEqual(["4", "1", "2", "3"])
  })

  it("a new order of all rows shows at once, and is reverted as a whole (TanStack/db#1792)", async () => {
    const reorder = { target: "/todo/order", method: "post", storeActionType: "dataMove" }
    const all = await world<"reorder">({ operations: { reorder } })
    const sort = (a: Item, b: Item) => Number(a.at) - Number(b.at)
    const list = await shown(
      all,
      [1, 2, 3].map((n) => ({ _id: `${n}`, name: `${n}`, at: n })),
      { options: { sort } },
    )
    const seen = history(list, (items) => items.map(({ name }) => name).join())
    void all.todo.reorder(optimistic).execute({ items: [1, 2, 3].map((n) => ({ _id: `${n}`, at: 4 - n })) })
    await answer(all.platform, { message: "no" }, 409)
    expect(seen).toEqual(["1,2,3", "3,2,1", "1,2,3"])
  })

  it("several items of one event are added in order (facebook/relay#642)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 1), { options: { live: true } })
    all.event("todoCreated", "dataCreate", { items: rows(2, 4) })
    expect(names(list)).toEqual(numbers(1, 4))
  })

  it("a creation of an item that is already shown shows it once, updated (facebook/relay#3838)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2), { options: { live: true } })
    all.event("todoCreated", "dataCreate", { items: [{ _id: "1", name: "again" }] })
    expect(ids(list)).toEqual(["1", "2"])
    expect(names(list)).toEqual(["again", "2"])
  })

  it("a filter without matches shows nothing, not the previous list (marshallswain/feathers-pinia#126)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2), { params: { limit: 2 } })
    void list.execute({ text: "nothing" })
    await answer(all.platform, { body: { items: [], total: 0 } })
    expect([names(list), list.hasMore.value, list.error.value]).toEqual([[], false, undefined])
  })

  it("a failed move and a later rename: the row is back under its new name (stackernews/stacker.news#1772)", async () => {
    const all = await world()
    const list = await shown(all, rows(1, 2, { done: false }), { params: { done: false } })
    void all.todo.update(optimistic).execute({ _id: "1", done: true })
    expect(names(list)).toEqual(["2"])
    void all.todo.update(optimistic).execute({ _id: "1", name: "one" })
    await answer(all.platform, { message: "no" }, 500)
    expect(names(list)).toEqual(["one", "2"])
    await answer(all.platform, updated({ _id: "1", name: "one", done: false }))
    await atRest(all.platform, (request) => {
      request.answered(200, page([{ _id: "1", name: "one", done: false }, ...rows(2, 2, { done: false })], false))
    })
    expect(names(list)).toEqual(["one", "2"])
  })
})
