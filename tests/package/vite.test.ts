// The package in a Vite project: the README's example, word for word, as a build and under the development server.
import { spawn } from "node:child_process"
import { on } from "node:events"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, describe, expect, inject, it, onTestFinished } from "vitest"
import { freePort } from "../support/backend"
import { root, run } from "../support/process"
import { expectExample, open, POLICY, serve } from "./site"
import { example, folder, todoConfig, write } from "./user"

const program = (name: string) => join(root, "node_modules", name)
const page = '<!doctype html><body><script type="module" src="/main.ts"></script></body>'

/** Starts Vite's development server, and resolves with its address when it listens. */
async function develop(app: string): Promise<string> {
  const port = String(await freePort())
  const args = [program("vite/bin/vite.js"), "dev", app, "--host", "127.0.0.1", "--port", port, "--strictPort"]
  const server = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void server.kill())
  let said = ""
  for await (const [chunk] of on(server.stdout, "data", { close: ["end"] })) {
    said += chunk
    if (said.includes(port)) return `http://127.0.0.1:${port}/`
  }
  throw new Error(`vite ended: ${said}`)
}

describe("the types of the README's example", () => {
  it.each([
    ["esnext", "bundler", "./generated-config"],
    ["node20", "node16", "./generated-config.js"],
  ])("pass the compiler with module %s and the resolution %s", async (module, resolution, config) => {
    const app = `types-${resolution}`
    const source = async (entry: string) => (await example("", entry)).replace("./generated-config", config)
    await write({
      [`${app}/generated-config.ts`]: await todoConfig(),
      [`${app}/main.ts`]: await source("raclette-wasm"),
      [`${app}/inline.ts`]: await source("raclette-wasm/inline"),
    })
    const options = `--strict --noEmit --target esnext --module ${module} --moduleResolution ${resolution}`
    const args = [program("typescript/bin/tsc"), ...options.split(" "), "main.ts", "inline.ts"]
    const outcome = await run(process.execPath, args, { cwd: join(folder, app) })
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" })
  })
})

describe.each(["raclette-wasm", "raclette-wasm/inline"])("%s in Vite", (entry) => {
  const app = `vite-${entry.replace("/", "-")}`
  const isInline = entry.endsWith("inline")

  /** The example, with the backend at `url`. */
  async function writeApp(url: string): Promise<void> {
    await write({ [`${app}/main.ts`]: await example(url, entry) })
  }

  beforeAll(async () => {
    await write({ [`${app}/index.html`]: page, [`${app}/generated-config.ts`]: await todoConfig() })
    await writeApp(inject("backendUrl"))
  })

  it("works as a build, under the content security policy", async () => {
    const site = await serve({ at: `${app}/dist`, policy: POLICY })
    await writeApp(site)
    const args = [program("vite/bin/vite.js"), "build", app, "--logLevel", "warn"]
    expect(await run(process.execPath, args, { cwd: folder })).toMatchObject({ code: 0, stderr: "" })
    await expectExample(site)
    const assets = await readdir(join(folder, app, "dist/assets"))
    expect(assets.filter((name) => name.endsWith(".wasm"))).toHaveLength(isInline ? 0 : 1)
  })

  it("works under the development server", async () => {
    await writeApp(inject("backendUrl"))
    const url = await develop(app)
    await expectExample(url)
    const { page } = await open(url)
    await page.waitForFunction(() => document.body.textContent?.includes("Milk"))
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name))
    const files = asked.filter((name) => new URL(name).pathname.endsWith(".wasm"))
    expect(files).toHaveLength(isInline ? 0 : 1)
  })
})
