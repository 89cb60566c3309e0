// `$socket.on(key, listener, { payload: false })`: the listener hears that the event came. What nobody wants is not
// parsed.
import { describe, expect, it, vi } from "vitest"
import type { SocketEvent } from "../../js-glue"
import { connect, eventFrame, flush, makeRuntime, offset } from "./harness"

async function connected(options = {}) {
  const made = await makeRuntime(options)
  const connection = await connect(made.runtime, made.platform)
  const heard: unknown[][] = []
  const bare = (...args: unknown[]) => heard.push(args)
  return { ...made, connection, api: made.runtime.usePluginApi("pacifico__todo"), heard, bare }
}

const PREFIX = "plugin_pacifico__todo"
const about = (channelKey: string, args: unknown[] = []) =>
  ({ channel: `${PREFIX}--${channelKey}`, channelKey, prefix: PREFIX, args }) satisfies SocketEvent

/** Calls of JSON.parse during `act`. */
function parsedBy(act: () => void): number {
  const parse = vi.spyOn(JSON, "parse")
  act()
  const { length } = parse.mock.calls
  parse.mockRestore()
  return length
}

describe("a listener without payload", () => {
  it("hears that the event came, and the event is not parsed, however often it comes", async () => {
    const { api, connection, heard, bare } = await connected()
    api.$socket.on("todoCreated", bare, { payload: false })
    const parsed = parsedBy(() => {
      for (let i = 0; i < 5; i++) connection.text(eventFrame("todoCreated", { i }))
      connection.text(eventFrame("todoCreated", 1, 2, 3))
      connection.text(eventFrame("todoCreated"))
      connection.text(`42["${PREFIX}--todoCreated",{`)
    })
    expect(parsed).toBe(0)
    expect(heard).toEqual(Array.from({ length: 8 }, () => [undefined, about("todoCreated")]))
  })

  it("and one with payload hear the same event in the order of registration, each its own arguments", async () => {
    const { api, connection, heard, bare } = await connected()
    api.$socket.on("todoCreated", bare, { payload: false })
    api.$socket.on("todoCreated", (...args) => heard.push(args))
    api.$socket.on("todoCreated", bare, { payload: false })
    for (let i = 0; i < 4; i++) connection.text(eventFrame("todoCreated", { i }, "second"))
    expect(heard.slice(-3)).toEqual([
      [undefined, about("todoCreated")],
      [{ i: 3 }, about("todoCreated", [{ i: 3 }, "second"])],
      [undefined, about("todoCreated")],
    ])
    expect(heard).toHaveLength(12)
  })

  it("changes nothing for others as listeners come and go", async () => {
    const { api, connection, heard, bare } = await connected()
    const frame = eventFrame("todoCreated", "whole")
    const twice = () => {
      heard.length = 0
      const parsed = parsedBy(() => {
        for (let i = 0; i < 3; i++) connection.text(frame)
      })
      return [parsed > 0, heard.length / 3, heard.at(-1)?.[0]]
    }
    api.$socket.on("todoCreated", bare, { payload: false })
    expect(twice()).toEqual([false, 1, undefined])
    const whole = api.$socket.on("todoCreated", (payload) => heard.push([payload]))
    expect(twice()).toEqual([true, 2, "whole"])
    whole()
    expect(twice()).toEqual([false, 1, undefined])
    const any = api.$socket.onAny((payload) => heard.push([payload]))
    expect(twice()).toEqual([true, 2, "whole"])
    any()
    expect(twice()).toEqual([false, 1, undefined])
    void api.$socket.waitFor("todoCreated")
    expect(twice()[0]).toBe(true)
    expect(twice()).toEqual([false, 1, undefined])
  })

  it("answers the server", async () => {
    const { api, connection } = await connected()
    api.$socket.on("todoCreated", (_none, event) => event.reply?.("seen", event.args.length), { payload: false })
    connection.text(`427["${PREFIX}--todoCreated",{"a":1}]`)
    expect(connection.sent.at(-1)).toBe('437["seen",0]')
  })

  it("hears an event with attachments once they are there", async () => {
    const { api, connection, heard, bare } = await connected()
    api.$socket.on("todoCreated", bare, { payload: false })
    for (let i = 0; i < 3; i++) {
      connection.text(`451-["${PREFIX}--todoCreated",{"_placeholder":true,"num":0}]`)
      expect(heard).toHaveLength(i)
      connection.binary(new ArrayBuffer(2))
      connection.text(eventFrame("todoDeleted"))
    }
    expect(heard).toEqual(Array.from({ length: 3 }, () => [undefined, about("todoCreated")]))
  })

  it("ends by once, off, its signal and its scope", async () => {
    const { api, connection, heard, bare } = await connected()
    const { signal } = new AbortController()
    api.$socket.once("todoCreated", bare, { payload: false })
    api.$socket.on("todoCreated", bare, { payload: false, once: true, signal })
    connection.text(eventFrame("todoCreated", 1))
    connection.text(eventFrame("todoCreated", 1))
    expect(heard).toHaveLength(2)
    api.$socket.on("todoCreated", bare, { payload: false })
    api.$socket.todoCreated.on(bare, { payload: false })
    expect(api.$socket.off("todoCreated", () => {})).toBe(0)
    expect(api.$socket.off("todoCreated", bare)).toBe(2)
    const aborted = new AbortController()
    api.$socket.on("todoCreated", bare, { payload: false, signal: aborted.signal })
    aborted.abort()
    api.$socket.on("todoCreated", bare, { payload: false })
    api.dispose()
    connection.text(eventFrame("todoCreated", 1))
    expect(heard).toHaveLength(2)
  })

  it("leaves the server's offset to the core", async () => {
    const { runtime, platform, api, bare } = await connected()
    platform.connection.closed("cut")
    platform.advance(2000)
    platform.connection.opened()
    platform.connection.text('0{"sid":"e2","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
    await flush()
    platform.connection.text('40{"sid":"s2","pid":"p2"}')
    await flush()
    api.$socket.on("todoCreated", bare, { payload: false })
    for (let i = 1; i <= 3; i++) platform.connection.text(eventFrame("todoCreated", { i }, offset(i)))
    platform.connection.closed("cut")
    platform.advance(5000)
    platform.connection.opened()
    platform.connection.text('0{"sid":"e3","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
    await flush()
    expect(platform.connection.sent.at(-1)).toContain(`"pid":"p2","offset":"${offset(3)}"`)
    expect(runtime.$socket.status.value).toBe("reconnecting")
  })

  it("waits its turn when it is added during the dispatch of an event that it hears", async () => {
    const { api, connection, heard, bare } = await connected()
    api.$socket.once("todoCreated", () => api.$socket.on("todoCreated", bare, { payload: false }))
    connection.text(eventFrame("todoCreated", 1))
    expect(heard).toEqual([])
    connection.text(eventFrame("todoCreated", 2))
    expect(heard).toEqual([[undefined, about("todoCreated")]])
  })

  it("lets one with payload that is added before a queued event is dispatched wait for the next", async () => {
    const { api, connection, heard, bare } = await connected()
    const whole = (payload: unknown) => heard.push([payload])
    api.$socket.on("todoUpdated", () => {
      connection.text(eventFrame("todoCreated", "first"))
      api.$socket.on("todoCreated", whole)
      connection.text(eventFrame("todoCreated", "second"))
    })
    api.$socket.on("todoCreated", bare, { payload: false })
    connection.text(eventFrame("todoUpdated"))
    expect(heard.filter(([payload]) => payload !== undefined)).toEqual([["second"]])
  })
})

describe("a query that is refetched by an event", () => {
  it("needs no payload", async () => {
    const { api, platform, connection } = await connected()
    const list = api.$data.todo?.getAll?.({ options: { refetchOnEvent: true } })
    void list?.execute()
    platform.request().answered(200, { body: { items: [] } })
    await flush()
    expect(parsedBy(() => connection.text(eventFrame("todoCreated", { a: 1 })))).toBe(0)
    platform.advance(5000)
    expect(platform.requests).toHaveLength(1)
  })
})

describe("options", () => {
  it.each([
    [{ payload: "no" }, "`payload` must be true or false, not string"],
    [{ payload: null }, "`payload` must be true or false, not null"],
    [{ payloads: false }, "`payloads` is not an option; known are signal, once, payload"],
  ])("%j is refused at the call: %s", async (options, message) => {
    const { api } = await connected()
    for (const call of [
      () => api.$socket.on("todoCreated", () => {}, options as never),
      () => api.$socket.todoCreated.on(() => {}, options as never),
    ]) {
      expect(call).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT", message: expect.stringContaining(message) }))
    }
    expect(api.$socket.off("todoCreated")).toBe(0)
  })

  it("that are unknown to the bus are refused, too", async () => {
    const { api } = await connected()
    const message = expect.stringContaining("`once` is not an option; known are signal, timeout")
    expect(() => api.$eventbus.on("e", () => {}, { once: true } as never)).toThrow(expect.objectContaining({ message }))
    expect(api.$eventbus.off("e")).toBe(0)
  })
})
