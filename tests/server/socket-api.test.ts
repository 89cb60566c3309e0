// The document that `$socket` implements, claim by claim: its route file, unchanged, as a backend plugin, and the
// runtime as its frontend. tests/glue and tests/interop test the runtime's parts in detail.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import type { FastifyInstance } from "fastify"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { BroadcastPayload, Runtime } from "../../js-glue"
import type { PluginFastifyInstance, RaclettePlugin } from "../../server-stub/raclette/types"
import { startRuntime, untilStatus } from "../interop/harness"
import { root, run, runScript } from "../support/process"
import { until } from "../support/until"
import { connectSocket, listen, makeApp, record, recordedUntilNow, requester, tokenOf } from "./harness"

type Route = (fastify: PluginFastifyInstance) => Parameters<PluginFastifyInstance["post"]>[1]

const COMMENT = "/* YOUR BUSINESS LOGIC */"
const verbatim = readFileSync(join(root, "tests/server/socket-api/route.todo.post.ts.txt"), "utf8")
const logic =
  "const items = [{ _id: fastify.nextId(), ...(req.body as Static<typeof todoBaseSchema>) }]\n" +
  "fastify.todos.push(...items)\nreturn { type: dataCreate, body: { items } }"
const schema = `
import { Type } from "@sinclair/typebox"
export const todoBaseSchema = Type.Object({ name: Type.String() })
export interface Todo { _id: string; name: string }
declare module "fastify" {
  interface FastifyInstance { todos: Todo[]; nextId(): string }
}
`

// Within the project, so that packages are found.
const folder = join(root, "build/socket-api")
const load = async (name: string) => ((await import(join(folder, name))) as { default: Route }).default

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "todo.schema.ts"), schema)
  writeFileSync(join(folder, "verbatim.ts"), verbatim)
  writeFileSync(join(folder, "route.ts"), verbatim.replace(COMMENT, logic))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The plugin of the route, with a list to read and to delete of. */
function pluginOf(route: Route): RaclettePlugin {
  return {
    name: "todo",
    author: "pacifico",
    register(fastify) {
      const todos: { _id: string; name: string }[] = []
      let last = 0
      fastify.decorate("todos" as never, todos as never).decorate("nextId" as never, (() => String(++last)) as never)
      const onRequest = [fastify.authenticate]
      fastify.get("/todo/all", { onRequest, config: { type: "dataPush" } }, () => {
        return { type: "dataPush", body: { items: [...todos] } }
      })
      fastify.post("/todo", route(fastify))
      const config = { type: "dataDelete", broadcastChannels: ["todoDeleted"] }
      fastify.delete<{ Params: { _id: string } }>("/todo/:_id", { onRequest, config }, async ({ params }, reply) => {
        const at = todos.findIndex(({ _id }) => _id === params._id)
        if (at < 0) return reply.notFound("There is no such todo")
        return { type: "dataDelete", body: { items: todos.splice(at, 1), deleted: [params._id] } }
      })
    },
  }
}

/** The backend with the plugin, and a function that sends requests. */
async function start() {
  const { app, url } = await listen({ plugins: [pluginOf(await load("route.ts"))] })
  return { app, url, send: requester(app) }
}

/** A page that is connected; `reads` counts its requests of the list. */
async function openPage(app: FastifyInstance, url: string, user = "anna") {
  const { generatedConfigs } = app
  let reads = 0
  const runtime: Runtime = await startRuntime(url, {
    plugins: generatedConfigs as never,
    auth: { token: tokenOf(app, user) },
    eventbus: { whitelist: ["ui/*"] },
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      if (String(input).endsWith("/todo/all")) reads++
      return fetch(input, init)
    },
  } as never)
  await untilStatus(runtime, "connected")
  const api = runtime.usePluginApi("pacifico__todo")
  // biome-ignore lint/suspicious/noExplicitAny: the config is known when the test runs
  const { $data } = api as any
  return { runtime, ...api, $data, reads: () => reads }
}

describe("How to define routes", () => {
  it("the route file passes the type checker, with and without its business logic", { timeout: 180_000 }, async () => {
    const config = {
      extends: "../../tsconfig.json",
      // The document's own route leaves `req` unused.
      compilerOptions: { noEmit: true, noUnusedParameters: false, types: ["node", "@fastify/sensible"] },
      files: ["verbatim.ts", "route.ts", "../../server-stub/app.ts"],
      include: [],
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
    expect(await run("npx", ["tsc", "-p", folder])).toEqual({ code: 0, stdout: "", stderr: "" })
  })

  it("what it imports is found by tsx, which starts the backend, and by the build", async () => {
    const file = join(folder, "print.ts")
    const paths = ["types", "core", "raclette-core", "raclette-core/types", "raclette-types"]
    const imports = paths.map((path, i) => `import { dataCreate as type${i} } from "@raclettejs/${path}"\n`)
    writeFileSync(file, `${imports.join("")}console.log(${paths.map((_, i) => `type${i}`)})`)
    const expected = { code: 0, stdout: `${paths.map(() => "dataCreate").join(" ")}\n`, stderr: "" }
    expect(await runScript(file, [])).toEqual(expected)
    const outfile = join(folder, "print.js")
    await build({ entryPoints: [file], outfile, bundle: true, packages: "external", format: "esm", platform: "node" })
    expect(await run(process.execPath, [outfile])).toEqual(expected)
  })

  it("the route file runs as it stands: it checks token and body, answers, and emits nothing", async () => {
    const { app, url } = await listen({ plugins: [pluginOf(await load("verbatim.ts"))] })
    const client = await connectSocket(app, url)
    const events = record(client)
    const headers = { authorization: `Bearer ${tokenOf(app)}` }
    const post = (payload: object, of = headers as object) =>
      app.inject({ method: "POST", url: "/todo", payload, headers: of as Record<string, string> })
    expect((await post({ name: "Milk" }, {})).statusCode).toBe(401)
    expect((await post({})).json().message).toContain("name")
    const answer = await post({ name: "Milk" })
    expect([answer.statusCode, answer.body]).toEqual([200, ""])
    expect(await recordedUntilNow(app, [client], [events])).toEqual([[]])
  })

  it("business logic that throws is answered by reply.internalServerError, and nothing is emitted", async () => {
    const failing = verbatim.replace(COMMENT, 'throw new Error("no logic")')
    writeFileSync(join(folder, "failing.ts"), failing)
    const { app, url } = await listen({ plugins: [pluginOf(await load("failing.ts"))], isDevelopment: true })
    const client = await connectSocket(app, url)
    const events = record(client)
    const { status, body } = await requester(app)("POST", "/todo", { name: "Milk" })
    expect([status, body.message]).toEqual([500, "no logic"])
    expect(await recordedUntilNow(app, [client], [events])).toEqual([[]])
  })

  it("summary, description and tags are in the API's documentation", async () => {
    const app = await makeApp({ plugins: [pluginOf(await load("route.ts"))] })
    const { paths } = (await app.inject("/documentation/json")).json()
    expect(paths["/todo"].post).toMatchObject({
      summary: "Example todo post Route",
      description: "Example todo post Route",
      tags: ["myApp/todo"],
    })
  })
})

describe("Core Concept", () => {
  it("backend operations emit named channels after execution", async () => {
    const { app, url, send } = await start()
    const client = await connectSocket(app, url)
    const events = record(client)
    const { body } = await send("POST", "/todo", { name: "Milk" })
    const names = ["todoCreated", "mySuperFancyCustomEvent"].map((key) => `plugin_pacifico__todo--${key}`)
    expect(await recordedUntilNow(app, [client], [events])).toEqual([names.map((name) => [name, body])])
  })

  it("operations emit none where their routes are not configured to, or fail", async () => {
    const { app, url, send } = await start()
    const client = await connectSocket(app, url)
    const events = record(client)
    expect((await send("GET", "/todo/all")).status).toBe(200)
    expect((await send("DELETE", "/todo/none")).status).toBe(404)
    expect(await recordedUntilNow(app, [client], [events])).toEqual([[]])
  })
})

describe("Listening to Events", () => {
  it("channelKey is the logical event name, and payload what the backend emitted", async () => {
    const { app, url, send } = await start()
    const { $socket } = await openPage(app, url)
    const heard: [string, BroadcastPayload][] = []
    for (const key of ["todoCreated", "mySuperFancyCustomEvent", "todoDeleted"]) {
      $socket.on(key, (payload: BroadcastPayload) => heard.push([key, payload]))
    }
    const { body } = await send("POST", "/todo", { name: "Milk" })
    await until(() => heard.length === 2)
    expect(heard).toEqual([
      ["todoCreated", body],
      ["mySuperFancyCustomEvent", body],
    ])
  })

  it("events are those of the plugin, whatever other plugins name theirs", async () => {
    const other: RaclettePlugin = { ...pluginOf(await load("route.ts")), author: "other" }
    const { app, url } = await listen({
      plugins: [{ ...other, routePrefix: "/other" }, pluginOf(await load("route.ts"))],
    })
    const { $socket } = await openPage(app, url)
    const names: unknown[] = []
    $socket.on("todoCreated", ({ body }: BroadcastPayload) => names.push(body.items?.[0]?.name))
    await requester(app)("POST", "/other/todo", { name: "of the other" })
    await requester(app)("POST", "/todo", { name: "Milk" })
    await until(() => names.length > 0)
    expect(names).toEqual(["Milk"])
  })
})

describe("Typical Pattern", () => {
  it("$socket refreshes queries after mutations", async () => {
    const { app, url, send } = await start()
    const { $data, $socket } = await openPage(app, url)
    const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
    $socket.on("todoCreated", () => void execute())
    $socket.on("todoDeleted", () => void execute())
    const { body } = await send("POST", "/todo", { name: "Milk" })
    await until(() => dataArr.value.length === 1)
    await send("DELETE", `/todo/${body.body.items[0]._id}`)
    await until(() => dataArr.value.length === 0)
  })
})

describe("Real Usage Example", () => {
  it("logs, refetches and notifies in the listener", async () => {
    const { app, url, send } = await start()
    const { $data, $socket, $log, $eventbus, runtime } = await openPage(app, url)
    const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
    const snackbar: unknown[] = []
    runtime.$eventbus.on("ui/addToSnackbar", ({ data }) => snackbar.push(data))
    const notification = {
      message: "My custom notification next to the default core 'delete' notification",
      color: "yellow",
    }
    $socket.on("todoCreated", (payload: BroadcastPayload) => {
      $log("todoCreated", payload)
      void execute()
    })
    $socket.on("todoDeleted", (payload: BroadcastPayload) => {
      $log("todoDeleted", payload)
      $eventbus.global.emit("ui/addToSnackbar", notification)
      void execute()
    })
    const { body } = await send("POST", "/todo", { name: "Milk" })
    await until(() => dataArr.value.length === 1)
    await send("DELETE", `/todo/${body.body.items[0]._id}`)
    await until(() => snackbar.length === 1 && dataArr.value.length === 0)
    expect(snackbar).toEqual([notification])
  })
})

describe("Channel Mapping Concept", () => {
  it("…--todoCreated is todoCreated in the frontend, and the full name is nothing there", async () => {
    const { app, url, send } = await start()
    expect(app.generatedConfigs[0]?.data.todo?.operations.create?.channels?.[0]).toEqual({
      channel: "plugin_pacifico__todo--todoCreated",
      channelKey: "todoCreated",
      prefix: "plugin_pacifico__todo",
    })
    const { $socket } = await openPage(app, url)
    const heard: string[] = []
    for (const key of ["plugin_pacifico__todo--todoCreated", "mySuperFancyCustomEvent"]) {
      $socket.on(key as never, () => heard.push(key))
    }
    await send("POST", "/todo", { name: "Milk" })
    // Of one operation's events this is the last.
    await until(() => heard.includes("mySuperFancyCustomEvent"))
    expect(heard).toEqual(["mySuperFancyCustomEvent"])
  })
})

describe("When to Use $socket", () => {
  it("multiple clients hear of what one of them does, and itself", async () => {
    const { app, url } = await start()
    const pages = [await openPage(app, url), await openPage(app, url, "ben")]
    const heard: number[] = []
    for (const [i, { $socket }] of pages.entries()) $socket.on("todoCreated", () => heard.push(i))
    await pages[0]?.$data.todo.create().execute({ name: "Milk" })
    await until(() => heard.length === 2)
    expect(heard.sort()).toEqual([0, 1])
  })
})

describe("Important Notes", () => {
  it("$socket asks for nothing, does not replace execute(), and events change nothing by themselves", async () => {
    const { app, url, send } = await start()
    const { $data, $socket, reads } = await openPage(app, url)
    const { dataArr, execute } = $data.todo.getAll()
    let heard = 0
    $socket.on("todoCreated", () => heard++)
    await execute()
    expect([reads(), dataArr.value]).toEqual([1, []])
    await send("POST", "/todo", { name: "Milk" })
    await until(() => heard === 1)
    expect([reads(), dataArr.value]).toEqual([1, []])
    await execute()
    expect([reads(), dataArr.value]).toEqual([2, [{ _id: "1", name: "Milk" }]])
  })
})

describe("Key Takeaway", () => {
  it("$data performs actions, $socket reacts to actions: a request, event, sync loop", async () => {
    const { app, url } = await start()
    const { $data, $socket } = await openPage(app, url)
    const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
    $socket.on("todoCreated", () => void execute())
    const { response, error } = await $data.todo.create().execute({ name: "Milk" })
    expect([error, response.body.items[0].name]).toEqual([undefined, "Milk"])
    await until(() => dataArr.value.length === 1)
  })
})
