// A plugin written for raclette.js: a function, in a folder named `<author>__<name>`, with services in
// `fastify.custom`, payload handlers, and the functions that the stub does not support.
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import { loadPlugins } from "../../server-stub/raclette/plugins"
import type {
  ClientPayloadRequestData,
  PluginEntry,
  PluginFastifyInstance,
  PluginOptions,
  RaclettePlugin,
} from "../../server-stub/raclette/types"
import { connectSocket, listen, makeApp, record, recordedUntilNow, requester, temporaryFolder } from "./harness"

interface Task {
  _id: string
  name: string
  owner?: string
}

class TaskService {
  async create(fastify: PluginFastifyInstance, requestData: ClientPayloadRequestData, task: Task) {
    const payload = await fastify.createPayload("task", [task], requestData)
    if (requestData.broadcast) {
      fastify.emit("taskCreated", payload)
      fastify.emit("broadcastDataCreated", payload)
    }
    return payload
  }
}

const taskPlugin: PluginEntry = async (fastify) => {
  fastify.custom.taskService = new TaskService()
  await fastify.register(async (instance) => {
    const config = { type: "dataCreate", broadcastChannels: ["taskCreated"] }
    instance.post<{ Body: Task }>("/task", { onRequest: [fastify.authenticate], config }, async (req, reply) => {
      try {
        return reply.status(201).send(await fastify.custom.taskService.create(fastify, req.requestParams, req.body))
      } catch (err) {
        return reply.internalServerError(String(err))
      }
    })
    instance.get("/task/params", { onRequest: [fastify.authenticate], config: { type: "dataPush" } }, (req) => ({
      ...req.requestParams,
    }))
  })
  fastify.registerPayloadHandler<Task>("task", {
    type: "task",
    displayName: (item) => item.name,
    fields: (_item, requestData) => ({ owner: "NONE", project: requestData.project, tags: [] }),
  })
  fastify.registerForFrontendGeneration({ entityMapping: { task: "job", core: "core" } })
}

const plugin = (register: PluginEntry, name = "tasks"): RaclettePlugin => ({ name, author: "pacifico", register })

describe("a plugin that is a function", () => {
  async function folderWith(file: string, text: string): Promise<URL> {
    const folder = await temporaryFolder()
    await mkdir(join(folder, file, ".."), { recursive: true })
    await writeFile(join(folder, file), text)
    return pathToFileURL(`${folder}/`)
  }

  it.each(["index.ts", "backend/index.ts", "server/index.ts"])(
    "is found in %s, and named by its folder",
    async (at) => {
      const text = "export default async (fastify, opts) => { fastify.custom.told = opts; fastify.told(opts) }"
      const [found] = await loadPlugins(await folderWith(`pacifico__todo__list/${at}`, text))
      expect(found).toMatchObject({ author: "pacifico", name: "todo__list" })
      const told: PluginOptions[] = []
      const custom = {}
      await found?.register({ custom, told: (opts: PluginOptions) => told.push(opts) } as never, "options" as never)
      expect(told).toEqual(["options"])
    },
  )

  it.each(["todo", "__todo", "pacifico__"])(
    "is refused in a folder named %s, which says not whose it is",
    async (name) => {
      const folder = await folderWith(`${name}/index.ts`, "export default () => {}")
      await expect(loadPlugins(folder)).rejects.toThrow("name its folder <author>__<name>")
    },
  )

  it("gets its own name and key, as a plugin that is an object does", async () => {
    const told: PluginOptions[] = []
    const register = (_fastify: PluginFastifyInstance, options: PluginOptions) => void told.push(options)
    await makeApp({ plugins: [{ ...plugin(register), routePrefix: "/t" }] })
    expect(told).toEqual([{ key: "pacifico__tasks", name: "tasks", author: "pacifico", routePrefix: "/t" }])
  })

  it("has services of its own in fastify.custom, and payloads that its handler completes, each told once", async () => {
    const others: object[] = []
    const other = plugin((fastify) => void others.push({ ...fastify.custom }), "other")
    const { app, url } = await listen({ plugins: [plugin(taskPlugin), other] })
    expect(others).toEqual([{}])
    const client = await connectSocket(app, url)
    const events = record(client)
    const send = requester(app)
    const items = [{ _id: "1", name: "Milk", owner: "NONE", tags: [] }]
    const body = { type: "dataCreate", body: { items } }
    expect(await send("POST", "/task", { _id: "1", name: "Milk" })).toEqual({ status: 201, body })
    const channels = ["taskCreated", "broadcastDataCreated"].map((key) => `plugin_pacifico__tasks--${key}`)
    expect(await recordedUntilNow(app, [client], [events])).toEqual([channels.map((channel) => [channel, body])])
    const owned = (await send("POST", "/task", { _id: "2", name: "Tea", owner: "anna" })).body.body.items[0]
    expect(owned.owner).toBe("anna")
  })

  it("says in registerForFrontendGeneration which types its entities have", async () => {
    const early: PluginEntry = (fastify) => {
      fastify.registerForFrontendGeneration({ entityMapping: { task: "early" } })
      fastify.get("/task/all", { config: { type: "dataRead" } }, () => [])
    }
    const app = await makeApp({ plugins: [plugin(taskPlugin), plugin(early, "early")] })
    expect(app.generatedConfigs[0]).toMatchObject({
      entityMapping: { task: "job", core: "core" },
      data: { task: { type: "job" } },
    })
    expect(app.generatedConfigs[1]).toMatchObject({
      entityMapping: { task: "early" },
      data: { task: { type: "early" } },
    })
  })
})

describe("req.requestParams", () => {
  it("has the type of the route, whether to emit, and a project that the user is a member of", async () => {
    const app = await makeApp({ plugins: [plugin(taskPlugin)] })
    const member = requester(app, { _id: "1", name: "anna", projects: ["garden"] })
    const stranger = requester(app)
    const of = async (send: typeof member, url: string) => (await send("GET", url)).body
    expect(await of(member, "/task/params")).toEqual({ type: "dataPush", broadcast: false })
    const garden = "/task/params?project=garden"
    expect(await of(member, garden)).toEqual({ type: "dataPush", broadcast: false, project: "garden" })
    expect(await of(stranger, garden)).toEqual({ type: "dataPush", broadcast: false })
    const created = await member("POST", "/task", { _id: "1", name: "Milk", project: "garden" })
    expect(created.body.body.items[0].project).toBe("garden")
  })
})

describe("what is not built", () => {
  it.each([
    ["createModel", "define a table with sqliteTable"],
    ["registerSchema", "remove this call, put schemas into the `schema` of routes"],
    ["registerCrudHandlers", "remove this call, and register a route for each operation"],
  ] as const)("%s throws, and names its replacement", async (name, instead) => {
    const register: PluginEntry = (fastify) => fastify[name]("todo", {})
    const why = `Plugin pacifico__tasks calls fastify.${name}(), which this backend does not support: ${instead}`
    await expect(makeApp({ plugins: [plugin(register)] })).rejects.toThrow(why)
  })
})
