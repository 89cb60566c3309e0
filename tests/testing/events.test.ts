// Events on demand, emits of clients, and the connection: lost, refused, dead, and restored.
import { describe, expect, it, onTestFinished } from "vitest"
import { createBackend } from "../../js-glue/testing"
import { until } from "../support/until"
import { makeBackend, namesOf, openPage, startPage, todoConfig } from "./harness"

const milk = { items: { todo: [{ _id: "1", name: "Milk" }] } }

describe("emit()", () => {
  it("says what has happened, and the backend has it", async () => {
    const { backend, $data, $socket } = await startPage(milk)
    const list = $data.todo.getAll({ options: { immediate: true } })
    const heard: unknown[] = []
    $socket.onAny((payload, { channelKey }) => heard.push([channelKey, payload]))
    $socket.on("todoCreated", () => void list.execute())
    await backend.emit("todoCreated", { name: "Bread" })
    expect(namesOf(list.dataArr.value)).toEqual(["Milk", "Bread"])
    const [one, two] = backend.items("todo")
    expect(heard).toEqual([["todoCreated", { type: "dataCreate", body: { items: [two] } }]])
    await backend.emit("todoUpdated", { _id: "1", name: "Oat milk" })
    expect(heard[1]).toMatchObject([
      "todoUpdated",
      { type: "dataUpdate", body: { items: [{ _id: "1", name: "Oat milk" }], prevVersion: one } },
    ])
    await backend.emit("todoDeleted", "1")
    expect(heard[2]).toMatchObject([
      "todoDeleted",
      { type: "dataDelete", body: { deleted: ["1"], items: [{ _id: "1", isDeleted: true }] } },
    ])
    expect(namesOf(backend.items("todo"))).toEqual(["Bread"])
  })

  it("tells a whole payload, or anything else, as it is", async () => {
    const { backend, $socket } = await startPage()
    const heard: unknown[] = []
    $socket.onAny((payload) => heard.push(payload))
    const payload = { type: "mine", body: { items: [{ _id: "7" }] } }
    for (const one of [payload, 5, "text", undefined]) await backend.emit("todoCreated", one)
    await backend.send("plugin_pacifico__todo--other", [1, 2])
    expect(heard).toEqual([payload, 5, "text", undefined, 1])
    expect(backend.items("todo")).toEqual([])
  })

  it("waits for a client that is about to connect", async () => {
    const backend = makeBackend()
    const runtime = await openPage(backend)
    const { $socket } = runtime.usePluginApi("pacifico__todo")
    const names: unknown[] = []
    $socket.on("todoCreated", ({ body }) => names.push(body.items?.[0].name))
    void backend.emit("todoCreated", { name: "early" })
    await backend.emit("todoCreated", { name: "second" })
    expect(names).toEqual(["early", "second"])
  })

  it("reaches each client once, and backends know nothing of each other", async () => {
    const [one, other] = [makeBackend(), makeBackend()]
    const heard: string[] = []
    for (const [name, backend] of [
      ["a", one],
      ["b", one],
      ["c", other],
    ] as const) {
      const runtime = await openPage(backend)
      runtime.$socket.on("todoCreated", () => heard.push(name))
    }
    await one.emit("todoCreated", { name: "x" })
    await other.settled()
    expect(heard.sort()).toEqual(["a", "b"])
    expect([one.clients, other.clients]).toEqual([2, 1])
  })

  it("keeps a thousand in their order, with one read behind them", async () => {
    const { backend, $data, $socket } = await startPage()
    const list = $data.todo.getAll({ options: { immediate: true } })
    await backend.settled()
    const heard: unknown[] = []
    $socket.on("todoCreated", ({ body }) => {
      heard.push(body.items?.[0].n)
      void list.execute()
    })
    const numbers = Array.from({ length: 1000 }, (_, n) => n)
    for (const n of numbers) void backend.emit("todoCreated", { n })
    await backend.settled()
    expect(heard).toEqual(numbers)
    expect(list.dataArr.value).toHaveLength(1000)
  })
})

describe("emits of clients", () => {
  it("are answered by what a handler returns, and recorded", async () => {
    const { backend, $socket } = await startPage()
    const takeBack = backend.onEmit("add", async (a: number, b: number) => a + b)
    expect(await $socket.emitWithAck("add", 1, 2)).toBe(3)
    $socket.emit("note", { bytes: new Uint8Array([1, 2]) })
    await backend.settled()
    expect(backend.emits[0]).toEqual({ event: "add", args: [1, 2], namespace: "/" })
    const sent = backend.emits[1]?.args[0] as { bytes: Uint8Array } | undefined
    expect([...new Uint8Array(sent?.bytes ?? [])]).toEqual([1, 2])
    takeBack()
    const unanswered = $socket.timeout(20).emitWithAck("add", 1, 2)
    await expect(unanswered).rejects.toMatchObject({ code: "ACK_TIMEOUT" })
  })

  it("are recorded until reset(), which forgets the handlers, too", async () => {
    const { backend, $socket } = await startPage()
    backend.onEmit("add", () => 1)
    expect(await $socket.emitWithAck("add")).toBe(1)
    backend.reset()
    expect(backend.emits).toEqual([])
    const unanswered = $socket.timeout(20).emitWithAck("add")
    await expect(unanswered).rejects.toMatchObject({ code: "ACK_TIMEOUT" })
  })

  it("are heard in their namespace alone", async () => {
    const { backend, runtime } = await startPage()
    const admin = runtime.of("/admin")
    admin.connect()
    await backend.settled()
    expect(admin.$socket.status.value).toBe("connected")
    backend.onEmit("who", () => "main")
    backend.onEmit("who", () => "admin", { namespace: "/admin" })
    expect([await runtime.$socket.emitWithAck("who"), await admin.$socket.emitWithAck("who")]).toEqual([
      "main",
      "admin",
    ])
    const heard: string[] = []
    admin.$socket.on("news", () => heard.push("admin"))
    runtime.of("/").$socket.on("news", () => heard.push("main"))
    await backend.send("news", [], { namespace: "/admin" })
    expect(heard).toEqual(["admin"])
  })
})

describe("the connection", () => {
  it("is lost and restored, with the missed events", async () => {
    const { backend, $socket } = await startPage({ clock: "virtual" })
    const names: unknown[] = []
    $socket.on("todoCreated", ({ body }) => names.push(body.items?.[0].name))
    await backend.emit("todoCreated", { name: "before" })
    backend.drop()
    await backend.settled()
    expect($socket.status.value).toBe("reconnecting")
    await backend.emit("todoCreated", { name: "meanwhile" })
    await backend.advance(2000)
    expect($socket.status.value).toBe("connected")
    expect($socket.recovered.value).toBe(true)
    expect(names).toEqual(["before", "meanwhile"])
  })

  it("is waited for anew after a loss, with real timers", async () => {
    const { backend, $socket } = await startPage({}, { socket: { reconnectionDelay: 10, reconnectionDelayMax: 10 } })
    for (const lose of ["drop", "disconnect"] as const) {
      backend[lose]()
      expect(backend.clients).toBe(0)
      await backend.connected()
      await backend.settled()
      expect($socket.status.value).toBe("connected")
    }
  })

  it("comes back without what was missed where nothing recovers it, and lists are read again", async () => {
    const { backend, $data, $socket } = await startPage({ clock: "virtual", recovery: false })
    const list = $data.todo.getAll({ options: { immediate: true } })
    await backend.settled()
    backend.drop()
    await backend.settled()
    await backend.emit("todoCreated", { name: "meanwhile" })
    await backend.advance(5000)
    expect($socket.recovered.value).toBe(false)
    expect(namesOf(list.dataArr.value)).toEqual(["meanwhile"])
  })

  it("is ended by the server, and comes back", async () => {
    const { backend, $socket } = await startPage({ clock: "virtual" })
    backend.disconnect()
    await backend.settled()
    expect($socket.reason.value?.code).toBe("SERVER_DISCONNECTED")
    await backend.advance(2000)
    expect($socket.status.value).toBe("connected")
  })

  it("is refused, with a reason, until it is accepted", async () => {
    const backend = makeBackend({ clock: "virtual" })
    backend.reject("too many", { code: "BUSY" })
    const runtime = await openPage(backend, { socket: { authAttempts: 1 } })
    await backend.settled()
    expect(runtime.$socket.status.value).toBe("rejected")
    expect(runtime.$socket.reason.value).toMatchObject({
      message: expect.stringContaining("too many"),
      data: { code: "BUSY" },
    })
    backend.accept()
    runtime.connect()
    await backend.connected()
    await backend.settled()
    expect(runtime.$socket.status.value).toBe("connected")
  })

  it("is gone with the backend, and requests with it", async () => {
    const { backend, $data, $socket } = await startPage({ clock: "virtual", ...milk })
    backend.goDown()
    await backend.advance(3000)
    expect($socket.status.value).toBe("reconnecting")
    expect((await $data.todo.getAll().execute()).error?.code).toBe("NETWORK_ERROR")
    backend.goUp()
    await backend.advance(10_000)
    expect($socket.status.value).toBe("connected")
    expect(namesOf((await $data.todo.getAll().execute()).result ?? [])).toEqual(["Milk"])
  })

  it("is dead until a ping is missed", async () => {
    const { backend, $socket } = await startPage({ clock: "virtual", pingInterval: 25_000 })
    await backend.advance(200_000)
    expect([$socket.status.value, backend.clients]).toEqual(["connected", 1])
    const statuses: string[] = []
    $socket.status.subscribe((status) => statuses.push(status))
    backend.silence()
    await backend.advance(60_000)
    expect(statuses).toEqual(["connected", "reconnecting", "connected"])
    expect($socket.recovered.value).toBe(true)
  })

  it("needs no pings where a test has not asked for them", async () => {
    const { backend, $socket } = await startPage({ clock: "virtual" })
    await backend.advance(1_000_000_000)
    expect([$socket.status.value, backend.clients]).toEqual(["connected", 1])
  })

  it("says what to do to a client that polls", async () => {
    const { runtime } = await startPage({}, { socket: { transports: ["polling"] } })
    // Long-polling is in a chunk, which is loaded now.
    await until(() => runtime.$socket.reason.value)
    expect(runtime.$socket.reason.value?.message).toContain("the backend in memory speaks over its WebSocket alone")
  })

  it("buffers emits until it is open", async () => {
    const backend = makeBackend({ clock: "virtual", latency: 100 })
    const runtime = await openPage(backend)
    const answer = runtime.$socket.emitWithAck("hello", 1)
    backend.onEmit("hello", (n: number) => n + 1)
    await backend.settled()
    expect(runtime.$socket.status.value).toBe("connecting")
    await backend.advance(1000)
    expect(await answer).toBe(2)
  })
})

describe("mutations that wait for the network", () => {
  const offline = { ...todoConfig, data: { todo: { ...todoConfig.data.todo, offlineMode: true } } }

  it("are made when the backend is back, by the page that was loaded again as well", async () => {
    const backend = createBackend({ plugins: [offline], clock: "virtual" })
    onTestFinished(() => backend.dispose())
    const first = await openPage(backend)
    await backend.settled()
    backend.goDown()
    void first.usePluginApi("pacifico__todo").$data.todo.create().execute({ name: "kept" })
    await backend.advance(3000)
    expect(first.queued.value).toHaveLength(1)
    first.dispose()
    backend.goUp()
    await openPage(backend)
    await backend.advance(60_000)
    expect(namesOf(backend.items("todo"))).toEqual(["kept"])
  })

  it("are forgotten by reset()", async () => {
    const backend = createBackend({ plugins: [offline], clock: "virtual" })
    onTestFinished(() => backend.dispose())
    const first = await openPage(backend)
    backend.goDown()
    void first.usePluginApi("pacifico__todo").$data.todo.create().execute({ name: "lost" })
    await backend.advance(3000)
    first.dispose()
    backend.reset()
    const second = await openPage(backend)
    await backend.advance(60_000)
    expect(second.queued.value).toEqual([])
    expect(backend.items("todo")).toEqual([])
  })
})
