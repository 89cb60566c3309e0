// Completions in an editor: asks TypeScript's language service at each place where a name is typed.
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { describe, expect, it } from "vitest"

const folder = dirname(fileURLToPath(import.meta.url))
const file = join(folder, "being-typed.ts")
const configFile = join(folder, "tsconfig.json")

const head = `
import { createRuntime } from "raclette-wasm"
import { createBackend } from "raclette-wasm/testing"
import { shopConfig, todoConfig, type Types } from "./configs"
export const backend = createBackend({ plugins: [todoConfig, shopConfig] })
const runtime = await createRuntime({ plugins: [todoConfig, shopConfig], types: {} as Types })
export const { $data, $socket, $eventbus } = runtime.usePluginApi("pacifico__todo")
`

let typed = ""
let version = 0
const { options, fileNames } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(configFile, ts.sys.readFile).config,
  ts.sys,
  folder,
)
const service = ts.createLanguageService({
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getCompilationSettings: () => options,
  getScriptFileNames: () => [file, ...fileNames.filter((name) => name.endsWith(".d.ts"))],
  getScriptVersion: (name) => (name === file ? String(version) : "0"),
  getScriptSnapshot: (name) => {
    const text = name === file ? typed : ts.sys.readFile(name)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  getCurrentDirectory: () => folder,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
})

/** The names that are offered at `|` in `line`. */
function offered(line: string): string[] {
  const [before = "", after = ""] = line.split("|")
  typed = head + before + after
  version++
  const found = service.getCompletionsAtPosition(file, head.length + before.length, {})
  // Where any string is allowed, the entries include the empty one that is there.
  return (found?.entries ?? []).map(({ name }) => name).filter((name) => name !== "")
}

/** The members of a query, except `query` and `response`. */
const members = [
  ...["abort", "configure", "data", "dataArr", "dispose"],
  ...["error", "execute", "hasMore", "isLoading", "isRead"],
]
const keys = ["mySuperFancyCustomEvent", "serviceTick", "todoCreated", "todoDeleted", "todoRestored", "todoUpdated"]

const operations = [
  ...["order.list", "order.place", "todo.create", "todo.delete"],
  ...["todo.deleteHard", "todo.get", "todo.getAll", "todo.restore", "todo.update"],
]

describe("an editor offers", () => {
  it.each([
    ['runtime.usePluginApi("|")', ["acme__shop", "pacifico__todo"]],
    ['runtime.usePluginApi({ pluginKey: "|" })', ["acme__shop", "pacifico__todo"]],
    ["$data.|", ["todo"]],
    ["$data.todo.|", ["create", "delete", "deleteHard", "get", "getAll", "restore", "update"]],
    ['$socket.on("|")', keys],
    ['$socket.on("|", () => {})', keys],
    ['$socket.once("|")', keys],
    ['$socket.off("|")', keys],
    ['$socket.waitFor("|")', keys],
    ['$socket.events("|")', keys],
    ['runtime.$socket.on("|")', [...keys, "orderPlaced"].sort()],
    ["$socket.todoCreated.|", ["events", "off", "on", "once", "waitFor"]],
    ['$eventbus.on("|")', ["cart/changed", "ui/addToSnackbar"]],
    ['$eventbus.emit("|")', ["cart/changed", "ui/addToSnackbar"]],
    ['$eventbus.global.on("|")', ["cart/changed", "ui/addToSnackbar"]],
    ["$data.todo.getAll().dataArr.value[0]?.|", ["_id", "name"]],
    ['$socket.on("todoCreated", ({ body }) => body.items?.[0]?.|)', ["_id", "name"]],
    ["$data.todo.getAll().|", members],
    [
      'backend.emit("|")',
      ["mySuperFancyCustomEvent", "orderPlaced", "todoCreated", "todoDeleted", "todoRestored", "todoUpdated"],
    ],
    ['backend.fail("|")', operations],
    ['backend.execute("|")', operations],
    ['backend.items("|")', ["order", "todo"]],
  ])("%s", (line, expected) => {
    expect(
      offered(line)
        .filter((name) => name !== "query" && name !== "response")
        .sort(),
    ).toEqual(expected)
  })

  it("the channels as members of $socket, beside what every socket can do", () => {
    expect(offered("$socket.|")).toEqual(expect.arrayContaining([...keys, "on", "emit", "status"]))
  })
})

/** The compiler's messages for a file with this text. */
function complaints(text: string): string[] {
  typed = text
  version++
  const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)]
  return found
    .filter(({ reportsUnnecessary }) => !reportsUnnecessary)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
}

it("what is wrong is said in a few lines", () => {
  const wrong = ['$socket.on("todoCreatd", () => {})', "$data.tod.getAll()", "$data.todo.getEverything()"]
  const messages = complaints(head + wrong.join("\n"))
  expect(messages).toEqual([
    expect.stringMatching(/^Argument of type '"todoCreatd"' is not assignable .*"todoCreated"/),
    expect.stringMatching(/^Property 'tod' does not exist on type .* Did you mean 'todo'\?$/),
    expect.stringMatching(/^Property 'getEverything' does not exist on type /),
  ])
  for (const message of messages) expect(message.length, message).toBeLessThan(500)
})

const page = readFileSync(join(folder, "../../docs/types.md"), "utf8")
const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code)

it.each(examples.map((code, i) => ({ number: i + 1, code })))(
  "example $number of docs/types.md compiles",
  ({ code }) => {
    expect(complaints(code.replace('"./generated-config"', '"../../web/src/generated-config"'))).toEqual([])
  },
)

it("docs/types.md has its examples", () => expect(examples).toHaveLength(3))
