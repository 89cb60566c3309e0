// $socket from a user's view, on the compiled core with a scripted server.
import { describe, expect, it, vi } from "vitest"
import type { AuthCallback } from "../../js-glue"
import { connect, eventFrame, flush, HANDSHAKE, makeRuntime } from "./harness"

async function connected(options = {}) {
  const made = await makeRuntime(options)
  const connection = await connect(made.runtime, made.platform)
  return { ...made, connection, api: made.runtime.usePluginApi("pacifico__todo") }
}

describe("status", () => {
  it("goes from closed through connecting to connected, with the session's id", async () => {
    const { runtime, platform } = await makeRuntime()
    const seen: string[] = []
    runtime.$socket.status.subscribe((status) => seen.push(status))
    await connect(runtime, platform)
    expect(seen).toEqual(["closed", "connecting", "connected"])
    expect(runtime.$socket.id).toBe("s1")
    expect(runtime.$socket.reason.value).toBeUndefined()
  })

  it("gives the reason for reconnecting, and reconnects automatically", async () => {
    const { runtime, platform, connection } = await connected()
    connection.closed("wire cut")
    expect(runtime.$socket.status.value).toBe("reconnecting")
    expect(runtime.$socket.reason.value?.code).toBe("TRANSPORT_CLOSED")
    expect(runtime.$socket.reason.value?.message).toContain("wire cut")
    expect(runtime.$socket.id).toBeUndefined()
    platform.advance(2000)
    expect(platform.connections).toHaveLength(2)
  })

  it("is rejected when the server keeps refusing, and asks auth with the reason", async () => {
    const auth = vi.fn((_cb: AuthCallback) => ({ token: "old" }))
    const { runtime, platform } = await makeRuntime({ auth, socket: { authAttempts: 2 } })
    runtime.connect()
    const { connection } = platform
    connection.opened()
    connection.text('0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
    await flush()
    expect(connection.sent).toEqual(['40{"token":"old"}'])
    connection.text('44{"message":"token expired"}')
    await flush()
    expect(auth.mock.calls.map(([{ reason }]) => reason)).toEqual([undefined, "token expired"])
    connection.text('44{"message":"token expired"}')
    expect(runtime.$socket.status.value).toBe("rejected")
    expect(runtime.$socket.reason.value?.message).toContain("token expired")
    expect(connection.open).toBe(false)
  })

  it("treats a failing `auth` as a refusal", async () => {
    const auth = () => Promise.reject(new Error("no network for the login"))
    const { runtime, platform } = await makeRuntime({ auth, socket: { authAttempts: 1 } })
    runtime.connect()
    platform.connection.opened()
    platform.connection.text('0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
    await flush()
    expect(runtime.$socket.status.value).toBe("rejected")
    expect(runtime.$socket.reason.value).toMatchObject({ code: "AUTH_FAILED" })
    expect(runtime.$socket.reason.value?.message).toContain("no network for the login")
  })
})

describe("on", () => {
  it("calls listeners in the order of registration with payload and event", async () => {
    const { connection, api, runtime } = await connected()
    const calls: unknown[] = []
    api.$socket.on("todoCreated", (payload, event) => calls.push(["plugin", payload, event]))
    runtime.$socket.on("todoCreated", (payload) => calls.push(["runtime", payload]))
    connection.text(eventFrame("todoCreated", { name: "a" }, "extra"))
    const event = {
      channel: "plugin_pacifico__todo--todoCreated",
      channelKey: "todoCreated",
      prefix: "plugin_pacifico__todo",
      args: [{ name: "a" }, "extra"],
    }
    expect(calls).toEqual([
      ["plugin", { name: "a" }, event],
      ["runtime", { name: "a" }],
    ])
  })

  it("works in raclette's older form", async () => {
    const { connection, api } = await connected()
    const listener = vi.fn()
    const remove = api.$socket.todoCreated.on(listener)
    connection.text(eventFrame("todoCreated", 1))
    remove()
    connection.text(eventFrame("todoCreated", 2))
    expect(listener.mock.calls.map(([payload]) => payload)).toEqual([1])
  })

  it("limits a plugin to its own channels", async () => {
    const { connection, runtime } = await connected()
    const other = vi.fn()
    runtime.usePluginApi("someone__else").$socket.on("todoCreated", other)
    connection.text(eventFrame("todoCreated", 1))
    expect(other).not.toHaveBeenCalled()
    connection.text('42["plugin_someone__else--todoCreated",2]')
    expect(other.mock.calls[0]?.[0]).toBe(2)
  })

  it("a listener added during dispatch waits, one removed during dispatch is not called", async () => {
    const { connection, api } = await connected()
    const calls: string[] = []
    api.$socket.on("e", () => {
      calls.push("first")
      removeSecond()
      api.$socket.once("e", () => calls.push("added"))
    })
    const removeSecond = api.$socket.on("e", () => calls.push("second"))
    connection.text(eventFrame("e"))
    expect(calls).toEqual(["first"])
    connection.text(eventFrame("e"))
    expect(calls).toEqual(["first", "first", "added"])
  })

  it("a listener that throws is reported and the others still run", async () => {
    const { connection, api, errors } = await connected()
    const after = vi.fn()
    api.$socket.on("e", () => {
      throw new Error("boom")
    })
    api.$socket.on("e", after)
    connection.text(eventFrame("e"))
    expect(after).toHaveBeenCalledOnce()
    expect(errors[0]).toMatchObject({ code: "LISTENER_THREW" })
    expect(errors[0]?.message).toContain("boom")
  })

  it("ends by its function, off, once, a signal, and the end of the scope", async () => {
    const { connection, api, runtime } = await connected()
    const calls: string[] = []
    const abort = new AbortController()
    const { $socket } = api
    const listener = () => calls.push("off")
    const remove = $socket.on("e", () => calls.push("function"))
    $socket.on("e", listener)
    $socket.once("e", () => calls.push("once"))
    $socket.on("e", () => calls.push("signal"), { signal: abort.signal })
    $socket.on("e", () => calls.push("scope"))
    connection.text(eventFrame("e"))
    expect(calls).toEqual(["function", "off", "once", "signal", "scope"])
    remove()
    remove()
    expect($socket.off("e", listener)).toBe(1)
    expect($socket.off("e", listener)).toBe(0)
    abort.abort()
    calls.length = 0
    connection.text(eventFrame("e"))
    expect(calls).toEqual(["scope"])
    api.dispose()
    connection.text(eventFrame("e"))
    expect(calls).toEqual(["scope"])
    expect(() => $socket.on("e", listener)).toThrow(expect.objectContaining({ code: "DISPOSED" }))
    expect(runtime.$socket.status.value).toBe("connected")
  })

  it("off removes listeners of on and once, and keeps waitFor, events and live queries", async () => {
    const { connection, platform, api } = await connected()
    const { $socket, $data } = api
    const query = $data.todo?.getAll?.({ options: { live: true, immediate: true } })
    await flush()
    platform.request().answered(200, [])
    const waiting = $socket.waitFor<number>("todoCreated")
    const step = $socket.events<number>("todoCreated").next()
    const heard = vi.fn()
    $socket.on("todoCreated", heard)
    $socket.once("todoCreated", heard)
    expect($socket.off("todoCreated")).toBe(2)
    connection.text(eventFrame("todoCreated", { type: "dataCreate", body: { items: [{ _id: "1" }] } }))
    expect(heard).not.toHaveBeenCalled()
    expect(query?.dataArr.value).toEqual([{ _id: "1" }])
    expect(await Promise.all([waiting, step])).toMatchObject([{ type: "dataCreate" }, { done: false }])
  })

  it("parses nothing for an event without listeners", async () => {
    const { connection, api } = await connected()
    api.$socket.on("heard", () => {})
    const parse = vi.spyOn(JSON, "parse")
    connection.text(eventFrame("unheard", { a: 1 }))
    expect(parse).not.toHaveBeenCalled()
    connection.text(eventFrame("heard", { a: 1 }))
    expect(parse).toHaveBeenCalledOnce()
    parse.mockRestore()
  })

  it("receives every event of its scope with onAny", async () => {
    const { connection, api } = await connected()
    const keys: string[] = []
    api.$socket.onAny((_payload, { channelKey }) => keys.push(channelKey))
    connection.text(eventFrame("a"))
    connection.text('42["plugin_other--b"]')
    connection.text('42["c"]')
    expect(keys).toEqual(["a", "c"])
  })

  it.each([
    ["an empty key", ""],
    ["a number", 5],
    ["nothing", undefined],
  ])("refuses %s as a key", async (_what, key) => {
    const { api } = await connected()
    expect(() => api.$socket.on(key as string, () => {})).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
  })

  it("refuses a listener that is not a function", async () => {
    const { api } = await connected()
    expect(() => api.$socket.on("e", "x" as never)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
  })
})

describe("waitFor and events", () => {
  it("waitFor resolves with the next payload that passes the filter", async () => {
    const { connection, api } = await connected()
    const waiting = api.$socket.waitFor<number>("n", { filter: (n) => n > 1 })
    connection.text(eventFrame("n", 1))
    connection.text(eventFrame("n", 2))
    await expect(waiting).resolves.toBe(2)
  })

  it("waitFor rejects on timeout, abort and the end of the scope, and leaves no timer", async () => {
    const { platform, api } = await connected()
    const timers = platform.timers.size
    const late = api.$socket.waitFor("e", { timeout: 100 })
    platform.advance(100)
    await expect(late).rejects.toMatchObject({ code: "WAIT_TIMEOUT" })
    const abort = new AbortController()
    const aborted = api.$socket.waitFor("e", { timeout: 100, signal: abort.signal })
    abort.abort(new Error("enough"))
    await expect(aborted).rejects.toThrow("enough")
    const disposed = api.$socket.waitFor("e")
    api.dispose()
    await expect(disposed).rejects.toMatchObject({ code: "DISPOSED" })
    expect(platform.timers.size).toBe(timers)
  })

  it("events resolves concurrent calls of next() in order", async () => {
    const { connection, api } = await connected()
    const events = api.$socket.events<number>("n")
    const steps = [events.next(), events.next(), events.next()]
    for (const n of [1, 2]) connection.text(eventFrame("n", n))
    await events.return?.()
    expect(await Promise.all(steps)).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: undefined, done: true },
    ])
  })

  it("refuses invalid names, options and signals", async () => {
    const { api } = await connected()
    const bad = expect.objectContaining({ code: "BAD_ARGUMENT" })
    for (const key of ["", 7, undefined]) {
      expect(() => api.$socket.on(key as string, () => {})).toThrow(bad)
      expect(() => api.$socket.events(key as string)).toThrow(bad)
      await expect(api.$socket.waitFor(key as string)).rejects.toEqual(bad)
    }
    expect(() => api.$socket.on("e", () => {}, { signal: 1 as never })).toThrow(bad)
    expect(() => api.$socket.on("e", () => {}, null as never)).toThrow(bad)
    expect(() => api.$socket.events("e", { signal: {} as never })).toThrow(bad)
    await expect(api.$socket.waitFor("e", { timeout: -1 })).rejects.toEqual(bad)
    expect(api.$socket.off("e")).toBe(0)
  })

  it("events yields every event in order, and ends with its signal", async () => {
    const { connection, api } = await connected()
    const abort = new AbortController()
    const events = api.$socket.events<number>("n", { signal: abort.signal })
    for (const n of [1, 2, 3]) connection.text(eventFrame("n", n))
    const seen: number[] = []
    for await (const n of events) {
      seen.push(n)
      if (n === 3) abort.abort()
    }
    expect(seen).toEqual([1, 2, 3])
    connection.text(eventFrame("n", 4))
    expect(await events.next()).toEqual({ value: undefined, done: true })
  })
})

describe("emit", () => {
  it("sends at once when connected, otherwise after connecting, in order", async () => {
    const { runtime, platform } = await makeRuntime()
    runtime.$socket.emit("a", { x: 1 }, "two")
    runtime.$socket.emit("b")
    const connection = await connect(runtime, platform)
    runtime.$socket.emit("c", null)
    expect(connection.sent).toEqual(["40", '42["a",{"x":1},"two"]', '42["b"]', '42["c",null]'])
  })

  it("sends binary values as attachments and restores them", async () => {
    const { runtime, connection, api } = await connected()
    runtime.$socket.emit("file", { bytes: new Uint8Array([1, 2]), more: [Buffer.from([3])] })
    expect(connection.sent.slice(1)).toEqual([
      '452-["file",{"bytes":{"_placeholder":true,"num":0},"more":[{"_placeholder":true,"num":1}]}]',
      new Uint8Array([1, 2]),
      new Uint8Array([3]),
    ])
    const listener = vi.fn()
    api.$socket.on("file", listener)
    connection.text('451-["file",{"deep":[{"_placeholder":true,"num":0}],"__proto__":{"polluted":true}}]')
    connection.binary(new Uint8Array([9]).buffer)
    const [payload] = listener.mock.calls[0] as [{ deep: ArrayBuffer[] }]
    expect(new Uint8Array(payload.deep[0] as ArrayBuffer)).toEqual(new Uint8Array([9]))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.hasOwn(payload, "__proto__")).toBe(true)
  })

  it("resolves an ack with the response, and rejects it when the session ends or on timeout", async () => {
    const { runtime, platform, connection } = await connected()
    const answered = runtime.$socket.emitWithAck("ask", 1)
    const [, id] = /^42(\d+)\["ask",1\]$/.exec(String(connection.sent.at(-1))) ?? []
    connection.text(`43${id}["yes"]`)
    await expect(answered).resolves.toBe("yes")
    const late = runtime.$socket.timeout(300).emitWithAck("ask")
    platform.advance(300)
    await expect(late).rejects.toMatchObject({ code: "ACK_TIMEOUT" })
    const cut = runtime.$socket.emitWithAck("ask")
    connection.closed("")
    await expect(cut).rejects.toMatchObject({ code: "SOCKET_DISCONNECTED" })
  })

  it("calls a callback with the response, with the error as first argument if it has a timeout", async () => {
    const { runtime, platform, connection } = await connected()
    const plain = vi.fn()
    const timed = vi.fn()
    runtime.$socket.emit("ask", plain)
    const [, id] = /^42(\d+)\[/.exec(String(connection.sent.at(-1))) ?? []
    connection.text(`43${id}["a","b"]`)
    expect(plain).toHaveBeenCalledWith("a", "b")
    runtime.$socket.timeout(100).emit("ask", timed)
    platform.advance(100)
    expect(timed).toHaveBeenCalledWith(expect.objectContaining({ code: "ACK_TIMEOUT" }))
  })

  it("acknowledges the server's events", async () => {
    const { connection, api } = await connected()
    api.$socket.on("question", (_payload, event) => event.reply?.("answer", 42))
    connection.text('4217["question"]')
    expect(connection.sent.at(-1)).toBe('4317["answer",42]')
  })

  it.each([false, true])(
    "answers a question in the session of its event alone, recovered or not: %s",
    async (recovers) => {
      const { runtime, platform, errors } = await makeRuntime({ socket: { randomizationFactor: 0 } })
      const replies: (((...answer: unknown[]) => void) | undefined)[] = []
      runtime.$socket.on("question", (_payload, { reply }) => replies.push(reply))
      const connection = await connect(runtime, platform)
      connection.text('420["question"]')
      connection.closed("the server was started again")
      replies[0]?.("too late")
      platform.advance(1000)
      const { connection: again } = platform
      again.opened()
      again.text(HANDSHAKE)
      await flush()
      again.text(`40{"sid":"${recovers ? "s1" : "s2"}"}`)
      const before = again.sent.length
      replies[0]?.("to another question")
      expect(again.sent).toHaveLength(before)
      expect(errors.map(({ code }) => code)).toEqual(["SOCKET_DISCONNECTED", "SOCKET_DISCONNECTED"])
      expect(errors[1]?.message).toContain("question")
      again.text('420["question"]')
      replies[1]?.("to this one")
      expect(again.sent.at(-1)).toBe('430["to this one"]')
      expect(errors).toHaveLength(2)
      runtime.dispose()
      expect(() => replies[1]?.("after the end")).not.toThrow()
      expect(errors).toHaveLength(2)
    },
  )

  it("refuses values that cannot be sent, at the call, with a clear error", async () => {
    const { runtime, connection } = await connected()
    const before = connection.sent.length
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    const code = (name: string) => expect.objectContaining({ code: name })
    expect(() => runtime.$socket.emit("e", cyclic)).toThrow(code("BAD_ARGUMENT"))
    expect(() => runtime.$socket.emit("e", 1n)).toThrow(code("BAD_ARGUMENT"))
    expect(() => runtime.$socket.emit("connect")).toThrow(code("RESERVED_EVENT"))
    expect(() => runtime.$socket.emit("")).toThrow(code("BAD_ARGUMENT"))
    expect(() => runtime.$socket.timeout(0)).toThrow(code("BAD_ARGUMENT"))
    expect(connection.sent).toHaveLength(before)
  })
})

describe("bad frames", () => {
  it.each([
    ["no packet", "hello", "ENGINE_BAD_PACKET"],
    ["an unknown type", "49", "SOCKET_BAD_PACKET"],
    ["a payload that is no JSON", '42["plugin_pacifico__todo--e",{]', "SOCKET_BAD_PAYLOAD"],
    ["too many attachments", '451001-["e"]', "SOCKET_BAD_PACKET"],
  ])("%s closes the connection with a clear error, and later events still arrive", async (_what, frame, code) => {
    const { runtime, platform, connection, api, errors } = await connected()
    const listener = vi.fn()
    api.$socket.on("e", listener)
    connection.text(frame)
    expect(errors[0]).toMatchObject({ code })
    expect(connection.open).toBe(false)
    platform.advance(2000)
    const next = await connect(runtime, platform)
    next.text(eventFrame("e", "later"))
    expect(listener.mock.calls.map(([payload]) => payload)).toEqual(["later"])
  })

  it("numeric names are delivered, others are dropped and reported, and the connection stays", async () => {
    const { runtime, connection, errors } = await connected()
    const heard: unknown[] = []
    runtime.$socket.on("3", (payload, { args }) => heard.push([payload, args]))
    connection.text('42[3,"x"]')
    connection.text('451-[3,{"_placeholder":true,"num":0}]')
    connection.binary(new ArrayBuffer(2))
    connection.text('42[null,"x"]')
    connection.text('451-[{"a":1},{"_placeholder":true,"num":0}]')
    connection.binary(new ArrayBuffer(2))
    connection.text(`42["${"n".repeat(100_000)}"]`)
    connection.text(`42[${" ".repeat(100_000)}"n"]`)
    connection.text('42[3,"y"]')
    expect(heard).toEqual([
      ["x", ["x"]],
      [new ArrayBuffer(2), [new ArrayBuffer(2)]],
      ["y", ["y"]],
    ])
    expect(errors.map(({ code }) => code)).toEqual(Array(4).fill("SOCKET_BAD_PACKET"))
    expect(connection.open).toBe(true)
  })

  it("refuses placeholders without an attachment", async () => {
    const { connection, api, errors } = await connected()
    const listener = vi.fn()
    api.$socket.on("e", listener)
    connection.text('451-["plugin_pacifico__todo--e",{"_placeholder":true,"num":7}]')
    connection.binary(new ArrayBuffer(1))
    expect(listener).not.toHaveBeenCalled()
    expect(errors[0]).toMatchObject({ code: "SOCKET_BAD_PAYLOAD" })
  })

  it("accepts 10 MB in one frame", async () => {
    const { connection, api } = await connected()
    const listener = vi.fn()
    api.$socket.on("big", listener)
    connection.text(eventFrame("big", "x".repeat(10 * 1024 * 1024)))
    expect(listener.mock.calls[0]?.[0]).toHaveLength(10 * 1024 * 1024)
  })

  it("an ack whose response is malformed fails", async () => {
    const { runtime, connection } = await connected()
    const asked = runtime.$socket.emitWithAck("ask")
    const [, id] = /^42(\d+)\[/.exec(String(connection.sent.at(-1))) ?? []
    connection.text(`43${id}[{]`)
    await expect(asked).rejects.toMatchObject({ code: "SOCKET_BAD_PAYLOAD" })
  })
})
