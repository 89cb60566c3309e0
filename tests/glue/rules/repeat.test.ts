// `execute()` without an argument. A read repeats its last execution, with the current values of its params. A mutation
// uses its own params, never an earlier argument. `execute({})` resets a read to its own params.
import { describe, expect, it } from "vitest"
import { reactive, ref } from "vue"
import { connect } from "../harness"
import { answer, jsonOf, over, queryOf, type RuleQuery, read, settle, type World, world } from "./harness"

/** Executes `query` with `args`, answers the request, and returns its params. */
async function asks({ platform }: World<never>, query: RuleQuery, ...args: unknown[]) {
  void query.execute(...args)
  await settle()
  const params = Object.fromEntries(queryOf(platform.request()))
  await answer(platform, read())
  return params
}

const uncached = { useCache: false }

describe("a read's `execute()`", () => {
  it("repeats the argument of the last execution", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { done: "no" }, options: uncached })
    expect(await asks(made, list)).toEqual({ done: "no" })
    expect(await asks(made, list, { limit: 1 })).toEqual({ done: "no", limit: "1" })
    expect(await asks(made, list)).toEqual({ done: "no", limit: "1" })
    expect(await asks(made, list)).toEqual({ done: "no", limit: "1" })
  })

  it.each([
    [
      "reactive",
      () => {
        const params = reactive({ done: "no" })
        return { params, change: () => Object.assign(params, { done: "yes" }) }
      },
    ],
    [
      "a ref",
      () => {
        const done = ref("no")
        return { params: { done }, change: () => Object.assign(done, { value: "yes" }) }
      },
    ],
    [
      "a function",
      () => {
        const state = { done: "no" }
        return { params: () => ({ ...state }), change: () => Object.assign(state, { done: "yes" }) }
      },
    ],
  ])("repeats it over params as they are now, where they are %s", async (_name, make) => {
    const made = await world()
    const { params, change } = make()
    const list = made.todo.getAll({ params, options: uncached })
    expect(await asks(made, list, { limit: 1 })).toEqual({ done: "no", limit: "1" })
    change()
    expect(await asks(made, list)).toEqual({ done: "yes", limit: "1" })
  })

  it("prefers the argument over params that change later", async () => {
    const made = await world()
    const params = reactive({ page: 1 })
    const list = made.todo.getAll({ params, options: uncached })
    expect(await asks(made, list, { page: 7 })).toEqual({ page: "7" })
    params.page = 2
    expect(await asks(made, list)).toEqual({ page: "7" })
  })

  it("repeats only the last argument, not those before", async () => {
    const made = await world()
    const list = made.todo.getAll({ options: uncached })
    await asks(made, list, { limit: 1 })
    await asks(made, list, { tag: "x" })
    expect(await asks(made, list)).toEqual({ tag: "x" })
  })

  it("repeats the original argument, although the caller has changed it", async () => {
    const made = await world()
    const list = made.todo.getAll({ options: uncached })
    const argument = { filter: { tag: "x" } }
    await asks(made, list, argument)
    argument.filter.tag = "y"
    expect(await asks(made, list)).toEqual({ "filter[tag]": "x" })
  })

  it("repeats the argument of a failed execution", async () => {
    const made = await world()
    const list = made.todo.getAll({ options: uncached })
    void list.execute({ limit: 1 })
    await answer(made.platform, { message: "no" }, 500)
    expect(await asks(made, list)).toEqual({ limit: "1" })
  })

  it("is reset by `execute({})`, for the executions after it, too", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { done: "no" }, options: uncached })
    await asks(made, list, { limit: 1 })
    expect(await asks(made, list, {})).toEqual({ done: "no" })
    expect(await asks(made, list)).toEqual({ done: "no" })
  })

  it("treats undefined as no argument", async () => {
    const made = await world()
    const list = made.todo.getAll({ options: uncached })
    await asks(made, list, { limit: 1 })
    expect(await asks(made, list, undefined)).toEqual({ limit: "1" })
  })

  it("removes a param that is undefined in the argument", async () => {
    const made = await world()
    const list = made.todo.getAll({ params: { limit: 1, done: "no" }, options: uncached })
    expect(await asks(made, list, { limit: undefined })).toEqual({ done: "no" })
    expect(await asks(made, list)).toEqual({ done: "no" })
  })

  it("is repeated by the runtime, too: after a lost connection", async () => {
    const made = await world()
    const list = made.todo.getAll()
    list.dataArr.subscribe(() => {})
    expect(await asks(made, list, { limit: 1 })).toEqual({ limit: "1" })
    made.platform.connection.closed("cut")
    made.platform.advance(2000)
    await connect(made.runtime, made.platform)
    made.platform.advance(1000)
    await settle()
    expect(made.platform.requests.map(queryOf)).toEqual([[["limit", "1"]]])
  })

  it("by two callers in one task sends one request", async () => {
    const made = await world()
    const list = made.todo.getAll()
    await asks(made, list, { limit: 1 })
    made.platform.advance(1001)
    for (let i = 0; i < 2; i++) void list.execute()
    await settle()
    expect(made.platform.requests.map(queryOf)).toEqual([[["limit", "1"]]])
  })
})

describe("a mutation's `execute()`", () => {
  async function sent(made: World<never>, query: RuleQuery, ...args: unknown[]) {
    void query.execute(...args)
    await settle()
    const body = jsonOf(made.platform.request())
    await answer(made.platform, { _id: "1" }, 201)
    return body
  }

  it("uses its own params, never an earlier argument", async () => {
    const made = await world()
    const create = made.todo.create({ params: { name: "own" } })
    expect(await sent(made, create, { name: "given", done: true })).toEqual({ name: "given", done: true })
    expect(await sent(made, create)).toEqual({ name: "own" })
  })

  it("sends no params if it has none of its own", async () => {
    const made = await world()
    const create = made.todo.create()
    expect(await sent(made, create, { name: "given" })).toEqual({ name: "given" })
    expect(await sent(made, create)).toEqual({})
  })

  it("does not repeat a deletion by argument", async () => {
    const made = await world()
    const remove = made.todo.delete()
    void remove.execute({ _id: "1" })
    await answer(made.platform, undefined, 204)
    expect((await over(remove.execute())).error?.code).toBe("MISSING_PARAM")
    expect(made.platform.requests).toEqual([])
  })

  it("never uses the argument of one that failed, was refused or is in flight", async () => {
    const made = await world()
    const create = made.todo.create({ params: { name: "own" } })
    void create.execute({ name: "failed" })
    await answer(made.platform, { message: "no" }, 500)
    expect(await sent(made, create)).toEqual({ name: "own" })
    await create.execute({ cyclic: 1n })
    void create.execute({ name: "under way" })
    void create.execute()
    await settle()
    expect(made.platform.requests.map(jsonOf)).toEqual([{ name: "under way" }, { name: "own" }])
  })

  it("never merges the arguments of executions that `debounce` delays", async () => {
    const made = await world()
    const create = made.todo.create({ options: { debounce: 100 } })
    void create.execute({ name: "a", done: true })
    void create.execute({ name: "b" })
    made.platform.advance(100)
    await settle()
    expect(made.platform.requests.map(jsonOf)).toEqual([{ name: "b" }])
  })

  it("uses its own params with `{}`, too", async () => {
    const made = await world()
    const create = made.todo.create({ params: { name: "own" } })
    await sent(made, create, { name: "given" })
    expect(await sent(made, create, {})).toEqual({ name: "own" })
  })

  it("uses the current values of its params", async () => {
    const made = await world()
    const form = reactive({ name: "one" })
    const create = made.todo.create({ params: form })
    expect(await sent(made, create, { done: true })).toEqual({ name: "one", done: true })
    form.name = "two"
    expect(await sent(made, create)).toEqual({ name: "two" })
  })
})
