// The package stays under its ceiling. Where it is passed, `npm run bench -- size` tells what costs what.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import budget from "../bench/size/budget.json"
import { shippedSizes, sizeOf, together } from "../bench/size/shipped"
import { partsOf } from "../bench/size/wasm-module"
import { root } from "../support/process"

it("the core and its binding are no larger than their budget allows", async () => {
  const { brotli } = together(await shippedSizes())
  expect(brotli, "brotli of raclette.wasm and index.js, in bytes").toBeLessThanOrEqual(budget.ceiling)
  expect(brotli, "the ceiling goes down with the size: write it into tests/bench/size/budget.json").toBeGreaterThan(
    budget.ceiling - 1500,
  )
  expect(budget.ceiling).toBeGreaterThanOrEqual(budget.must)
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

it("every byte of the module is in a section, and the code in functions", async () => {
  const module = await readFile(join(root, "dist/raclette.wasm"))
  const { sections, functions } = partsOf(module, "4:known\n")
  const sum = (parts: { size: number }[]) => parts.reduce((total, { size }) => total + size, 0)
  expect(sum(sections)).toBe(module.length - 8)
  const code = sections.find(({ name }) => name === "code")?.size ?? 0
  expect(sum(functions)).toBeLessThan(code)
  expect(sum(functions)).toBeGreaterThan(code * 0.98)
  expect(functions[0]?.name).toBe("known")
  expect(functions[1]?.name).toBe("function 5")
})
