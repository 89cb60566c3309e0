// Active queries: those whose refs are observed, and those with `active`. Others free their place in the core but
// live while something references them: they show changes of their items, send no requests, and continue when they
// are executed or observed again.
import { getEventListeners } from "node:events"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { effect } from "@preact/signals-core"
import { beforeAll, describe, expect, it, vi } from "vitest"
import type { CoreModule } from "../../js-glue/core/core-module"
import { loadCore } from "../../js-glue/core/load"
import { censusOf } from "../support/core"
import { connect, wasm } from "./harness"
import {
  answer,
  asked,
  created,
  names,
  over,
  queryOf,
  read,
  settle,
  shown,
  updated,
  type World,
  world,
} from "./rules/harness"

const a = { _id: "1", name: "a" }
const b = { _id: "2", name: "b" }
const ignore = () => {}

/** Bytes that 2,000 queries may leave: 40 each, less than any of their objects takes. */
const MAX_GROWTH = 80_000

let core: CoreModule
beforeAll(async () => {
  core = await loadCore(wasm)
})

/** A world, and the number of queries in its core. */
async function counted() {
  const creates = vi.spyOn(core, "createRuntime")
  const made = await world()
  const handle = creates.mock.results.at(-1)?.value.value as number
  creates.mockRestore()
  return { ...made, queries: () => censusOf(core, handle)[3] }
}

/** The events that refetch all active queries: focus, a new network, and a connection that missed events. */
const occasions: [string, (made: World) => Promise<void>][] = [
  ["focus", async ({ platform }) => platform.life("visible")],
  [
    "a gap",
    async ({ runtime, platform }) => {
      platform.connection.closed("cut")
      platform.advance(2000)
      await connect(runtime, platform)
    },
  ],
  [
    "a network and focus",
    async ({ platform }) => {
      platform.life("offline")
      platform.life("online")
      platform.life("visible")
    },
  ],
]

/** The requests of the next second. */
async function requests({ platform }: World): Promise<string[]> {
  for (let i = 0; i < 10; i++) {
    await settle()
    platform.advance(100)
  }
  await settle()
  return platform.requests.map(asked)
}

describe.each(occasions)("at %s", (_name, occur) => {
  it("200 queries that were executed once ask for nothing, at once or later", async () => {
    const made = await world()
    for (let i = 0; i < 200; i++) await shown(made, [{ _id: String(i) }], { params: { _id: String(i) } }, "get")
    await occur(made)
    expect(await requests(made)).toEqual([])
    made.platform.advance(5000)
    await occur(made)
    expect(await requests(made)).toEqual([])
  })

  it.each<[string, object, (query: Awaited<ReturnType<typeof shown>>) => unknown]>([
    ["is subscribed to", {}, (list) => list.dataArr.subscribe(ignore)],
    ["is subscribed to by another ref", {}, (list) => list.isLoading.subscribe(ignore)],
    ["is read in an effect", {}, (list) => effect(() => void list.data.value)],
    ["is live", { live: true }, ignore],
    ["has an interval", { refetchInterval: 1e6 }, ignore],
    ["follows events", { refetchOnEvent: true }, ignore],
    ["says so", { active: true }, ignore],
    ["said so later", {}, (list) => list.configure({ active: true })],
  ])("a list that %s is read again", async (_name, options, follow) => {
    const made = await world()
    const list = await shown(made, [a], { options })
    follow(list)
    made.platform.advance(5000)
    await occur(made)
    expect(await requests(made)).toEqual(["GET /todo/all"])
  })

  it("one that is no longer followed is not, and is when somebody follows it again", async () => {
    const made = await world()
    const list = await shown(made, [a])
    const end = list.dataArr.subscribe(ignore)
    end()
    await occur(made)
    expect(await requests(made)).toEqual([])
    list.dataArr.subscribe(ignore)
    expect(await requests(made)).toEqual(["GET /todo/all"])
  })

  it("one that said it is inactive is not, though somebody follows it", async () => {
    const made = await world()
    const list = await shown(made, [a], { options: { active: false } })
    list.dataArr.subscribe(ignore)
    await occur(made)
    expect(await requests(made)).toEqual([])
  })

  it("an immediate one is refetched", async () => {
    const made = await world()
    made.todo.getAll({ options: { immediate: true } })
    await answer(made.platform, read(a))
    made.platform.advance(5000)
    await occur(made)
    expect(await requests(made)).toEqual(["GET /todo/all"])
  })
})

describe("a query that was executed and is not followed", () => {
  it("gives its place in the core back, and takes it again", async () => {
    const made = await counted()
    const list = await shown(made, [a], { params: { limit: 1 } })
    expect(made.queries()).toBe(1)
    made.platform.advance(2000)
    expect(made.queries()).toBe(0)
    void list.execute({ offset: 2 })
    await answer(made.platform, read(b))
    made.platform.advance(5000)
    void list.execute()
    await settle()
    expect(queryOf(made.platform.request())).toEqual([
      ["limit", "1"],
      ["offset", "2"],
    ])
    expect([made.queries(), names(list)]).toEqual([1, ["b"]])
  })

  it.each(["getAll", "create"] as const)("takes none before it is executed: %s", async (operation) => {
    const made = await counted()
    const query = made.todo[operation]()
    query.isLoading.subscribe(ignore)
    query.configure({ timeout: 100 })
    query.abort()
    expect(made.queries()).toBe(0)
    query.dispose()
    expect(await over(query.execute())).toMatchObject({ error: { code: "DISPOSED" } })
  })

  it("keeps it as long as it is executed again and again, and while it is under way", async () => {
    const made = await counted()
    const list = await shown(made, [a])
    for (let i = 0; i < 5; i++) {
      made.platform.advance(900)
      if (i % 2 === 0) void list.execute()
      await settle()
      for (const request of [...made.platform.requests]) request.answered(200, read(a))
      await settle()
    }
    expect(made.queries()).toBe(1)
    made.platform.advance(1000)
    void list.execute()
    made.platform.advance(20_000)
    expect(made.queries()).toBe(1)
    await answer(made.platform, read(b))
    expect(names(list)).toEqual(["b"])
    made.platform.advance(2000)
    expect(made.queries()).toBe(0)
  })

  it("gives it back after a failure, a refusal, an abort and an answer that was reused", async () => {
    const made = await counted()
    void made.todo.getAll({ params: { a: 1 } }).execute()
    await answer(made.platform, {}, 404)
    void made.todo.get().execute()
    const aborted = made.todo.getAll({ params: { a: 2 } })
    void aborted.execute()
    aborted.abort()
    await shown(made, [a], { params: { a: 3 } })
    void made.todo.getAll({ params: { a: 3 } }).execute()
    await settle()
    expect([made.queries(), made.platform.requests]).toEqual([5, []])
    made.platform.advance(4000)
    expect(made.queries()).toBe(0)
  })

  it("shows what becomes of its items, as long as somebody holds it", async () => {
    const made = await counted()
    const list = await shown(made, [a, b])
    made.platform.advance(5000)
    expect(made.queries()).toBe(0)
    void made.todo.update({ params: { _id: "1" } }).execute({ name: "A" })
    await answer(made.platform, updated({ _id: "1", name: "A" }))
    expect(names(list)).toEqual(["A", "b"])
    void made.todo.delete({ params: { _id: "2" } }).execute()
    await answer(made.platform, { type: "dataDelete", body: { items: [], deleted: ["2"] } })
    expect(names(list)).toEqual(["A"])
  })

  it("is read once when it is followed and something has changed, with the params that it asked for last", async () => {
    const made = await world()
    const list = await shown(made, [a])
    void list.execute({ limit: 3 })
    await answer(made.platform, read(a))
    made.platform.advance(5000)
    made.event("todoCreated", "dataCreate", { items: [b] })
    expect(await requests(made)).toEqual([])
    list.dataArr.subscribe(ignore)
    list.isLoading.subscribe(ignore)
    expect(await requests(made)).toEqual(["GET /todo/all?limit=3"])
    await answer(made.platform, read(a, b))
    expect([names(list), await requests(made)]).toEqual([["a", "b"], []])
  })

  it.each([0, 5000])("is not when nothing has changed, %i ms later", async (later) => {
    const made = await world()
    const list = await shown(made, [a])
    made.platform.advance(later)
    list.dataArr.subscribe(ignore)
    expect(await requests(made)).toEqual([])
  })

  it("is read when it is followed if its last read failed and something had changed", async () => {
    const made = await world()
    const list = await shown(made, [a])
    made.event("todoCreated", "dataCreate", { items: [b] })
    void list.execute()
    await answer(made.platform, {}, 503)
    made.platform.advance(10_000)
    expect(await requests(made)).toEqual([])
    list.dataArr.subscribe(ignore)
    expect(await requests(made)).toEqual(["GET /todo/all"])
  })

  it("goes on at an interval that it is given later", async () => {
    const made = await world()
    const list = await shown(made, [a])
    made.platform.advance(10_000)
    list.configure({ refetchInterval: 500 })
    made.platform.advance(500)
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all"])
  })

  it("reads the next page after the shown items", async () => {
    const made = await world()
    const list = await shown(made, [a], { params: { limit: 1 } })
    void list.execute.next()
    await answer(made.platform, read(b))
    made.platform.advance(5000)
    void list.execute.next()
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all?limit=1&offset=2"])
  })

  it("ends with its scope, and with the runtime", async () => {
    const made = await world()
    const list = await shown(made, [a])
    const other = made.runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.()
    made.platform.advance(5000)
    made.api.dispose()
    list.dataArr.subscribe(ignore)
    list.configure({ refetchInterval: 100 })
    expect(await over(list.execute())).toMatchObject({ error: { code: "DISPOSED" } })
    made.runtime.dispose()
    other?.dataArr.subscribe(ignore)
    other?.abort()
    other?.dispose()
    expect(await requests(made)).toEqual([])
  })

  it("listens to its signal only while it has a place, and is refused once that was aborted", async () => {
    const made = await world()
    const user = new AbortController()
    const list = await shown(made, [a], { config: { signal: user.signal } })
    expect(getEventListeners(user.signal, "abort")).toHaveLength(1)
    made.platform.advance(5000)
    expect(getEventListeners(user.signal, "abort")).toHaveLength(0)
    void list.execute()
    await settle()
    user.abort()
    expect([made.platform.requests, list.isLoading.value]).toEqual([[], false])
    expect(await over(list.execute())).toMatchObject({ error: { code: "ABORTED" } })
  })

  it("sends the headers that it was made with when it is executed again", async () => {
    const made = await world()
    const list = await shown(made, [a], { config: { headers: { "x-tenant": "1" } } })
    made.platform.advance(5000)
    void list.execute()
    await settle()
    expect(made.platform.request().headers.get("x-tenant")).toBe("1")
  })
})

describe("what is in doubt of an item", () => {
  it("is read by whom somebody looks at", async () => {
    const made = await world()
    const old = { _id: "1", name: "old", updatedAt: "2026-01-01T00:00:00Z" }
    const now = { _id: "1", name: "now", updatedAt: "2026-01-02T00:00:00Z" }
    const one = await shown(made, [now], { params: { _id: "1" } }, "get")
    one.dataArr.subscribe(ignore)
    await shown(made, [old], { params: { page: 1 } })
    made.platform.advance(1000)
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/1"])
  })
})

describe("what was executed once and is held by nobody", () => {
  let collect: () => void
  beforeAll(() => {
    setFlagsFromString("--expose-gc")
    collect = runInNewContext("gc")
  })

  /** Bytes of the JavaScript heap after garbage collection. */
  async function held(): Promise<number> {
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    return process.memoryUsage().heapUsed
  }

  const kinds: [string, (made: World, i: number) => Promise<unknown>, (i: number) => unknown][] = [
    [
      "create",
      ({ todo }, i) => todo.create().execute({ name: `n${i}` }),
      (i) => created({ _id: `c${i}`, name: `n${i}` }),
    ],
    [
      "optimistic update",
      ({ todo }, i) => todo.update({ params: { _id: `u${i}` }, options: { optimistic: true } }).execute({ n: i }),
      (i) => updated({ _id: `u${i}`, n: i }),
    ],
    ["get", ({ todo }, i) => todo.get({ params: { _id: `g${i}` } }).execute(), (i) => read({ _id: `g${i}`, n: i })],
    ["getAll", ({ todo }, i) => todo.getAll({ params: { page: i } }).execute(), (i) => read({ _id: `l${i}`, n: i })],
    [
      "get with a signal",
      ({ todo }, i) => todo.get({ params: { _id: `s${i}` }, config: { signal } }).execute(),
      () => read(a),
    ],
  ]
  const { signal } = new AbortController()

  it.each(kinds)(
    "leaves nothing behind in its scope: %s",
    async (name, execute, answered) => {
      const made = await counted()
      const round = async (from: number, count: number) => {
        for (let i = from; i < from + count; i++) {
          const execution = execute(made, i)
          await Promise.resolve()
          made.platform.request().answered(200, answered(i))
          await execution
        }
        made.platform.advance(5000)
        made.notices.length = 0
        await held()
      }
      await round(0, 2000)
      const memory = core.HEAPU8.byteLength
      const before = await held()
      const rounds = name === "create" ? 10 : 3
      for (let i = 0; i < rounds; i++) await round(2000 * (i + 1), 2000)
      expect([made.queries(), made.platform.timers.size]).toEqual([0, 1])
      expect((await held()) - before).toBeLessThan(rounds * MAX_GROWTH)
      // Its remaining free memory is fragmented.
      expect(core.HEAPU8.byteLength - memory).toBeLessThan(2 ** 19)
      expect(made.errors).toEqual([])
      made.runtime.dispose()
    },
    120_000,
  )
})
