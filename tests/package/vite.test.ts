// The package in a Vite project, beyond the apps of tests/package/apps: the types of README's example, the plugin for
// raclette.js' imports, and the inline entry.
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
  let output = ""
  for await (const [chunk] of on(server.stdout, "data", { close: ["end"] })) {
    output += chunk
    if (output.includes(port)) return `http://127.0.0.1:${port}/`
  }
  throw new Error(`vite ended: ${output}`)
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

/** Every path by which raclette.js' composables have been imported. */
const composables = ["core", "raclette-core"].flatMap((name) => [
  `@raclettejs/${name}/orchestrator/composables`,
  `@raclettejs/${name}/orchestrator`,
])

describe("raclette.js' imports, by raclette-wasm/vite", () => {
  const app = "vite-raclettejs"
  const imports = composables.map((path, i) => `import { usePluginApi as from${i} } from "${path}"\n`).join("")
  const files = {
    [`${app}/index.html`]: page,
    [`${app}/vite.config.ts`]: 'import raclette from "raclette-wasm/vite"\nexport default { plugins: [raclette()] }\n',
    [`${app}/main.ts`]: `${imports}import { createRuntime } from "raclette-wasm"
import { createRaclette, usePluginApi } from "raclette-wasm/vue"
import { createApp } from "vue"

const runtime = await createRuntime({ socket: { autoConnect: false } })
createApp({
  setup() {
    const same = [${composables.map((_path, i) => `from${i}`)}].map((one) => one === usePluginApi)
    const { $socket } = from0("pacifico__todo")
    return () => JSON.stringify([same, $socket.status.value])
  },
}).use(createRaclette(runtime)).mount(document.body)
`,
  }
  const shown = JSON.stringify([composables.map(() => true), "closed"])
  const expectShown = async (url: string) => {
    const { page } = await open(url)
    await page.waitForFunction((text) => document.body.textContent === text, shown)
  }

  beforeAll(() => write(files))

  it("lead to raclette-wasm/vue in a build", async () => {
    const args = [program("vite/bin/vite.js"), "build", app, "--logLevel", "warn"]
    expect(await run(process.execPath, args, { cwd: folder })).toMatchObject({ code: 0, stderr: "" })
    await expectShown(await serve({ at: `${app}/dist`, policy: POLICY }))
  })

  it("lead to raclette-wasm/vue under the development server", async () => {
    await expectShown(await develop(app))
  })

  it("have types by one line in tsconfig", async () => {
    const options = { strict: true, noEmit: true, target: "esnext", module: "esnext", moduleResolution: "bundler" }
    const tsconfig = { compilerOptions: { ...options, skipLibCheck: true, types: ["raclette-wasm/raclettejs"] } }
    const check = async (text: string) => {
      await write({ "types-raclettejs/main.ts": text, "types-raclettejs/tsconfig.json": JSON.stringify(tsconfig) })
      const args = [program("typescript/bin/tsc"), "-p", "types-raclettejs"]
      return run(process.execPath, args, { cwd: folder })
    }
    expect(await check(files[`${app}/main.ts`] as string)).toEqual({ code: 0, stdout: "", stderr: "" })
    const [path] = composables
    const wrong = await check(`import { usePluginApi } from "${path}"\nusePluginApi(1)\n`)
    expect(wrong.stdout).toMatch(/main\.ts\(2,14\): error TS2769/)
  })
})

describe("raclette-wasm/inline in Vite", () => {
  const app = "vite-inline"

  /** The example, with the backend at `url`. */
  async function writeApp(url: string): Promise<void> {
    await write({ [`${app}/main.ts`]: await example(url, "raclette-wasm/inline") })
  }

  beforeAll(async () => {
    await write({ [`${app}/index.html`]: page, [`${app}/generated-config.ts`]: await todoConfig() })
  })

  it("works as a build, under the content security policy", async () => {
    const site = await serve({ at: `${app}/dist`, policy: POLICY })
    await writeApp(site)
    const args = [program("vite/bin/vite.js"), "build", app, "--logLevel", "warn"]
    expect(await run(process.execPath, args, { cwd: folder })).toMatchObject({ code: 0, stderr: "" })
    await expectExample(site)
    const assets = await readdir(join(folder, app, "dist/assets"))
    expect(assets.filter((name) => name.endsWith(".wasm"))).toEqual([])
  })

  it("works under the development server", async () => {
    await writeApp(inject("backendUrl"))
    await expectExample(await develop(app))
  })
})
