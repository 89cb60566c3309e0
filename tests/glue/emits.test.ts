// Emits: buffered while disconnected, acknowledged, aborted, retried and observed.
import { getEventListeners } from "node:events"
import { describe, expect, it, vi } from "vitest"
import type { RuntimeOptions } from "../../js-glue/types"
import { connect, flush, makeRuntime } from "./harness"

const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })

async function made(options: RuntimeOptions = {}) {
  const all = await makeRuntime({ ...options, socket: { randomizationFactor: 0, ...options.socket } })
  return { ...all, $socket: all.runtime.$socket }
}

describe("the buffer", () => {
  it("is observable, and empties on connection", async () => {
    const { $socket, runtime, platform } = await made()
    const seen: unknown[] = []
    $socket.buffered.subscribe((buffered) => seen.push({ ...buffered }))
    $socket.emit("a", "xx")
    $socket.emit("b")
    expect(seen).toEqual([
      { count: 0, bytes: 0 },
      { count: 1, bytes: 10 },
      { count: 2, bytes: 15 },
    ])
    const connection = await connect(runtime, platform)
    expect(connection.sent.slice(1)).toEqual(['42["a","xx"]', '42["b"]'])
    expect($socket.buffered.value).toEqual({ count: 0, bytes: 0 })
  })

  it("refuses an emit beyond its limit, at the call, and keeps the others", async () => {
    const { $socket, runtime, platform } = await made({ socket: { bufferMaxCount: 2, bufferMaxBytes: 100 } })
    $socket.emit("a")
    expect(() => $socket.emit("big", "x".repeat(100))).toThrow(code("BUFFER_FULL"))
    $socket.emit("b")
    expect(() => $socket.emit("c")).toThrow(code("BUFFER_FULL"))
    await expect($socket.emitWithAck("c")).rejects.toEqual(code("BUFFER_FULL"))
    const connection = await connect(runtime, platform)
    expect(connection.sent.slice(1)).toEqual(['42["a"]', '42["b"]'])
    $socket.emit("big", "x".repeat(100))
    expect(connection.sent).toHaveLength(4)
  })

  it("drops emits that wait too long, and reports it", async () => {
    const { $socket, runtime, platform, errors } = await made({ socket: { bufferTimeToLive: 500 } })
    $socket.emit("a")
    const asked = $socket.emitWithAck("b").catch((error: unknown) => error)
    platform.advance(500)
    expect(await asked).toEqual(code("EMIT_EXPIRED"))
    expect(errors).toEqual([code("EMIT_EXPIRED")])
    expect($socket.buffered.value.count).toBe(0)
    expect((await connect(runtime, platform)).sent).toHaveLength(1)
  })

  it("is cleared by clearBuffer()", async () => {
    const { $socket, runtime, platform } = await made()
    $socket.emit("a")
    const asked = $socket.emitWithAck("b").catch((error: unknown) => error)
    $socket.clearBuffer()
    expect(await asked).toEqual(code("ABORTED"))
    expect((await connect(runtime, platform)).sent).toHaveLength(1)
  })
})

describe("an emit", () => {
  it("that is volatile is dropped without a connection, and sent with one", async () => {
    const { $socket, runtime, platform } = await made()
    $socket.volatile.emit("position", 1)
    await expect($socket.volatile.emitWithAck("position")).rejects.toEqual(code("SOCKET_DISCONNECTED"))
    expect($socket.buffered.value.count).toBe(0)
    const connection = await connect(runtime, platform)
    expect(connection.sent).toHaveLength(1)
    $socket.volatile.emit("position", 2)
    expect(connection.sent.at(-1)).toBe('42["position",2]')
  })

  it("is cancelled by its signal, while it is buffered and while it waits for an ack", async () => {
    const { $socket, runtime, platform } = await made()
    const controllers = [new AbortController(), new AbortController(), new AbortController()]
    const signals = controllers.map(({ signal }) => signal)
    $socket.sending({ signal: signals[0] as AbortSignal }).emit("a")
    const waiting = $socket.sending({ signal: signals[1] as AbortSignal }).emitWithAck("b")
    controllers[0]?.abort()
    controllers[1]?.abort(new Error("left the page"))
    await expect(waiting).rejects.toThrow("left the page")
    const connection = await connect(runtime, platform)
    expect(connection.sent).toHaveLength(1)
    const asked = $socket.sending({ signal: signals[2] as AbortSignal }).emitWithAck("c")
    controllers[2]?.abort(new Error("gone"))
    await expect(asked).rejects.toThrow("gone")
    connection.text("431[]")
    expect(() => $socket.sending({ signal: AbortSignal.abort() }).emit("d")).toThrow()
    expect(connection.sent.at(-1)).toContain('"c"')
  })

  it("removes its abort listener when it is sent, expired or cancelled", async () => {
    const { $socket, runtime, platform } = await made({ socket: { bufferTimeToLive: 500 } })
    const { signal } = new AbortController()
    const { emit } = $socket.sending({ signal })
    emit("expires")
    platform.advance(500)
    emit("is taken back")
    $socket.clearBuffer()
    emit("is sent")
    expect(getEventListeners(signal, "abort")).toHaveLength(1)
    const connection = await connect(runtime, platform)
    expect(connection.sent.slice(1)).toEqual(['42["is sent"]'])
    emit("is sent at once")
    expect(getEventListeners(signal, "abort")).toEqual([])
  })

  it.each([
    [{ id: true }, /^42\d+\["pay",5,"[0-9a-z]{10}-1"\]$/],
    [{}, /^42\d+\["pay",5\]$/],
  ])(
    "with retries and %j is sent again, when no answer came and after a loss, until it is answered",
    async (id, sent) => {
      const { $socket, runtime, platform } = await made()
      const first = await connect(runtime, platform)
      const asked = $socket.sending({ retries: 2, timeout: 100, ...id }).emitWithAck("pay", 5)
      const [packet] = first.sent.slice(-1) as [string]
      expect(packet).toMatch(sent)
      platform.advance(100)
      expect(first.sent.slice(-2)).toEqual([packet, packet])
      first.closed("cut")
      platform.advance(1000)
      const second = await connect(runtime, platform)
      expect(second.sent.at(-1)).toBe(packet)
      second.text(`43${/^42(\d+)/.exec(packet)?.[1]}["paid"]`)
      expect(await asked).toBe("paid")
      platform.advance(1000)
      expect(second.sent).toHaveLength(2)
    },
  )

  it("with retries fails after the last one", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    const asked = $socket.sending({ retries: 1, timeout: 100 }).emitWithAck("pay")
    const failed = asked.catch((error: unknown) => error)
    platform.advance(200)
    expect(await failed).toEqual(code("ACK_TIMEOUT"))
    expect(connection.sent.filter((packet) => String(packet).includes("pay"))).toHaveLength(2)
  })

  it("with retries is retried also if its result is unused, and is not blocked by a slow one", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    const sending = $socket.sending({ retries: 1, timeout: 100 })
    sending.emit("slow")
    sending.emit("quick")
    const packets = connection.sent.slice(1).map(String)
    expect(packets.map((packet) => packet.includes('"slow"'))).toEqual([true, false])
    connection.text(`43${/^42(\d+)/.exec(packets[1] as string)?.[1]}[]`)
    platform.advance(100)
    expect(connection.sent.slice(3)).toEqual([packets[0]])
  })

  it("ordered is sent only after all earlier ones are settled", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    const sending = $socket.sending({ retries: 1, timeout: 100, ordered: true })
    const ends = ["a", "b", "c"].map((name) => sending.emitWithAck(name).catch(({ code }) => code))
    $socket.sending({ retries: 1, timeout: 100 }).emit("beside")
    const sent = () => connection.sent.slice(1).map((packet) => /"(\w+)"/.exec(String(packet))?.[1])
    const answer = (name: string) => {
      const packet = connection.sent.findLast((one) => String(one).includes(`"${name}"`))
      connection.text(`43${/^42(\d+)/.exec(String(packet))?.[1]}["${name}!"]`)
      platform.advance(0)
    }
    expect(sent()).toEqual(["a", "beside"])
    answer("beside")
    expect(sent()).toEqual(["a", "beside"])
    answer("a")
    expect(sent()).toEqual(["a", "beside", "b"])
    platform.advance(100)
    expect(sent()).toEqual(["a", "beside", "b", "b"])
    platform.advance(100)
    expect(sent()).toEqual(["a", "beside", "b", "b", "c"])
    answer("c")
    expect(await Promise.all(ends)).toEqual(["a!", "ACK_TIMEOUT", "c!"])
  })

  it("ordered keeps its order across a lost connection, and a cancelled one lets the next one go", async () => {
    const { $socket, runtime, platform } = await made()
    const user = new AbortController()
    const sending = $socket.sending({ retries: 3, ordered: true })
    void sending.emitWithAck("a").catch(() => {})
    void $socket
      .sending({ retries: 3, ordered: true, signal: user.signal })
      .emitWithAck("b")
      .catch(() => {})
    void sending.emitWithAck("c").catch(() => {})
    const first = await connect(runtime, platform)
    expect(first.sent.slice(1)).toHaveLength(1)
    first.closed("cut")
    platform.advance(2000)
    const second = await connect(runtime, platform)
    expect(second.sent.slice(1).map(String)).toEqual([expect.stringContaining('"a"')])
    second.text(`43${/^42(\d+)/.exec(String(second.sent.at(-1)))?.[1]}[]`)
    platform.advance(0)
    expect(String(second.sent.at(-1))).toContain('"b"')
    user.abort()
    platform.advance(0)
    expect(String(second.sent.at(-1))).toContain('"c"')
  })

  it("of more than 10 binary values is refused and not retried, unless the limit is higher", async () => {
    const bytes = Array.from({ length: 11 }, () => new Uint8Array(1))
    const { $socket } = await made()
    expect(() => $socket.emit("x", ...bytes)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
    const asked = $socket.sending({ retries: 9 }).emitWithAck("x", { bytes })
    await expect(asked).rejects.toMatchObject({ message: expect.stringContaining("socket.maxAttachments") })
    expect($socket.buffered.value.count).toBe(0)
    $socket.emit("x", ...bytes.slice(1))
    const { runtime } = await makeRuntime({ socket: { maxAttachments: 11 } })
    runtime.$socket.emit("x", ...bytes)
    expect([$socket.buffered.value.count, runtime.$socket.buffered.value.count]).toEqual([1, 1])
  })

  it("as a promise has `ackTimeout` as its timeout", async () => {
    const { runtime, platform } = await makeRuntime({ socket: { ackTimeout: 500 } })
    const { text, sent } = await connect(runtime, platform)
    const heard: unknown[] = []
    runtime.$socket.emit("ask", (answer: unknown) => heard.push(answer))
    const [id] = /\d+/.exec(String(sent.at(-1)).slice(2)) ?? []
    const begin = platform.now
    const ends = [
      runtime.$socket.emitWithAck("ask"),
      runtime.$socket.timeout(1000).emitWithAck("ask"),
      runtime.$socket.sending({ retries: 1 }).emitWithAck("ask"),
    ].map((end) => end.catch(({ code }) => code))
    const over = (end: Promise<unknown>) => Promise.race([end, flush().then(() => "waits")])
    for (const states of [
      ["ACK_TIMEOUT", "waits", "waits"],
      ["ACK_TIMEOUT", "ACK_TIMEOUT", "ACK_TIMEOUT"],
    ]) {
      platform.advance(500)
      expect(await Promise.all(ends.map(over))).toEqual(states)
    }
    expect(platform.now - begin).toBe(1000)
    text(`43${id}["late"]`)
    expect(heard).toEqual(["late"])
  })

  it.each([[{ timeout: 0 }], [{ timeout: "1" }], [{ retries: -1 }], [{ retries: 1.5 }]])(
    "refuses %j",
    async (options) => {
      const { $socket } = await made()
      expect(() => $socket.sending(options as never)).toThrow(code("BAD_ARGUMENT"))
    },
  )

  it("sends a Blob unchanged", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    const blob = new Blob(["hello"])
    $socket.emit("file", { in: [blob] })
    expect(connection.sent.slice(1)).toEqual(['451-["file",{"in":[{"_placeholder":true,"num":0}]}]', blob])
  })
})

describe("onAnyOutgoing", () => {
  it("is called for every emit of the namespace, until it is removed", async () => {
    const { $socket, runtime, platform } = await made()
    const api = runtime.usePluginApi("pacifico__todo")
    const [here, scoped] = [vi.fn(), vi.fn()]
    const end = $socket.onAnyOutgoing(here)
    api.$socket.onAnyOutgoing(scoped)
    runtime.of("/admin").$socket.emit("elsewhere")
    api.$socket.emit("a", 1, { b: 2 })
    await connect(runtime, platform)
    void $socket.emitWithAck("c").catch(() => {})
    end()
    api.dispose()
    $socket.emit("d")
    const expected = [["a", 1, { b: 2 }], ["c"]]
    expect(here.mock.calls).toEqual(expected)
    expect(scoped.mock.calls).toEqual(expected)
  })

  it("sends nothing if its listener disposes or aborts the emit", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    const api = runtime.usePluginApi("pacifico__todo")
    const controller = new AbortController()
    const ends: Record<string, () => void> = {
      abort: () => controller.abort(new Error("enough")),
      scope: () => api.dispose(),
      runtime: () => runtime.dispose(),
    }
    $socket.onAnyOutgoing((event) => ends[event]?.())
    const { signal } = controller
    await expect($socket.sending({ signal }).emitWithAck("abort")).rejects.toThrow("enough")
    await expect(api.$socket.emitWithAck("scope")).rejects.toEqual(code("DISPOSED"))
    await expect($socket.emitWithAck("runtime")).rejects.toEqual(code("DISPOSED"))
    expect(connection.sent.filter((packet) => String(packet).startsWith("42"))).toEqual([])
  })

  it("a listener added during dispatch waits for the next emit, one removed then is not called", async () => {
    const { $socket, runtime } = await made()
    const calls: string[] = []
    const endFirst = $socket.onAnyOutgoing((event) => {
      calls.push(`first ${event}`)
      endFirst()
      endSecond()
      $socket.onAnyOutgoing((event) => calls.push(`added ${event}`))
    })
    const endSecond = $socket.onAnyOutgoing(() => calls.push("second"))
    $socket.emit("a")
    $socket.emit("b")
    expect(calls).toEqual(["first a", "added b"])
    $socket.onAnyOutgoing(() => runtime.dispose())
    $socket.onAnyOutgoing(() => calls.push("after the end"))
    expect(() => $socket.emit("c")).toThrow(code("DISPOSED"))
    expect(calls).toEqual(["first a", "added b", "added c"])
  })

  it("reports a listener that throws, and still sends", async () => {
    const { $socket, errors, runtime, platform } = await made()
    $socket.onAnyOutgoing(() => {
      throw new Error("boom")
    })
    const connection = await connect(runtime, platform)
    $socket.emit("a")
    expect(errors).toEqual([code("LISTENER_THREW")])
    expect(connection.sent.at(-1)).toBe('42["a"]')
  })
})

describe("namespaces", () => {
  it("have their own credentials, status, id and events over one connection", async () => {
    const { runtime, platform } = await made({ auth: { token: "main" } })
    const admin = runtime.of("/admin", { auth: async () => ({ token: "admin" }) })
    const connection = await connect(runtime, platform)
    admin.connect()
    await flush()
    expect(connection.sent).toEqual(['40{"token":"main"}', '40/admin,{"token":"admin"}'])
    expect(admin.$socket.status.value).toBe("connecting")
    connection.text('40/admin,{"sid":"a1"}')
    expect([runtime.$socket.id, admin.$socket.id]).toEqual(["s1", "a1"])
    const [mainHeard, adminHeard] = [vi.fn(), vi.fn()]
    runtime.$socket.onAny(mainHeard)
    admin.$socket.on("news", adminHeard)
    connection.text('42/admin,["news",1]')
    connection.text('42["news",2]')
    expect(adminHeard.mock.calls.map(([payload]) => payload)).toEqual([1])
    expect(mainHeard.mock.calls.map(([payload]) => payload)).toEqual([2])
    admin.disconnect()
    expect(connection.sent.at(-1)).toBe("41/admin,")
    expect([runtime.$socket.status.value, admin.$socket.status.value]).toEqual(["connected", "closed"])
    expect(platform.connections).toHaveLength(1)
  })

  it("of the same name are the same object, and end with the runtime", async () => {
    const { runtime, platform } = await made()
    const [one, other] = [runtime.of("/admin"), runtime.of("admin")]
    const connection = await connect(runtime, platform)
    one.connect()
    await flush()
    connection.text('40/admin,{"sid":"a1"}')
    expect(other.$socket.id).toBe("a1")
    runtime.dispose()
    expect(connection.open).toBe(false)
    expect(() => one.connect()).toThrow(code("DISPOSED"))
    expect(() => runtime.of("/x")).toThrow(code("DISPOSED"))
    expect(platform.timers.size).toBe(0)
  })

  it("refuse an invalid name", async () => {
    const { runtime } = await made()
    for (const name of ["", 7, undefined]) expect(() => runtime.of(name as string)).toThrow(code("BAD_ARGUMENT"))
  })
})

describe("the page's life", () => {
  it("opens and closes the connection: with the network, and with the page", async () => {
    const { runtime, platform } = await made()
    await connect(runtime, platform)
    platform.life("offline")
    expect(runtime.$socket.status.value).toBe("reconnecting")
    expect(runtime.$socket.reason.value?.message).toContain("the network is offline")
    platform.life("online")
    expect(platform.connections).toHaveLength(2)
    const second = await connect(runtime, platform)
    platform.life("hide")
    expect(second.open).toBe(false)
    expect(platform.timers.size).toBe(0)
    platform.life("show")
    expect(platform.connections).toHaveLength(3)
    runtime.dispose()
    platform.life("online")
    expect(platform.connections).toHaveLength(3)
  })
})

describe("an emit right after a sleep of the machine", () => {
  it("waits until the connection has proved that it is alive", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    $socket.emit("before")
    platform.slept += 3_600_000
    $socket.emit("after")
    expect(connection.sent.at(-1)).toBe('42["before"]')
    expect($socket.status.value).toBe("connected")
    expect($socket.buffered.value.count).toBe(1)
    connection.text("2")
    expect(connection.sent.slice(-2)).toEqual(["3", '42["after"]'])
    expect($socket.buffered.value.count).toBe(0)
  })

  it("is sent over the next connection if this one is dead, and gets its ack", async () => {
    const { $socket, runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    platform.slept += 3_600_000
    const answer = $socket.emitWithAck("after")
    platform.advance(2000)
    expect($socket.status.value).toBe("reconnecting")
    platform.advance(1000)
    const again = await connect(runtime, platform)
    expect(connection.sent.some((packet) => String(packet).includes("after"))).toBe(false)
    const id = /^42(\d+)\["after"\]$/.exec(String(again.sent.at(-1)))?.[1]
    again.text(`43${id}["yes"]`)
    expect(await answer).toBe("yes")
  })
})
