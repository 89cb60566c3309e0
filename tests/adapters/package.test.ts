// The adapters as they are built: no module but the framework is behind them, and the examples of their documents pass
// the compiler with the built types.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root, run } from "../support/process"

describe.each(["vue", "react"])("raclette-wasm/%s", (name) => {
  it("imports its framework and nothing else", async () => {
    const code = await readFile(join(root, "dist", `${name}.js`), "utf8")
    const imported = [...code.matchAll(/(?:import|from)\s*\(?\s*"([^"]+)"/g)].map(([, module]) => module)
    expect(imported).toEqual([name])
  })

  it("does nothing when it is imported, and needs no window", async () => {
    const code = `await import(${JSON.stringify(name)})
      const before = Object.keys(globalThis)
      const names = Object.keys(await import(${JSON.stringify(join(root, "dist", `${name}.js`))}))
      console.log(Object.keys(globalThis).length - before.length, names.includes("usePluginApi"))`
    const outcome = await run(process.execPath, ["--input-type=module", "-e", code])
    expect(outcome).toEqual({ code: 0, stdout: "0 true\n", stderr: "" })
  })

  it("is documented by examples that pass the compiler", async () => {
    const folder = join(root, "build/adapters/docs", name)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const blocks = await examplesOf(`${name}.md`)
    expect(blocks.length).toBeGreaterThanOrEqual(2)
    for (const { file, code } of blocks) await writeFile(join(folder, file), code)
    await copyFile(join(root, "web/src/generated-config.ts"), join(folder, "generated-config.ts"))
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(compilerConfig))
    const outcome = await run(process.execPath, [join(root, "node_modules/vue-tsc/bin/vue-tsc.js"), "-p", folder])
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" })
  }, 120_000)
})

/** The code blocks of a document; one without a file's name behind the language gets one. */
async function examplesOf(document: string): Promise<{ file: string; code: string }[]> {
  const text = await readFile(join(root, "docs", document), "utf8")
  const blocks = text.matchAll(/^```(\w+) ?([\w.-]*)\n(.*?)^```$/gms)
  return [...blocks].map(([, language, file, code = ""], i) => ({ file: file || `example-${i}.${language}`, code }))
}

const inDist = (path: string) => [join(root, "dist", path)]

const compilerConfig = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: {
    noEmit: true,
    noUncheckedIndexedAccess: false,
    jsx: "react-jsx",
    types: ["node"],
    paths: {
      "raclette-wasm": inDist("index.d.ts"),
      "raclette-wasm/vue": inDist("adapters/vue/index.d.ts"),
      "raclette-wasm/react": inDist("adapters/react/index.d.ts"),
    },
  },
  include: ["."],
}
