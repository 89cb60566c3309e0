// createRuntime: malformed options and configs, the public entry, and disposal.
import { getEventListeners } from "node:events"
import { describe, expect, it } from "vitest"
import { createRuntime } from "../../js-glue"
import type { Operation, PluginApi } from "../../js-glue/types"
import { flush, makeRuntime, todoConfig, wasm } from "./harness"

class NoWebSocket {}
const minimal = { url: "http://backend.test", wasm, WebSocket: NoWebSocket, socket: { autoConnect: false } }

describe("options", () => {
  it.each([
    ["a url that is none", { url: "backend" }, "url"],
    ["a url that is no text", { url: 7 }, "url"],
    ["a url without a host", { url: "http://" }, "url"],
    ["a url with three slashes", { url: "http:///h" }, "url"],
    ["a url with a query", { url: "http://h/?x=1" }, "socket.query"],
    ["a url with a fragment", { url: "http://h/#x" }, "url"],
    ["a url with a port that cannot be", { url: "http://h:99999" }, "port"],
    ["a url with blanks", { url: " http://h" }, "url"],
    ["a url with a line break", { url: "http://h\n" }, "url"],
    ["a url with credentials", { url: "http://user:pw@h" }, "credentials"],
    ["a url of another scheme", { url: "ftp://h" }, "url"],
    ["an option that is unknown", { plugin: [todoConfig] }, "`plugin`"],
    ["a name that every object has", { constructor: {} }, "`constructor`"],
    ["plugins that are no list", { plugins: todoConfig }, "plugins"],
    ["an auth that is text", { auth: "token" }, "auth"],
    ["a fetch that is none", { fetch: {} }, "fetch"],
    ["a socket that is none", { socket: 7 }, "socket"],
    ["a part of the socket that is unknown", { socket: { reconectionDelay: 1 } }, "socket.reconectionDelay"],
    ["a part of the log that is unknown", { log: { verbose: true } }, "log.verbose"],
    ["a part of the bus that is unknown", { eventbus: { allow: [] } }, "eventbus.allow"],
    ["headers that are none", { socket: { extraHeaders: "x" } }, "socket.extraHeaders"],
    ["NaN", { socket: { timeout: Number.NaN } }, "socket.timeout"],
    ["-Infinity", { socket: { bufferMaxCount: Number.NEGATIVE_INFINITY } }, "socket.bufferMaxCount"],
    ["an endless delay", { socket: { reconnectionDelay: Number.POSITIVE_INFINITY } }, "socket.reconnectionDelay"],
    ["a function for a number", { socket: { reconnectionDelay: () => 1 } }, "socket.reconnectionDelay"],
    ["a bigint for a number", { socket: { timeout: 5n } }, "socket.timeout"],
    ["a symbol for a flag", { socket: { upgrade: Symbol("s") } }, "socket.upgrade"],
    ["a list for the query", { socket: { query: ["a"] } }, "socket.query"],
    ["an object in the query", { socket: { query: { a: {} } } }, "socket.query"],
    ["a namespace with a comma", { socket: { namespace: "/Acme, Inc." } }, "socket.namespace"],
    ["a namespace with a query", { socket: { namespace: "/a?b=c" } }, "socket.namespace"],
    ["a path that is no text", { socket: { path: 7 } }, "socket.path"],
    ["a delay below 0", { socket: { reconnectionDelay: -1 } }, "socket.reconnectionDelay"],
    ["a factor above 1", { socket: { randomizationFactor: 2 } }, "socket.randomizationFactor"],
    ["a whitelist that is no list", { eventbus: { whitelist: "ui/*" } }, "whitelist"],
  ])("%s is refused with its path", async (_name, options, path) => {
    const refused = createRuntime({ ...minimal, ...options } as never)
    await expect(refused).rejects.toMatchObject({ code: "BAD_CONFIG", message: expect.stringContaining(path) })
  })

  it("a malformed pattern in the whitelist is refused", async () => {
    const refused = createRuntime({ ...minimal, eventbus: { whitelist: ["ui//x"] } })
    await expect(refused).rejects.toMatchObject({ code: "BAD_PATTERN", message: expect.stringContaining("ui//x") })
  })

  it("`url` is required outside of a page", async () => {
    const { url: _url, ...rest } = minimal
    await expect(createRuntime(rest)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringMatching(/url/),
    })
  })

  it("a WebSocket implementation is required if the platform has none", async () => {
    const platform = globalThis.WebSocket
    Reflect.deleteProperty(globalThis, "WebSocket")
    try {
      await expect(createRuntime({ url: "http://backend.test", wasm })).rejects.toMatchObject({
        code: "BAD_ARGUMENT",
        message: expect.stringContaining("`ws`"),
      })
    } finally {
      if (platform) globalThis.WebSocket = platform
    }
  })
})

describe("a plugin's config", () => {
  const broken = (change: (config: Record<string, unknown>) => void) => {
    const config = { ...structuredClone({ ...todoConfig, data: {} }), data: { todo: { type: "todo", operations: {} } } }
    change(config)
    return config as never
  }

  it.each([
    ["null", null, "plugin"],
    ["no pluginKey", broken((config) => Reflect.deleteProperty(config, "pluginKey")), "pluginKey"],
    ["no data", broken((config) => Reflect.deleteProperty(config, "data")), "data"],
    [
      "an operation without a target",
      broken((c) => setOperation(c, { method: "get" })),
      "data.todo.operations.x.target",
    ],
    [
      "an operation without a method",
      broken((c) => setOperation(c, { target: "/x" })),
      "data.todo.operations.x.method",
    ],
    [
      "a method that is none",
      broken((c) => setOperation(c, { target: "/x", method: "fetch it" })),
      "data.todo.operations.x.method",
    ],
    [
      "channels that are no list",
      broken((c) => setOperation(c, { target: "/x", method: "get", channels: "todoCreated" })),
      "data.todo.operations.x.channels",
    ],
  ])("with %s is refused with the path of the field", async (_name, config, path) => {
    await expect(makeRuntime({ plugins: [config as never] })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining(path),
    })
  })

  it("given twice is refused", async () => {
    await expect(makeRuntime({ plugins: [todoConfig, todoConfig] })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("pacifico__todo"),
    })
  })

  function setOperation(config: Record<string, unknown>, operation: unknown): void {
    const { todo } = config.data as { todo: { operations: Record<string, unknown> } }
    todo.operations.x = operation
  }
})

describe("dispose", () => {
  async function made() {
    const all = await makeRuntime()
    const api = all.runtime.usePluginApi("pacifico__todo") as PluginApi & { $data: { todo: Record<string, Operation> } }
    return { ...all, api }
  }

  it("leaves queries idle, and notifies subscribers before it returns", async () => {
    const { runtime, api } = await made()
    const query = api.$data.todo.getAll?.({ options: { immediate: true } })
    const seen: boolean[] = []
    query?.isLoading.subscribe((isLoading) => seen.push(isLoading))
    await flush()
    runtime.dispose()
    expect(query?.isLoading.value).toBe(false)
    expect(seen).toEqual([true, false])
  })

  it("makes every later call throw, also when another runtime has its handle in the core", async () => {
    const { runtime, api } = await made()
    const { $socket, $eventbus, $data } = api
    const admin = runtime.of("/admin")
    const query = $data.todo.getAll?.()
    for (const bus of [$eventbus, $eventbus.global, runtime.$eventbus]) bus.emit("e")
    runtime.dispose()
    await made()
    const disposed = expect.objectContaining({ code: "DISPOSED" })
    const ignore = () => {}
    const calls: Record<string, () => unknown> = {
      on: () => $socket.on("e", ignore),
      events: () => $socket.events("e"),
      onAny: () => $socket.onAny(ignore),
      onAnyOutgoing: () => $socket.onAnyOutgoing(ignore),
      emit: () => $socket.emit("e"),
      volatile: () => $socket.volatile.emit("e"),
      clearBuffer: () => $socket.clearBuffer(),
      namespace: () => admin.$socket.emit("e"),
      connect: () => runtime.connect(),
      "bus.on": () => $eventbus.on("e", ignore),
      "bus.emit": () => $eventbus.emit("e"),
      "global.emit": () => $eventbus.global.emit("e"),
      "runtime's emit": () => runtime.$eventbus.emit("e"),
      $data: () => $data.todo.getAll?.(),
      usePluginApi: () => runtime.usePluginApi("pacifico__todo"),
    }
    for (const [name, call] of Object.entries(calls)) expect(call, name).toThrow(disposed)
    await expect($socket.emitWithAck("e")).rejects.toEqual(disposed)
    await expect($socket.waitFor("e")).rejects.toEqual(disposed)
    await expect($eventbus.waitFor("e")).rejects.toEqual(disposed)
    expect(await query?.execute()).toMatchObject({ error: disposed })
    expect([$socket.off("e"), $eventbus.off("e")]).toEqual([0, 0])
  })

  it.each(["getAll", "create"])("by a subscriber of %s during its end reports nothing", async (operation) => {
    for (const teller of ["cb", "subscriber"]) {
      const { runtime, api, platform, errors } = await made()
      const told = (by: string) => by === teller && runtime.dispose()
      const query = api.$data.todo[operation]?.({ options: { cb: () => told("cb") } })
      query?.response.subscribe((response) => response && told("subscriber"))
      const ended = query?.execute()
      await flush()
      platform.request().answered(200, [{ _id: "1" }])
      await ended
      expect(errors).toEqual([])
      expect(() => runtime.$eventbus.emit("e")).toThrow(expect.objectContaining({ code: "DISPOSED" }))
    }
  })

  it("leaves no listener on the given signals", async () => {
    const { runtime, api } = await made()
    const { signal } = new AbortController()
    const { $socket, $eventbus, $data } = api
    void $data.todo.getAll?.({ config: { signal } }).execute()
    $socket.on("todoCreated", () => {}, { signal })
    $eventbus.once("e", () => {}, { signal })
    const ends = [
      $socket.events("todoCreated", { signal }).next(),
      $socket.waitFor("todoCreated", { signal }),
      $eventbus.waitFor("e", { signal }),
      $socket.sending({ signal }).emitWithAck("ask"),
    ]
    $socket.sending({ signal }).emit("tell")
    expect(getEventListeners(signal, "abort")).toHaveLength(8)
    runtime.dispose()
    await Promise.allSettled(ends)
    expect(getEventListeners(signal, "abort")).toEqual([])
  })
})
