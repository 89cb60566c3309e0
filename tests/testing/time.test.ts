// Time: real timers by default, the virtual clock, and the fake timers of a test runner.
import { afterEach, describe, expect, it, vi } from "vitest"
import { namesOf, startPage } from "./harness"

afterEach(() => void vi.useRealTimers())

const milk = { items: { todo: [{ _id: "1", name: "Milk" }] } }

describe("with real timers", () => {
  it("needs none while nothing is late", async () => {
    const set = vi.spyOn(globalThis, "setTimeout")
    const { backend, $data, $socket } = await startPage(milk)
    set.mockClear()
    const list = $data.todo.getAll({ options: { immediate: true } })
    $socket.on("todoCreated", () => void list.execute())
    await $data.todo.create().execute({ name: "Bread" })
    await backend.settled()
    expect(namesOf(list.dataArr.value)).toEqual(["Milk", "Bread"])
    // The only timers are long: timeouts of requests and the expiry of responses.
    expect(set.mock.calls.filter(([, ms = 0]) => ms < 500)).toEqual([])
    set.mockRestore()
  })

  it("waits for late responses", async () => {
    const { backend, $data } = await startPage({ ...milk, latency: 30 })
    const list = $data.todo.getAll({ options: { immediate: true } })
    await backend.settled()
    expect(namesOf(list.dataArr.value)).toEqual(["Milk"])
  })

  it("waits for a handler and its effects", async () => {
    const { backend, $data } = await startPage(milk)
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    backend.answer("todo.getAll", () => gate)
    const list = $data.todo.getAll({ options: { immediate: true } })
    let isSettled = false
    const settled = backend.settled().then(() => {
      isSettled = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isSettled).toBe(false)
    go()
    await settled
    expect(namesOf(list.dataArr.value)).toEqual(["Milk"])
  })

  it("tells of what never settles, with what was asked last", async () => {
    const { backend, $data, $socket } = await startPage(milk)
    let count = 0
    const update = $data.todo.update({ options: { notify: false } })
    $socket.on("todoUpdated", () => void update.execute({ _id: "1", name: `${count++}` }))
    void update.execute({ _id: "1", name: "begin" })
    const message = "it never settles, each answer or event brings about another. Requested last: todo.update"
    await expect(backend.settled()).rejects.toThrow(message)
    $socket.off("todoUpdated")
  })
})

describe("the virtual clock", () => {
  it("stands still but for advance(), which brings all in its order", async () => {
    const { backend, $data } = await startPage({ ...milk, clock: "virtual" })
    backend.fail("todo.getAll", { status: 503, times: 2 })
    const list = $data.todo.getAll({ options: { retry: 3, immediate: true } })
    await backend.settled()
    expect(backend.requests).toHaveLength(1)
    await backend.advance(1500)
    expect(backend.requests).toHaveLength(2)
    await backend.advance(3000)
    expect(backend.requests).toHaveLength(3)
    expect(namesOf(list.dataArr.value)).toEqual(["Milk"])
  })

  it("brings timeouts and intervals", async () => {
    const { backend, $data } = await startPage({ ...milk, clock: "virtual" })
    const hold = backend.hold("todo.create")
    const created = $data.todo.create({ options: { timeout: 2000 } }).execute({ name: "x" })
    await backend.advance(2000)
    expect((await created).error?.code).toBe("REQUEST_TIMEOUT")
    hold.release()
    $data.todo.getAll({ options: { immediate: true, refetchInterval: 1000 } })
    await backend.settled()
    const before = backend.requestsOf("todo.getAll").length
    await backend.advance(5000)
    expect(backend.requestsOf("todo.getAll").length - before).toBe(5)
  })
})

describe("with the test runner's fake timers", () => {
  const fakes = [
    ["Vitest's", {}],
    [
      "all that there are",
      {
        toFake: [
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "setImmediate",
          "clearImmediate",
          "Date",
          "performance",
          "queueMicrotask",
        ],
      },
    ],
  ] as const

  it.each(fakes)("settles without them: %s", async (_name, config) => {
    vi.useFakeTimers(config as object)
    const { backend, $data, $socket } = await startPage(milk)
    expect($socket.status.value).toBe("connected")
    const list = $data.todo.getAll({ options: { immediate: true } })
    $socket.on("todoCreated", () => void list.execute())
    await backend.emit("todoCreated", { name: "Bread" })
    expect(namesOf(list.dataArr.value)).toEqual(["Milk", "Bread"])
  })

  it("moves with them, also where they were put in place later", async () => {
    const { backend, $data, $socket } = await startPage(milk)
    vi.useFakeTimers()
    backend.latency = 500
    const list = $data.todo.getAll({ options: { immediate: true } })
    // It does not wait for timers.
    await backend.settled()
    expect(list.isLoading.value).toBe(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(list.isLoading.value).toBe(false)
    backend.drop()
    await vi.advanceTimersByTimeAsync(5000)
    expect($socket.status.value).toBe("connected")
    const waited = $data.todo.getAll({ options: { useCache: false, timeout: 1000 } }).execute()
    backend.hold("todo.getAll")
    await vi.advanceTimersByTimeAsync(1000)
    expect((await waited).error?.code).toBe("REQUEST_TIMEOUT")
  })

  it("times out to the millisecond, at whatever fraction of one the fake timers were put in place", async () => {
    for (let fraction = 0; fraction < 1; fraction += 0.0271) {
      const platform = vi.spyOn(performance, "now").mockReturnValue(2000 + fraction)
      const { backend, $data } = await startPage(milk)
      platform.mockRestore()
      vi.useFakeTimers()
      backend.hold("todo.getAll")
      let isOver = false
      const list = $data.todo.getAll({ options: { timeout: 1000 } })
      const execution = list.execute().then(() => {
        isOver = true
      })
      await vi.advanceTimersByTimeAsync(999)
      expect([fraction, isOver]).toEqual([fraction, false])
      await vi.advanceTimersByTimeAsync(1)
      expect([fraction, isOver]).toEqual([fraction, true])
      await execution
      vi.useRealTimers()
    }
  })

  it("keeps its connection when all of them run, or a minute passes at once", async () => {
    vi.useFakeTimers()
    const { backend, $socket } = await startPage(milk)
    vi.advanceTimersByTime(60_000)
    vi.runAllTimers()
    await vi.runAllTimersAsync()
    vi.runOnlyPendingTimers()
    await backend.settled()
    expect([$socket.status.value, backend.clients]).toEqual(["connected", 1])
  })

  it("writes the times that they say", async () => {
    vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) })
    const { backend } = await startPage(milk)
    expect(backend.items("todo")).toMatchObject([{ createdAt: "2030-01-01T00:00:00.000Z" }])
  })
})
