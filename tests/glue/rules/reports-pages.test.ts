// Reading on while items come and go: pages read twice, skipped or in a wrong order, in situations that users of other
// data libraries reported. Each test is named after its report.
import { describe, expect, it } from "vitest"
import { Backend, type BackendRules, rows } from "./backend"
import { asked, atRest, drain, history, type Item, names, over, type RuleQuery, read, settle, world } from "./harness"

const optimistic = { options: { optimistic: true } }

/** A list on a backend with `count` rows. It shows the first page, which has two rows. */
async function paged(count: number, options: object = {}, rules: BackendRules = {}, params: object = { limit: 2 }) {
  const made = await world()
  const backend = new Backend(rows(1, count), rules)
  const list = made.todo.getAll({ params, options: { useCache: false, ...options } })
  void list.execute()
  await drain(made.platform, backend.serve)
  const next = async () => {
    const execution = list.execute.next()
    await drain(made.platform, backend.serve)
    return over(execution)
  }
  return { ...made, backend, list, next }
}

const numbers = (from: number, to: number) => rows(from, to).map(({ name }) => name)
const ids = ({ dataArr }: RuleQuery) => dataArr.value.map(({ _id }) => _id)

describe("reading the next page", () => {
  it("does not request the first page again (vercel/swr#1401)", async () => {
    const { list, platform, backend, next } = await paged(6)
    await next()
    void list.execute.next()
    expect(await drain(platform, backend.serve)).toEqual(["GET /todo/all?limit=2&offset=4"])
  })

  it("keeps the shown items until the page arrives (vercel/swr#1362)", async () => {
    const { list, next } = await paged(4)
    const seen = history(list, ({ length }) => length)
    await next()
    expect(seen).toEqual([2, 4])
  })

  it("is over after an empty page, with nothing loading (apollographql/apollo-client#12932)", async () => {
    const { list, next } = await paged(2, {}, { tells: "nothing" })
    const { error } = await next()
    expect([error, list.isLoading.value, list.hasMore.value, names(list)]).toEqual([
      undefined,
      false,
      false,
      numbers(1, 2),
    ])
  })

  it("after a refetch on focus shows no page twice, also at the end (TanStack/query#3026)", async () => {
    const { list, platform, backend, next } = await paged(3)
    await next()
    const seen = history(list, ({ length }) => length)
    platform.life("hide")
    platform.advance(5000)
    platform.life("visible")
    await atRest(platform, backend.serve)
    expect([names(list), seen]).toEqual([numbers(1, 3), [3]])
  })

  it("continues after the last page when all pages were refetched (MetaMask/core#9900)", async () => {
    const { list, platform, backend, next } = await paged(6)
    await next()
    void list.execute()
    await drain(platform, backend.serve)
    await next()
    expect(names(list)).toEqual(numbers(1, 6))
  })

  it("does not change a second query of the same list (vercel/swr#976)", async () => {
    const { todo, list, platform, backend, next } = await paged(6)
    const other = todo.getAll({ params: { limit: 2 }, options: { useCache: false } })
    void other.execute()
    await drain(platform, backend.serve)
    await next()
    void other.execute()
    await drain(platform, backend.serve)
    expect([names(list), names(other)]).toEqual([numbers(1, 4), numbers(1, 2)])
  })

  it("a short last page, shown alone, is not filled up (apollographql/apollo-client#7677)", async () => {
    const { list, platform, backend } = await paged(5)
    void list.execute({ offset: 4 })
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(["5"])
    void list.execute({ offset: 0 })
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(["1", "2"])
  })

  it("works with a server that uses `skip` and `take` (apollographql/apollo-feature-requests#310)", async () => {
    const nextParams = (_response: unknown, all: Item[]) => (all.length < 5 ? { skip: all.length } : undefined)
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { take: 2 }, options: { nextParams } })
    const serve = (request: { url: string; answered(status: number, body: unknown): void }) => {
      const skip = Number(new URL(request.url).searchParams.get("skip") ?? 0)
      request.answered(200, read(...rows(1, 5).slice(skip, skip + 2)))
    }
    void list.execute()
    await drain(platform, serve)
    while (list.hasMore.value) {
      void list.execute.next()
      await drain(platform, serve)
    }
    expect(names(list)).toEqual(numbers(1, 5))
    platform.advance(1001)
    void list.execute()
    expect(await drain(platform, serve)).toEqual(
      ["take=2", "skip=2&take=2", "skip=4&take=2"].map((q) => `GET /todo/all?${q}`),
    )
    expect(names(list)).toEqual(numbers(1, 5))
  })

  it("before the first read requests the first page, once (TanStack/query#3170)", async () => {
    const { todo, platform } = await world()
    const backend = new Backend(rows(1, 6))
    const list = todo.getAll({ params: { limit: 2 } })
    void list.execute.next()
    expect(await drain(platform, backend.serve)).toEqual(["GET /todo/all?limit=2"])
    void list.execute()
    void list.execute.next()
    await drain(platform, backend.serve)
    expect(names(list)).toEqual(numbers(1, 4))
  })

  it("as a button's listener ignores its event (urql-graphql/urql#51)", async () => {
    const { list, platform, backend } = await paged(6)
    void list.execute.next(new Event("click"))
    expect(await drain(platform, backend.serve)).toEqual(["GET /todo/all?limit=2&offset=2"])
    expect(names(list)).toEqual(numbers(1, 4))
  })

  it("can be repeated after an abort (TanStack/query#5972)", async () => {
    const { list, platform, next } = await paged(6)
    const execution = list.execute.next()
    await settle()
    list.abort()
    expect((await over(execution)).error?.code).toBe("ABORTED")
    expect([list.hasMore.value, list.isLoading.value, platform.requests]).toEqual([true, false, []])
    await next()
    expect(names(list)).toEqual(numbers(1, 4))
  })

  it("does not count what is still being created (psteinroe/supabase-cache-helpers#428)", async () => {
    const { todo, list, platform, backend, next } = await paged(5)
    void todo.create(optimistic).execute({ name: "new" })
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["POST /todo", "GET /todo/all?limit=2&offset=2"])
    await drain(platform, backend.serve)
    while (list.hasMore.value) await next()
    expect(names(list).sort()).toEqual([...numbers(1, 5), "new"])
  })

  it("leaves no gap where a change took a row out of the list (vitmalina/w2ui#470)", async () => {
    const { todo, platform } = await world()
    const backend = new Backend(rows(1, 6, { done: false }))
    const list = todo.getAll({ params: { limit: 2, done: false }, options: { useCache: false } })
    void list.execute()
    await drain(platform, backend.serve)
    void todo.update(optimistic).execute({ _id: "1", done: true })
    await atRest(platform, backend.serve)
    while (list.hasMore.value) {
      void list.execute.next()
      await atRest(platform, backend.serve)
    }
    expect(names(list)).toEqual(numbers(2, 6))
  })

  it("shows an item that was created while three pages show (apollographql/apollo-client#3021)", async () => {
    const { todo, list, platform, backend, next } = await paged(6)
    await next()
    await next()
    backend.rows = [{ _id: "0", name: "0" }, ...backend.rows]
    void list.execute()
    await drain(platform, backend.serve)
    expect(names(list).slice(0, 6)).toEqual(["0", ...numbers(1, 5)])
    void todo.create().execute({ name: "7" })
    await drain(platform, backend.serve)
    expect(new Set(ids(list)).size).toBe(ids(list).length)
  })

  it("all rows of page 1 are deleted: what follows can still be read (keystonejs/keystone-classic#3541)", async () => {
    const { todo, list, platform, backend, next } = await paged(4)
    for (const _id of ["1", "2"]) void todo.delete(optimistic).execute({ _id })
    await drain(platform, backend.serve)
    expect([names(list), list.hasMore.value]).toEqual([[], true])
    await next()
    expect([names(list), list.hasMore.value]).toEqual([["3", "4"], false])
  })

  it("the last row of the last page is deleted: nothing is left to read (keystonejs/keystone-classic#478)", async () => {
    const { todo, list, platform, backend, next } = await paged(3, {}, { tells: "total" })
    await next()
    void todo.delete().execute({ _id: "3" })
    await drain(platform, backend.serve)
    expect([names(list), list.hasMore.value]).toEqual([numbers(1, 2), false])
    void list.execute()
    await drain(platform, backend.serve)
    expect([names(list), list.hasMore.value]).toEqual([numbers(1, 2), false])
  })

  it("an item that another client creates shows in a paged list (marshallswain/feathers-pinia#76)", async () => {
    const { event, list, platform, backend } = await paged(1, { live: true }, {}, { limit: 10 })
    backend.rows.push({ _id: "2", name: "2" })
    event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "2" }] })
    expect(names(list)).toEqual(["1", "2"])
    await atRest(platform, backend.serve)
    expect(names(list)).toEqual(["1", "2"])
  })
})
