// The layers of the C++ side against the real include graph: base ← protocol ← socket, data, eventbus, log ← runtime;
// public headers include only public headers. For each rule, an include that breaks it shows that the rule can fail.
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "../support/process"

/** `from` includes `to`: the path of our own file, else the text, as `<chrono>`. */
interface Include {
  from: string
  to: string
}

interface Rule {
  what: string
  files: RegExp
  forbidden: RegExp
  example: Include
}

const src = "wasm/core/src"
const rules: Rule[] = [
  {
    what: "the core has no platform: no emscripten, clock, thread, stream or random source",
    files: /^wasm\/core\//,
    forbidden:
      /^<(emscripten|chrono|ctime|time\.h|thread|mutex|atomic|future|iostream|fstream|sstream|cstdio|stdio\.h|random)/,
    example: { from: `${src}/base/text.cpp`, to: "<chrono>" },
  },
  {
    what: "only the JSON seam knows nlohmann",
    files: /^wasm\/(?!core\/src\/base\/json\.cpp)/,
    forbidden: /^<nlohmann/,
    example: { from: `${src}/base/text.cpp`, to: "<nlohmann/json.hpp>" },
  },
  {
    what: "public headers stand on public headers",
    files: /^wasm\/core\/include\//,
    forbidden: /^wasm\/(?!core\/include\/)/,
    example: { from: "wasm/core/include/raclette/runtime.h", to: `${src}/base/text.h` },
  },
  {
    what: "base stands on nothing of the others",
    files: /^wasm\/core\/src\/base\//,
    forbidden: /^wasm\/core\/src\/(?!base\/)/,
    example: { from: `${src}/base/text.cpp`, to: `${src}/log/log.h` },
  },
  {
    what: "protocol stands on base, and knows no time",
    files: /^wasm\/core\/src\/protocol\//,
    forbidden: /^wasm\/core\/src\/((?!base\/|protocol\/)|base\/timers)/,
    example: { from: `${src}/protocol/recovery.cpp`, to: `${src}/base/timers.h` },
  },
  {
    what: "socket stands on protocol and base",
    files: /^wasm\/core\/src\/socket\//,
    forbidden: /^wasm\/core\/src\/(?!base\/|protocol\/|socket\/)/,
    example: { from: `${src}/socket/client.cpp`, to: `${src}/data/plugin_config.h` },
  },
  ...["data", "eventbus", "log"].map((name) => ({
    what: `${name} stands on base`,
    files: new RegExp(`^${src}/${name}/`),
    forbidden: new RegExp(`^${src}/(?!base/|${name}/)`),
    example: { from: `${src}/${name}/some.cpp`, to: `${src}/socket/client.h` },
  })),
  {
    what: "what the runtime is composed of does not know the composition",
    files: /^wasm\/core\/(src\/[a-z]+\/|include\/raclette\/(?!runtime\.h))/,
    forbidden: /^wasm\/core\/(include\/raclette\/runtime|src\/(options|runtime_parts))\.h$/,
    example: { from: `${src}/data/data_client.h`, to: "wasm/core/include/raclette/runtime.h" },
  },
  {
    what: "bindings include public headers and their own alone",
    files: /^wasm\/bindings\//,
    forbidden: /^wasm\/core\/src\//,
    example: { from: "wasm/bindings/exports.cpp", to: `${src}/socket/client.h` },
  },
]

function breaks({ files, forbidden }: Rule, { from, to }: Include): boolean {
  return files.test(from) && forbidden.test(to)
}

const folders = ["wasm/core/include", src, "wasm/bindings"]

function resolve(from: string, written: string): string {
  const candidates = [dirname(from), ...folders].map((folder) => normalize(join(folder, written.slice(1, -1))))
  return candidates.find((path) => existsSync(join(root, path))) ?? written
}

function includesOf(path: string): Include[] {
  const text = readFileSync(join(root, path), "utf8")
  const written = [...text.matchAll(/^\s*#\s*include\s+(<[^>]+>|"[^"]+")/gm)].map((match) => match[1] ?? "")
  return written.map((one) => ({ from: path, to: resolve(path, one) }))
}

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "wasm"], { cwd: root, encoding: "utf8" })
const files = listed.split("\n").filter((path) => /\.(h|cpp)$/.test(path))
const includes = files.flatMap(includesOf)

/** A circle, `a.h → b.h → a.h`; undefined if there is none. */
function findCircle(edges: Include[]): string | undefined {
  const targets = new Map<string, string[]>()
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to])
  const done = new Set<string>()
  const visit = (path: string, way: string[]): string | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(" → ")
    if (done.has(path)) return undefined
    for (const to of targets.get(path) ?? []) {
      const circle = visit(to, [...way, path])
      if (circle) return circle
    }
    done.add(path)
    return undefined
  }
  for (const path of targets.keys()) {
    const circle = visit(path, [])
    if (circle) return circle
  }
  return undefined
}

describe("the include graph", () => {
  it.each(rules)("$what", (rule) => {
    const broken = includes.filter((include) => breaks(rule, include))
    expect(broken.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
    expect(breaks(rule, rule.example)).toBe(true)
  })

  it("finds every file that a file of ours includes by quotes", () => {
    expect(includes.filter(({ to }) => to.startsWith('"'))).toEqual([])
  })

  it("has no circle", () => {
    expect(findCircle(includes)).toBeUndefined()
    const round = [
      { from: "a.h", to: "b.h" },
      { from: "b.h", to: "a.h" },
    ]
    expect(findCircle(round)).toBe("a.h → b.h → a.h")
  })
})
