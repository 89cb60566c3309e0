// The hints of docs/bundlers.md: the browser asks for the core while the module is still on its way, uses that answer,
// and compiles it as it arrives. In a page without a bundler, and with Vite.
import { createReadStream } from "node:fs"
import { cp, readdir, readFile } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { root, run } from "../support/process"
import { open, serve } from "./site"
import { codeBlock, folder, installed, write } from "./user"

/** Makes a runtime, and says how its core was compiled. */
const script = `
  const used = []
  for (const name of ["instantiateStreaming", "instantiate", "compileStreaming", "compile"]) {
    const original = WebAssembly[name]
    WebAssembly[name] = (...args) => (used.push(name), original.apply(WebAssembly, args))
  }
  const runtime = await createRuntime({ socket: { autoConnect: false } })
  document.body.textContent = runtime.$socket.status.value + " " + used`
const READY = "closed instantiateStreaming"

/** What the console says of a hint that was of no use. */
const UNUSED = /preload/

/** Counts requests for each file of the package. `holds`: the module is not sent before the core was asked for. */
function watch(at: string, holds: boolean) {
  const asked: string[] = []
  let release = () => {}
  const coreAsked = new Promise<void>((resolve) => {
    release = resolve
  })
  return {
    asked,
    at,
    answer(path: string, response: ServerResponse) {
      const kind = /raclette[^/]*\.wasm$/.test(path)
        ? "core"
        : /\/(raclette-wasm|assets)\/index[^/]*\.js$/.test(path)
          ? "module"
          : ""
      if (kind) asked.push(kind)
      if (kind === "core") release()
      if (kind !== "module" || !holds) return false
      response.setHeader("content-type", "text/javascript")
      void coreAsked.then(() => createReadStream(join(folder, at, path)).pipe(response))
      return true
    },
  }
}

async function expectReady(url: string): Promise<string[]> {
  const { page, problems, output } = await open(url)
  await expect.poll(() => page.textContent("body")).toBe(READY)
  expect(problems).toEqual([])
  return output
}

describe("the hints in a page without a bundler", () => {
  const page = (hints: string) =>
    `<!doctype html><head>${hints}</head><body><script type="module" src="start.js"></script></body>`
  let hints = ""

  beforeAll(async () => {
    hints = await codeBlock("docs/bundlers.md", "html preload")
    await cp(join(installed, "dist"), join(folder, "preload/raclette-wasm"), { recursive: true })
    const start = `import { createRuntime } from "./raclette-wasm/index.js"\n${script}`
    await write({ "preload/start.js": start, "preload/index.html": page(hints) })
  })

  it("load the core once, before the module has arrived, and compile it as it arrives", async () => {
    const { asked, ...site } = watch("preload", true)
    const output = await expectReady(await serve(site))
    expect(asked.toSorted()).toEqual(["core", "module"])
    expect(output.filter((text) => UNUSED.test(text))).toEqual([])
  })

  it("would load the core twice without crossorigin", async () => {
    const wrong = hints.replace(" crossorigin", "")
    await write({ "preload/wrong.html": page(wrong) })
    const { asked, ...site } = watch("preload", false)
    const output = await expectReady(`${await serve(site)}wrong.html`)
    expect(asked.filter((kind) => kind === "core")).toHaveLength(2)
    expect(output).toContainEqual(expect.stringMatching(UNUSED))
  })

  it("are what makes the core come early: without them it is asked for after the module", async () => {
    await write({ "preload/none.html": page("") })
    const { asked, ...site } = watch("preload", false)
    await expectReady(`${await serve(site)}none.html`)
    expect(asked).toEqual(["module", "core"])
  })
})

describe("the hint in a Vite project", () => {
  const app = "vite-preload"
  const vite = join(root, "node_modules/vite/bin/vite.js")

  beforeAll(async () => {
    const hint = await codeBlock("docs/bundlers.md", "html vite")
    await write({
      [`${app}/index.html`]: `<!doctype html><head>${hint}</head><body><script type="module" src="/main.js"></script></body>`,
      [`${app}/main.js`]: `import { createRuntime } from "raclette-wasm"\n${script}`,
    })
    await cp(installed, join(folder, app, "node_modules/raclette-wasm"), { recursive: true })
  })

  it("loads the core of a build once, before the script has arrived", async () => {
    const outcome = await run(process.execPath, [vite, "build", app, "--logLevel", "warn"], { cwd: folder })
    expect(outcome).toMatchObject({ code: 0, stderr: "" })
    const { asked, ...site } = watch(`${app}/dist`, true)
    const output = await expectReady(await serve(site))
    expect(asked.toSorted()).toEqual(["core", "module"])
    expect(output.filter((text) => UNUSED.test(text))).toEqual([])
    const assets = await readdir(join(folder, app, "dist/assets"))
    const [core] = assets.filter((name) => name.endsWith(".wasm"))
    expect(await readFile(join(folder, app, "dist/index.html"), "utf8")).toContain(`href="/assets/${core}"`)
  })
})
