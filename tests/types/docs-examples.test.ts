// The TypeScript examples of the documents pass the compiler under `strict`, with the names that the documents
// presuppose: readers paste them into projects that check types. tests/interop/docs.test.ts runs them.
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { expect, it } from "vitest"

const folder = dirname(fileURLToPath(import.meta.url))
const tasks = ["keep-a-list-up-to-date", "show-a-change-at-once", "work-offline", "find-out-what-happened"]
const pages = [...tasks, "data", "queries", "mutations", "users", "socket", "eventbus", "log-in"]

const head = `
import { createRuntime, type LogEntry, memoryStorage, type PluginConfig, type RuntimeOptions } from "raclette-wasm"
import { del, get, set } from "idb-keyval"
import todoConfig from "../../web/src/generated-config"
const runtime = await createRuntime({ plugins: [todoConfig] })
const { $data, $socket, $eventbus, $log } = runtime.usePluginApi("pacifico__todo")
declare const _id: string
declare function show(...what: unknown[]): void
declare function adminToken(): Promise<string>
declare const io: { on(event: "connection", listener: (socket: { on(event: string, listener: (...args: any[]) => void): void }) => void): void }
const connect = <const Configs extends readonly PluginConfig[]>(options: RuntimeOptions<Configs>) => createRuntime(options)
export {}
`

const { options, fileNames } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  folder,
)

/** A page's examples as one module. Each has its own block, except those of the login, which are one program. */
function moduleOf(page: string): string {
  const text = readFileSync(join(folder, "../../docs", `${page}.md`), "utf8")
  const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code)
  if (page === "log-in") return moduleWith([examples.join("")])
  return moduleWith(examples)
}

function moduleWith(blocks: string[]): string {
  return head + blocks.map((code) => `{\n${code.replaceAll(/^import .*\n/gm, "")}}\n`).join("")
}

const modules = new Map(pages.map((page) => [join(folder, `${page}-examples.ts`), moduleOf(page)]))

/** The compiler's messages for in-memory modules, by path. */
function complaints(modules: Map<string, string>): string[] {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = (name) => modules.has(name) || fileExists(name)
  host.readFile = (name) => modules.get(name) ?? readFile(name)
  const declarations = fileNames.filter((name) => name.endsWith(".d.ts"))
  const all = { ...options, noUnusedLocals: false, noUnusedParameters: false }
  const program = ts.createProgram([...modules.keys(), ...declarations], all, host)
  return [...modules.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(({ messageText, start = 0 }) => {
      const line = file?.text.slice(0, start).split("\n").at(-1) ?? ""
      const rest = file?.text.slice(start).split("\n")[0] ?? ""
      return `${name.split("/").at(-1)}: ${line}${rest}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
    })
  })
}

it("the documents' examples pass the compiler", { timeout: 120_000 }, () => {
  const wrong = join(folder, "wrong-examples.ts")
  const found = complaints(new Map([...modules, [wrong, `${head}$data.todo.getEverything()`]]))
  expect(found.filter((line) => !line.startsWith("wrong"))).toEqual([])
  expect(found.filter((line) => line.startsWith("wrong"))).toEqual([expect.stringContaining("getEverything")])
})
