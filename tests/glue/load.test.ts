// Loading the compiled core: its sources, and the errors of createRuntime if it cannot be loaded. A real server sends
// typical responses. tests/package/loading.test.ts has the cases that need a browser.
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { createRuntime } from "../../js-glue"
import { wasm } from "./harness"

const minimal = { url: "http://backend.test", WebSocket: class {}, socket: { autoConnect: false } }
const TYPE = "application/wasm"
const page = "<!doctype html><title>Not found</title>"
/** Valid modules that are not this library's: an empty one, and one that imports the function `f` of `m`. */
const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
const importing = Uint8Array.of(...empty, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0)

let answer: RequestListener = (_request, response) => response.end()
let asked = 0
const server = createServer((request, response) => {
  asked++
  answer(request, response)
})
let base = ""
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const send =
  (type: string | undefined, body: string | Uint8Array, status = 200): RequestListener =>
  (_request, response) => {
    if (type !== undefined) response.setHeader("content-type", type)
    response.writeHead(status).end(body)
  }

let number = 0
const freshUrl = () => `${base}/${number++}.wasm`

async function refused(source: object | undefined): Promise<string> {
  const error = await createRuntime({ ...minimal, wasm: source as never }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: "RacletteError", code: "WASM_LOAD_FAILED" })
  return (error as Error).message
}

async function loads(source: object): Promise<void> {
  const runtime = await createRuntime({ ...minimal, wasm: source })
  expect(runtime.$socket.status.value).toBe("closed")
  runtime.dispose()
}

const ADVICE = "Serve `raclette.wasm` of this version there, set `wasm.url`, or import `raclette-wasm/inline`"

describe("a core that cannot be loaded", () => {
  it.each([
    ["404", send("text/html", page, 404), "answered 404"],
    [
      "a page in its place",
      send("text/html", page),
      "is not WebAssembly but 39 bytes of text/html, perhaps a fallback page",
    ],
    ["a page called WebAssembly", send(TYPE, page), `is not WebAssembly but 39 bytes of ${TYPE}`],
    ["nothing", send(undefined, ""), "is not WebAssembly but 0 bytes of no type"],
    ["another's module", send(TYPE, empty), "is not that of this version of raclette-wasm"],
    ["a module that wants more", send(TYPE, importing), "is not that of this version of raclette-wasm"],
  ])("says that the server sent %s, and what to do", async (_what, listener, said) => {
    answer = listener
    const message = await refused({ url: freshUrl() })
    expect(message).toContain(said)
    expect(message).toContain(ADVICE)
  })

  it("says that the file is cut off", async () => {
    for (const type of [TYPE, "application/octet-stream"]) {
      answer = send(type, wasm.bytes.subarray(0, 9000))
      expect(await refused({ url: freshUrl() })).toMatch(/\d\.wasm is cut off, damaged.*Copy it again/)
    }
  })

  it("says what to do where the platform compiles nothing while it runs, as Cloudflare's does", async () => {
    const refusal = "WebAssembly.instantiate(): Wasm code generation disallowed by embedder"
    const instantiate = vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(new WebAssembly.CompileError(refusal))
    onTestFinished(() => instantiate.mockRestore())
    const message = await refused({ bytes: new Uint8Array(wasm.bytes) })
    expect(message).toMatch(/this platform compiles no WebAssembly: pass `wasm\.module`/)
    expect(message).not.toContain("Copy it again")
  })

  it("says what is wrong with the copy where the file is not there and the copy is", async () => {
    const instantiate = vi.spyOn(WebAssembly, "instantiate").mockRejectedValue(new Error("blocked by CSP"))
    onTestFinished(() => instantiate.mockRestore())
    expect(await refused(undefined)).toContain("the page's Content-Security-Policy forbids WebAssembly")
  })

  it("says that the connection broke off", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-type": TYPE, "content-length": wasm.bytes.length })
      response.write(wasm.bytes.subarray(0, 9000), () => response.destroy())
    }
    expect(await refused({ url: freshUrl() })).toMatch(/\d\.wasm was cut off: .*Is the file complete on the server/)
  })

  it("says that the server does not respond", async () => {
    expect(await refused({ url: "http://127.0.0.1:1/raclette.wasm" })).toMatch(
      /raclette\.wasm cannot be reached: .*Is its server running/,
    )
  })

  it("says that there is no such file", async () => {
    expect(await refused({ url: "file:///nowhere/raclette.wasm" })).toMatch(
      /nowhere\/raclette\.wasm cannot be read: ENOENT.*Copy `raclette\.wasm` there/,
    )
  })

  it("says that the given source is unusable", async () => {
    expect(await refused({ bytes: new TextEncoder().encode("no wasm") })).toMatch(/`wasm` is cut off, damaged, or no/)
    expect(await refused({ bytes: {} })).toMatch(/is not that of this version/)
    expect(await refused({ bytes: "AGFzbQ==" })).toMatch(/`wasm.bytes` must be an ArrayBuffer/)
    expect(await refused({ module: null, bytes: 7 })).toMatch(/`wasm.bytes` must be an ArrayBuffer/)
    expect(await refused({ url: "raclette.wasm" })).toMatch(/raclette\.wasm is not a URL\. Set `wasm\.url`/)
  })

  it("says that the platform has none", async () => {
    const platform = globalThis.WebAssembly
    Reflect.deleteProperty(globalThis, "WebAssembly")
    onTestFinished(() => {
      globalThis.WebAssembly = platform
    })
    expect(await refused(wasm)).toMatch(/this platform has no WebAssembly/)
  })

  it("is loaded again at the next call", async () => {
    const url = freshUrl()
    answer = send("text/html", page, 404)
    await refused({ url })
    answer = send(TYPE, wasm.bytes)
    await loads({ url })
  })

  it("is read again at the next call", async () => {
    const folder = await mkdtemp(join(tmpdir(), "raclette-load-"))
    onTestFinished(() => rm(folder, { recursive: true }))
    const url = pathToFileURL(join(folder, "raclette.wasm"))
    await refused({ url })
    await writeFile(url, wasm.bytes)
    const fetched = vi.spyOn(globalThis, "fetch")
    onTestFinished(() => fetched.mockRestore())
    await loads({ url })
    expect(fetched).not.toHaveBeenCalled()
  })
})

describe("a core that can", () => {
  it.each([TYPE, "Application/WASM", `${TYPE}; charset=utf-8`, "text/plain", undefined])(
    "is taken with the content type %s",
    async (type) => {
      answer = send(type, wasm.bytes)
      asked = 0
      await loads({ url: freshUrl() })
      expect(asked).toBe(1)
    },
  )

  it("is requested again if the connection breaks off", async () => {
    const whole = send(TYPE, wasm.bytes)
    answer = (_request, response) => {
      answer = whole
      response.writeHead(200, { "content-type": TYPE, "content-length": wasm.bytes.length })
      response.write(wasm.bytes.subarray(0, 9000), () => response.destroy())
    }
    await loads({ url: freshUrl() })
  })

  it("is loaded once for all callers", async () => {
    answer = send(TYPE, wasm.bytes)
    asked = 0
    const url = freshUrl()
    await Promise.all([loads({ url }), loads({ url: new URL(url) }), loads({ url })])
    expect(asked).toBe(1)
  })

  it("may be bytes, or a compiled module", async () => {
    await loads(wasm)
    await loads({ bytes: Uint8Array.from(wasm.bytes).buffer })
    await loads({ module: await WebAssembly.compile(wasm.bytes) })
  })
})
