// How queries stay fresh: retries of failed reads, pauses that servers ask for, intervals in hidden pages, and
// refetches after events.
import { describe, expect, it } from "vitest"
import { connect } from "./harness"
import { answer, asked, names, read, settle, shown, world } from "./rules/harness"

const uncached = { options: { useCache: false } }
const a = { _id: "1", name: "a" }
const b = { _id: "2", name: "b" }

describe("a read that failed after an event", () => {
  it("is retried automatically until it succeeds", async () => {
    const made = await world()
    const list = await shown(made, [a], uncached)
    list.dataArr.subscribe(() => {})
    made.api.$socket.on("todoCreated", list.execute)
    made.event("todoCreated", "dataCreate", { items: [b] })
    await answer(made.platform, { message: "the backend restarts" }, 502)
    expect([names(list), list.error.value?.code]).toEqual([["a"], "HTTP_ERROR"])
    made.platform.advance(2000)
    await answer(made.platform, read(a, b))
    expect([names(list), list.error.value]).toEqual([["a", "b"], undefined])
  })

  it("ends with its query", async () => {
    const made = await world()
    const list = await shown(made, [a], uncached)
    made.event("todoCreated", "dataCreate", { items: [b] })
    void list.execute()
    await answer(made.platform, {}, 502)
    list.dispose()
    made.platform.advance(60_000)
    await settle()
    expect(made.platform.requests).toEqual([])
  })

  it("of a live list is retried as well", async () => {
    const made = await world()
    const list = await shown(made, [a], { params: { text: "x" }, options: { live: true, useCache: false } })
    made.event("todoCreated", "dataCreate", { items: [b] })
    await answer(made.platform, {}, 503)
    made.platform.advance(2000)
    await answer(made.platform, read(a, b))
    expect(names(list)).toEqual(["a", "b"])
  })
})

describe("Retry-After", () => {
  const refuse = async ({ platform }: Awaited<ReturnType<typeof world>>) => {
    await settle()
    platform.request().answered(503, { message: "busy" }, 4000)
    await settle()
  }

  it("delays reads by listeners", async () => {
    const made = await world()
    const list = await shown(made, [a], uncached)
    made.api.$socket.on("todoCreated", list.execute)
    made.event("todoCreated", "dataCreate", { items: [b] })
    await refuse(made)
    made.platform.advance(1000)
    made.event("todoCreated", "dataCreate", { items: [b] })
    await settle()
    expect(made.platform.requests).toEqual([])
    made.platform.advance(3000)
    await settle()
    expect(made.platform.requests.map(asked)).toEqual(["GET /todo/all"])
  })

  it("is respected by retries, but not by the user's own execute()", async () => {
    const made = await world()
    const patient = made.todo.getAll({ options: { retry: 1, useCache: false } })
    void patient.execute()
    await refuse(made)
    made.platform.advance(3999)
    await settle()
    expect(made.platform.requests).toEqual([])
    void made.todo.getAll(uncached).execute()
    await settle()
    expect(made.platform.requests).toHaveLength(1)
  })
})

describe("the pause before a retry", () => {
  it("ends with the user's own execute()", async () => {
    const made = await world()
    const list = made.todo.getAll({ options: { retry: 3 } })
    void list.execute()
    await answer(made.platform, {}, 502)
    expect(made.platform.requests).toEqual([])
    void list.execute()
    await settle()
    expect(made.platform.requests).toHaveLength(1)
  })

  it("does not end with a listener's", async () => {
    const made = await world()
    const list = made.todo.getAll({ options: { retry: 3 } })
    made.api.$socket.on("todoCreated", () => list.execute())
    void list.execute()
    await answer(made.platform, {}, 502)
    made.event("todoCreated", "dataCreate", { items: [] })
    await settle()
    expect(made.platform.requests).toEqual([])
  })
})

describe("refetchInterval", () => {
  it("pauses while the page is hidden, and catches up", async () => {
    const made = await world()
    await shown(made, [a], { options: { refetchInterval: 5000, refetchOnFocus: false } })
    made.platform.life("hidden")
    made.platform.advance(60_000)
    await settle()
    expect(made.platform.requests.filter(({ url }) => url.includes("todo"))).toEqual([])
    made.platform.life("visible")
    made.platform.advance(600)
    await settle()
    expect(made.platform.requests).toHaveLength(1)
  })

  it("continues with refetchIntervalInBackground", async () => {
    const made = await world()
    await shown(made, [a], { options: { refetchInterval: 5000, refetchIntervalInBackground: true } })
    made.platform.life("hidden")
    made.platform.advance(5000)
    await settle()
    expect(made.platform.requests).toHaveLength(1)
  })
})

describe("refetchOnEvent", () => {
  it.each([
    ["true, at every event of the entity", true, ["todoCreated", "todoUpdated", "todoDeleted"], []],
    ["a list, at those", ["todoDeleted", "serviceEvent"], ["todoDeleted", "serviceEvent"], ["todoCreated"]],
  ] as const)("%s", async (_name, refetchOnEvent, reads, others) => {
    const made = await world()
    const list = await shown(made, [a], { options: { refetchOnEvent } })
    for (const key of reads) {
      made.event(key, "dataCreate", { items: [b] })
      made.platform.advance(1001)
      await answer(made.platform, read(a, b))
      expect(names(list)).toEqual(["a", "b"])
    }
    for (const key of others) made.event(key, "dataCreate", { items: [] })
    made.platform.advance(1001)
    await settle()
    expect(made.platform.requests).toEqual([])
  })

  it("sends one request after the one in flight, however many events arrive, and never parses them", async () => {
    const made = await world()
    await shown(made, [a], { options: { refetchOnEvent: true } })
    let requests = 0
    for (let i = 0; i < 2; i++) {
      for (let n = 0; n < 500; n++) made.text('42["plugin_pacifico__todo--todoCreated",no JSON]')
      made.platform.advance(0)
      await settle()
      requests += made.platform.requests.length
    }
    await answer(made.platform, read(a))
    await answer(made.platform, read(a))
    expect([requests, made.platform.requests, made.errors]).toEqual([2, [], []])
  })

  it("ends with the query", async () => {
    const made = await world()
    const list = await shown(made, [a], { options: { refetchOnEvent: true } })
    list.dispose()
    made.event("todoCreated", "dataCreate", { items: [] })
    made.platform.advance(1001)
    await settle()
    expect(made.platform.requests).toEqual([])
  })
})

describe("a read before the first CONNECT", () => {
  /** A list that was read before the first session, and the values of its `isLoading`. */
  async function early(commit: number) {
    const made = await world({ isConnected: false })
    const list = made.todo.getAll()
    const loading: boolean[] = []
    list.isLoading.subscribe((now) => loading.push(now))
    void list.execute()
    await settle()
    made.platform.request().answered(200, read(a), 0, undefined, commit)
    await connect(made.runtime, made.platform)
    return { ...made, list, loading }
  }

  it("is not repeated if the backend proves that nothing was missed, and isLoading does not flicker", async () => {
    const { platform, text, list, loading } = await early(7)
    text('42["raclette--connected",{"commit":7},"offset"]')
    platform.advance(10_000)
    await settle()
    expect([platform.requests, names(list), loading]).toEqual([[], ["a"], [false, true, false]])
  })

  it.each([
    ["something happened meanwhile", 6, '42["raclette--connected",{"commit":7},"offset"]'],
    ["the answer says nothing", 0, '42["raclette--connected",{"commit":7},"offset"]'],
    ["the session says nothing", 7, '42["raclette--connected"]'],
    ["there is no such event", 7, '42["other",{"commit":7}]'],
  ])("is made again where %s, and isLoading does not flicker", async (_name, commit, first) => {
    const { platform, text, list, loading } = await early(commit)
    text(first)
    platform.advance(1001)
    await answer(platform, read(a, b))
    expect([names(list), loading]).toEqual([
      ["a", "b"],
      [false, true, false],
    ])
  })

  it("sets isLoading again if the user executes it in between, or if it failed", async () => {
    const { platform, text, list, loading } = await early(0)
    text('42["raclette--connected"]')
    platform.advance(1001)
    await settle()
    void list.execute()
    expect(list.isLoading.value).toBe(true)
    await answer(platform, read(a, b))
    expect([names(list), list.isLoading.value]).toEqual([["a", "b"], false])
    expect(loading).toEqual([false, true, false, true, false])
  })

  it("sets isLoading again after a later lost connection", async () => {
    const { platform, runtime, text, loading } = await early(7)
    text('42["raclette--connected",{"commit":7}]')
    platform.connection.closed("cut")
    platform.advance(10_000)
    await connect(runtime, platform)
    text('42["raclette--connected",{"commit":9}]')
    platform.advance(1001)
    await answer(platform, read(a))
    expect(loading).toEqual([false, true, false, true, false])
  })

  it("does not hide the session's first event from listeners", async () => {
    const { runtime, text } = await early(7)
    const heard: unknown[] = []
    runtime.$socket.on("connected", (payload) => heard.push(payload))
    text('42["raclette--connected",{"commit":7},"offset"]')
    expect(heard).toEqual([{ commit: 7 }])
  })
})
