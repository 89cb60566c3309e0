// Both sides of the boundary declare the same functions, compared by their names in the sources, before exports get
// short names.
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { linker } from "../../js-glue/core/link"
import { allowedImports, askedByGlue, offeredBy } from "../support/boundary"
import { root } from "../support/process"
import { wasm } from "./harness"

interface Renamed {
  module: Uint8Array
  names: Record<string, string>
}
const shortNames = new URL("../../scripts/short-names.mjs", import.meta.url).href
const { withShortNames } = (await import(shortNames)) as { withShortNames(module: Uint8Array): Renamed }

/** Exports of the linked module that only tests call. */
const forTests = ["rac_census"]

describe("the functions that js-glue calls", async () => {
  const asked = askedByGlue()
  const offered = await offeredBy(wasm.bytes)

  it("are those that its interfaces declare, and all declared ones are used", () => {
    expect(asked.used.length).toBeGreaterThan(50)
    expect(asked.used).toEqual(asked.declared)
  })

  it("are those that the module exports and registers, and no others are", () => {
    // emcc adds the other exports for its own runtime. The next test shows that they do not ship.
    const isOurs = (name: string) => name.startsWith("rac_") || asked.used.includes(name)
    const has = [...offered.exports.filter(isOurs), ...offered.registered]
    expect(has.sort()).toEqual([...asked.used, ...forTests].sort())
  })

  it("ship, and no others do", async () => {
    const linked = Buffer.from(wasm.bytes)
    const { module, names } = withShortNames(linked)
    const exportsOf = async (bytes: Uint8Array) =>
      WebAssembly.Module.exports(await WebAssembly.compile(Uint8Array.from(bytes)))
        .map(({ name }) => name)
        .sort()
    const isExported = (name: string) => !offered.registered.includes(name)
    const expected = asked.used.filter(isExported).map((name) => names[name] ?? name)
    expect(await exportsOf(module)).toEqual(expected.sort())
    expect(await exportsOf(await readFile(join(root, "dist/raclette.wasm")))).toEqual(expected)
  })
})

describe("the imports of the module", () => {
  it("are those that imports.txt allows and js-glue provides", async () => {
    const { imports } = linker()
    const provided = Object.entries(imports).flatMap(([module, names]) =>
      Object.keys(names).map((name) => `${module}.${name}`),
    )
    expect(provided.sort()).toEqual(allowedImports())
    // Which WASI functions the C library imports depends on the version of Emscripten.
    const { imports: imported } = await offeredBy(wasm.bytes)
    expect(allowedImports()).toEqual(expect.arrayContaining(imported))
    expect(allowedImports().filter((name) => !imported.includes(name) && !name.startsWith("wasi_"))).toEqual([])
  })

  it("fail the link if there are any others", () => {
    const folder = mkdtempSync(join(tmpdir(), "raclette-imports-"))
    const list = join(folder, "imports.txt")
    const script = join(root, "wasm/bindings/check-imports.mjs")
    const check = () =>
      execFileSync(process.execPath, [script, join(root, "build/wasm/raclette.wasm"), list], { stdio: "pipe" })
    const [missing, ...others] = allowedImports()
    writeFileSync(list, `# all but one\n${others.join("\n")}\n`)
    expect(check).toThrow(`error: undefined symbol: ${missing} (not defined in C++, and not in ${list})`)
    writeFileSync(list, `${missing}\n${others.join("\n")}\n`)
    expect(check).not.toThrow()
    rmSync(folder, { recursive: true })
  })
})
