// The pages that lead here from another library: tables of "you write – you write now", whose cells begin with code. A test
// runs the code of both columns as it stands, and the compiler reads it.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { transform } from "esbuild"
import { root, run } from "./process"

export interface MigrationRow {
  what: string
  before: string
  now: string
}

/** The code that a cell begins with, or nothing. */
const codeOf = (cell = "") => /^`([^`]+)`/.exec(cell)?.[1]

const textOf = (page: string) => readFile(join(root, "docs", page), "utf8")

/** The code of the page's blocks in TypeScript. */
export async function codeBlocks(page: string): Promise<string[]> {
  const blocks = (await textOf(page)).matchAll(/^```ts\n(.*?)^```$/gms)
  return [...blocks].map(([, code = ""]) => code)
}

/** Rows of the page's tables that are headed so. Throws where a cell of the last two columns does not begin with code. */
export async function migrationRows(page: string, headings = ["you write", "you write now"]): Promise<MigrationRow[]> {
  const rows: MigrationRow[] = []
  let isTable = false
  for (const line of (await textOf(page)).split("\n")) {
    const [what = "", ...cells] = line.slice(2, -2).split(" | ")
    if (!line.startsWith("|")) isTable = false
    else if (cells.join() === headings.join()) isTable = true
    else if (isTable && !line.startsWith("| ---")) {
      const [before, now] = cells.map(codeOf)
      if (before === undefined || now === undefined) throw new Error(`docs/${page}: a cell of "${what}" has no code`)
      rows.push({ what, before, now })
    }
  }
  return rows
}

const inFunction = (code: string) => transform(`async function example() { ${code} }`, { loader: "ts" })

/** Makes code of a page ready to run with `names` in scope. What it returns runs it, with its value where it is an expression. */
export async function ready(code: string, names: Record<string, unknown>): Promise<() => Promise<unknown>> {
  const asExpression = inFunction(`return (${code})`)
  const { code: compiled } = await asExpression.catch(() => inFunction(code))
  return new Function(...Object.keys(names), `${compiled}; return example`)(...Object.values(names))
}

/** Compiles `parts`, each a function of its own behind `declarations`. Resolves with what the compiler says against them. */
export async function compile(page: string, declarations: string, parts: readonly string[]): Promise<string> {
  const folder = join(root, "build/migration", page)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const functions = parts.map((code, i) => `export async function example${i}() { ${code} }`)
  await writeFile(join(folder, "page.ts"), [declarations, ...functions].join("\n"))
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(compilerConfig))
  const { stdout, stderr } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder])
  return stdout + stderr
}

/** The package as it is built, as its users have it. */
const compilerConfig = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: { noEmit: true, types: ["node"], paths: { "raclette-wasm": [join(root, "dist/index.d.ts")] } },
  files: ["page.ts"],
}
