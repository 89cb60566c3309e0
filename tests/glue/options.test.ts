// The effects of createRuntime's options: URLs and structured socket options. create-runtime.test.ts has the invalid
// ones.
import { describe, expect, it, onTestFinished } from "vitest"
import { coreOptions } from "../../js-glue/api/options"
import type { RuntimeOptions } from "../../js-glue/types"
import { connect, makeRuntime } from "./harness"

const told = (options: RuntimeOptions) => JSON.parse(coreOptions(options, "c"))

/** Sets the page's address for the duration of the test. */
function openPage(href: string): void {
  const { protocol, host, origin } = new URL(href)
  Object.defineProperty(globalThis, "location", { value: { protocol, host, origin }, configurable: true })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, "location"))
}

describe("url", () => {
  it.each([
    ["http://h", "http://h/"],
    ["HTTP://Host:80", "http://host/"],
    ["https://h:8443/base/", "https://h:8443/base/"],
    ["ws://h", "http://h/"],
    ["wss://h", "https://h/"],
    ["http://[::1]:3000", "http://[::1]:3000/"],
    ["http://bücher.example", "http://xn--bcher-kva.example/"],
  ])("%s is %s", (url, origin) => {
    expect(told({ url }).origin).toBe(origin)
  })

  it.each([
    [undefined, "https://page.test:8080"],
    ["/backend", "https://page.test:8080/backend"],
    ["//api.test", "https://api.test/"],
    ["api.test:3000", "https://api.test:3000/"],
    ["localhost:3000", "https://localhost:3000/"],
    ["http://other", "http://other/"],
  ])("in a page, %s is %s", (url, origin) => {
    openPage("https://page.test:8080/shop/index.html")
    expect(told(url === undefined ? {} : { url }).origin).toBe(origin)
  })

  it("with a path applies to requests and the connection", async () => {
    const { runtime, platform } = await makeRuntime({ url: "HTTP://Backend.test/base/" })
    runtime.connect()
    expect(platform.connection.url).toContain("ws://backend.test/base/socket.io/?EIO=4")
  })
})

describe("socket", () => {
  it("Infinity means no limit", async () => {
    const socket = {
      ...{ bufferMaxCount: Infinity, bufferMaxBytes: Infinity, bufferTimeToLive: Infinity, timeout: Infinity },
      ...{ authAttempts: Infinity, reconnectionDelayMax: Infinity, reconnectionAttempts: Infinity },
      ...{ randomizationFactor: 0, reconnectionDelay: 1000 },
    }
    const { runtime, platform } = await makeRuntime({ socket })
    for (let i = 0; i < 5000; i++) runtime.$socket.emit("x", "y".repeat(5000))
    expect(runtime.$socket.buffered.value.count).toBe(5000)
    runtime.connect()
    platform.advance(10_000_000)
    expect(platform.connections).toHaveLength(1)
    for (let i = 0; i < 6; i++) {
      platform.connection.closed("no")
      platform.advance(1000 * 2 ** i - 1)
      expect(platform.connections).toHaveLength(i + 1)
      platform.advance(1)
      expect(platform.connections).toHaveLength(i + 2)
    }
  })

  it("authAttempts: Infinity allows any number of refusals", async () => {
    const { runtime, platform } = await makeRuntime({
      auth: () => ({ token: "t" }),
      socket: { authAttempts: Infinity },
    })
    const connection = await connect(runtime, platform)
    expect(runtime.$socket.status.value).toBe("connected")
    connection.closed("cut")
    for (let i = 0; i < 20; i++) {
      platform.advance(20_000)
      if (!platform.connection.open) continue
      platform.connection.opened()
      platform.connection.text('0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
      await Promise.resolve()
      platform.connection.text('44{"message":"no"}')
      expect(runtime.$socket.status.value).toBe("reconnecting")
    }
  })

  it.each([
    ["a=b&c=d%20e", "&a=b&c=d%20e"],
    ["?a=b", "&a=b"],
    [{ n: 1, yes: true, text: "x y" }, "&n=1&text=x%20y&yes=true"],
    [{ left: undefined, a: "" }, "&a="],
  ])("query %o is sent as %s", async (query, sent) => {
    const { runtime, platform } = await makeRuntime({ socket: { query: query as never } })
    runtime.connect()
    expect(platform.connection.url).toContain(`transport=websocket${sent}`)
  })

  it.each([
    [{ path: "/ws" }, "/ws/?"],
    [{ path: "/ws/", addTrailingSlash: false }, "/ws?"],
    [{ path: "/ws", addTrailingSlash: false }, "/ws?"],
    [{ path: "/", addTrailingSlash: false }, "/?"],
  ])("%o leads to %s", async (socket, path) => {
    const { runtime, platform } = await makeRuntime({ socket })
    runtime.connect()
    expect(platform.connection.url).toContain(`ws://backend.test${path}EIO=4`)
  })
})

describe("of()", () => {
  it.each(["/Acme, Inc.", "a,b", "/admin?x=1", ""])("refuses %s, which is not a valid namespace", async (name) => {
    const { runtime } = await makeRuntime()
    expect(() => runtime.of(name)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
  })
})
