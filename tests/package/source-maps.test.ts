// The source maps lead through terser and esbuild back to the original lines, and contain the sources, which are not in
// the package.
import { readFile } from "node:fs/promises"
import { SourceMap } from "node:module"
import { join } from "node:path"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { root, run } from "../support/process"
import { folder, installed, modules } from "./user"

describe.each(modules)("the source map of $key", async ({ file }) => {
  const code = await readFile(join(installed, file), "utf8")
  const payload = JSON.parse(await readFile(join(installed, `${file}.map`), "utf8"))

  it("is the one that the file names, and has every source but the packed module", () => {
    expect(code.endsWith(`\n//# sourceMappingURL=${file.replace("./dist/", "")}.map\n`)).toBe(true)
    const { sources, sourcesContent } = payload as { sources: string[]; sourcesContent: (string | null)[] }
    expect(sourcesContent).toHaveLength(sources.length)
    const missing = sources.filter((_source, i) => sourcesContent[i] === null)
    expect(missing).toEqual(file.includes("inline") ? ["packed:#packed-core"] : [])
    expect(sources.filter((source) => !/^(\.\.\/(js-glue|node_modules)\/|packed:)/.test(source))).toEqual([])
  })

  it("leads from every property to a line that has it", () => {
    const map = new SourceMap(payload)
    const script = ts.createSourceFile(file, code, ts.ScriptTarget.ES2022, true)
    const wrong: string[] = []
    let right = 0
    const lineOf = (at: number) => {
      const { line, character } = script.getLineAndCharacterOfPosition(at)
      const entry = map.findEntry(line, character)
      if (!("originalSource" in entry)) return ""
      const text: string | null = payload.sourcesContent[payload.sources.indexOf(entry.originalSource)]
      return text?.split("\n")[entry.originalLine] ?? ""
    }
    const visit = (node: ts.Node) => {
      if (ts.isPropertyAccessExpression(node) && isWritten(node.name.text)) {
        const line = lineOf(node.name.getStart(script))
        if (line.includes(node.name.text)) right++
        else wrong.push(`${node.name.text}: ${line}`)
      }
      ts.forEachChild(node, visit)
    }
    visit(script)
    expect(wrong).toEqual([])
    // The plugin for Vite is a few lines.
    expect(right).toBeGreaterThan(code.length > 50_000 ? 1000 : code.length > 1000 ? 40 : 0)
  })
})

/** Whether a property is called as in the sources: exports of the core and private members are not. */
function isWritten(name: string): boolean {
  return name.length > 3 && !name.startsWith("#") && !/^v[0-9a-f]{8}$/.test(name)
}

it("a stack trace in Node tells the line of the source", async () => {
  const code = `const { createRuntime } = await import("raclette-wasm")
    const options = { wasm: { url: "http://" }, socket: { transports: ["polling"] } }
    await createRuntime(options).catch((error) => console.log(error.stack))`
  const { stdout, stderr } = await run(process.execPath, ["--enable-source-maps", "--input-type=module", "-e", code], {
    cwd: folder,
  })
  expect(stderr).toBe("")
  const [, path, line] = /\/(js-glue\/\S+\.ts):(\d+):\d+\)/.exec(stdout) ?? []
  const source = await readFile(join(root, path ?? ""), "utf8")
  expect(source.split("\n")[Number(line) - 1]).toContain('new RacletteError("WASM_LOAD_FAILED"')
})
