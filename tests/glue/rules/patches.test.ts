// Optimistic patches apply in order on top of the server's data. A confirmed patch stays until the earlier ones of its
// item are settled. The tests answer two and three changes of one item in every order, with every choice of failures.
import { describe, expect, it } from "vitest"
import { answer, at, deleted, history, type Item, read, settle, shown, updated, type World, world } from "./harness"

const optimistic = { options: { optimistic: true } }
const live = { options: { live: true, useCache: false } }

function permutations(n: number): number[][] {
  if (n === 0) return [[]]
  return permutations(n - 1).flatMap((rest) =>
    [...Array(n).keys()].map((i) => [...rest.slice(0, i), n - 1, ...rest.slice(i)]),
  )
}

function subsets(n: number): Set<number>[] {
  return [...Array(2 ** n).keys()].map((bits) => new Set([...Array(n).keys()].filter((i) => bits & (2 ** i))))
}

interface Race {
  base: Item
  /** The change of each mutation. */
  changes: Item[]
  /** The order in which they are answered. */
  order: number[]
  refused: Set<number>
  hasVersions: boolean
  /** Whether the server emits an event for each change before its first response. */
  tells?: boolean
}

/** Runs a race. After each response the row must be the base with all changes that are not refused, in order. */
async function run({ base, changes, order, refused, hasVersions, tells }: Race): Promise<unknown[]> {
  const made = await world()
  const version = (second: number) => (hasVersions ? { updatedAt: at(second) } : {})
  const list = await shown(made, [{ ...base, ...version(0) }], live)
  const seen = history(list, (items) => ({ ...items[0], updatedAt: undefined }))
  for (const change of changes) void made.todo.update(optimistic).execute({ _id: base._id, ...change })
  await settle()
  const requests = [...made.platform.requests]
  let truth = base
  const answers = changes.map((change, i) => {
    if (!refused.has(i)) truth = { ...truth, ...change }
    return { ...truth, ...version(i + 1) }
  })
  if (tells)
    for (const [i, item] of answers.entries())
      if (!refused.has(i)) made.event("todoUpdated", "dataUpdate", { items: [item] })
  const settled = new Set<number>()
  for (const i of order) {
    if (refused.has(i)) requests[i]?.answered(409, { message: "no" })
    else requests[i]?.answered(200, updated(answers[i] as Item))
    settled.add(i)
    await settle()
    const standing = changes.filter((_, j) => !(settled.has(j) && refused.has(j)))
    const { updatedAt: _version, ...row } = list.dataArr.value[0] as Item
    expect(row, `after ${[...settled]}`).toEqual(Object.assign({}, base, ...standing))
  }
  made.runtime.dispose()
  return seen
}

const counts = [2, 3]
const base = { _id: "1", n: 0 }
const sameField = (count: number) => [...Array(count).keys()].map((i) => ({ n: i + 1 }))
const otherFields = (count: number) => [...Array(count).keys()].map((i) => ({ ["abc"[i] as string]: i + 1 }))

describe("changes of one field (apollo-client#7341, wasp#670)", () => {
  const orders = counts.flatMap((count) => permutations(count).map((order) => [count, order] as const))

  it.each(orders)(
    "%i of them, answered in the order %j: each value shows once, and the last one stays",
    async (count, order) => {
      for (const hasVersions of [true, false]) {
        for (const tells of [true, false]) {
          const race = { base, changes: sameField(count), order, refused: new Set<number>(), hasVersions, tells }
          const seen = (await run(race)) as { n: number }[]
          expect(
            seen.map(({ n }) => n),
            JSON.stringify({ hasVersions, tells }),
          ).toEqual([...Array(count + 1).keys()])
        }
      }
    },
  )

  it.each(orders)("%i of them, answered in the order %j, with any of them refused", async (count, order) => {
    for (const refused of subsets(count)) {
      for (const hasVersions of [true, false])
        await run({ base, changes: sameField(count), order, refused, hasVersions })
    }
  })

  it.each(orders)(
    "%i of them, of different fields, in the order %j, whichever are refused (TanStack/db#1701)",
    async (count, order) => {
      for (const refused of subsets(count)) {
        for (const hasVersions of [true, false]) {
          await run({ base: { _id: "1", a: 0, b: 0, c: 0 }, changes: otherFields(count), order, refused, hasVersions })
        }
      }
    },
  )
})

describe("reported flickers", () => {
  const first = (list: { dataArr: { value: Item[] } }) => list.dataArr.value[0]

  it("on and off; the first response and a read of that state arrive in between (wasp#670, vercel/swr#425)", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", on: false }], { options: { useCache: false } })
    const seen = history(list, (items) => items[0]?.on)
    for (const on of [true, false]) void made.todo.update(optimistic).execute({ _id: "1", on })
    await settle()
    const [one, two] = [...made.platform.requests]
    one?.answered(200, updated({ _id: "1", on: true }))
    void list.execute()
    await settle()
    made.platform.requests.find(({ method }) => method === "GET")?.answered(200, read({ _id: "1", on: true }))
    await settle()
    expect(first(list)?.on).toBe(false)
    two?.answered(200, updated({ _id: "1", on: false }))
    await settle()
    expect(seen).toEqual([false, true, false])
  })

  it("two that both fail restore the original (vercel/swr#1965)", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a" }])
    const before = list.dataArr.value
    for (const name of ["b", "c"]) void made.todo.update(optimistic).execute({ _id: "1", name })
    void made.todo.create(optimistic).execute({ name: "d" })
    for (let i = 0; i < 3; i++) await answer(made.platform, { message: "no" }, 500)
    expect(list.dataArr.value).toEqual(before)
  })

  it("five increments by a function, the first of which fails (apollo-client#3691)", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", n: 0 }], live)
    const increment = (_params: Item, current: Item | undefined) => ({ ...current, n: Number(current?.n) + 1 })
    for (let i = 0; i < 5; i++) void made.todo.update({ options: { optimistic: increment } }).execute({ _id: "1" })
    await settle()
    expect(first(list)?.n).toBe(5)
    const requests = [...made.platform.requests]
    requests[0]?.answered(409, { message: "no" })
    await settle()
    const seen = history(list, (items) => items[0]?.n)
    for (const i of [1, 2, 3, 4]) {
      requests[i]?.answered(200, updated({ _id: "1", n: i }))
      await settle()
    }
    expect(seen).toEqual([4])
  })

  it("two increments in one task count both (vercel/swr#735)", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", n: 0 }])
    const increment = (_params: Item, current: Item | undefined) => ({ ...current, n: Number(current?.n) + 1 })
    for (let i = 0; i < 2; i++) void made.todo.update({ options: { optimistic: increment } }).execute({ _id: "1" })
    expect(first(list)?.n).toBe(2)
  })

  it("rows ticked one after the other, each response followed by a read (TanStack/db#1374)", async () => {
    const made = await world()
    const ids = ["1", "2", "3"]
    const list = await shown(
      made,
      ids.map((_id) => ({ _id, on: false })),
      { options: { useCache: false } },
    )
    const seen = history(list, (items) => items.map(({ on }) => (on ? "x" : "-")).join(""))
    for (const _id of ids) void made.todo.update(optimistic).execute({ _id, on: true })
    await settle()
    const patches = [...made.platform.requests]
    for (const [i, patch] of patches.entries()) {
      patch.answered(200, updated({ _id: ids[i], on: true }))
      void list.execute()
      await settle()
      const rows = ids.map((_id, j) => ({ _id, on: j <= i }))
      made.platform.requests.find(({ method }) => method === "GET")?.answered(200, read(...rows))
      await settle()
    }
    expect(seen).toEqual(["---", "x--", "xx-", "xxx"])
  })
})

describe("the server's item changes under a patch", () => {
  async function patched(params: Item, operation: "update" | "delete" = "update") {
    const made = await world()
    const list = await shown(
      made,
      [
        { _id: "1", name: "a", n: 0 },
        { _id: "2", name: "b", n: 0 },
      ],
      live,
    )
    void made.todo[operation](optimistic).execute({ _id: "1", ...params })
    await settle()
    return { ...made, list }
  }
  const tell = (made: World<never>, item: Item) => made.event("todoUpdated", "dataUpdate", { items: [item] })

  it("another field: both show, and a refusal keeps the other one", async () => {
    const made = await patched({ name: "mine" })
    tell(made, { _id: "1", name: "a", n: 7 })
    expect(made.list.dataArr.value[0]).toEqual({ _id: "1", name: "mine", n: 7 })
    await answer(made.platform, { message: "no" }, 409)
    expect(made.list.dataArr.value[0]).toEqual({ _id: "1", name: "a", n: 7 })
  })

  it("the same field: the patch shows until it is refused, then the server's value", async () => {
    const made = await patched({ name: "mine" })
    tell(made, { _id: "1", name: "theirs", n: 0 })
    expect(made.list.dataArr.value[0]?.name).toBe("mine")
    await answer(made.platform, { message: "no" }, 409)
    expect(made.list.dataArr.value[0]?.name).toBe("theirs")
  })

  it("deleted by another client: the row disappears, and a refusal does not restore it", async () => {
    const made = await patched({ name: "mine" })
    made.event("todoDeleted", "dataDelete", deleted("1").body)
    expect(made.list.dataArr.value.map(({ name }) => name)).toEqual(["b"])
    await answer(made.platform, { message: "gone" }, 404)
    expect(made.list.dataArr.value.map(({ name }) => name)).toEqual(["b"])
  })

  it("changed by another client during its deletion: it stays hidden until a refusal shows the new state", async () => {
    const made = await patched({}, "delete")
    tell(made, { _id: "1", name: "theirs", n: 9 })
    expect(made.list.dataArr.value.map(({ name }) => name)).toEqual(["b"])
    await answer(made.platform, { message: "no" }, 409)
    expect(made.list.dataArr.value).toEqual([
      { _id: "1", name: "theirs", n: 9 },
      { _id: "2", name: "b", n: 0 },
    ])
  })

  it("a change of one item does not wait for an earlier one of another", async () => {
    const made = await patched({ name: "mine" })
    void made.todo.update(optimistic).execute({ _id: "2", name: "second" })
    await settle()
    const [, second] = [...made.platform.requests]
    second?.answered(200, updated({ _id: "2", name: "as the server says", n: 1 }))
    await settle()
    expect(made.list.dataArr.value[1]).toEqual({ _id: "2", name: "as the server says", n: 1 })
  })

  it("the earlier one is reverted by abort(): the later one shows the server's state", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", n: 0 }], live)
    const [one, two] = [made.todo.update(optimistic), made.todo.update(optimistic)]
    void one.execute({ _id: "1", n: 1 })
    void two.execute({ _id: "1", n: 2 })
    await settle()
    made.platform.requests[1]?.answered(200, updated({ _id: "1", n: 2, by: "server" }))
    await settle()
    one.abort()
    await settle()
    expect(list.dataArr.value).toEqual([{ _id: "1", n: 2, by: "server" }])
  })
})
