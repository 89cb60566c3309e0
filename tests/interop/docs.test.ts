// Runs the examples of the documents unchanged, each with its own backend and two todos. A line that ends in `// →
// value` must have that value; the others must run.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { transform } from "esbuild"
import { beforeAll, describe, expect, it } from "vitest"
import { indexedDbStorage, memoryStorage, type RuntimeOptions } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { Backend } from "../support/backend"
import { root } from "../support/process"
import { startRuntime, startServer, untilStatus } from "./harness"

interface Example {
  code: string
  /** Its heading, with a number where a section has several. */
  section: string
}

function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, "docs", `${page}.md`), "utf8")
  const count = new Map<string, number>()
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ 1: code = "", index }) => {
    const heading = [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? page
    const number = (count.get(heading) ?? 0) + 1
    count.set(heading, number)
    return { code, section: number === 1 ? heading : `${heading} (${number})` }
  })
}

/** The code as a function of no arguments, each promised value asserted. `names`: what it may name. */
async function programOf(code: string, names: Record<string, unknown>): Promise<() => Promise<void>> {
  const withoutImports = code.replaceAll(/^import .* from "raclette-wasm"\n/gm, "")
  const checked = withoutImports.replaceAll(/^(.*\S) \/\/ → (.*)$/gm, "expect($1).toEqual($2)")
  const body = `{\n${(await transform(checked, { loader: "ts" })).code}}`
  const program = new Function(...Object.keys(names), `return (async () => ${body})()`)
  return () => program(...Object.values(names))
}

/** What all examples may name. */
const shared = { todoConfig, indexedDbStorage, memoryStorage, show() {}, expect }

/** Puts exactly two todos into the backend. */
async function fill(backend: Backend, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${backend.url}todo/all`, { headers })
  const { body } = (await answer.json()) as { body: { items: { _id: string }[] } }
  for (const { _id } of body.items) await fetch(`${backend.url}todo/${_id}/hard`, { method: "DELETE", headers })
  await backend.addTodo("Bread")
  await backend.addTodo("Milk")
}

/** A plugin's API and its runtime, connected to a stub that has two todos. */
async function namesOn(backend: Backend) {
  const token = await backend.token("reader")
  await fill(backend, token)
  const connect = (options: RuntimeOptions) => startRuntime(backend.url, { auth: { token }, ...options })
  const runtime = await connect({ plugins: [todoConfig] })
  await untilStatus(runtime, "connected")
  const { $data, $socket, $eventbus, $log } = runtime.usePluginApi("pacifico__todo")
  const { result } = (await $data.todo?.getAll?.({ options: { useCache: false } }).execute()) ?? {}
  const _id = result?.[0]?._id
  return { ...shared, runtime, $data, $socket, $eventbus, $log, _id, connect, createRuntime: connect }
}

const onStub: [page: string, least: number][] = [
  ["keep-a-list-up-to-date", 6],
  ["show-a-change-at-once", 5],
  ["work-offline", 5],
  ["find-out-what-happened", 9],
  ["data", 4],
  ["queries", 6],
  ["mutations", 1],
  ["users", 2],
]

it("most examples promise a value", () => {
  const examples = onStub.flatMap(([page]) => examplesOf(page))
  const promising = examples.filter(({ code }) => code.includes("// → "))
  expect(promising.length).toBeGreaterThan(0.6 * examples.length)
})

describe.each(onStub)("docs/%s.md, on the stub", (page, least) => {
  const examples = examplesOf(page)
  let backend: Backend
  beforeAll(async () => {
    backend = await Backend.create()
    return () => backend.dispose()
  })

  it("has its examples", () => expect(examples.length).toBeGreaterThanOrEqual(least))

  it.each(examples)("$section", async ({ code }) => {
    const program = await programOf(code, await namesOn(backend))
    await program()
  })
})

describe.each([
  ["socket", 5],
  ["eventbus", 4],
])("docs/%s.md, on a socket.io server", (page, least) => {
  const examples = examplesOf(page)

  it("has its examples", () => expect(examples.length).toBeGreaterThanOrEqual(least))

  it.each(examples)("$section", async ({ code }) => {
    const { io, url } = await startServer()
    io.of("/admin")
    const createRuntime = (options: RuntimeOptions) => startRuntime(url, options)
    const runtime = await createRuntime({ plugins: [todoConfig], socket: { autoConnect: false } })
    const api = runtime.usePluginApi("pacifico__todo")
    const names = { ...shared, ...api, io, runtime, createRuntime, adminToken: async () => "a token" }
    const running = (await programOf(code, names))()
    // What the example says of the server's side is there before somebody connects.
    runtime.connect()
    await running
  })
})
