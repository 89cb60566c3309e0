// The built adapters: each imports only its framework, and is small. The examples of the framework documents compile
// against the built types.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { brotliCompressSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { root, run } from "../support/process"
import { examplesOf } from "./documents"

/** The imports of each adapter, and its limit in bytes (brotli), slightly above its size. */
const adapters = [
  { name: "vue", imports: ["vue"], ceiling: 3700 },
  { name: "react", imports: ["react"], ceiling: 4600 },
  { name: "svelte", imports: ["svelte", "svelte/attachments", "svelte/reactivity"], ceiling: 2600 },
]

describe.each(adapters)("raclette-wasm/$name", ({ name, imports, ceiling }) => {
  const built = () => readFile(join(root, "dist", `${name}.js`), "utf8")

  it("imports its framework and nothing else", async () => {
    const imported = [...(await built()).matchAll(/(?:import|from)\s*\(?\s*"([^"]+)"/g)].map(([, module]) => module)
    expect([...new Set(imported)].sort()).toEqual(imports)
  })

  it("is no larger than it was", async () => {
    const { length } = brotliCompressSync(await built())
    expect(length).toBeLessThanOrEqual(ceiling)
    expect(length).toBeGreaterThan(ceiling - 300)
  })

  it("does nothing when it is imported, and needs no window", async () => {
    const code = `await import(${JSON.stringify(name)})
      const before = Object.keys(globalThis)
      const names = Object.keys(await import(${JSON.stringify(join(root, "dist", `${name}.js`))}))
      console.log(Object.keys(globalThis).length - before.length, names.includes("usePluginApi"))`
    const outcome = await run(process.execPath, ["--input-type=module", "-e", code])
    expect(outcome).toEqual({ code: 0, stdout: "0 true\n", stderr: "" })
  })
})

const program = (path: string) => join(root, "node_modules", path)
const tsc = (folder: string) => [program("typescript/bin/tsc"), "-p", folder]
const vueTsc = (folder: string) => [program("vue-tsc/bin/vue-tsc.js"), "-p", folder]
const svelteCheck = (folder: string) => [
  ...[program("svelte-check/bin/svelte-check"), "--workspace", folder, "--tsconfig", join(folder, "tsconfig.json")],
  ...["--fail-on-warnings", "--output", "machine", "--threshold", "warning"],
]

const documents = [
  { name: "vue", check: vueTsc, options: {} },
  { name: "react", check: vueTsc, options: { jsx: "react-jsx" } },
  { name: "svelte", check: svelteCheck, options: {} },
  { name: "solid", check: tsc, options: { jsx: "preserve", jsxImportSource: "solid-js" } },
  { name: "angular", check: tsc, options: { experimentalDecorators: true } },
]

it.each(documents)(
  "the document on $name has examples that pass the compiler",
  async ({ name, check, options }) => {
    const folder = join(root, "build/adapters/docs", name)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const blocks = await examplesOf(`${name}.md`)
    expect(blocks.length).toBeGreaterThanOrEqual(2)
    for (const { file, code } of blocks) await writeFile(join(folder, file), code)
    await copyFile(join(root, "web/src/generated-config.ts"), join(folder, "generated-config.ts"))
    const compilerOptions = { ...compilerConfig.compilerOptions, ...options }
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ ...compilerConfig, compilerOptions }))
    const { code, stdout, stderr } = await run(process.execPath, check(folder))
    const told = check === svelteCheck ? stdout.replace(/^\d+ (START|COMPLETED) .*\n/gm, "") : stdout
    expect({ code, told, stderr }).toEqual({ code: 0, told: "", stderr: "" })
  },
  120_000,
)

const inDist = (path: string) => [join(root, "dist", path)]

const compilerConfig = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: {
    noEmit: true,
    noUncheckedIndexedAccess: false,
    types: ["node"],
    paths: {
      "raclette-wasm": inDist("index.d.ts"),
      "raclette-wasm/vue": inDist("adapters/vue/index.d.ts"),
      "raclette-wasm/react": inDist("adapters/react/index.d.ts"),
      "raclette-wasm/svelte": inDist("adapters/svelte/index.d.ts"),
    },
  },
  include: ["."],
}
