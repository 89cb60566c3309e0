// The examples of docs/data.md, word for word, each on a backend of its own with two todos. A line that ends in
// `// → value` has to have that value; the others have to run.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { transform } from "esbuild"
import { expect, it, onTestFinished } from "vitest"
import type { RuntimeOptions } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { Backend } from "../support/backend"
import { root } from "../support/process"
import { startRuntime, untilStatus } from "./harness"

const text = readFileSync(join(root, "docs/data.md"), "utf8")
const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string)
const titled = blocks.map((code) => {
  const before = text.slice(0, text.indexOf(code))
  return { code, section: [...before.matchAll(/^## (.*)$/gm)].at(-1)?.[1] ?? "the beginning" }
})

/** The example's code with each promised value asserted. */
async function asserted(code: string): Promise<string> {
  const checked = code.replaceAll(/^(.*\S) \/\/ → (.*)$/gm, "expect($1).toEqual($2)")
  return (await transform(checked, { loader: "ts" })).code
}

it("there are examples, and most promise a value", () => {
  expect(blocks.length).toBeGreaterThan(8)
  expect(blocks.filter((code) => code.includes("// → ")).length).toBeGreaterThan(7)
})

it.each(titled)("$section", async ({ code }) => {
  const backend = await Backend.create()
  onTestFinished(() => backend.dispose())
  await backend.addTodo("Bread")
  await backend.addTodo("Milk")
  const token = await backend.token("reader")
  const connect = (options: RuntimeOptions) => startRuntime(backend.url, { auth: { token }, ...options })
  const runtime = await connect({ plugins: [todoConfig] })
  await untilStatus(runtime, "connected")
  const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
  const { result } = (await $data.todo?.getAll?.({ options: { useCache: false } }).execute()) ?? {}
  const names = { runtime, $data, $socket, _id: result?.[0]?._id, todoConfig, connect, show() {}, expect }
  const body = `{\n${await asserted(code)}}`
  const run = new Function(...Object.keys(names), `return (async () => ${body})()`)
  await run(...Object.values(names))
})
