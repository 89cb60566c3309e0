// usePluginApi, and the disposal of scopes and runtimes: registrations end with their owner, and nothing leaks.
import { describe, expect, it, vi } from "vitest"
import { loadCore } from "../../js-glue/core/load"
import type { LogEntry } from "../../js-glue/types"
import { connect, eventFrame, flush, makeRuntime, wasm } from "./harness"

const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })

describe("usePluginApi", () => {
  it("accepts a key or an object, and returns the four parts", async () => {
    const { runtime } = await makeRuntime()
    for (const given of ["pacifico__todo", { pluginKey: "pacifico__todo", actionId: "save" }]) {
      const api = runtime.usePluginApi(given)
      expect(api.pluginKey).toBe("pacifico__todo")
      expect(Object.keys(api)).toEqual(["pluginKey", "$data", "$socket", "$eventbus", "$log", "dispose"])
    }
  })

  it("returns buses, channels and a log for a plugin without a config", async () => {
    const { runtime, platform } = await makeRuntime()
    const api = runtime.usePluginApi("nobody__new")
    const heard = vi.fn()
    api.$socket.on("ping", heard)
    const { text } = await connect(runtime, platform)
    text('42["plugin_nobody__new--ping",1]')
    expect(heard).toHaveBeenCalledTimes(1)
    expect(Object.keys(api.$data)).toEqual([])
    expect(() => api.$data.todo?.getAll?.()).toThrow(code("UNKNOWN_ENTITY"))
  })

  it("accepts the parts of other APIs, and keeps the caller's log", async () => {
    const entries: LogEntry[] = []
    const { runtime, platform } = await makeRuntime({ log: { sink: (entry) => entries.push(entry) } })
    const { text } = await connect(runtime, platform)
    const todo = runtime.usePluginApi("pacifico__todo")
    const shop = runtime.usePluginApi({ pluginKey: "acme__shop", $data: todo.$data })
    expect(shop.$data).toBe(todo.$data)
    void shop.$data.todo?.getAll?.().execute()
    await flush()
    expect(platform.request().url).toBe("http://backend.test/todo/all")
    shop.$log("mine")

    const borrowed = runtime.usePluginApi({ pluginKey: "pacifico__todo", $log: shop.$log.child("cart") })
    borrowed.$log("still mine")
    borrowed.$socket.on("todoCreated", () => {
      throw new Error("boom")
    })
    borrowed.$eventbus.on("e", () => {
      throw new Error("boom")
    })
    text(eventFrame("todoCreated", {}))
    todo.$eventbus.emit("e")
    expect(entries.map(({ title }) => title)).toEqual([
      "plugin/acme__shop - mine",
      "plugin/acme__shop/cart - still mine",
      "plugin/acme__shop/cart - LISTENER_THREW",
      "plugin/acme__shop/cart - LISTENER_THREW",
    ])
  })

  it("accepts every part, and its disposal keeps the passed parts", async () => {
    const { runtime, platform } = await makeRuntime()
    const { text } = await connect(runtime, platform)
    const owner = runtime.usePluginApi("pacifico__todo")
    const { $data, $socket, $eventbus, $log } = owner
    const api = runtime.usePluginApi({ pluginKey: "acme__shop", actionId: "save", $data, $socket, $eventbus, $log })
    expect(api).toMatchObject({ pluginKey: "acme__shop", $data, $socket, $eventbus, $log })
    const heard: string[] = []
    api.$socket.on("todoCreated", () => heard.push("socket"))
    api.$eventbus.on("e", () => heard.push("bus"))
    api.dispose()
    text(eventFrame("todoCreated", {}))
    api.$eventbus.emit("e")
    expect(heard).toEqual(["socket", "bus"])
    owner.dispose()
    expect(() => api.$eventbus.emit("e")).toThrow(code("DISPOSED"))
  })

  it("a passed log replaces only $log", async () => {
    const { runtime } = await makeRuntime()
    const $log = Object.assign(vi.fn(), {
      error: vi.fn(),
      info: vi.fn(),
      debug: vi.fn(),
      warn: vi.fn(),
      child: vi.fn(),
    })
    const api = runtime.usePluginApi({ pluginKey: "pacifico__todo", $log })
    api.$log("t", 1)
    expect($log).toHaveBeenCalledWith("t", 1)
  })

  it.each([
    [7, "the argument of usePluginApi"],
    [undefined, "the argument of usePluginApi"],
    [null, "the argument of usePluginApi"],
    ["", "the pluginKey"],
    [{}, "the pluginKey"],
    [{ pluginKey: "" }, "the pluginKey"],
    [{ pluginKey: "p", actionId: 7 }, "the actionId"],
    [{ pluginKey: "p", actionId: "" }, "the actionId"],
    [{ pluginKey: "p", $data: "todo" }, "$data"],
    [{ pluginKey: "p", $socket: {} }, "$socket.on"],
    [{ pluginKey: "p", $socket: null }, "$socket"],
    [{ pluginKey: "p", $eventbus: { on() {} } }, "$eventbus.emit"],
    [{ pluginKey: "p", $log: {} }, "$log"],
  ])("refuses %j by the name of the field", async (given, field) => {
    const { runtime } = await makeRuntime()
    const call = () => runtime.usePluginApi(given as string)
    expect(call).toThrow(code("BAD_ARGUMENT"))
    expect(call).toThrow(`(${field} must be `)
  })
})

describe("the end of a scope", () => {
  it("ends its listeners, queries and waits, and keeps those of other scopes", async () => {
    const { runtime, platform } = await makeRuntime()
    const { text } = await connect(runtime, platform)
    const [ending, staying] = [runtime.usePluginApi("pacifico__todo"), runtime.usePluginApi("pacifico__todo")]
    const heard: string[] = []
    for (const [name, api] of [["ending", ending] as const, ["staying", staying] as const]) {
      api.$socket.on("todoCreated", () => heard.push(`${name} socket`))
      api.$eventbus.on("e", () => heard.push(`${name} bus`))
    }
    const query = ending.$data.todo?.getAll?.({ options: { immediate: true } })
    await flush()
    const request = platform.request()
    ending.dispose()
    ending.dispose()
    expect(request.aborted).toBe(true)
    expect((await query?.execute())?.error?.code).toBe("DISPOSED")
    text(eventFrame("todoCreated", {}))
    staying.$eventbus.emit("e")
    expect(heard).toEqual(["staying socket", "staying bus"])
  })
})

describe("after the end of a scope", () => {
  it("every call throws an error that says so, and what to do", async () => {
    const { runtime, platform } = await makeRuntime()
    await connect(runtime, platform)
    const api = runtime.usePluginApi("pacifico__todo")
    const { $socket, $eventbus, $data } = api
    api.dispose()
    const calls = [
      () => $socket.on("k", () => {}),
      () => $socket.once("k", () => {}),
      () => $socket.onAny(() => {}),
      () => $socket.onAnyOutgoing(() => {}),
      () => $socket.events("k"),
      () => $socket.todoCreated.on(() => {}),
      () => $socket.emit("e"),
      () => $socket.volatile.emit("e"),
      () => $socket.clearBuffer(),
      () => $eventbus.on("e", () => {}),
      () => $eventbus.once("e", () => {}),
      () => $eventbus.emit("e"),
      () => $eventbus.global.emit("e"),
      () => $data.todo?.getAll?.(),
    ]
    for (const call of calls) expect(call, String(call)).toThrow(code("DISPOSED"))
    expect(calls[0]).toThrow("make a new one with `usePluginApi`")
    const promises = [$socket.waitFor("k"), $eventbus.waitFor("e"), $socket.emitWithAck("e"), $socket.k.waitFor()]
    for (const promise of promises) await expect(promise).rejects.toEqual(code("DISPOSED"))
    expect($socket.off("k") + $eventbus.off("e")).toBe(0)
    api.$log("it may still say something")
  })

  it("nothing is called and nothing is pending", async () => {
    const { runtime, platform } = await makeRuntime()
    const connection = await connect(runtime, platform)
    const { $socket, $eventbus, dispose } = runtime.usePluginApi("pacifico__todo")
    const fired = vi.fn()
    $socket.status.subscribe(fired)
    $socket.emit("ask", fired)
    $socket.timeout(100).emit("ask", fired)
    const acks = connection.sent.slice(-2).map((packet) => /^42(\d+)/.exec(String(packet))?.[1])
    const events = $socket.events("todoCreated")
    const steps = [events.next(), events.next()]
    const ended = [$socket.emitWithAck("ask"), $socket.waitFor("todoCreated"), $eventbus.waitFor("e", { timeout: 50 })]
    const reasons = ended.map((promise) => promise.catch((error: unknown) => error))
    $eventbus.once("e", fired, { timeout: 50 })
    fired.mockClear()
    dispose()
    for (const reason of await Promise.all(reasons)) expect(reason).toEqual(code("DISPOSED"))
    for (const step of steps) expect(await step).toEqual({ value: undefined, done: true })
    for (const ack of acks) connection.text(`43${ack}[1]`)
    connection.text(eventFrame("todoCreated", {}))
    platform.advance(200)
    connection.closed("cut")
    expect($socket.status.value).toBe("reconnecting")
    expect(fired).not.toHaveBeenCalled()
  })

  it("a ref keeps its value, and an iterator drops unread events", async () => {
    const { runtime, platform } = await makeRuntime()
    const connection = await connect(runtime, platform)
    const { $socket, dispose } = runtime.usePluginApi("pacifico__todo")
    const events = $socket.events("todoCreated")
    connection.text(eventFrame("todoCreated", 1))
    dispose()
    expect(await events.next()).toEqual({ value: undefined, done: true })
    const told = vi.fn()
    $socket.status.subscribe(told)()
    connection.closed("cut")
    expect(told.mock.calls).toEqual([["connected"]])
  })
})

describe("the end of a runtime", () => {
  it("closes the connection, aborts requests, ends waits and acks, and calls nothing afterwards", async () => {
    const { runtime, platform } = await makeRuntime()
    const connection = await connect(runtime, platform)
    const api = runtime.usePluginApi("pacifico__todo")
    const heard = vi.fn()
    api.$socket.on("todoCreated", heard)
    const execution = api.$data.todo?.getAll?.().execute()
    const ack = api.$socket.emitWithAck("ask").catch((error: unknown) => error)
    const wait = api.$socket.waitFor("todoCreated", { timeout: 1000 }).catch((error: unknown) => error)
    await flush()
    const request = platform.request()
    runtime.dispose()
    runtime.dispose()
    expect(connection.open).toBe(false)
    expect(connection.sent.slice(-2)).toEqual(["41", "1"])
    expect(request.aborted).toBe(true)
    expect(platform.timers.size).toBe(0)
    expect(await ack).toMatchObject({ name: "RacletteError" })
    expect(await wait).toEqual(code("DISPOSED"))
    expect((await execution)?.error?.code).toBe("DISPOSED")
    connection.text(eventFrame("todoCreated", {}))
    expect(heard).not.toHaveBeenCalled()
  })

  it("makes every later call throw", async () => {
    const { runtime } = await makeRuntime()
    const api = runtime.usePluginApi("pacifico__todo")
    runtime.dispose()
    const calls = [
      () => runtime.connect(),
      () => runtime.disconnect(),
      () => runtime.usePluginApi("x"),
      () => api.$socket.on("k", () => {}),
      () => api.$socket.emit("e"),
      () => api.$eventbus.on("e", () => {}),
      () => api.$eventbus.emit("e"),
      () => api.$data.todo?.getAll?.(),
    ]
    for (const call of calls) expect(call).toThrow(code("DISPOSED"))
  })

  it("leaves nothing in the core, however many objects were registered", async () => {
    const core = await loadCore(wasm)
    const before = core.HEAPU8.length
    for (let i = 0; i < 200; i++) {
      const { runtime, platform } = await makeRuntime()
      const connection = await connect(runtime, platform)
      for (let j = 0; j < 20; j++) {
        const api = runtime.usePluginApi("pacifico__todo")
        api.$socket.on(`key${j}`, () => {})
        api.$eventbus.on(`event/${j}/*`, () => {})
        api.$data.todo?.getAll?.({ params: { j }, options: { immediate: true } })
      }
      connection.text(eventFrame("key1", i))
      runtime.dispose()
      expect(platform.timers.size).toBe(0)
    }
    expect(core.HEAPU8.length).toBe(before)
  })
})
