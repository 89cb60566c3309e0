// Lists that are read page by page: executions that wait for their turn, and the state of a read that needs several
// requests.
import { describe, expect, it } from "vitest"
import { connect } from "./harness"
import { Backend, rows } from "./rules/backend"
import { answer, asked, drain, names, over, type RuleQueryOptions, settle, world } from "./rules/harness"

/** A list that shows two pages from a server with two rows per page. */
async function paged(options: RuleQueryOptions = {}) {
  const made = await world()
  const backend = new Backend(rows(1, 9), { cap: 2 })
  const list = made.todo.getAll({ params: { limit: 2 }, options: { useCache: false, ...options } })
  void list.execute()
  await drain(made.platform, backend.serve)
  void list.execute.next()
  await drain(made.platform, backend.serve)
  return { ...made, backend, list }
}

describe("a list whose executions end with one response", () => {
  it("does not keep loading when another turn begins in between", async () => {
    const { todo, platform, runtime, event } = await world()
    const list = todo.getAll({ options: { active: true } })
    const { serve } = new Backend([])
    void list.execute()
    await drain(platform, serve)
    void list.execute.next()
    await drain(platform, serve)
    const comeBack = async () => {
      platform.connection.closed("lost")
      platform.advance(2000)
      await connect(runtime, platform)
      platform.advance(500)
      await settle()
    }
    // The runtime refetches. Two later executions wait for the next request: the user's, and another of the
    // runtime's.
    await comeBack()
    event("todoCreated", "dataCreate", { items: rows(1, 1) })
    void list.execute()
    await comeBack()
    expect(platform.requests).toHaveLength(1)
    await answer(platform, [])
    await answer(platform, rows(1, 1))
    await drain(platform, new Backend(rows(1, 1)).serve)
    expect([platform.requests, names(list), list.isLoading.value]).toEqual([[], ["1"], false])
  })
})

describe("an execution that waits for its turn", () => {
  it.each([
    ["abort()", "ABORTED", (list: Awaited<ReturnType<typeof paged>>["list"]) => list.abort()],
    ["dispose()", "DISPOSED", (list: Awaited<ReturnType<typeof paged>>["list"]) => list.dispose()],
  ])("ends with %s, as the one under way does", async (_name, code, end) => {
    const { list, platform } = await paged()
    const executions = [list.execute.next(), list.execute(), list.execute.next()]
    await settle()
    end(list)
    for (const execution of executions) expect((await over(execution)).error?.code).toBe(code)
    expect([platform.requests, list.isLoading.value, names(list).length]).toEqual([[], false, 4])
  })

  it("ends with the runtime", async () => {
    const { list, runtime } = await paged()
    const executions = [list.execute.next(), list.execute()]
    await settle()
    runtime.dispose()
    for (const execution of executions) expect((await over(execution)).error?.code).toBe("DISPOSED")
  })

  it("is not sent once other params are executed; the one in flight ends with its own outcome", async () => {
    const { list, platform, backend } = await paged()
    const [first, second] = [list.execute.next(), list.execute.next()]
    await settle()
    const other = list.execute({ name: "7" })
    expect((await over(second)).error?.code).toBe("ABORTED")
    await drain(platform, backend.serve)
    expect((await over(first)).result?.map(({ name }) => name)).toEqual(["5", "6"])
    expect((await over(other)).result?.map(({ name }) => name)).toEqual(["7"])
    expect([names(list), list.isLoading.value]).toEqual([["7"], false])
  })

  it("is sent after one that failed", async () => {
    const { list, platform, backend } = await paged()
    const executions = [list.execute.next(), list.execute()]
    await answer(platform, { message: "no" }, 500)
    await drain(platform, backend.serve)
    expect((await over(executions[0] as never)).error?.code).toBe("HTTP_ERROR")
    expect((await over(executions[1] as never)).error).toBeUndefined()
    expect([names(list).length, list.error.value]).toEqual([4, undefined])
  })
})

it("an error is kept when the page of an older execution arrives", async () => {
  const { list, platform, backend } = await paged()
  const [page, waiting] = [list.execute.next(), list.execute()]
  await settle()
  expect((await list.execute("text")).error?.code).toBe("BAD_ARGUMENT")
  await drain(platform, backend.serve)
  expect((await over(page)).error).toBeUndefined()
  expect((await over(waiting)).error?.code).toBe("ABORTED")
  expect([list.error.value?.code, names(list).length, list.isLoading.value]).toEqual(["BAD_ARGUMENT", 4, false])
  void list.execute()
  await drain(platform, backend.serve)
  expect([list.error.value, names(list).length]).toEqual([undefined, 4])
})

describe("a read with several requests", () => {
  it("has one result, with all items and the last response, and calls `cb` once", async () => {
    const results: unknown[] = []
    const { list, platform, backend } = await paged({ cb: (result) => results.push(result) })
    results.length = 0
    const execution = list.execute()
    const requests = await drain(platform, backend.serve)
    expect(requests).toEqual(["GET /todo/all?limit=4", "GET /todo/all?limit=2&offset=2"])
    const { result, response, error } = await over(execution)
    expect([result, error]).toEqual([rows(1, 4), undefined])
    expect(response).toMatchObject({ body: { items: rows(3, 4) } })
    expect(results).toEqual([await execution])
  })

  it("is in flight until its last response", async () => {
    const { list, platform, backend } = await paged()
    const seen: boolean[] = []
    list.isLoading.subscribe((isLoading) => seen.push(isLoading))
    void list.execute()
    await drain(platform, backend.serve)
    expect(seen).toEqual([false, true, false])
  })

  it("that an interval started continues, and shows nothing before it is complete", async () => {
    const { list, platform, backend } = await paged({ refetchInterval: 5000 })
    backend.rows = rows(1, 9, { done: true })
    platform.advance(5000)
    await settle()
    backend.serve(platform.request())
    await settle()
    expect(list.dataArr.value).toEqual(rows(1, 4))
    await drain(platform, backend.serve)
    expect(list.dataArr.value).toEqual(rows(1, 4, { done: true }))
  })

  it("applies deletions during the read, and is repeated because rows have moved", async () => {
    const { list, event, platform, backend } = await paged({ live: true })
    void list.execute()
    await settle()
    backend.serve(platform.request())
    await settle()
    backend.rows = backend.rows.slice(1)
    event("todoDeleted", "dataDelete", { items: [], deleted: ["1"] })
    const requests = await drain(platform, backend.serve)
    expect(names(list)).toEqual(["2", "3", "4"])
    expect(requests.length).toBeGreaterThan(1)
  })

  it("of a query that was never executed begins with the first page", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 2 } })
    void list.execute.next()
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=2"])
  })
})

describe("a next page while nothing of the list is known", () => {
  /** A list whose reads have failed. Events have put an item into it. */
  async function failed() {
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 2 }, options: { live: true, useCache: false } })
    void list.execute()
    await answer(made.platform, { message: "no" }, 403)
    made.event("todoCreated", "dataCreate", { items: rows(9, 9) })
    await answer(made.platform, { message: "no" }, 403)
    expect([names(list), made.platform.requests]).toEqual([["9"], []])
    return { ...made, list }
  }

  it("is the first one, which replaces what events have put into the list", async () => {
    const { list, platform } = await failed()
    void list.execute.next()
    const requests = await drain(platform, new Backend(rows(1, 3), { cap: 2 }).serve)
    expect([requests, names(list)]).toEqual([["GET /todo/all?limit=2"], ["1", "2"]])
  })

  it("keeps what an event puts into the list meanwhile", async () => {
    const { list, platform, event } = await failed()
    void list.execute.next()
    await settle()
    event("todoCreated", "dataCreate", { items: rows(8, 8) })
    await answer(platform, { type: "dataRead", body: { items: rows(1, 2) } })
    expect(names(list).sort()).toEqual(["1", "2", "8"])
  })

  it("is followed by the second one", async () => {
    const { list, platform } = await failed()
    void list.execute.next()
    void list.execute.next()
    const requests = await drain(platform, new Backend(rows(1, 4)).serve)
    expect(requests).toEqual(["GET /todo/all?limit=2", "GET /todo/all?limit=2&offset=2"])
    expect(names(list)).toEqual(["1", "2", "3", "4"])
  })

  it("asks for as many items as are shown, like `execute()`", async () => {
    const { list, platform, event } = await failed()
    event("todoCreated", "dataCreate", { items: rows(7, 8) })
    await answer(platform, { message: "no" }, 403)
    expect([names(list).length, platform.requests]).toEqual([3, []])
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?limit=3"])
  })

  it("leaves nothing if there is nothing", async () => {
    const { list, platform } = await failed()
    void list.execute.next()
    await drain(platform, new Backend([]).serve)
    expect([names(list), list.hasMore.value]).toEqual([[], false])
  })

  it("follows on an empty page that has a cursor", async () => {
    const { todo, platform, event } = await world()
    const nextParams = (response: unknown) => (response as { body: { cursor?: string } }).body.cursor && { after: "a" }
    const list = todo.getAll({ options: { live: true, useCache: false, nextParams } })
    void list.execute()
    await answer(platform, { type: "dataRead", body: { items: [], cursor: "a" } })
    event("todoCreated", "dataCreate", { items: rows(9, 9) })
    void list.execute.next()
    await settle()
    expect(platform.requests.map(asked)).toEqual(["GET /todo/all?after=a"])
    await answer(platform, { type: "dataRead", body: { items: rows(1, 1) } })
    expect(names(list).sort()).toEqual(["1", "9"])
  })
})
