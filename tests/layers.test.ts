// The layers of the house: who may include whom, and what stands at the top. Each rule is a few patterns over the
// sources; a check with made-up sources shows that every rule can fail.
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { root } from "./support/process"

interface Rule {
  what: string
  /** Which files, by path. */
  files: RegExp
  /** What no line of them may hold. */
  forbidden: RegExp
  /** A line that breaks the rule. */
  example: string
}

/** The target of an import, export-from, dynamic import or #include that matches `target`. */
const imports = (target: string) => new RegExp(`(?:from\\s+|import\\s*\\(?\\s*|#include\\s+)["<'](?:${target})`)

const core = /^wasm\/core\/.*\.(h|cpp)$/
const rules: Rule[] = [
  {
    what: "the core has no platform: no emscripten, clock, thread, stream or random source",
    files: core,
    forbidden: imports(
      "emscripten|chrono|ctime|time\\.h|thread|mutex|atomic|future|iostream|fstream|sstream|cstdio|stdio\\.h|random",
    ),
    example: "#include <chrono>",
  },
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
    what: "only the JSON seam knows nlohmann",
    files: /^wasm\/(core\/(?!src\/base\/json\.cpp)|bindings\/).*\.(h|cpp)$/,
    forbidden: imports("nlohmann"),
    example: "#include <nlohmann/json.hpp>",
  },
  {
    what: "protocol knows no socket, data, eventbus or time",
    files: /^wasm\/core\/src\/protocol\//,
    forbidden: imports("socket/|data/|eventbus/|base/timers"),
    example: '#include "socket/client.h"',
  },
  {
    what: "socket knows no data, config or eventbus",
    files: /^wasm\/core\/src\/socket\//,
    forbidden: imports("data/|eventbus/|.*plugin_config"),
    example: '#include "data/plugin_config.h"',
  },
  {
    what: "data knows no socket or eventbus",
    files: /^wasm\/core\/src\/data\//,
    forbidden: imports("socket/|eventbus/"),
    example: '#include "eventbus/bus.h"',
  },
  {
    what: "eventbus and log know no socket or data",
    files: /^wasm\/core\/src\/(eventbus|log)\//,
    forbidden: imports("socket/|data/"),
    example: '#include "socket/client.h"',
  },
  {
    what: "base stands on nothing of the others",
    files: /^wasm\/core\/src\/base\//,
    forbidden: imports("protocol/|socket/|data/|eventbus/|log/"),
    example: '#include "log/log.h"',
  },
  {
    what: "bindings include public headers and their own alone",
    files: /^wasm\/bindings\//,
    forbidden: imports("(?!raclette/|emscripten/|instances\\.h|effects\\.h|[a-z_]+>)"),
    example: '#include "socket/client.h"',
  },
  {
    what: "drivers know neither the API, nor each other, nor the runtime; transports share their contract",
    files: /^js-glue\/drivers\//,
    forbidden: imports('\\.\\./|\\./(?!transport")'),
    example: 'import { state } from "../api/refs"',
  },
  {
    what: "drivers parse no packets",
    files: /^js-glue\/drivers\//,
    forbidden: /2probe|\bsid\b|pingInterval|charAt\(0\)|\[0\] === "/,
    example: 'if (frame === "2probe") return',
  },
  {
    what: "the API reaches drivers and the compiled core through the runtime alone",
    files: /^js-glue\/api\//,
    forbidden: imports("\\.\\./drivers|\\.\\./runtime/(embind|built)"),
    example: 'import { openWebSocket } from "../drivers/websocket"',
  },
  {
    what: "the runtime of the glue uses drivers by contract",
    files: /^js-glue\/runtime\//,
    forbidden: imports('\\.\\./drivers/(?!transport")'),
    example: 'import { startFetch } from "../drivers/fetch"',
  },
  {
    what: "adapters know the package's entry, their framework and what they share alone",
    files: /^js-glue\/adapters\//,
    forbidden: imports('(?!raclette-wasm"|vue"|react"|\\./)'),
    example: 'import { state } from "../api/refs"',
  },
  {
    what: "what the adapters share knows no framework",
    files: /^js-glue\/adapters\/(?!vue\.ts|react\.ts)/,
    forbidden: imports('(vue|react|\\./vue|\\./react)"'),
    example: 'import { useMemo } from "react"',
  },
  {
    what: "an adapter knows one framework",
    files: /^js-glue\/adapters\/vue\.ts/,
    forbidden: imports("react"),
    example: 'import { useMemo } from "react"',
  },
  {
    what: "nothing of the runtime knows the adapters",
    files: /^js-glue\/(?!adapters\/)/,
    forbidden: imports("\\.\\.?/(.*/)?adapters/"),
    example: 'import { usePluginApi } from "./adapters/vue"',
  },
  {
    what: "the core as text is in the inline entry alone",
    files: /^js-glue\/(?!runtime\/core-inline\.ts).*\.ts$/,
    forbidden: imports("#packed-core"),
    example: 'import { text } from "#packed-core"',
  },
  {
    what: "one place alone asks where the module is, in the words that bundlers follow",
    files: /^js-glue\/(?!runtime\/core-file\.ts).*\.ts$/,
    forbidden: /import\.meta/,
    example: "const here = import.meta.url",
  },
  {
    what: "the page uses the package's public entries",
    files: /^web\/(?!vite\.config).*\.(ts|vue)$/,
    forbidden: imports(".*(js-glue|server-stub|/wasm/|dist/)"),
    example: 'import { createRuntime } from "../../js-glue"',
  },
  {
    what: "the apps of the browser suite use the package's public entries",
    files: /^tests\/e2e\/apps\/(?!vite\.config).*\.(ts|vue)$/,
    forbidden: imports(".*(js-glue|server-stub|/wasm/|dist/)"),
    example: 'import { createRuntime } from "../../../js-glue"',
  },
  {
    what: "the backend stub knows nothing of the binding or the core",
    files: /^server-stub\//,
    forbidden: imports(".*(js-glue|wasm)"),
    example: 'import type { Ref } from "../js-glue"',
  },
  {
    what: "a plugin of the stub knows no other plugin",
    files: /^server-stub\/plugins\//,
    forbidden: imports('(\\.\\./)+(?!raclette/)[^./"]+/|.*/plugins/'),
    example: 'import { todos } from "../todo/table"',
  },
  {
    what: "what the plugins of the stub stand on knows none of them",
    files: /^server-stub\/raclette\//,
    forbidden: imports("\\.\\./"),
    example: 'import { todos } from "../plugins/todo/table"',
  },
]

const top = new Set([
  ...["CMakeLists.txt", "wasm", "js-glue", "server-stub", "tests", "web", "package.json", "README.md"],
  ...["CMakePresets.json", "package-lock.json", "LICENSE", "CHANGELOG.md", "docs", "scripts"],
  ...["biome.json", "vitest.config.ts", "tsconfig.json", "tsconfig.base.json", "tsconfig.build.json"],
])

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter(Boolean)

function violations(rule: Rule, sources: { path: string; text: string }[]): string[] {
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

const read = (path: string) => ({ path, text: readFileSync(join(root, path), "utf8") })
const sources = files.filter((path) => /\.(h|cpp|ts|vue)$/.test(path)).map(read)

describe("layers", () => {
  it.each(rules)("$what", (rule) => {
    const covered = sources.filter(({ path }) => rule.files.test(path))
    expect(covered.length).toBeGreaterThan(0)
    expect(violations(rule, sources)).toEqual([])
    expect(violations(rule, [{ path: covered[0]?.path ?? "", text: `// fine\n${rule.example}` }])).toHaveLength(1)
  })

  it("the top level is what it is said to be", () => {
    const entries = new Set(files.map((path) => path.split("/")[0] ?? ""))
    expect([...entries].filter((name) => !top.has(name) && !name.startsWith("."))).toEqual([])
  })

  it("every file of the sources says on top why it exists", () => {
    const isSource = (path: string) => /^(wasm|js-glue|server-stub|tests|scripts)\/.*\.(h|ts|mjs)$/.test(path)
    const isRoute = (path: string) => path.startsWith("server-stub/plugins/") && path.includes("/routes/")
    const silent = sources
      .filter(({ path }) => isSource(path) && !isRoute(path))
      .filter(({ text }) => !text.startsWith("//"))
    expect(silent.map(({ path }) => path)).toEqual([])
  })
})
