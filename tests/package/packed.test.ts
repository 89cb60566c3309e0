// The package as a user gets it: what is in the tarball, and that the README's examples work, word for word, in Node,
// in a Vite build and under Vite's development server, in a real browser against the real backend.
import { spawn } from "node:child_process"
import { on } from "node:events"
import { copyFile, mkdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type Browser, chromium } from "@playwright/test"
import { transform } from "esbuild"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { Backend, freePort } from "../support/backend"
import { launchOptions } from "../support/chromium"
import { root, run } from "../support/process"
import { type Installed, installPacked, readmeBlock } from "./installed"

/** The README talks to the backend of `npm start`; here it is that of the test. */
const withBackend = (code: string) => code.replaceAll("http://127.0.0.1:8082", backend.url.slice(0, -1))
const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"))

let installed: Installed
let backend: Backend
beforeAll(async () => {
  const { devDependencies } = await readJson(join(root, "package.json"))
  const beside = ["vite", "ws", "typescript"].map((name) => `${name}@${devDependencies[name]}`)
  ;[installed, backend] = await Promise.all([installPacked(beside), Backend.create()])
})
afterAll(async () => {
  await backend?.dispose()
  await installed?.dispose()
})

describe("the tarball", () => {
  it("holds the package, its documents and nothing else", () => {
    const others = installed.files.filter((path) => !/^(dist|docs)\//.test(path))
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"])
    const inDist = installed.files.filter((path) => path.startsWith("dist/"))
    expect([...new Set(inDist.map((path) => path.replace(/.*?\./, ".")))].sort()).toEqual([".d.ts", ".js", ".wasm"])
  })

  it("brings no dependencies and no install scripts", async () => {
    const manifest = await readJson(join(installed.folder, "node_modules/raclette-wasm/package.json"))
    expect(manifest.dependencies).toBeUndefined()
    expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([])
  })

  it("has every file that `exports` names, and its README links to files that are there", async () => {
    const { exports } = await readJson(join(root, "package.json"))
    const targets = Object.values(exports as Record<string, string | Record<string, string>>)
    for (const target of targets.flatMap((one) => (typeof one === "string" ? [one] : Object.values(one)))) {
      await stat(join(installed.folder, "node_modules/raclette-wasm", target))
    }
    const readme = await readFile(join(root, "README.md"), "utf8")
    for (const [, link] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) await stat(join(root, link as string))
  })
})

describe("in Node", () => {
  it("runs the README's example with `ws`", async () => {
    const file = join(installed.folder, "example.mjs")
    await writeFile(file, withBackend(await readmeBlock("js")))
    expect(await run(process.execPath, [file], { cwd: installed.folder })).toEqual({
      code: 0,
      stdout: "ui/addToSnackbar raclette { message: 'hello' }\n",
      stderr: "",
    })
  })

  it("hears the backend", async () => {
    const file = join(installed.folder, "listen.mjs")
    const config = await readFile(join(root, "web/src/generated-config.ts"), "utf8")
    await writeFile(join(installed.folder, "config.mjs"), (await transform(config, { loader: "ts" })).code)
    await writeFile(
      file,
      `import { createRuntime } from "raclette-wasm"
       import { WebSocket } from "ws"
       import config from "./config.mjs"
       const [url, token] = process.argv.slice(2)
       const runtime = await createRuntime({ url, plugins: [config], WebSocket, auth: { token }, log: { sink() {} } })
       const { $data, $socket } = runtime.usePluginApi(config.pluginKey)
       const created = $socket.waitFor("todoCreated")
       runtime.$socket.status.subscribe((status) => {
         if (status === "connected") $data.todo.create().execute({ name: "From Node" })
       })
       console.log((await created).body.items[0].name)
       const { result } = await $data.todo.getAll().execute()
       console.log(result.at(-1).name)
       runtime.dispose()`,
    )
    const { stdout, stderr } = await run(process.execPath, [file, backend.url, await backend.token("node")])
    expect({ stdout, stderr }).toEqual({ stdout: "From Node\nFrom Node\n", stderr: "" })
  })

  it("adds no global when it is imported, and keeps no process alive", async () => {
    const code = `const before = Object.keys(globalThis)
      await import("raclette-wasm")
      console.log(Object.keys(globalThis).filter((name) => !before.includes(name)).join() || "none")`
    const args = ["--input-type=module", "-e", code]
    const outcome = await run(process.execPath, args, { cwd: installed.folder })
    expect(outcome).toEqual({ code: 0, stdout: "none\n", stderr: "" })
  })
})

describe("in Vite", () => {
  let browser: Browser
  let app = ""
  beforeAll(async () => {
    app = join(installed.folder, "app")
    await mkdir(app)
    const page = '<!doctype html><body><script type="module" src="/main.ts"></script></body>'
    await writeFile(join(app, "index.html"), page)
    await writeFile(join(app, "main.ts"), withBackend(await readmeBlock("ts")))
    await copyFile(join(root, "web/src/generated-config.ts"), join(app, "generated-config.ts"))
    browser = await chromium.launch(launchOptions)
  })
  afterAll(() => browser?.close())

  const vite = (...args: string[]) => [join(installed.folder, "node_modules/vite/bin/vite.js"), ...args]

  /** Starts one of Vite's servers, and resolves with its address when it listens. */
  async function serve(command: string): Promise<string> {
    const port = String(await freePort())
    const args = vite(command, app, "--host", "127.0.0.1", "--port", port, "--strictPort")
    const server = spawn(process.execPath, args, { cwd: installed.folder, stdio: ["ignore", "pipe", "inherit"] })
    onTestFinished(() => void server.kill())
    let said = ""
    for await (const [chunk] of on(server.stdout, "data", { close: ["end"] })) {
      said += chunk
      if (said.includes(port)) return `http://127.0.0.1:${port}/`
    }
    throw new Error(`vite ${command} ended: ${said}`)
  }

  /** Opens the example's page, and has another client add a todo. */
  async function tryPage(url: string): Promise<void> {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    const problems: string[] = []
    page.on("pageerror", (error) => problems.push(error.message))
    await page.goto(url)
    await page.waitForFunction(() => document.body.textContent?.includes("Milk"))
    const name = `Added ${Math.random()}`
    await backend.addTodo(name)
    await page.waitForFunction((text) => document.body.textContent?.includes(text), name)
    expect(problems).toEqual([])
  }

  it("the README's example passes the compiler", async () => {
    const compiler = join(installed.folder, "node_modules/typescript/bin/tsc")
    const options = [
      "--strict",
      "--noEmit",
      "--target",
      "esnext",
      "--module",
      "esnext",
      "--moduleResolution",
      "bundler",
    ]
    const outcome = await run(process.execPath, [compiler, ...options, join(app, "main.ts")], { cwd: app })
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" })
  })

  it("the README's example works as a build", async () => {
    const outcome = await run(process.execPath, vite("build", app, "--logLevel", "warn"))
    expect(outcome).toMatchObject({ code: 0, stderr: "" })
    await tryPage(await serve("preview"))
  })

  it("the README's example works under the development server", async () => {
    await tryPage(await serve("dev"))
  })
})
