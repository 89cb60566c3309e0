// Rules for source files beyond their imports: calls that the core must not make, top-level statements, a head that
// says why the file exists, and maximum lengths. For each rule, a line that breaks it shows that the rule can fail.
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../support/process"

interface Rule {
  what: string
  /** The files, by path. */
  files: RegExp
  /** The pattern that no line may match. */
  forbidden: RegExp
  /** A line that breaks the rule. */
  example: string
}

const core = /^wasm\/core\/.*\.(h|cpp)$/
const rules: Rule[] = [
  {
    what: "the core calls no clock, random source or console",
    files: core,
    forbidden: /\b(std::rand|srand|rand|printf|fprintf|puts|clock_gettime|gettimeofday)\s*\(/,
    example: "int x = std::rand();",
  },
  {
    what: "the core neither throws nor catches",
    files: core,
    forbidden: /\b(throw|catch\s*\(|try\s*\{)/,
    example: "  throw 1;",
  },
  {
    what: "drivers parse no packets",
    files: /^js-glue\/drivers\//,
    forbidden: /2probe|\bsid\b|pingInterval|charAt\(0\)|\[0\] === "/,
    example: 'if (frame === "2probe") return',
  },
  {
    what: "one place alone asks where the module is, in the words that bundlers follow",
    files: /^js-glue\/(?!core\/core-file\.ts).*\.ts$/,
    forbidden: /import\.meta/,
    example: "const here = import.meta.url",
  },
]

const top = new Set([
  ...["CMakeLists.txt", "wasm", "js-glue", "server-stub", "tests", "web", "package.json", "README.md"],
  ...["CMakePresets.json", "package-lock.json", "LICENSE", "CHANGELOG.md", "docs", "scripts"],
  ...["CONTRIBUTING.md", "SECURITY.md", "THIRD-PARTY-NOTICES.txt"],
  ...["biome.json", "vitest.config.ts", "tsconfig.json", "tsconfig.base.json", "tsconfig.build.json"],
])

/** The maximum number of lines of shipped files and scripts. */
const MAX_LINES = 400

interface Source {
  path: string
  text: string
}

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter(Boolean)
const read = (path: string): Source => ({ path, text: readFileSync(join(root, path), "utf8") })
const sources = files.filter((path) => /\.(h|cpp|ts|mjs|vue|css)$/.test(path)).map(read)

function violations(rule: Rule, sources: Source[]): string[] {
  return sources
    .filter(({ path }) => rule.files.test(path))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, i) => (rule.forbidden.test(withoutComment(line)) ? [`${path}:${i + 1}: ${line}`] : [])),
    )
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)(\/\/|\*\s).*$/, "")
}

function tooLong(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => /^(wasm|js-glue|server-stub|web|scripts|\.[^/]+)\//.test(path))
    .filter(({ text }) => text.split("\n").length - 1 > MAX_LINES)
    .map(({ path }) => path)
}

describe("the sources", () => {
  it.each(rules)("$what", (rule) => {
    const covered = sources.filter(({ path }) => rule.files.test(path))
    expect(covered.length).toBeGreaterThan(0)
    expect(violations(rule, sources)).toEqual([])
    expect(violations(rule, [{ path: covered[0]?.path ?? "", text: `// fine\n${rule.example}` }])).toHaveLength(1)
  })

  it("have a top level that is what it is said to be", () => {
    const entries = new Set(files.map((path) => path.split("/")[0] ?? ""))
    expect([...entries].filter((name) => !top.has(name) && !name.startsWith("."))).toEqual([])
  })

  it(`have no file of more than ${MAX_LINES} lines`, () => {
    expect(tooLong(sources)).toEqual([])
    expect(tooLong([{ path: "web/src/long.ts", text: "\n".repeat(MAX_LINES + 1) }])).toEqual(["web/src/long.ts"])
  })

  it("say on top of each file why it exists", () => {
    const isSource = (path: string) => /^(wasm|js-glue|server-stub|tests|scripts)\/.*\.(h|ts|mjs)$/.test(path)
    const isRoute = (path: string) => path.startsWith("server-stub/plugins/") && path.includes("/routes/")
    const silent = sources
      .filter(({ path }) => isSource(path) && !isRoute(path))
      .filter(({ text }) => !text.startsWith("//"))
    expect(silent.map(({ path }) => path)).toEqual([])
  })
})
