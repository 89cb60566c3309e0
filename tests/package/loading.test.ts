// What a page is told when the core cannot be loaded, in a real browser on the packed files, and that it loads once what
// was wrong is mended. What Node's own fetch can show is in tests/glue/load.test.ts.
import { createReadStream, statSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import type { Page } from "@playwright/test"
import { beforeAll, describe, expect, it } from "vitest"
import { open, POLICY, serve } from "./site"
import { installed, write } from "./user"

const wasm = join(installed, "dist/raclette.wasm")
const MEND = "Serve `raclette.wasm` of this version there, set `wasm.url`, or import `raclette-wasm/inline`"

/** Makes a runtime in the page: its status, or what createRuntime rejects with. */
const script = `
  window.attempt = async (file, url) => {
    const { createRuntime } = await import("/node_modules/raclette-wasm/dist/" + file)
    const wasm = url ? { url } : undefined
    return createRuntime({ wasm, socket: { autoConnect: false } }).then(
      (runtime) => runtime.$socket.status.value,
      ({ name, code, message }) => [name, code, message].join(" "),
    )
  }`
beforeAll(() =>
  write({ "loading.html": '<!doctype html><script type="module" src="loading.js"></script>', "loading.js": script }),
)

/** Answers requests for the core as long as `broken` is set. */
function breakable(answer: (response: ServerResponse) => void) {
  const state = { broken: true, asked: 0 }
  return {
    state,
    answer(path: string, response: ServerResponse) {
      if (!path.endsWith(".wasm")) return false
      state.asked++
      if (state.broken) answer(response)
      return state.broken
    },
  }
}

async function openSite(options: Partial<Parameters<typeof serve>[0]> = {}): Promise<Page> {
  const site = await serve({ at: ".", policy: POLICY, ...options })
  return (await open(`${site}loading.html`)).page
}

function attempt(page: Page, file = "index.js", url?: string): Promise<string> {
  type Attempt = (file: string, url?: string) => Promise<string>
  return page.evaluate(([...args]) => (window as unknown as { attempt: Attempt }).attempt(...args), [
    file,
    url,
  ] as const)
}

const sendPage = (response: ServerResponse) => {
  response.setHeader("content-type", "text/html").end("<!doctype html><div id=app></div>")
}
const cutOff = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/wasm", "content-length": statSync(wasm).size })
  createReadStream(wasm, { end: 20_000 })
    .on("end", () => response.destroy())
    .pipe(response, { end: false })
}

describe("a core that cannot be loaded", () => {
  it.each([
    ["404", (response: ServerResponse) => void response.writeHead(404).end(), `answered 404. ${MEND}`],
    ["a page in its place", sendPage, `is no WebAssembly but 33 bytes of text/html, perhaps the page that`],
    ["half the file", cutOff, "broke off: "],
    ["no answer", (response: ServerResponse) => void response.destroy(), "cannot be reached: Failed to fetch. Is its"],
  ])("says so on %s, and is loaded once that is mended", async (_what, answer, said) => {
    const { state, ...site } = breakable(answer)
    const page = await openSite(site)
    const message = await attempt(page)
    expect(message).toMatch(/^RacletteError WASM_LOAD_FAILED .*\/node_modules\/raclette-wasm\/dist\/raclette\.wasm /)
    expect(message).toContain(said)
    state.broken = false
    expect(await attempt(page)).toBe("closed")
  })

  it("says so when the network is down, and is loaded once it is back", async () => {
    const page = await openSite()
    await attempt(page, "index.js", "missing.wasm")
    await page.context().setOffline(true)
    expect(await attempt(page)).toMatch(/raclette\.wasm cannot be reached: .*Is its server running/)
    await page.context().setOffline(false)
    expect(await attempt(page)).toBe("closed")
  })

  it.each(["index.js", "inline.js"])("says that the policy forbids WebAssembly (%s)", async (file) => {
    const page = await openSite({ policy: "default-src 'self'" })
    const message = await attempt(page, file)
    expect(message).toContain("WASM_LOAD_FAILED")
    expect(message).toContain(
      "the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src",
    )
    expect(await attempt(await openSite({ policy: POLICY }), file)).toBe("closed")
  })

  it("says that the policy forbids the request, and to whom", async () => {
    const page = await openSite({ policy: `${POLICY}; connect-src 'none'` })
    const { origin } = new URL(page.url())
    expect(await attempt(page)).toContain(
      `forbids ${origin}/node_modules/raclette-wasm/dist/raclette.wasm: add ${origin} to connect-src`,
    )
    expect(await attempt(page, "inline.js")).toBe("closed")
  })

  it("says that a server of another origin sends no CORS headers", async () => {
    const other = await serve({ at: "node_modules/raclette-wasm/dist" })
    const page = await openSite({ policy: "" })
    expect(await attempt(page, "index.js", `${other}raclette.wasm`)).toMatch(/cannot be reached: .* does it send CORS/)
  })
})

describe("a core that can", () => {
  it.each(["text/plain", "application/octet-stream", "application/wasm; charset=utf-8"])(
    "is taken as %s, with one request",
    async (type) => {
      const { state, ...site } = breakable((response) => {
        createReadStream(wasm).pipe(response.setHeader("content-type", type))
      })
      expect(await attempt(await openSite(site))).toBe("closed")
      expect(state.asked).toBe(1)
    },
  )

  it("may be where the bundler put it: `wasm.url` starts from the page", async () => {
    expect(await attempt(await openSite(), "index.js", "node_modules/raclette-wasm/dist/raclette.wasm")).toBe("closed")
  })
})
