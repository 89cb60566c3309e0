// createRuntime: options and configs that are malformed, cores that cannot be loaded, and the public entry itself.
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createRuntime } from "../../js-glue"
import { makeRuntime, todoConfig, wasm } from "./harness"

class NoWebSocket {}
const minimal = { url: "http://backend.test", wasm, WebSocket: NoWebSocket, socket: { autoConnect: false } }

describe("options", () => {
  it.each([
    ["a url that is none", { url: "backend" }, "url"],
    ["a url that is no text", { url: 7 }, "url"],
    ["a path that is no text", { socket: { path: 7 } }, "socket.path"],
    ["a delay below 0", { socket: { reconnectionDelay: -1 } }, "socket.reconnectionDelay"],
    ["a factor above 1", { socket: { randomizationFactor: 2 } }, "socket.randomizationFactor"],
    ["a whitelist that is no list", { eventbus: { whitelist: "ui/*" } }, "whitelist"],
  ])("%s is refused with its path", async (_name, options, path) => {
    const refused = createRuntime({ ...minimal, ...options } as never)
    await expect(refused).rejects.toMatchObject({ code: "BAD_CONFIG", message: expect.stringContaining(path) })
  })

  it("a pattern of the whitelist that is malformed is refused", async () => {
    const refused = createRuntime({ ...minimal, eventbus: { whitelist: ["ui//x"] } })
    await expect(refused).rejects.toMatchObject({ code: "BAD_PATTERN", message: expect.stringContaining("ui//x") })
  })

  it("`url` is needed outside of a page", async () => {
    const { url: _url, ...rest } = minimal
    await expect(createRuntime(rest)).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringMatching(/url/),
    })
  })

  it("a WebSocket is needed where the platform has none", async () => {
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

describe("a core that cannot be loaded", () => {
  const server = createServer((request, response) => {
    if (request.url === "/html.wasm") response.setHeader("content-type", "text/html").end("<!doctype html>")
    else if (request.url === "/broken.wasm") response.setHeader("content-type", "application/wasm").end("no wasm")
    else response.writeHead(404).end()
  })
  let base = ""
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  const refused = async (source: object) => {
    const error = await createRuntime({ ...minimal, wasm: source }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: "RacletteError", code: "WASM_LOAD_FAILED" })
    return (error as Error).message
  }

  it("says that it is not there", async () => {
    expect(await refused({ url: `${base}/none.wasm` })).toMatch(
      /none\.wasm answered 404\. Serve the file there, or set/,
    )
  })

  it("says that it is something else", async () => {
    expect(await refused({ url: `${base}/html.wasm` })).toMatch(
      /is no WebAssembly \(content-type text\/html\).*application\/wasm/,
    )
    expect(await refused({ url: `${base}/broken.wasm` })).toMatch(/is no WebAssembly/)
    expect(await refused({ bytes: new TextEncoder().encode("no wasm") })).toMatch(/the bytes are no usable WebAssembly/)
  })

  it("says that nobody answers, or that there is no such file", async () => {
    expect(await refused({ url: "http://127.0.0.1:1/raclette.wasm" })).toMatch(/cannot be reached/)
    expect(await refused({ url: "file:///nowhere/raclette.wasm" })).toMatch(/cannot be read/)
  })

  it("is loaded again at the next call", async () => {
    const folder = await mkdtemp(join(tmpdir(), "raclette-load-"))
    try {
      const file = join(folder, "raclette.wasm")
      const url = pathToFileURL(file)
      await refused({ url })
      await writeFile(file, wasm.bytes)
      const runtime = await createRuntime({ ...minimal, wasm: { url } })
      runtime.dispose()
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it("works as a compiled module as well", async () => {
    const runtime = await createRuntime({ ...minimal, wasm: { module: await WebAssembly.compile(wasm.bytes) } })
    expect(runtime.$socket.status.value).toBe("closed")
    runtime.dispose()
  })
})
