// Items that come or leave around the borders of pages. An item leaves a page that a refetch has read: the server's rows
// move up, and the next page misses one. The list is then read again, even if it never showed the item that left. New
// items whose position is unknown may be counted by the pages that were read since, so next() must not skip a row.
import { describe, expect, it } from "vitest"
import { Backend, rows } from "./backend"
import { atRest, drain, type Item, settle, world } from "./harness"

const open = { done: false }
const match = (item: Item, params: Item) => item.done === params.done
const order = (a: Item, b: Item) => Number(a.n) - Number(b.n)

/** A list that shows three pages of two rows, and a refetch of which the first page has been answered. */
async function refetching(arrive: (backend: Backend) => void, options: object = { match }) {
  const backend = new Backend(
    rows(1, 6, open).map((row) => ({ ...row, n: Number(row._id) * 10, updatedAt: 1 })),
    { pageSize: 2, ignoresLimit: true },
  )
  const made = await world()
  const list = made.todo.getAll({ params: open, options: { useCache: false, live: true, ...options } })
  void list.execute()
  await drain(made.platform, backend.serve)
  for (let i = 0; i < 2; i++) {
    void list.execute.next()
    await drain(made.platform, backend.serve)
  }
  arrive(backend)
  void list.execute()
  await settle()
  backend.serve(made.platform.request())
  await settle()
  const shown = () => list.dataArr.value.map(({ _id }) => _id)
  return { ...made, backend, list, shown }
}

/** A list of `backend` that shows its first page, and a function that reads the next one. */
async function paged(backend: Backend, options: object = {}) {
  const made = await world()
  const list = made.todo.getAll({ options: { useCache: false, live: true, ...options } })
  void list.execute()
  await drain(made.platform, backend.serve)
  const next = async () => {
    void list.execute.next()
    await atRest(made.platform, backend.serve)
  }
  return { ...made, list, next }
}

const ids = ({ rows }: Backend) => rows.filter(({ done }) => !done).map(({ _id }) => _id)
const added = { _id: "9", name: "9", done: false, n: 5, updatedAt: 2 }
const addsFirst = (backend: Backend) => backend.rows.unshift({ ...added })
const removesFirst = (backend: Backend) => backend.rows.shift()

describe("while a refetch reads its second page", () => {
  it("an item is deleted that only its first page contained", async () => {
    const { backend, event, platform, shown } = await refetching(addsFirst)
    removesFirst(backend)
    event("todoDeleted", "dataDelete", { items: [], deleted: ["9"] })
    await atRest(platform, backend.serve)
    expect(shown()).toEqual(ids(backend))
  })

  it("an item is deleted that the list showed at its end", async () => {
    const { backend, event, platform, shown, todo } = await refetching(addsFirst)
    event("todoCreated", "dataCreate", { items: [{ ...added }] })
    const deletion = todo.delete({ options: { optimistic: true } })
    void deletion.execute({ _id: "9" })
    await atRest(platform, backend.serve)
    expect(shown()).toEqual(ids(backend))
  })

  it("an item stops matching that only its first page contained", async () => {
    const { backend, event, platform, shown } = await refetching(addsFirst)
    const done = { ...added, done: true, updatedAt: 3 }
    backend.rows[0] = done
    event("todoUpdated", "dataUpdate", { items: [{ ...done }], prevVersion: { ...added } })
    await atRest(platform, backend.serve)
    expect(shown()).toEqual(ids(backend))
  })

  it("an item moves to the end of a sorted list that only its first page contained", async () => {
    const { backend, event, list, platform, shown } = await refetching(addsFirst, { match, sort: order })
    const moved = { ...added, n: 90, updatedAt: 3 }
    removesFirst(backend)
    backend.rows.push(moved)
    event("todoUpdated", "dataUpdate", { items: [{ ...moved }], prevVersion: { ...added } })
    await atRest(platform, backend.serve)
    void list.execute.next()
    await atRest(platform, backend.serve)
    expect(shown()).toEqual(ids(backend))
  })

  it("an item leaves that its last page will not contain: nothing is read again", async () => {
    const { backend, event, platform, shown } = await refetching(() => {})
    event("todoCreated", "dataCreate", { items: [{ ...added, _id: "10", done: true }] })
    event("todoDeleted", "dataDelete", { items: [], deleted: ["10"] })
    const requests = await atRest(platform, backend.serve)
    expect(shown()).toEqual(ids(backend))
    expect(requests).toHaveLength(2)
  })
})

describe("a new item before the border of a page", () => {
  it("is deleted after the next page was read: next() skips no row", async () => {
    const backend = new Backend(rows(1, 6), { pageSize: 2, ignoresLimit: true })
    const { event, list, platform, next } = await paged(backend)
    backend.rows.unshift({ ...added })
    event("todoCreated", "dataCreate", { items: [{ ...added }] })
    await next()
    removesFirst(backend)
    event("todoDeleted", "dataDelete", { items: [], deleted: ["9"] })
    await atRest(platform, backend.serve)
    while (list.hasMore.value) await next()
    expect(list.dataArr.value.map(({ _id }) => _id).sort()).toEqual(ids(backend))
  })

  it("is deleted before another page was read: nothing is read again", async () => {
    const backend = new Backend(rows(1, 6), { pageSize: 2, ignoresLimit: true })
    const { event, list, platform, next } = await paged(backend)
    event("todoCreated", "dataCreate", { items: [{ ...added }] })
    event("todoDeleted", "dataDelete", { items: [], deleted: ["9"] })
    expect(await atRest(platform, backend.serve)).toEqual([])
    while (list.hasMore.value) await next()
    expect(list.dataArr.value.map(({ _id }) => _id)).toEqual(ids(backend))
  })

  it("is created while a refetch of a sorted list reads its second page: next() skips no row", async () => {
    const backend = new Backend(
      rows(1, 6).map((row) => ({ ...row, n: Number(row._id) * 10 })),
      { pageSize: 2, ignoresLimit: true },
    )
    const { event, list, platform, next } = await paged(backend, { sort: order })
    await next()
    void list.execute()
    await settle()
    backend.serve(platform.request())
    const second = { ...added, n: 15 }
    backend.rows.splice(1, 0, second)
    event("todoCreated", "dataCreate", { items: [{ ...second }] })
    await atRest(platform, backend.serve)
    while (list.hasMore.value) await next()
    expect(list.dataArr.value.map(({ _id }) => _id)).toEqual(ids(backend))
  })
})

it("an item that is deleted before the first page of an interval's refetch arrives stays deleted", async () => {
  const rules = { pageSize: 2, ignoresLimit: true }
  const backend = new Backend(rows(1, 4), rules)
  const { event, list, platform, next } = await paged(backend, { refetchInterval: 3000 })
  await next()
  platform.advance(3000)
  await settle()
  const first = platform.request()
  const before = new Backend([...backend.rows], rules)
  removesFirst(backend)
  event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
  await settle()
  before.serve(first)
  await settle()
  await drain(platform, backend.serve)
  expect(list.dataArr.value.map(({ _id }) => _id)).not.toContain("1")
})
