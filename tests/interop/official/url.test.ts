// "url" of the official suite: the address to which each client connects, by its argument and the page's address.
import { io } from "socket.io-client"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { startRuntime } from "../harness"

interface Address {
  isSecure: boolean
  host: string
  port: string
  path: string
}
type AddressOf = (url: string | undefined, page?: string, path?: string) => Promise<Address>

/** The platform's location is that of `page` until the test ends. */
function goTo(page: string | undefined): void {
  if (page === undefined) return
  vi.stubGlobal("location", new URL(page))
  onTestFinished(() => void vi.unstubAllGlobals())
}

const official: AddressOf = async (url, page, path) => {
  goTo(page)
  const options = { forceNew: true, reconnection: false, transports: ["websocket"], ...(path && { path }) }
  const socket = url === undefined ? io(options) : io(url, options)
  const { secure, hostname, port, opts } = socket.io.engine as unknown as {
    secure: boolean
    hostname: string
    port: string
    opts: { path: string }
  }
  socket.io._close()
  return { isSecure: secure, host: hostname.replace(/^\[|\]$/g, ""), port, path: opts.path }
}

const raclette: AddressOf = async (url, page, path) => {
  goTo(page)
  const opened: string[] = []
  class Silent {
    constructor(address: string) {
      opened.push(address)
    }
    close() {}
  }
  const socket = { transports: ["websocket" as const], ...(path && { path }), autoConnect: false }
  const runtime = await startRuntime("", {
    ...(url === undefined ? { url } : { url }),
    WebSocket: Silent,
    socket,
  } as never)
  runtime.connect()
  const { protocol, hostname, port, pathname } = new URL(opened[0] ?? "")
  const isSecure = protocol === "wss:"
  return { isSecure, host: hostname.replace(/^\[|\]$/g, ""), port: port || (isSecure ? "443" : "80"), path: pathname }
}

describe.each([
  ["socket.io-client", official],
  ["raclette-wasm", raclette],
])("%s: url", (name, addressOf) => {
  it("works with undefined", async () => {
    const address = await addressOf(undefined, "https://localhost:4005/app/")
    expect(address).toEqual({ isSecure: true, host: "localhost", port: "4005", path: "/socket.io/" })
  })

  it("works with no protocol", async () => {
    const address = await addressOf("localhost:3000", "http://127.0.0.1:4005/")
    expect(address).toEqual({ isSecure: false, host: "localhost", port: "3000", path: "/socket.io/" })
  })

  it("works with no schema", async () => {
    const address = await addressOf("//localhost:3000", "https://127.0.0.1:4005/")
    expect(address).toEqual({ isSecure: true, host: "localhost", port: "3000", path: "/socket.io/" })
  })

  // What stands behind the host is a namespace for the original, and a path of the backend for a runtime.
  it("works with relative paths", async () => {
    const address = await addressOf("/test", "https://localhost:3000/app/")
    const path = name === "raclette-wasm" ? "/test/socket.io/" : "/socket.io/"
    expect(address).toEqual({ isSecure: true, host: "localhost", port: "3000", path })
  })

  it("forces ports for unique url ids", async () => {
    const plain = await addressOf("http://localhost:80/")
    expect(await addressOf("http://localhost/")).toEqual(plain)
    expect(await addressOf("https://localhost/")).toMatchObject({ isSecure: true, port: "443" })
    expect(await addressOf("http://localhost/", undefined, "/test")).toMatchObject({ path: "/test/" })
  })

  it("works with ipv6", async () => {
    expect(await addressOf("http://[::1]")).toMatchObject({ isSecure: false, host: "::1", port: "80" })
  })

  it("works with ipv6 location", async () => {
    expect(await addressOf(undefined, "http://[::1]/")).toMatchObject({ isSecure: false, host: "::1", port: "80" })
  })

  it("works with a custom path", async () => {
    const address = await addressOf("https://localhost", undefined, "/some-path")
    expect(address).toEqual({ isSecure: true, host: "localhost", port: "443", path: "/some-path/" })
  })
})
