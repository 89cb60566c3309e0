// usePluginApi and the ends of scopes and runtimes: what was registered goes with its owner, and nothing is left.
import { describe, expect, it, vi } from "vitest"
import { loadCore } from "../../js-glue/runtime/load"
import { connect, eventFrame, flush, makeRuntime, wasm } from "./harness"

const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })

describe("usePluginApi", () => {
  it("takes a key or an object, and gives the four parts", async () => {
    const { runtime } = await makeRuntime()
    for (const given of ["pacifico__todo", { pluginKey: "pacifico__todo", actionId: "save" }]) {
      const api = runtime.usePluginApi(given)
      expect(api.pluginKey).toBe("pacifico__todo")
      expect(Object.keys(api)).toEqual(["pluginKey", "$data", "$socket", "$eventbus", "$log", "dispose"])
    }
  })

  it("gives buses, channels and a log to a plugin without a config", async () => {
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

  it.each([[""], [7], [undefined], [{}], [{ pluginKey: "" }]])("refuses %j", async (given) => {
    const { runtime } = await makeRuntime()
    expect(() => runtime.usePluginApi(given as string)).toThrow(code("BAD_ARGUMENT"))
  })
})

describe("the end of a scope", () => {
  it("takes back its listeners, queries and waits, and leaves other scopes alone", async () => {
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

describe("the end of a runtime", () => {
  it("closes the connection, aborts requests, ends waits and acks, and fires nothing more", async () => {
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

  it("makes every later call say so", async () => {
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

  it("leaves nothing in the core, however much was registered", async () => {
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
