// The layers against the real import graph of binding, stub, page, site, scripts and tests, including type imports, Vue
// components and dotfolders. A tree of files that break each rule shows that the rule can fail.
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { cruise, type ICruiseResult } from "dependency-cruiser"
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { root } from "../support/process"
import { type LayerRule, rules } from "./rules"

const folders = ["js-glue", "server-stub", "web", "docs", "scripts", "tests", "wasm", ".ci", ".github"]

/** The import graph of the sources in `baseDir`, and its violations of `rules`. */
async function graphOf(baseDir: string, rules: LayerRule[], tsconfig?: string): Promise<ICruiseResult> {
  const there = folders.filter((folder) => existsSync(join(baseDir, folder)))
  const { output } = await cruise(
    there,
    {
      baseDir,
      validate: true,
      ruleSet: { forbidden: rules.map(({ name, from, to }) => ({ name, from, to, severity: "error" })) },
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "(^|/)(tests/bench/)?node_modules/\\.|^(dist|build|tests/package/apps)/" },
      ...(tsconfig && { tsConfig: { fileName: tsconfig } }),
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["import", "require", "node", "default", "types"],
      },
    },
    {},
    tsconfig ? { tsConfig: extractTSConfig(tsconfig) } : {},
  )
  return output as ICruiseResult
}

/** Writes an example's files; resolves with their folder. */
async function writeTree(files: Record<string, string[]>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "raclette-layers-"))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, imports] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), imports.map((name) => `import "${name}"\n`).join(""))
  }
  return folder
}

describe("the import graph", () => {
  let graph: ICruiseResult
  beforeAll(async () => {
    graph = await graphOf(root, rules, join(root, "tsconfig.json"))
  })

  it.each(rules)("$name", async (rule) => {
    const broken = graph.summary.violations.filter(({ rule: { name } }) => name === rule.name)
    expect(broken.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
    const about = new RegExp(String(rule.from.path ?? ""))
    expect(graph.modules.filter(({ source }) => about.test(source)).length).toBeGreaterThan(0)
    const shown = await graphOf(await writeTree(rule.example), [rule])
    expect(shown.summary.violations.map(({ rule: { name } }) => name)).toContain(rule.name)
  })

  it("covers every folder with sources", () => {
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
    const sources = listed.split("\n").filter((path) => /\/.*\.(ts|mts|mjs|js|vue)$/.test(path))
    const tops = new Set(sources.map((path) => path.split("/")[0] ?? ""))
    expect([...tops].filter((top) => !folders.includes(top))).toEqual([])
  })
})
