// Runs the files of docs/plugins.md unchanged: they compile, become a backend plugin, and the page's part reads,
// changes and receives events of its items.
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest"
import type { Query, Runtime } from "../../js-glue"
import { buildApp } from "../../server-stub/app"
import { configModule } from "../../server-stub/raclette/generated-config"
import { loadPlugins } from "../../server-stub/raclette/plugins"
import { root, run } from "../support/process"
import { until } from "../support/until"
import { untilStatus } from "./harness"

const text = readFileSync(join(root, "docs/plugins.md"), "utf8")
const files = [...text.matchAll(/^```ts\n\/\/ (\S+\.ts)\n(.*?)^```$/gms)].map(([, name = "", code = ""]) => ({
  name,
  code,
}))

// Within the project, so that packages are found.
const folder = join(root, "build/docs-plugin")
const pluginFolder = pathToFileURL(`${join(folder, "server-stub/plugins")}/`)

function write(name: string, code: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), code)
}

/** A backend with the plugin alone, and where it is. */
async function start() {
  const dataFolder = join(folder, "data", String(Math.random()))
  const app = await buildApp({ dataFolder, secret: "of the test", plugins: await loadPlugins(pluginFolder) })
  onTestFinished(() => app.close())
  const url = await app.listen({ host: "127.0.0.1", port: 0 })
  const token = (name: string) => app.jwt.sign({ _id: `id-of-${name}`, name })
  return { app, url, token }
}

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  for (const { name, code } of files) write(name, code)
  symlinkSync(join(root, "server-stub/raclette"), join(folder, "server-stub/raclette"))
  const app = await buildApp({
    dataFolder: join(folder, "data"),
    secret: "-",
    plugins: await loadPlugins(pluginFolder),
  })
  await app.ready()
  write("src/books-config.ts", configModule(app.generatedConfigs[0] as never))
  await app.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it("passes the type checker", async () => {
  const paths = { "raclette-wasm": ["../../js-glue/index.ts"] }
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { paths, noEmit: true, types: ["node", "@fastify/sensible"] },
    include: ["server-stub", "src", "../../js-glue/core/built.d.ts", "../../js-glue/parts.d.ts"],
  }
  write("tsconfig.json", JSON.stringify(config))
  expect(await run("npx", ["tsc", "-p", folder])).toEqual({ code: 0, stdout: "", stderr: "" })
})

it("is an entity that pages read, change and hear of", async () => {
  const { url, token } = await start()
  // The page's createRuntime, with what a test needs beside.
  write(
    "src/runtime.ts",
    'import { startRuntime } from "../../../tests/interop/harness"\nexport const createRuntime = (options) => startRuntime(options.url, options)\n',
  )
  const page = files.find(({ name }) => name === "src/books.ts")?.code ?? ""
  write("src/page.ts", page.replace('"raclette-wasm"', '"./runtime"'))
  const { openShelf } = (await import(join(folder, "src/page.ts"))) as {
    openShelf(
      url: string,
      token: string,
    ): Promise<{ runtime: Runtime; shelf: Query<{ title: string }>; add(title: string): Promise<unknown> }>
  }
  const anna = await openShelf(url, token("anna"))
  const ben = await openShelf(url, token("ben"))
  for (const { runtime } of [anna, ben]) await untilStatus(runtime, "connected")
  expect(await anna.add("Emma")).toMatchObject({ error: undefined })
  const titles = ({ shelf }: typeof anna) => shelf.dataArr.value.map(({ title }) => title)
  await until(() => titles(ben).length === 1)
  expect([titles(anna), titles(ben)]).toEqual([["Emma"], ["Emma"]])

  const books = (page: typeof anna) =>
    page.runtime.usePluginApi("library__books").$data.book as never as Record<
      string,
      () => Query & { execute(params: object): Promise<{ error?: { code: string; status?: number } }> }
    >
  const _id = (anna.shelf.dataArr.value[0] as { _id?: string } | undefined)?._id
  const refused = await books(ben).update?.().execute({ _id, title: "mine" })
  expect(refused?.error).toMatchObject({ code: "HTTP_ERROR", message: expect.stringContaining("You have no book") })
  await books(anna).update?.().execute({ _id, title: "Persuasion" })
  await until(() => titles(ben)[0] === "Persuasion")
  await books(anna).delete?.().execute({ _id })
  await until(() => titles(ben).length === 0)
})

it("says which operations there are, and that its mutations wait for the network", async () => {
  const { app } = await start()
  const [config] = app.generatedConfigs
  expect(config).toMatchObject({ pluginKey: "library__books", data: { book: { offlineMode: true } } })
  expect(Object.keys(config?.data.book?.operations ?? {})).toEqual(["getAll", "create", "update", "delete"])
})
