// The generated config: how it describes routes, where it is served, and that it is stable.
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { FastifyContextConfig } from "fastify"
import { describe, expect, it } from "vitest"
import { configModule, type GeneratedConfig, nameOperation } from "../../server-stub/raclette/generated-config"
import type { PluginFastifyInstance, RaclettePlugin } from "../../server-stub/raclette/types"
import written from "../../web/src/generated-config"
import { runScript } from "../support/process"
import { makeApp, temporaryFolder } from "./harness"

const prefix = "plugin_pacifico__todo"
const channels = (...keys: string[]) =>
  keys.map((channelKey) => ({ channel: `${prefix}--${channelKey}`, channelKey, prefix }))

const todo = {
  pluginName: "todo",
  author: "pacifico",
  pluginKey: "pacifico__todo",
  routePrefix: "",
  entityMapping: { todo: "todo" },
  data: {
    todo: {
      type: "todo",
      operations: {
        getAll: { target: "/todo/all", method: "get", storeActionType: "dataRead" },
        get: { target: "/todo/:_id", method: "get", storeActionType: "dataRead" },
        create: {
          target: "/todo",
          method: "post",
          storeActionType: "dataCreate",
          channels: channels("todoCreated", "mySuperFancyCustomEvent"),
        },
        update: {
          target: "/todo/:_id",
          method: "patch",
          storeActionType: "dataUpdate",
          channels: channels("todoUpdated"),
        },
        delete: {
          target: "/todo/:_id",
          method: "delete",
          storeActionType: "dataDelete",
          channels: channels("todoDeleted"),
        },
        deleteHard: {
          target: "/todo/:_id/hard",
          method: "delete",
          storeActionType: "dataDelete",
          channels: channels("todoDeleted"),
        },
        restore: {
          target: "/todo/:_id/restore",
          method: "post",
          storeActionType: "dataRestore",
          channels: channels("todoRestored"),
        },
      },
    },
  },
}

describe("the generated config", () => {
  it("describes the routes, and is served for all plugins or one", async () => {
    const app = await makeApp()
    const all: GeneratedConfig[] = (await app.inject("/raclette/config")).json()
    expect(all.map(({ pluginKey }) => pluginKey)).toEqual(["pacifico__notes", "pacifico__todo"])
    expect(all[1]).toEqual(todo)
    expect((await app.inject("/raclette/config/pacifico__todo")).json()).toEqual(todo)
  })

  it("of an unknown plugin is 404", async () => {
    const answer = await (await makeApp()).inject("/raclette/config/nobody")
    expect(answer.statusCode).toBe(404)
    expect(answer.json().message).toBe(
      'Plugin "nobody" not found. Registered plugins: pacifico__notes, pacifico__todo.',
    )
  })

  it("of another plugin names its own entities, its custom operations and its own channels", async () => {
    const { data, entityMapping } = (await (await makeApp()).inject("/raclette/config/pacifico__notes")).json()
    expect(entityMapping).toEqual({ note: "note" })
    expect(Object.keys(data.note.operations)).toEqual(["getAll", "create", "archive", "delete"])
    const notes = "plugin_pacifico__notes"
    expect(data.note.operations.archive).toEqual({
      target: "/note/:_id/archive",
      method: "post",
      storeActionType: "dataUpdate",
      channels: [{ channel: `${notes}--noteArchived`, channelKey: "noteArchived", prefix: notes }],
    })
  })

  it("matches the demo page's", () => expect(written).toEqual(todo))

  it("is the same text every time", async () => {
    const texts = []
    for (let i = 0; i < 2; i++) texts.push((await makeApp()).generatedConfigs.map(configModule))
    expect(texts[0]).toEqual(texts[1])
    expect(texts[0]?.[1]).toBe(await readFile(new URL("../../web/src/generated-config.ts", import.meta.url), "utf8"))
  })

  it.each([
    ["GET", "/todo/all", "todo", "getAll"],
    ["GET", "/todo/:_id", "todo", "get"],
    ["PUT", "/todo/:_id", "todo", "update"],
    ["DELETE", "/todo/:_id/hard", "todo", "deleteHard"],
    ["PATCH", "/todo/checkTask/:_id", "todo", "updateCheckTask"],
    ["POST", "/note/:_id/archive", "note", "createArchive"],
    ["POST", "/todo/:_id/move/to", "todo", "createMoveTo"],
    ["PUT", "/todo/check-task", "todo", "updateCheckTask"],
    ["GET", "/todo/:_id/tags/:tag", "todo", "getTags"],
    ["OPTIONS", "/todo", "todo", "options"],
  ])("names %s %s %s.%s", (method, path, entity, operation) => {
    expect(nameOperation(method, path)).toEqual({ entity, operation })
  })
})

describe("settings of a plugin", () => {
  const bell = (config: FastifyContextConfig, more: Partial<RaclettePlugin> = {}): RaclettePlugin => ({
    name: "bell",
    author: "tester",
    register(fastify) {
      fastify.post("/bell/:_id/ring", { config }, () => ({ type: "dataUpdate", body: { items: [] } }))
    },
    ...more,
  })

  it("is the name of an operation, in the place of the one that its path gives it", async () => {
    const configs = [{ type: "dataUpdate" }, { type: "dataUpdate", operation: "ring" }]
    const plugins = configs.map((config, i) => bell(config, { name: `bell${i}`, routePrefix: `/${i}` }))
    const app = await makeApp({ plugins })
    const names = app.generatedConfigs.map(({ data }) => Object.keys(data.bell?.operations ?? {}))
    expect(names).toEqual([["createRing"], ["ring"]])
  })

  it("are refused if they make two routes one operation", async () => {
    const register = (fastify: PluginFastifyInstance) => {
      const config = { type: "dataUpdate", operation: "update" }
      fastify.post("/bell", { config }, () => [])
      fastify.patch("/bell/:_id", { config: { type: "dataUpdate" } }, () => [])
    }
    const why = "PATCH /bell/:_id and POST /bell are both bell.update"
    await expect(makeApp({ plugins: [bell({}, { register })] })).rejects.toThrow(why)
  })

  it("can set the types of entities", async () => {
    const plugin = bell({ type: "dataUpdate" }, { entityMapping: { bell: "instrument" } })
    const [config] = (await makeApp({ plugins: [plugin] })).generatedConfigs
    expect(config).toMatchObject({ entityMapping: { bell: "instrument" }, data: { bell: { type: "instrument" } } })
  })
})

describe("pluginPrefix", () => {
  const plugin = (routePrefix?: string): RaclettePlugin => ({
    name: "bell",
    author: "tester",
    ...(routePrefix !== undefined && { routePrefix }),
    register(fastify) {
      fastify.get("/bell/all", { config: { type: "dataRead" } }, () => ({ type: "dataRead", body: { items: [] } }))
    },
  })

  it.each([
    [true, undefined, "/plugin/tester/bell"],
    [true, "/own", "/own"],
    [true, "", ""],
    [false, undefined, ""],
  ])("of %s, with a plugin's prefix of %j: %j", async (pluginPrefix, own, routePrefix) => {
    const app = await makeApp({ pluginPrefix, plugins: [plugin(own)] })
    const [config] = app.generatedConfigs
    const target = `${routePrefix}/bell/all`
    expect(config).toMatchObject({ routePrefix, data: { bell: { operations: { getAll: { target } } } } })
    expect((await app.inject(target)).statusCode).toBe(200)
  })
})

describe("write-config", () => {
  const script = fileURLToPath(new URL("../../server-stub/write-config.ts", import.meta.url))

  it("writes the file, and checks whether a file is up to date", async () => {
    const file = join(await temporaryFolder(), "config.ts")
    expect((await runScript(script, ["pacifico__notes", file])).code).toBe(0)
    expect((await runScript(script, ["--check", "pacifico__notes", file])).code).toBe(0)
    await writeFile(file, "export default {}\n")
    const outdated = await runScript(script, ["--check", "pacifico__notes", file])
    expect(outdated.code).toBe(1)
    expect(outdated.stderr).toContain("is out of date. Run `npm run config`")
  })

  it("writes targets with the prefix that PLUGIN_PREFIX=1 gives the backend", async () => {
    const file = join(await temporaryFolder(), "config.ts")
    expect((await runScript(script, ["pacifico__todo", file], { PLUGIN_PREFIX: "1" })).code).toBe(0)
    expect(await readFile(file, "utf8")).toContain('target: "/plugin/pacifico/todo/todo/all"')
  })

  it("prints its usage, and the registered plugins", async () => {
    const usage = "usage: write-config.ts [--check] <pluginKey> <file>\n"
    expect(await runScript(script, ["pacifico__todo"])).toMatchObject({ code: 2, stderr: usage })
    expect(await runScript(script, ["pacifico__x", "unused"])).toMatchObject({
      code: 2,
      stderr: 'Plugin "pacifico__x" not found. Registered plugins: pacifico__notes, pacifico__todo.\n',
    })
  })
})
