// Runs the examples of docs/log-in.md unchanged, as one program in a page with its own storage, against the stub. A line
// that ends in `// → value` must have that value.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { transform } from "esbuild"
import { IDBFactory } from "fake-indexeddb"
import { del, get, set } from "idb-keyval"
import { expect, it, onTestFinished, vi } from "vitest"
import type { Runtime, RuntimeOptions } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { Backend } from "../support/backend"
import { root } from "../support/process"
import { until } from "../support/until"
import { startRuntime } from "./harness"

const text = readFileSync(join(root, "docs/log-in.md"), "utf8")
const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string)

/** The program with each promised value asserted. */
async function asserted(code: string): Promise<string> {
  const checked = code.replaceAll(/^(.*\S) \/\/ → (.*)$/gm, "expect($1).toEqual($2)")
  return (await transform(checked, { loader: "ts" })).code
}

it("the examples of docs/log-in.md are one program that works", async () => {
  const backend = await Backend.create()
  onTestFinished(() => backend.dispose())
  await backend.addTodo("Bread")
  await backend.addTodo("Milk")
  const runtimes: Runtime[] = []
  const createRuntime = async ({ url, ...options }: RuntimeOptions) => {
    expect(url).toBe(`${backend.url.slice(0, -1)}`)
    const runtime = await startRuntime(backend.url, options)
    runtimes.push(runtime)
    return runtime
  }
  vi.stubGlobal("indexedDB", new IDBFactory())
  onTestFinished(() => void vi.unstubAllGlobals())
  const names = { createRuntime, todoConfig, del, get, set, expect }
  const program = blocks.join("").replace("http://127.0.0.1:8082", backend.url.slice(0, -1))
  const withoutImports = program.replace('import { del, get, set } from "idb-keyval"\n', "")
  const body = `${await asserted(withoutImports)}; return { auth }`
  const run = new Function(...Object.keys(names), `return (async () => {\n${body}})()`)
  const { auth } = await run(...Object.values(names))

  // The runtime that began without a login came to one.
  const [, next] = runtimes
  await until(() => next?.$socket.status.value === "connected")
  const login = () => get<{ token: string; refreshToken: string }>("login")
  const before = await login()
  expect(before?.refreshToken).toBeTypeOf("string")

  // What was refused is renewed, unless the storage has a newer token already.
  expect(await auth({})).toEqual({ token: before?.token })
  await auth({ reason: "the server answered 401" })
  const after = await login()
  expect(after?.refreshToken).not.toBe(before?.refreshToken)
  await set("login", { ...after, token: "of another page" })
  expect(await auth({ reason: "the server answered 401" })).toEqual({ token: "of another page" })
  expect((await login())?.refreshToken).toBe(after?.refreshToken)

  // A refresh token that was used before: the login is over, and forgotten.
  await set("login", { ...before, token: "of another page" })
  await expect(auth({ reason: "the server answered 401" })).rejects.toThrow("/auth/refresh answered 401")
  expect(await login()).toBe(undefined)
  await expect(auth({})).rejects.toThrow("nobody is logged in")
})
