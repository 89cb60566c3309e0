// The boundary by the names in the sources, before exports get the short names that ship: what one side asks for, the
// other has, and nothing else.
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { linker } from "../../js-glue/core/link"
import { allowedImports, offeredBy } from "../support/boundary"
import { root } from "../support/process"
import { wasm } from "./harness"

describe("what the module imports", () => {
  it("is what imports.txt allows, and what js-glue provides", async () => {
    const { imports } = linker()
    const provided = Object.entries(imports).flatMap(([module, names]) =>
      Object.keys(names).map((name) => `${module}.${name}`),
    )
    expect(provided.sort()).toEqual(allowedImports())
    expect((await offeredBy(wasm.bytes)).imports).toEqual(allowedImports())
  })

  it("fails the link where it is anything else", () => {
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
