// The package in webpack, esbuild and Rollup, beyond the apps of tests/package/apps: the inline entry, and the commands
// and files of docs/bundlers.md, unchanged. Every page runs under the content security policy.
import { readdir } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"
import webpack from "webpack"
import { root, run } from "../support/process"
import { expectExample, open, POLICY, serve } from "./site"
import { codeBlock, example, folder, modules, plainConfig, write } from "./user"

const page = '<!doctype html><body><script type="module" src="/main.js"></script></body>'

/** What the package imports later. */
const CHUNKS = ["embedded.js", "offline.js", "polling.js", "rescue.js"]

/** An app named `name` whose page is that of the README; resolves with the address of its site. */
async function makeApp(name: string, entry: string, change = (code: string) => code): Promise<string> {
  const site = await serve({ at: `${name}/public`, policy: POLICY })
  await write({
    [`${name}/main.js`]: change((await example(site, entry)).replace("./generated-config", "./generated-config.js")),
    [`${name}/generated-config.js`]: await plainConfig(),
    [`${name}/public/index.html`]: page,
  })
  return site
}

/** The names of what the bundler wrote, without hashes. */
async function published(name: string): Promise<string[]> {
  const files = await readdir(join(folder, name, "public"))
  return files
    .map((file) =>
      file.replace(/^(embedded|offline|polling|rescue)-[\w-]+\.js$/, "$1.js").replace(/^\w{16,}\.wasm$/, "wasm"),
    )
    .sort()
}

/** Runs commands of the document in the app's folder. */
async function shell(name: string, commands: string): Promise<void> {
  const PATH = [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter)
  const here = commands.replaceAll("npx ", "").replaceAll("node_modules/", "../node_modules/")
  const { code, stdout, stderr } = await run("sh", ["-ec", here], { cwd: join(folder, name), env: { PATH } })
  expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" })
}

function bundleWithWebpack(name: string, entry = "./main.js"): Promise<webpack.StatsCompilation> {
  return new Promise((resolve, reject) => {
    const context = join(folder, name)
    const output = { path: join(context, "public") }
    webpack({ mode: "production", context, entry, output, performance: false }, (error, stats) => {
      if (error || !stats) reject(error)
      else resolve(stats.toJson({ all: false, errors: true, warnings: true, assets: true }))
    })
  })
}

describe("webpack", () => {
  it("makes one file of the inline entry", async () => {
    const site = await makeApp("webpack-inline", "raclette-wasm/inline")
    expect(await bundleWithWebpack("webpack-inline")).toMatchObject({ errors: [], warnings: [] })
    expect(await published("webpack-inline")).toEqual(["index.html", "main.js"])
    await expectExample(site)
  })
})

describe("esbuild", () => {
  it("works with the file copied beside the bundle", async () => {
    const site = await makeApp("esbuild-copy", "raclette-wasm")
    await shell("esbuild-copy", await codeBlock("docs/bundlers.md", "sh esbuild"))
    expect(await published("esbuild-copy")).toEqual([...CHUNKS, "index.html", "main.js", "raclette.wasm"].sort())
    await expectExample(site)
  })

  it("works with the loader of files", async () => {
    const use = await codeBlock("docs/bundlers.md", "js loader")
    const [line = ""] = use.split("\n")
    expect(use).toContain("createRuntime({ wasm: { url: wasmUrl }")
    const site = await makeApp("esbuild-file", "raclette-wasm", (code) =>
      `${line}\n${code}`.replace("createRuntime({ ", "createRuntime({ wasm: { url: wasmUrl }, "),
    )
    await shell("esbuild-file", await codeBlock("docs/bundlers.md", "sh loader"))
    expect((await published("esbuild-file")).map((file) => file.replace(/-\w+\.wasm$/, ".wasm"))).toEqual([
      ...["index.html", "main.js", "raclette.wasm"],
    ])
    await expectExample(site)
  })

  it("needs nothing for the inline entry", async () => {
    const site = await makeApp("esbuild-inline", "raclette-wasm/inline")
    const [bundle = ""] = (await codeBlock("docs/bundlers.md", "sh esbuild")).split("\n")
    await shell("esbuild-inline", bundle)
    expect(await published("esbuild-inline")).toEqual(["index.html", "main.js"])
    await expectExample(site)
  })
})

describe("Rollup", () => {
  it("works with the file copied beside the bundle", async () => {
    const site = await makeApp("rollup-copy", "raclette-wasm")
    await shell("rollup-copy", await codeBlock("docs/bundlers.md", "sh rollup"))
    expect(await published("rollup-copy")).toEqual([...CHUNKS, "index.html", "main.js", "raclette.wasm"].sort())
    await expectExample(site)
  })

  it("needs nothing for the inline entry", async () => {
    const site = await makeApp("rollup-inline", "raclette-wasm/inline")
    const [bundle = ""] = (await codeBlock("docs/bundlers.md", "sh rollup")).split("\n")
    await shell("rollup-inline", bundle)
    expect(await published("rollup-inline")).toEqual(["index.html", "main.js"])
    await expectExample(site)
  })
})

describe("a classic script", () => {
  const attempt = (entry: string) => `
    import { createRuntime } from "${entry}"
    createRuntime({ socket: { autoConnect: false } }).then(
      (runtime) => { document.title = runtime.$socket.status.value },
      (error) => { document.title = error.code + " " + error.message },
    )`

  it.each(["raclette-wasm", "raclette-wasm/inline"])("%s works", async (entry) => {
    const name = `iife-${entry.replace("/", "-")}`
    await write({
      [`${name}/main.js`]: attempt(entry),
      [`${name}/public/index.html`]: '<!doctype html><script src="main.js"></script>',
    })
    await build({
      ...{ entryPoints: [join(folder, name, "main.js")], outfile: join(folder, name, "public/main.js") },
      ...{ bundle: true, format: "iife", logLevel: "silent" },
    })
    const { page } = await open(await serve({ at: `${name}/public`, policy: POLICY }))
    await page.waitForFunction(() => document.title !== "")
    expect(await page.title()).toBe("closed")
  })
})

describe.each(modules)("$name without a use", ({ name }) => {
  it("leaves nothing in the bundle", async () => {
    const contents = `import * as unused from "${name}"\nimport "${name}"\nconsole.log(1)`
    const { outputFiles } = await build({
      ...{ stdin: { contents, resolveDir: folder }, bundle: true, format: "esm", write: false, logLevel: "error" },
    })
    expect(outputFiles[0]?.text).toMatch(/^(\/\/ .*\n)?console\.log\(1\);\n$/)
  })
})
