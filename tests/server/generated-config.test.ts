// The generated config: what it says of the routes, where it is served, and that it does not change by itself.
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { configModule, type GeneratedConfig, nameOperation } from "../../server-stub/raclette/generated-config"
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
      },
    },
  },
}

describe("the generated config", () => {
  it("says what the routes say, and is served for all plugins and for one", async () => {
    const app = await makeApp()
    const all: GeneratedConfig[] = (await app.inject("/raclette/config")).json()
    expect(all.map(({ pluginKey }) => pluginKey)).toEqual(["pacifico__notes", "pacifico__todo"])
    expect(all[1]).toEqual(todo)
    expect((await app.inject("/raclette/config/pacifico__todo")).json()).toEqual(todo)
  })

  it("of an unknown plugin is 404", async () => {
    const answer = await (await makeApp()).inject("/raclette/config/nobody")
    expect(answer.statusCode).toBe(404)
    expect(answer.json().message).toBe("There is no plugin nobody")
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

  it("is what the page was built with", () => expect(written).toEqual(todo))

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
    ["POST", "/todo/:_id/archive", "todo", "archive"],
    ["POST", "/todo/:_id/move/to", "todo", "moveTo"],
    ["OPTIONS", "/todo", "todo", "options"],
  ])("names %s %s %s.%s", (method, path, entity, operation) => {
    expect(nameOperation(method, path)).toEqual({ entity, operation })
  })
})

describe("write-config", () => {
  const script = fileURLToPath(new URL("../../server-stub/write-config.ts", import.meta.url))

  it("writes the file, and tells one that is up to date from one that is not", async () => {
    const file = join(await temporaryFolder(), "config.ts")
    expect((await runScript(script, ["pacifico__notes", file])).code).toBe(0)
    expect((await runScript(script, ["--check", "pacifico__notes", file])).code).toBe(0)
    await writeFile(file, "export default {}\n")
    const outdated = await runScript(script, ["--check", "pacifico__notes", file])
    expect(outdated.code).toBe(1)
    expect(outdated.stderr).toContain("is out of date: run `npm run config`")
  })

  it("says how it is used, and which plugins there are", async () => {
    const usage = "usage: write-config.ts [--check] <pluginKey> <file>\n"
    expect(await runScript(script, ["pacifico__todo"])).toMatchObject({ code: 2, stderr: usage })
    expect(await runScript(script, ["pacifico__x", "unused"])).toMatchObject({
      code: 2,
      stderr: "There is no plugin pacifico__x; there are: pacifico__notes, pacifico__todo\n",
    })
  })
})
