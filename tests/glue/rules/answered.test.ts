// How responses are read: which ones contain no items, what an envelope is, and that any JSON response to a mutation is
// a success.
import { describe, expect, it } from "vitest"
import { fetchedWorld } from "./fetched"
import { answer, created, type Item, names, over, type RuleQuery, read, settle, shown, world } from "./harness"

const two = [
  { _id: "1", name: "a" },
  { _id: "2", name: "b" },
]
const json = (text: string, status = 200) =>
  new Response(text, { status, headers: { "content-type": "application/json" } })
const uncached = { options: { useCache: false } }

/** A list on a real fetch driver that shows two rows. Its next response is `response`. */
async function answeredBy(response: Response, operation: "getAll" | "create" | "update" | "delete" = "getAll") {
  const made = await fetchedWorld()
  const list = made.todo.getAll(uncached)
  void list.execute()
  await made.respond(json(JSON.stringify(read(...two))))
  const query = operation === "getAll" ? list : made.todo[operation]()
  const execution = query.execute(operation === "getAll" ? {} : { _id: "1", name: "x" })
  await made.respond(response)
  const outcome = await over(execution)
  made.runtime.dispose()
  return { list, query, outcome }
}

describe("for a read, no content means no items and no error (nitro#1992, redux-toolkit#2090)", () => {
  it.each([
    ["204", () => new Response(null, { status: 204 })],
    [
      "204 with a content type",
      () => new Response(null, { status: 204, headers: { "content-type": "application/json" } }),
    ],
    ["null", () => json("null")],
    ["null between spaces", () => json(" null\n")],
    ["null with 201", () => json("null", 201)],
    ["an empty list", () => json("[]")],
    ["an envelope without items", () => json(JSON.stringify(read()))],
  ])("%s", async (_name, response) => {
    const { list, outcome } = await answeredBy(response())
    expect(outcome.error).toBeUndefined()
    expect([list.error.value, list.dataArr.value, list.data.value, list.isLoading.value]).toEqual([
      undefined,
      [],
      {},
      false,
    ])
  })

  it.each([
    ["an empty 200", () => new Response("", { status: 200 })],
    ["an empty 200 that says it is JSON", () => json("")],
    ["a 200 of spaces", () => json(" \r\n ")],
    ["a 200 without a body", () => new Response(null, { status: 200 })],
    ["a 201 without a body", () => new Response(null, { status: 201 })],
    ["JSON that is cut off", () => json('{"type":"dataRead","body":{"items":[{"_id":"1"')],
  ])("but %s was cut off: an error, and the rows stay", async (_name, response) => {
    const { list, outcome } = await answeredBy(response())
    expect(outcome.error?.code).toBe("BAD_RESPONSE")
    expect(names(list)).toEqual(["a", "b"])
    expect(list.response.value).toEqual(read(...two))
  })

  it.each([204, 200])("a single item is no longer shown after %s and null", async (status) => {
    const { todo, platform } = await world()
    const one = todo.get({ params: { _id: "1" }, ...uncached })
    void one.execute()
    await answer(platform, two[0])
    expect(names(one)).toEqual(["a"])
    void one.execute()
    await answer(platform, status === 204 ? undefined : null, status)
    expect([one.dataArr.value, one.data.value, one.error.value]).toEqual([[], {}, undefined])
  })

  it("a 204 for the next page changes no items and ends the list", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll({ params: { limit: 2 } })
    void list.execute()
    await answer(platform, { type: "dataRead", body: { items: two, hasMore: true } })
    void list.execute.next()
    await answer(platform, undefined, 204)
    expect([names(list), list.hasMore.value, list.error.value]).toEqual([["a", "b"], false, undefined])
  })

  it("an empty response leaves other queries unchanged", async () => {
    const made = await world()
    const list = await shown(made, two)
    const mine = made.todo.getAll({ params: { mine: true } })
    void mine.execute()
    await answer(made.platform, null)
    expect([names(mine), names(list)]).toEqual([[], ["a", "b"]])
  })
})

describe("an envelope is { body: { items | deleted } }, and anything else is an item", () => {
  it.each<[string, Item]>([
    ["with `type` and an object as `body`", { _id: "1", type: "mail", body: { text: "hi" } }],
    ["with `type` and a text as `body`", { _id: "1", type: "mail", body: "hi" }],
    ["with `type` and a list as `body`", { _id: "1", type: "mail", body: ["hi"] }],
    ["with `type` and null as `body`", { _id: "1", type: "mail", body: null }],
    ["with an empty `body`", { _id: "1", type: "mail", body: {} }],
    ["with `items`", { _id: "1", items: [{ _id: "5" }] }],
    ["with `deleted`", { _id: "1", deleted: ["1"] }],
    ["with the type of an operation", { _id: "1", type: "dataRead", body: { text: "hi" } }],
    ["without an `_id`", { type: "mail", body: { text: "hi" } }],
  ])("an item %s: bare, in a list, and in an envelope", async (_name, item) => {
    for (const body of [item, [item], read(item), { body: { items: [item] } }]) {
      const { todo, platform } = await world()
      const list = todo.getAll()
      const execution = list.execute()
      await answer(platform, body)
      expect(await over(execution)).toEqual({ response: body, result: [item], error: undefined })
      expect(list.dataArr.value).toEqual([item])
    }
  })

  it.each([
    ["items", read(...two), ["a", "b"]],
    ["items without a type", { body: { items: two } }, ["a", "b"]],
    ["deleted without items", { type: "dataDelete", body: { deleted: ["1"] } }, []],
    ["items beside a message", { type: "dataRead", body: { items: two }, message: "here" }, ["a", "b"]],
  ])("an envelope with %s", async (_name, body, rows) => {
    const { todo, platform } = await world()
    const list = todo.getAll()
    void list.execute()
    await answer(platform, body)
    expect(names(list)).toEqual(rows)
  })

  it("an item with `type` and `body` in a mutation's response is shown by all queries", async () => {
    const made = await world()
    const mail = { _id: "1", type: "mail", body: { text: "hi" } }
    const list = await shown(made, [mail])
    void made.todo.update().execute({ _id: "1" })
    await answer(made.platform, { ...mail, body: { text: "changed" } })
    expect(list.dataArr.value).toEqual([{ ...mail, body: { text: "changed" } }])
  })
})

describe("for a mutation every JSON response is a success, and `response` contains it", () => {
  const answers: unknown[] = [
    123456,
    0,
    -1.5,
    "ok",
    "",
    true,
    false,
    null,
    [],
    ["a"],
    [1, null, "x"],
    [[]],
    [{ _id: "9" }, null],
    {},
    { ok: true },
    { acknowledged: true, modifiedCount: 1 },
    { message: "done" },
    { items: [] },
    { type: "dataUpdate", body: { items: "none" } },
    { body: { deleted: 7 } },
  ]
  const operations = ["create", "update", "delete"] as const

  it.each(answers.map((body) => [JSON.stringify(body), body] as const))("%s", async (_text, body) => {
    for (const operation of operations) {
      const made = await world()
      const list = await shown(made, two)
      const mutation = made.todo[operation]()
      const execution = mutation.execute({ _id: "2", name: "x" })
      await answer(made.platform, body)
      const { response, error } = await over(execution)
      expect([response, error], operation).toEqual([body, undefined])
      expect([mutation.response.value, mutation.error.value, mutation.isLoading.value]).toEqual([
        body,
        undefined,
        false,
      ])
      expect(made.notices.map(({ color }) => color)).toEqual(["success"])
      expect(list.dataArr.value.filter(({ name }) => name !== "a" && name !== "b" && name !== "x")).toEqual([])
    }
  })

  it.each([
    ["204", () => new Response(null, { status: 204 })],
    ["an empty 200", () => new Response("", { status: 200 })],
  ])("%s is one, too", async (_name, response) => {
    for (const operation of operations) {
      const { query, outcome } = await answeredBy(response(), operation)
      expect([outcome.error, query.error.value, query.isLoading.value], operation).toEqual([
        undefined,
        undefined,
        false,
      ])
    }
  })

  it("a number replaces the response before it", async () => {
    const { todo, platform } = await world()
    const create = todo.create()
    for (const body of [created({ _id: "1" }), 0, false, "", null]) {
      void create.execute({ name: "a" })
      await answer(platform, body, 201)
      expect(create.response.value).toEqual(body)
    }
  })

  it("in `offlineMode`, too: the mutation leaves the queue", async () => {
    const { runtime, todo, platform } = await world({ entity: { offlineMode: true } })
    const execution = todo.create().execute({ name: "a" })
    await answer(platform, 123456, 201)
    expect(await over(execution)).toMatchObject({ response: 123456, error: undefined })
    expect(runtime.queued.value.length).toBe(0)
  })

  it("but a response that is not JSON is BAD_RESPONSE", async () => {
    const { outcome } = await answeredBy(new Response("<html>", { status: 200 }), "update")
    expect(outcome.error?.code).toBe("BAD_RESPONSE")
  })

  it.each([
    ["a number", 7],
    ["a text", "ok"],
    ["a list of texts", ["a"]],
    ["a boolean", true],
  ])("and of a read, %s is BAD_RESPONSE, also where it is a POST", async (_name, body) => {
    const operations = { search: { target: "/todo/search", method: "post", storeActionType: "dataRead" } }
    const { todo, platform } = await world<"search">({ operations })
    const queries: RuleQuery[] = [todo.getAll(), todo.search()]
    for (const query of queries) {
      const execution = query.execute()
      await settle()
      await answer(platform, body)
      expect((await over(execution)).error?.code).toBe("BAD_RESPONSE")
    }
  })
})
