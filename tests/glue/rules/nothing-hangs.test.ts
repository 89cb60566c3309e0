// Nothing hangs and nothing crashes. Whatever is thrown, passed or returned, `execute()` resolves, `isLoading` ends,
// and the next execution works.
import { describe, expect, it } from "vitest"
import { eventFrame } from "../harness"
import { bodiesRead, fetchedWorld } from "./fetched"
import { answer, created, type Item, names, over, type RuleQuery, read, settle, shown, world } from "./harness"

const depths = [5_000, 100_000]
const lists = (depth: number, leaf = "1") => `${"[".repeat(depth)}${leaf}${"]".repeat(depth)}`
const objects = (depth: number, leaf = "1") => `${'{"a":'.repeat(depth)}${leaf}${"}".repeat(depth)}`
const uncached = { options: { useCache: false } }

/** Expects that the execution has settled, nothing loads, and the query's next execution succeeds. */
async function goesOn(query: RuleQuery, platform: Awaited<ReturnType<typeof world>>["platform"]) {
  expect(query.isLoading.value).toBe(false)
  platform.advance(2000)
  const again = query.execute({ _id: "1", name: "again" })
  await answer(platform, { _id: "1", name: "again" })
  expect((await over(again)).error).toBeUndefined()
  expect(query.error.value).toBeUndefined()
}

describe("JSON of any depth", () => {
  const shapes: [string, (depth: number) => string][] = [
    ["nested lists", (depth) => lists(depth)],
    ["nested objects", (depth) => objects(depth)],
    ["an item with a deep field", (depth) => `{"_id":"1","name":"a","deep":${lists(depth)}}`],
    ["an envelope with deep items", (depth) => `{"body":{"items":[{"_id":"1","deep":${objects(depth)}}]}}`],
    ["an `_id` that is deep", (depth) => `[{"_id":${lists(depth)}}]`],
  ]

  it.each(shapes)("%s, as the response to a read and a mutation", async (_name, make) => {
    for (const depth of depths) {
      for (const operation of ["getAll", "create"] as const) {
        const { todo, platform, runtime } = await world()
        const query = todo[operation](uncached)
        const execution = query.execute()
        await answer(platform, JSON.parse(make(depth)))
        const { error } = await over(execution)
        if (error) expect(error.code).toBe("BAD_RESPONSE")
        await goesOn(query, platform)
        runtime.dispose()
      }
    }
  })

  it.each([
    ["the same", "1", "1"],
    ["one that differs at its deepest", "1", "2"],
  ])("%s answer twice, which has to be compared", async (_name, first, second) => {
    for (const depth of depths) {
      const { todo, platform } = await world()
      const list = todo.getAll(uncached)
      for (const leaf of [first, second]) {
        const execution = list.execute()
        await answer(platform, JSON.parse(`[{"_id":"1","name":"a","deep":${lists(depth, leaf)}}]`))
        await over(execution)
      }
      await goesOn(list, platform)
    }
  })

  it("as text, by the platform's own fetch", async () => {
    for (const depth of depths) {
      const { runtime, todo, respond } = await fetchedWorld()
      const list = todo.getAll()
      const execution = list.execute()
      await respond(new Response(`[{"_id":"1","deep":${lists(depth)}}]`, { status: 200 }))
      await bodiesRead()
      await over(execution)
      expect(list.isLoading.value).toBe(false)
      runtime.dispose()
    }
  })

  it("in an event, for a live list and a listener", async () => {
    for (const depth of depths) {
      const made = await world()
      const list = await shown(made, [{ _id: "1", name: "a" }], { options: { live: true } })
      let heard = 0
      made.api.$socket.on("todoUpdated", () => heard++)
      const payload = `{"type":"dataUpdate","body":{"items":[{"_id":"1","name":"b","deep":${lists(depth)}}]}}`
      made.text(`42["plugin_pacifico__todo--todoUpdated",${payload}]`)
      made.text(eventFrame("todoUpdated", created({ _id: "1", name: "c" })))
      await settle()
      expect(heard).toBeGreaterThan(0)
      await goesOn(list, made.platform)
    }
  })

  it("in params, in an argument, and shown optimistically", async () => {
    for (const depth of depths) {
      const made = await world()
      const list = await shown(made, [{ _id: "1", name: "a" }])
      const update = made.todo.update({ options: { optimistic: true } })
      const execution = update.execute({ _id: "1", deep: JSON.parse(objects(depth)) })
      await settle()
      for (const request of [...made.platform.requests]) request.answered(400, { message: "too deep" })
      expect((await over(execution)).error).toBeDefined()
      expect(names(list)).toEqual(["a"])
      await goesOn(update, made.platform)
    }
  })

  it("a list of 150,000 items is shown", async () => {
    const { todo, platform } = await world()
    const list = todo.getAll()
    void list.execute()
    await answer(
      platform,
      [...Array(150_000).keys()].map((n) => ({ _id: `${n}` })),
    )
    expect([list.dataArr.value.length, list.isLoading.value]).toEqual([150_000, false])
  })
})

describe("an `_id` that cannot be converted to a string", () => {
  const ids: [string, unknown][] = [
    ["whose toString is a text", { toString: "x" }],
    ["whose toString and valueOf are null", { toString: null, valueOf: null }],
    ["that is an object", { $oid: "a" }],
    ["that is a list of such", [{ toString: 1 }]],
    ["that is null", null],
  ]

  it.each(ids)("%s, in a response", async (_name, _id) => {
    const { todo, platform } = await world()
    const list = todo.getAll(uncached)
    void list.execute()
    const rows = [
      { _id, name: "a" },
      { _id: "2", name: "b" },
    ]
    await answer(platform, rows)
    expect(list.dataArr.value).toEqual(rows)
    await goesOn(list, platform)
  })

  it.each(ids)("%s, in events: as item, as deleted, as previous version", async (_name, _id) => {
    const made = await world()
    const list = await shown(made, [{ _id: "2", name: "b" }], { options: { live: true } })
    made.event("todoCreated", "dataCreate", { items: [{ _id, name: "a" }] })
    made.event("todoUpdated", "dataUpdate", { items: [{ _id, name: "a2" }], prevVersion: { _id, name: "a" } })
    made.event("todoDeleted", "dataDelete", { items: [], deleted: [_id] })
    await settle()
    while (made.platform.requests.length > 0) await answer(made.platform, read({ _id: "2", name: "b" }))
    expect(list.dataArr.value).toContainEqual({ _id: "2", name: "b" })
    await goesOn(list, made.platform)
  })

  it.each([...ids, ["that is a symbol", Symbol("a")], ["that is a function", () => "1"]])(
    "%s, in params of an optimistic mutation",
    async (_name, _id) => {
      const made = await world()
      const list = await shown(made, [{ _id: "2", name: "b" }])
      const update = made.todo.update({ options: { optimistic: true } })
      const execution = update.execute({ _id, name: "x" })
      await settle()
      for (const request of [...made.platform.requests]) request.answered(400, { message: "no" })
      expect((await over(execution)).error).toBeDefined()
      expect(names(list)).toEqual(["b"])
      await goesOn(update, made.platform)
    },
  )
})

describe("thrown values without a message", () => {
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const badMessage = Object.defineProperty(new Error("a"), "message", {
    get() {
      throw new Error("no message")
    },
  })
  const thrown: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a symbol", Symbol("s")],
    ["an object without a prototype", Object.create(null)],
    [
      "an object whose toString throws",
      {
        toString: () => {
          throw new Error("no text")
        },
      },
    ],
    ["an error whose message throws", badMessage],
    ["an error whose message is no text", Object.assign(new Error("a"), { message: { a: 1 } })],
    ["a revoked proxy", revoked()],
  ]

  it.each(thrown)("%s, by `auth`", async (_name, value) => {
    let isBad = false
    const auth = () => {
      if (isBad) throw value
      return { token: "t" }
    }
    for (const isAsync of [false, true]) {
      const options = { auth: isAsync ? async () => auth() : auth }
      const { todo, platform } = await world({ runtime: options, isConnected: false })
      isBad = true
      const list = todo.getAll()
      const { error } = await over(list.execute())
      isBad = false
      expect([error?.code, typeof error?.message]).toEqual(["AUTH_FAILED", "string"])
      await goesOn(list, platform)
    }
  })

  it.each(thrown)("%s, by a function for params, a getter in them, and a target", async (_name, value) => {
    const fail = (): never => {
      throw value
    }
    const operations = { act: { target: fail, method: "get" } }
    const { todo, platform } = await world<"act">({ operations })
    const queries = [
      todo.getAll({ params: fail }),
      todo.getAll({ params: { name: fail } }),
      todo.create({ params: Object.defineProperty({}, "name", { get: fail, enumerable: true }) }),
      todo.act({ params: { name: "a" } }),
    ]
    for (const query of queries) {
      const { error } = await over(query.execute())
      expect(typeof error?.message).toBe("string")
      expect([query.error.value, query.isLoading.value, platform.requests]).toEqual([error, false, []])
    }
  })

  it.each(thrown)("%s, by the user's callbacks", async (_name, value) => {
    const fail = (): never => {
      throw value
    }
    const made = await world()
    const list = made.todo.getAll({ options: { useCache: false, live: true, cb: fail, match: fail, sort: fail } })
    list.dataArr.subscribe((items) => items.length > 0 && fail())
    void list.execute()
    await answer(made.platform, read({ _id: "1", name: "a" }))
    const update = made.todo.update({ options: { optimistic: fail, cb: fail } })
    const execution = update.execute({ _id: "1", name: "b" })
    await answer(made.platform, created({ _id: "1", name: "b" }))
    expect((await over(execution)).error).toBeUndefined()
    made.event("todoCreated", "dataCreate", { items: [{ _id: "2", name: "c" }] })
    await settle()
    while (made.platform.requests.length > 0) await answer(made.platform, read({ _id: "1", name: "b" }))
    expect([list.isLoading.value, update.isLoading.value]).toEqual([false, false])
    expect(made.errors.every(({ message }) => typeof message === "string")).toBe(true)
    expect(made.errors.length).toBeGreaterThan(3)
  })

  it.each(thrown)("%s, as a signal's reason", async (_name, value) => {
    const { todo, platform } = await world()
    const controller = new AbortController()
    const list = todo.getAll({ config: { signal: controller.signal } })
    const execution = list.execute()
    await settle()
    controller.abort(value)
    expect((await over(execution)).error?.code).toBe("ABORTED")
    expect([list.isLoading.value, platform.requests]).toEqual([false, []])
  })
})

describe("params without a JSON form", () => {
  const cyclic = () => {
    const item: Item = { name: "a" }
    item.self = item
    return item
  }
  it.each([
    ["an object in itself", cyclic],
    [
      "a list in itself",
      () => {
        const list: unknown[] = []
        list.push(list)
        return { list }
      },
    ],
    [
      "two objects in each other",
      () => {
        const a: Item = {}
        a.b = { a }
        return { a }
      },
    ],
    ["a bigint", () => ({ n: 1n })],
    [
      "a toJSON that throws",
      () => ({
        n: {
          toJSON: () => {
            throw new Error("no")
          },
        },
      }),
    ],
  ])("%s: BAD_ARGUMENT, in params and argument, also where it is optimistic", async (_name, make) => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a" }])
    for (const optimistic of [false, true]) {
      for (const query of [
        made.todo.create({ params: make(), options: { optimistic } }),
        made.todo.create({ options: { optimistic } }),
      ]) {
        const { error } = await over(query.execute(make()))
        expect(error?.code).toBe("BAD_ARGUMENT")
        expect([query.isLoading.value, made.platform.requests, names(list)]).toEqual([false, [], ["a"]])
      }
    }
  })
})
