// If the core's file cannot be loaded: the embedded copy replaces it, the log says so, and without either the page gets
// an error. Runs in a real browser with the packed files. tests/glue/load.test.ts has the cases that Node's fetch can
// show.
import { createReadStream, statSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import type { Page } from "@playwright/test"
import { beforeAll, describe, expect, it } from "vitest"
import { open, POLICY, serve } from "./site"
import { installed, write } from "./user"

const wasm = join(installed, "dist/raclette.wasm")
const ADVICE = "Serve `raclette.wasm` of this version there, set `wasm.url`, or import `raclette-wasm/inline`"

/**
 * Makes a runtime in the page: its status, or what createRuntime rejects with. `window.heard` is what its log hears.
 */
const script = `
  window.heard = []
  const log = { sink: ({ title, message }) => window.heard.push(title + ": " + message) }
  window.attempt = async (file, url) => {
    const { createRuntime } = await import("/node_modules/raclette-wasm/dist/" + file)
    const wasm = url ? { url } : undefined
    return createRuntime({ wasm, log, socket: { autoConnect: false } }).then(
      (runtime) => runtime.$socket.status.value,
      ({ name, code, message }) => [name, code, message].join(" "),
    )
  }`
beforeAll(() =>
  write({ "loading.html": '<!doctype html><script type="module" src="loading.js"></script>', "loading.js": script }),
)

/** Answers requests for the core, and for its embedded copy if `both`, as long as `broken` is set. */
function breakable(answer: (response: ServerResponse) => void, both = false) {
  const state = { broken: true, asked: 0, askedForCopy: 0 }
  return {
    state,
    answer(path: string, response: ServerResponse) {
      if (path.endsWith(".wasm")) state.asked++
      else if (path.endsWith("embedded.js")) state.askedForCopy++
      else return false
      const isBroken = state.broken && (both || path.endsWith(".wasm"))
      if (isBroken) answer(response)
      return isBroken
    },
  }
}

async function openSite(options: Partial<Parameters<typeof serve>[0]> = {}): Promise<Page> {
  const site = await serve({ at: ".", policy: POLICY, ...options })
  return (await open(`${site}loading.html`)).page
}

const heardBy = (page: Page) => page.evaluate(() => (window as unknown as { heard: string[] }).heard)

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

const failures: [string, (response: ServerResponse) => void, string][] = [
  ["404", (response) => void response.writeHead(404).end(), `answered 404. ${ADVICE}`],
  ["a page in its place", sendPage, `is not WebAssembly but 33 bytes of text/html, perhaps a fallback page`],
  ["half the file", cutOff, "was cut off: "],
  ["no answer", (response) => void response.destroy(), "cannot be reached: Failed to fetch. Is its"],
]

describe("a file that cannot be had", () => {
  it.each(failures)("does not matter (%s): the embedded copy is used, and the log says so once", async (...failure) => {
    const [, answer, said] = failure
    const { state, ...site } = breakable(answer)
    const page = await openSite(site)
    expect(await attempt(page)).toBe("closed")
    expect(await attempt(page)).toBe("closed")
    expect(state.askedForCopy).toBe(1)
    const heard = await heardBy(page)
    expect(heard).toEqual([expect.stringContaining(said)])
    expect(heard[0]).toMatch(
      /^The embedded copy of raclette\.wasm is in use.*: .*\/raclette-wasm\/dist\/raclette\.wasm .*/,
    )
  })

  it("does not matter if the policy forbids to ask for it", async () => {
    expect(await attempt(await openSite({ policy: `${POLICY}; connect-src 'none'` }))).toBe("closed")
  })

  it("is not replaced where the page says where it is", async () => {
    const { state, ...site } = breakable((response) => void response.writeHead(404).end())
    const message = await attempt(await openSite(site), "index.js", "elsewhere/raclette.wasm")
    expect(message).toMatch(/^RacletteError WASM_LOAD_FAILED .*\/elsewhere\/raclette\.wasm answered 404/)
    expect(state.askedForCopy).toBe(0)
  })
})

describe("a core that can be had", () => {
  it("costs a page nothing of the embedded copy, and the log says nothing", async () => {
    const { state, ...site } = breakable(() => {})
    state.broken = false
    const page = await openSite(site)
    expect(await attempt(page)).toBe("closed")
    expect(state).toMatchObject({ asked: 1, askedForCopy: 0 })
    expect(await heardBy(page)).toEqual([])
  })
})

describe("a core that cannot be loaded", () => {
  it.each(failures)("says so on %s, and is loaded once that is mended", async (_what, answer, said) => {
    const { state, ...site } = breakable(answer, true)
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
    expect(await attempt(page, "index.js", "node_modules/raclette-wasm/dist/raclette.wasm")).toContain(
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

describe("a chunk", () => {
  /** Makes a runtime that polls or keeps mutations: its status and what there is to tell, until `isSeen` has what it wants. */
  const use = (page: Page, options: string, result: string) =>
    page.evaluate(
      `(async () => {
        const { createRuntime } = await import("/node_modules/raclette-wasm/dist/index.js")
        const errors = []
        const onError = ({ code, message }) => errors.push(code + " " + message)
        const runtime = await createRuntime({ log: { sink() {} }, onError, ...${options} })
        for (let attempts = 2000; ; attempts--) {
          if (attempts === 0) throw new Error(runtime.$socket.status.value + " " + errors)
          const result = (${result})(runtime, errors)
          if (result) return runtime.dispose(), result
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      })()`,
    )
  const polling = `{ socket: { transports: ["polling"], reconnectionDelay: 10 } }`
  const data = { todo: { offlineMode: true, operations: {} } }
  const config = { pluginName: "a", author: "b", pluginKey: "b__a", routePrefix: "", data }
  const offline = `{ socket: { autoConnect: false }, plugins: [${JSON.stringify(config)}] }`
  /** The backend refuses who has no token: its word came over the connection. */
  const code = `({ $socket }) => $socket.reason.value?.code === "CONNECT_REJECTED" && "heard"`
  const reason = `({ $socket }) => $socket.reason.value?.message`

  /** Answers requests for some chunks by 404 as long as `broken` is set, and counts them. */
  function watched() {
    const state = { broken: false, asked: [] as string[] }
    const answer = (path: string, response: ServerResponse) => {
      const name = /(polling|offline|embedded|rescue)\.js$/.exec(path)?.[1]
      if (name) state.asked.push(name)
      if (!name || !state.broken) return false
      response.writeHead(404).end()
      return true
    }
    return { state, answer }
  }

  it("costs a page nothing that does not need it", async () => {
    const { state, answer } = watched()
    expect(await attempt(await openSite({ answer }))).toBe("closed")
    expect(state.asked).toEqual([])
  })

  it("is loaded where the page polls, under its policy, and once", async () => {
    const { state, answer } = watched()
    const page = await openSite({ answer })
    expect(await use(page, polling, code)).toBe("heard")
    expect(await use(page, polling, code)).toBe("heard")
    expect(state.asked).toEqual(["polling"])
  })

  it("is loaded where mutations are kept, before createRuntime resolves", async () => {
    const { state, answer } = watched()
    expect(await use(await openSite({ answer }), offline, "(_, errors) => [errors.length]")).toEqual([0])
    expect(state.asked).toEqual(["offline"])
  })

  it("is loaded where the file comes with a wrong type, and once", async () => {
    const { state, answer } = watched()
    const page = await openSite({
      answer(path, response) {
        if (!path.endsWith(".wasm")) return answer(path, response)
        response.writeHead(200, { "content-type": "text/plain" })
        createReadStream(wasm).pipe(response)
        return true
      },
    })
    expect(await attempt(page)).toBe("closed")
    expect(await heardBy(page)).toEqual([])
    expect(state.asked).toEqual(["rescue"])
  })

  it("that cannot be had leaves the address of the file that was asked for", async () => {
    const { state, answer } = watched()
    state.broken = true
    const page = await openSite({ answer })
    expect(await attempt(page, "index.js", "/nothing.wasm")).toMatch(
      /^RacletteError WASM_LOAD_FAILED .*\/nothing\.wasm/,
    )
    state.broken = false
    expect(await attempt(page, "index.js", "/nothing.wasm")).toContain("nothing.wasm answered 404")
  })

  it("that cannot be had is why there is no connection, or nothing is kept", async () => {
    const { state, answer } = watched()
    state.broken = true
    const page = await openSite({ answer })
    const unloaded = "a part of raclette-wasm could not be loaded: "
    expect(await use(page, polling, reason)).toContain(unloaded)
    const errors = await use(page, offline, "(_, errors) => errors.length > 0 && errors")
    expect(errors).toEqual([expect.stringMatching(/^STORAGE_FAILED .*offline\.js/)])
  })

  it("is asked for again once it can be had", async () => {
    const { state, answer } = watched()
    const page = await openSite({ answer })
    state.broken = true
    await use(page, polling, reason)
    state.broken = false
    expect(await use(page, polling, code)).toBe("heard")
  })
})
