// The generated files (the binding's side of the boundary, and tables of the documents) match their sources and follow
// their changes. The generator refuses forms that it does not know, and names their place.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { effectReaders } from "../../js-glue/core/generated/effects"
import { root } from "../support/process"

type Files = Record<string, string>
const script = new URL("../../scripts/generate.mjs", import.meta.url).href
const { generate } = (await import(script)) as { generate(read: (path: string) => string): Files }

const read = (path: string) => readFileSync(join(root, path), "utf8")
const files = generate(read)

function pathOf(file: string): string {
  if (file.endsWith(".md")) return `docs/${file}`
  if (file.endsWith(".ts")) return `js-glue/types/${file}`
  return file.endsWith(".cpp") || file === "layout.h" ? `wasm/bindings/${file}` : `wasm/core/include/raclette/${file}`
}

/** Returns the generated files as they would be with `to` instead of `from` in the source `file`. */
function changed(file: string, from: string, to: string): Files {
  const source = pathOf(file)
  expect(read(source)).toContain(from)
  return generate((path) => (path === source ? read(path).replace(from, to) : read(path)))
}

/** Returns the lines that are in only one of the two texts. */
function newLines(before: string, after: string): string[] {
  const known = new Set(before.split("\n"))
  return after.split("\n").filter((line) => !known.has(line))
}

describe("generated files", () => {
  it.each(Object.keys(files))("%s matches its source", (path) => {
    expect(read(path)).toBe(files[path])
  })

  it("reads the effects in the variant's order, each by its own fields", () => {
    const variant = /std::variant<([^>]+)>/.exec(read("wasm/core/include/raclette/effect.h"))?.[1] ?? ""
    const names = variant.split(",").map((name) => name.trim())
    let next = 0
    const types = effectReaders.map((readEffect) => readEffect(() => next++, String).type)
    expect(types).toEqual(names.map((name) => name.replace(/^./, (first) => first.toLowerCase())))
  })
})

it.each([
  ["an effect's field", "effect.h", "  std::uint32_t execution;\n", "  std::uint32_t run;\n", "    run: word(),"],
  ["an effect's type", "effect.h", "  bool keep;", "  double keep;", "    keep: word(),"],
  ["a kind of effect", "effect.h", "PersistMutation, RemoveMutation", "RemoveMutation, PersistMutation", undefined],
  ["a status", "effect.h", "{ connecting, connected,", "{ connecting, opened, connected,", '  "opened",'],
  ["a kind of transport", "effect.h", "{ websocket, polling }", "{ polling, websocket }", undefined],
  ["a route", "frame.h", "  hold, ", "  keep, ", "  keep = 4,"],
  ["a size", "frame.h", "kMaxTail = 80;", "kMaxTail = 81;", "export const MAX_TAIL = 81"],
  ["a life event", "input.h", "  hide,     //", "  freeze,  //", undefined],
  [
    "a setting's default",
    "query.h",
    "timeout = 30000;",
    "timeout = 20000;",
    "  cells[at + 4] = settings.timeout === undefined ? 20000 : settings.timeout",
  ],
  [
    "a number of the runtime",
    "runtime.h",
    "kAllPlugins = 0xFFFFFFFF",
    "kAllPlugins = 1",
    "export const ALL_PLUGINS = 1",
  ],
  ["a flag", "layout.h", "wants_tail = 8, busy = 16", "wants_tail = 8, late = 32", "  late = 32,"],
  ["a word", "layout.h", "  std::int32_t plan;\n", "  std::int32_t plan_index;\n", "  planIndex = 1,"],
  ["an argument", "exports.cpp", "int rac_text_tail(std::uint32_t instance, ", "int rac_text_tail(", undefined],
  [
    "a text",
    "embind.cpp",
    "int plugin(std::uint32_t handle, const std::string& plugin_key)",
    "int plugin()",
    "  plugin(): Answer",
  ],
  [
    "an error's sentence",
    "errors.ts",
    "No ping within",
    "No ping or frame within",
    "| `PING_TIMEOUT` | No ping or frame within pingInterval + pingTimeout; reconnecting. |",
  ],
  [
    "an option's default",
    "options.ts",
    "Default: 0.5.",
    "Default: 0.25.",
    "| `randomizationFactor` | 0.25 | Spreads each pause by this factor, 0 to 1, in both directions. |",
  ],
  [
    "an option's comment of several lines",
    "options.ts",
    "/** How long an emit may wait for a connection. Default: Infinity. */",
    "/**\n   * How long an emit\n   * may wait. Default:\n   * Infinity.\n   */",
    "| `bufferTimeToLive` | `Infinity` | How long an emit may wait. |",
  ],
  [
    "an option of a query",
    "query.ts",
    "/** Execute at once.",
    "/** Execute now.",
    "| `immediate` | `false` | Execute now. |",
  ],
  [
    "an option of a runtime",
    "options.ts",
    "  onError?:",
    "  onFailure?:",
    "| `onFailure` | none | Called with each error that has no caller: a listener that threw, an invalid frame. |",
  ],
])("%s that is changed shows", (_what, file, from, to, line) => {
  const after = changed(file, from, to)
  const found = Object.entries(after).flatMap(([path, text]) => newLines(files[path] ?? "", text))
  if (line === undefined) expect(after).not.toEqual(files)
  else expect(found).toContain(line)
})

it.each([
  [
    "a type that does not cross",
    "effect.h",
    "  bool keep;",
    "  std::vector<int> keep;",
    /effect\.h: in EarlyFrames, .*vector/,
  ],
  ["a type that nobody reads", "effect.h", "  bool keep;", "  float keep;", /EarlyFrames: keep has the type float/],
  [
    "an effect that is no struct",
    "effect.h",
    "LatencyChanged>",
    "LatencyChanged, Other>",
    /struct Other is declared 0 times/,
  ],
  ["two of one name", "effect.h", "struct EmitOver {", "struct AbortFetch {", /struct AbortFetch is declared 2 times/],
  [
    "an enumerator that is computed",
    "layout.h",
    "busy = 16",
    "busy = 1 << 4",
    /layout\.h: in RouteFlag, .*busy = 1 << 4/,
  ],
  ["a size that is computed", "frame.h", "kMaxTail = 80", "kMaxTail = 8 * ten", /frame\.h: kMaxTail .*8 \* ten/],
  ["a setting without a default", "query.h", "double timeout = 30000;", "double timeout;", /timeout has no default/],
  [
    "a word that is longer",
    "layout.h",
    "  std::int32_t plan;",
    "  double plan;",
    /RouteWords: plan has the type double/,
  ],
  [
    "an argument that is no number",
    "exports.cpp",
    "rac_scratch(std::uint32_t units)",
    "rac_scratch(const Head& units)",
    /exports\.cpp: .*const Head& units/,
  ],
  [
    "a call that is written otherwise",
    "exports.cpp",
    "KEEPALIVE int rac_unlisten",
    "KEEPALIVE Number<int> rac_unlisten",
    /^1 of \d+ uses of EMSCRIPTEN_KEEPALIVE have/,
  ],
  [
    "a document without its table",
    "errors.md",
    "| code | message |",
    "Codes:",
    /docs\/errors\.md needs exactly one table/,
  ],
  [
    "a table without its source",
    "options.ts",
    "interface SocketOptions",
    "interface Others",
    /types\/options\.ts does not declare/,
  ],
])("%s is refused", (_what, file, from, to, message) => {
  expect(() => changed(file, from, to)).toThrow(message)
})
