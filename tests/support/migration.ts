// The migration pages: tables "you write – you write now", whose cells begin with code. Tests run and compile the code
// of both columns unchanged.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { transform } from "esbuild"
import { root, run } from "./process"

export interface MigrationRow {
  what: string
  before: string
  now: string
}

/** The code at the start of a cell; undefined if there is none. */
const codeOf = (cell = "") => /^`([^`]+)`/.exec(cell)?.[1]

const textOf = (page: string) => readFile(join(root, "docs", page), "utf8")

/** The page's code blocks, by file name if they have one, else by language. */
export async function codeBlocks(page: string): Promise<Record<string, string>> {
  const blocks = (await textOf(page)).matchAll(/^```(tsx?)(?: ([\w.]+))?\n(.*?)^```$/gms)
  return Object.fromEntries([...blocks].map(([, language, file = language, code = ""]) => [file, code]))
}

/** Rows of the page's tables whose last two columns have `headings`. Throws if a cell of these does not begin with code. */
export async function migrationRows(page: string, headings: [string, string]): Promise<MigrationRow[]> {
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

/**
 * Compiles code of a page with `names` in scope. The returned function runs it, and returns the value of an expression.
 */
export async function ready(code: string, names: Record<string, unknown>): Promise<() => Promise<unknown>> {
  const asExpression = inFunction(`return (${code})`)
  const { code: compiled } = await asExpression.catch(() => inFunction(code))
  return new Function(...Object.keys(names), `${compiled}; return example`)(...Object.values(names))
}

/**
 * Compiles `parts`, each as a function after `declarations`, and whole `files`. Resolves with the compiler's
 * errors; empty if there are none.
 */
export async function compile(
  page: string,
  declarations: string,
  parts: readonly string[],
  files: Record<string, string> = {},
): Promise<string> {
  const folder = join(root, "build/migration", page)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const functions = parts.map((code, i) => `export async function example${i}() { ${code} }`)
  const all = { "page.ts": [declarations, ...functions].join("\n"), ...files }
  const config = JSON.stringify({ ...compilerConfig, files: Object.keys(all) })
  for (const [name, code] of Object.entries({ ...all, "tsconfig.json": config })) {
    await writeFile(join(folder, name), code)
  }
  const { stdout, stderr } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder])
  return stdout + stderr
}

const paths = {
  "raclette-wasm": [join(root, "dist/index.d.ts")],
  "raclette-wasm/react": [join(root, "dist/adapters/react/index.d.ts")],
  "@tanstack/query-core": [join(root, "tests/bench/node_modules/@tanstack/query-core")],
}

/** Resolves to the built package, as for its users. */
const compilerConfig = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: { noEmit: true, noUncheckedIndexedAccess: false, types: ["node"], jsx: "react-jsx", paths },
}
