// The download size of a page stays below its ceiling. If it does not, `npm run bench -- size` shows what costs what.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import budget from "../bench/size/budget.json"
import { pageLoad, pageSizes, sizeOf } from "../bench/size/shipped"
import { partsOf } from "../bench/size/wasm-module"
import { root, run } from "../support/process"

/** What is held: releases are built with one Emscripten, and the C++ library of another may be larger. */
async function ceilingOf(load: "first" | "all"): Promise<number> {
  const { code, stdout } = await run("emcc", ["-dumpversion"])
  expect(code).toBe(0)
  return budget[load].ceiling * (stdout.trim() === budget.emscripten ? 1 : budget.others)
}

it.each(["first", "all"] as const)("what a page loads is no larger than the budget allows: %s", async (load) => {
  const { brotli } = (await pageSizes())[load]
  const { aim, must, ceiling } = budget[load]
  expect(brotli, "brotli, in bytes").toBeLessThanOrEqual(await ceilingOf(load))
  expect(must).toBeGreaterThan(aim)
  expect(ceiling).toBeGreaterThanOrEqual(must)
})

it("a first load is what is imported at once, and all that is imported later comes on top", async () => {
  const dist = await mkdtemp(join(tmpdir(), "raclette-size-"))
  const files = {
    "index.js": `import{a}from"./a.js";import"peer";const b=()=>import("./b.js"),c=()=>import("./embedded.js");export{a,b,c}`,
    "a.js": "export const a=1",
    "b.js": `import{c}from"./c.js";export const b=c`,
    "c.js": "export const c=1",
    "embedded.js": "export const d=1",
    "vue.js": "export const v=1",
    "raclette.wasm": "core",
    "later.wasm": "more",
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(dist, name), text)
  const { first, all } = await pageLoad(dist)
  expect(first.sort()).toEqual(["a.js", "index.js", "raclette.wasm"])
  expect(all.sort()).toEqual(["a.js", "b.js", "c.js", "index.js", "later.wasm", "raclette.wasm"])
  const sizes = await pageSizes(dist)
  expect(sizes.all.raw - sizes.first.raw).toBe([files["b.js"], files["c.js"], files["later.wasm"]].join("").length)
  await rm(dist, { recursive: true })
})

it("sizes are those of what is measured", () => {
  const { raw, gzip, brotli } = sizeOf("zeros", new Uint8Array(100_000))
  expect(raw).toBe(100_000)
  expect(gzip).toBeLessThan(200)
  expect(brotli).toBeLessThan(50)
})

it("what the module exports is what the binding asks for, by a short name", async () => {
  const module = new WebAssembly.Module(await readFile(join(root, "dist/raclette.wasm")))
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  const code = await readFile(join(root, "dist/index.js"), "utf8")
  const isAskedFor = (name: string) => new RegExp(`[.{]${name}(?![\\w$])`).test(code)
  expect(names.filter((name) => !isAskedFor(name))).toEqual([])
  const long = ["memory", "malloc", "free", "_initialize", "__indirect_function_table"]
  const short = names.filter((name) => !long.includes(name))
  expect(short.length).toBeGreaterThan(30)
  expect(short.filter((name) => name.length > 1)).toEqual([expect.stringMatching(/^v[0-9a-f]{8}$/)])
})

it("chunks call no function of the core, and have no class of errors of their own", async () => {
  const { first, all } = await pageLoad()
  const chunks = all.filter((name) => !first.includes(name))
  expect(chunks.sort()).toEqual(["offline.js", "polling.js", "rescue.js"])
  for (const name of chunks) {
    const code = await readFile(join(root, "dist", name), "utf8")
    expect(code.match(/rac_\w+|extends Error/g), name).toBeNull()
  }
})

it("every byte of the module is in a section, and the code in functions", async () => {
  const module = await readFile(join(root, "dist/raclette.wasm"))
  const first = WebAssembly.Module.imports(await WebAssembly.compile(module)).length
  const { sections, functions } = partsOf(module, `${first}:known\n`)
  const sum = (parts: { size: number }[]) => parts.reduce((total, { size }) => total + size, 0)
  expect(sum(sections)).toBe(module.length - 8)
  const code = sections.find(({ name }) => name === "code")?.size ?? 0
  expect(sum(functions)).toBeLessThan(code)
  expect(sum(functions)).toBeGreaterThan(code * 0.98)
  expect(functions[0]?.name).toBe("known")
  expect(functions[1]?.name).toBe(`function ${first + 1}`)
})
