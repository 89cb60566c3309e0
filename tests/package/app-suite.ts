// The tests of each app: its page shows its own todo and one that another client adds, without errors, in the
// development server and as a build; and it loads the compiled core as docs/bundlers.md says.
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, inject, it } from "vitest"
import { addTodo } from "../support/backend"
import { root } from "../support/process"
import { type App, AppFolder, type Loads } from "./app"
import { open, POLICY, serve } from "./site"

/** The runtime's log message if it uses the embedded copy of the core. */
const HINT = "The embedded copy of raclette.wasm is in use"

/** Opens the app, and resolves with where it loads the core from. */
async function use(url: string): Promise<Loads> {
  const { page, problems, output } = await open(url)
  const untilShown = (text: string) =>
    page
      .waitForFunction((part) => document.body.textContent?.includes(part), text)
      .catch(async (error: Error) => {
        throw new Error([error.message, await page.textContent("body"), ...problems, ...output].join("\n"))
      })
  await untilShown("Milk")
  const name = `Added ${Math.random()}`
  await addTodo(inject("backendUrl"), name)
  await untilShown(name)
  const loads = await page.evaluate((): Loads => {
    // The page does not see a worker's requests, so the worker reports them.
    if (document.body.dataset.loaded) return document.body.dataset.loaded as Loads
    const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[]
    const isFile = resources.some((entry) => entry.name.includes(".wasm") && entry.decodedBodySize > 50_000)
    return isFile ? "file" : "embedded"
  })
  const isMissing = (text: string) => loads === "embedded" && /Failed to load resource.*\.wasm/.test(text)
  expect(problems.filter((text) => !isMissing(text))).toEqual([])
  expect(output.filter((text) => text.includes(HINT))).toHaveLength(loads === "embedded" ? 1 : 0)
  return loads
}

/** The WebAssembly files of a build. */
async function wasmIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".wasm"))
}

/** Declares the tests of an app. */
export function testApp(app: App): void {
  const { dev, build, start, site, hasInlineScripts, page = "" } = app
  describe(app.name, () => {
    if (app.adds) {
      it("does what docs/bundlers.md says, word for word", async () => {
        const document = await readFile(join(root, "docs/bundlers.md"), "utf8")
        for (const { text } of app.adds ?? []) expect(document).toContain(text.replace(/^,?\s*|,$/g, ""))
      })
    }
    if (dev) {
      it(`works under its development server, with the core from ${dev}`, async () => {
        const folder = await AppFolder.create(app)
        await folder.write(inject("backendUrl"))
        expect(await use((await folder.serve("dev")) + page)).toBe(dev)
      })
    }
    if (build) {
      it(`works as a build, with the core from ${build}`, async () => {
        const folder = await AppFolder.create(app)
        // Static builds are served with the content security policy, at the backend's origin.
        const policy = hasInlineScripts ? "" : POLICY
        const url = site ? await serve({ at: join(folder.path, site), policy }) : inject("backendUrl")
        await folder.write(url)
        expect(await folder.run("build")).not.toMatch(/warning.*(raclette-wasm|\.wasm|import\.meta)/i)
        if (site) expect(await wasmIn(join(folder.path, site))).toHaveLength(build === "file" ? 1 : 0)
        const own = folder.has("preview") ? "preview" : "start"
        expect(await use((site ? url : await folder.serve(own)) + page)).toBe(build)
      })
    }
    if (start) {
      it(`runs, with the core from ${start}`, async () => {
        const folder = await AppFolder.create(app)
        await folder.write(inject("backendUrl"))
        const output = await folder.run("start")
        expect(output).toContain("Milk")
        expect(output.includes(HINT) ? "embedded" : "file").toBe(start)
      })
    }
  })
}
