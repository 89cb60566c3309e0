// The latest execution wins, also if it fails. An older response never replaces a newer failure. Each `execute()` still
// resolves with its own outcome.
import { describe, expect, it } from "vitest"
import type { FakeRequest } from "../harness"
import { answer, created, names, over, type RuleArgs, read, settle, shown, type World, world } from "./harness"

const a = { _id: "a", name: "a" }
const b = { _id: "b", name: "b" }
const uncached: RuleArgs = { options: { useCache: false } }

/** The ways in which the newer of two executions fails. */
const refusals: [string, (request: FakeRequest, made: World<never>) => unknown, string][] = [
  ["400", (request) => request.answered(400, { message: "no" }), "HTTP_ERROR"],
  ["404", (request) => request.answered(404, { message: "none" }), "HTTP_ERROR"],
  ["503", (request) => request.answered(503, {}), "HTTP_ERROR"],
  ["no network", (request) => request.failed("cut"), "NETWORK_ERROR"],
  ["no JSON", (request) => request.malformed(200, "<html>"), "BAD_RESPONSE"],
  ["an answer of another shape", (request) => request.answered(200, 7), "BAD_RESPONSE"],
]

/** Two executions of a list, both in flight: the older with `page=1`, the newer with `page=2`. */
async function twoInFlight(args: RuleArgs = uncached) {
  const made = await world()
  const list = await shown(made, [b], args)
  const [older, newer] = [list.execute({ page: 1 }), list.execute({ page: 2 })]
  await settle()
  const requestOf = (page: number) => made.platform.requests.find(({ url }) => url.includes(`page=${page}`))
  return { made, list, older, newer, first: requestOf(1), second: requestOf(2) as FakeRequest }
}

describe("an older response does not replace the newer failure", () => {
  it.each(refusals)("%s", async (_name, refuse, code) => {
    const { made, list, newer, first, second } = await twoInFlight()
    refuse(second, made)
    expect((await over(newer)).error?.code).toBe(code)
    first?.answered(200, read(a))
    await settle()
    expect([list.error.value?.code, names(list), list.response.value, list.isLoading.value]).toEqual([
      code,
      ["b"],
      read(b),
      false,
    ])
  })

  it.each([
    ["a placeholder taken back (redux-toolkit#2779)", { _id: undefined }, "MISSING_PARAM"],
    ["an empty placeholder", { _id: "" }, "MISSING_PARAM"],
    ["a text", "x", "BAD_ARGUMENT"],
    ["a list", [], "BAD_ARGUMENT"],
  ])("%s, which is refused without a request", async (_name, argument, code) => {
    const { todo, platform } = await world()
    const one = todo.get({ params: { _id: "a" } })
    void one.execute()
    await settle()
    const request = platform.request()
    expect((await over(one.execute(argument))).error?.code).toBe(code)
    expect(one.error.value?.code).toBe(code)
    if (!request.aborted) request.answered(200, a)
    await settle()
    expect([one.error.value?.code, one.dataArr.value, one.isLoading.value]).toEqual([code, [], false])
  })

  it("of a mutation: its error stays, and the older one's item still shows", async () => {
    const made = await world()
    const list = await shown(made, [], { options: { live: true } })
    const create = made.todo.create()
    const older = create.execute({ name: "a" })
    const newer = create.execute({ name: "b" })
    await settle()
    const [first, second] = made.platform.requests
    second?.answered(400, { message: "no" })
    expect((await over(newer)).error?.code).toBe("HTTP_ERROR")
    first?.answered(201, created(a))
    expect((await over(older)).result).toEqual([a])
    expect([create.error.value?.code, create.isLoading.value]).toEqual(["HTTP_ERROR", false])
    made.event("todoCreated", "dataCreate", { items: [a] })
    expect(names(list)).toEqual(["a"])
  })

  it("params that throw count as the newer failure", async () => {
    const { todo, platform } = await world()
    let isBad = false
    const params = () => {
      if (isBad) throw new Error("the form is gone")
      return { page: 1 }
    }
    const list = todo.getAll({ params, ...uncached })
    void list.execute()
    await settle()
    isBad = true
    const { error } = await over(list.execute())
    expect(error?.message).toContain("the form is gone")
    for (const request of [...platform.requests]) request.answered(200, read(a))
    await settle()
    expect([list.error.value, names(list)]).toEqual([error, []])
  })
})

describe("an older outcome does not replace the newer response", () => {
  it.each(refusals)("an older %s (vueuse#5525)", async (_name, refuse) => {
    const { made, list, newer, first, second } = await twoInFlight()
    second.answered(200, read(a))
    expect((await over(newer)).error).toBeUndefined()
    if (first && !first.aborted) refuse(first, made)
    await settle()
    expect([list.error.value, names(list), list.isLoading.value]).toEqual([undefined, ["a"], false])
  })

  it("an older success (vercel/swr#173)", async () => {
    const { list, newer, first, second } = await twoInFlight()
    second.answered(200, read(a))
    await over(newer)
    first?.answered(200, read(b))
    await settle()
    expect([names(list), list.response.value]).toEqual([["a"], read(a)])
  })

  it("an older response after the newer one was reused from another query", async () => {
    const made = await world()
    const other = made.todo.getAll({ params: { page: 2 } })
    void other.execute()
    await answer(made.platform, read(a))
    const list = made.todo.getAll()
    void list.execute({ page: 1 })
    await settle()
    void list.execute({ page: 2 })
    await settle()
    expect(names(list)).toEqual(["a"])
    for (const request of [...made.platform.requests]) request.answered(200, read(b))
    await settle()
    expect([names(list), list.response.value, list.query.value.params]).toEqual([["a"], read(a), { page: 2 }])
  })

  it("an older failure after a newer failure: the newer one's stays", async () => {
    const { list, newer, first, second } = await twoInFlight()
    second.answered(400, { message: "newer" })
    await over(newer)
    first?.answered(500, { message: "older" })
    await settle()
    expect(list.error.value?.message).toContain("newer")
  })
})

describe("each execution resolves with its own outcome", () => {
  it.each([
    ["older first", [0, 1]],
    ["newer first", [1, 0]],
  ])("%s", async (_name, order) => {
    const made = await world()
    const create = made.todo.create()
    const executions = ["a", "b", "c"].map((name) => create.execute({ name }))
    await settle()
    const requests = [...made.platform.requests]
    requests[2]?.answered(409, { message: "no" })
    for (const i of order) requests[i]?.answered(201, created({ _id: `${i}`, name: `${i}` }))
    const outcomes = await Promise.all(executions.map(over))
    expect(outcomes.map(({ result, error }) => result?.[0]?.name ?? error?.code)).toEqual(["0", "1", "HTTP_ERROR"])
    expect(create.error.value?.code).toBe("HTTP_ERROR")
  })

  it("a successful execution after the failure clears it", async () => {
    const { made, list, second } = await twoInFlight()
    second.answered(400, { message: "no" })
    await settle()
    void list.execute({ page: 3 })
    await settle()
    made.platform.requests.find(({ url }) => url.includes("page=3"))?.answered(200, read(a))
    await settle()
    expect([list.error.value, names(list)]).toEqual([undefined, ["a"]])
  })
})
