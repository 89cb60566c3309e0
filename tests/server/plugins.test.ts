// Plugins as their authors write them: found by folder, with routes that broadcast by their config, and services that
// emit.
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, it } from "vitest"
import { loadPlugins } from "../../server-stub/raclette/plugins"
import type { BroadcastRooms } from "../../server-stub/raclette/rooms"
import type { Payload, RaclettePlugin } from "../../server-stub/raclette/types"
import { connectSocket, listen, makeApp, record, recordedUntilNow, requester, temporaryFolder } from "./harness"

const payload: Payload = { type: "dataUpdate", body: { items: [{ _id: "1" }] } }
const anna = { _id: "1", name: "anna", projects: ["garden"] }
const ben = { _id: "2", name: "ben" }

/** A plugin with one route, `POST /bell`, whose event goes to `broadcastRooms`. */
function bell(broadcastRooms?: BroadcastRooms): RaclettePlugin {
  return {
    name: "bell",
    author: "tester",
    register(fastify) {
      const config = {
        type: "dataUpdate" as const,
        broadcastChannels: ["rung"],
        ...(broadcastRooms && { broadcastRooms }),
      }
      fastify.post("/bell", { config, onRequest: [fastify.authenticate] }, () => payload)
    },
  }
}

describe("a folder of plugins", () => {
  async function folderWith(plugins: Record<string, string>): Promise<URL> {
    const folder = await temporaryFolder()
    for (const [name, text] of Object.entries(plugins)) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, "index.ts"), text)
    }
    await writeFile(join(folder, "README"), "no plugin")
    return pathToFileURL(`${folder}/`)
  }

  it("holds a plugin in each of its folders, in the order of their names", async () => {
    const source = (name: string) => `export default { name: "${name}", author: "tester", register() {} }`
    const plugins = await loadPlugins(await folderWith({ b: source("second"), a: source("first") }))
    expect(plugins.map(({ name }) => name)).toEqual(["first", "second"])
  })

  it.each([["export const other = 1"], ["export default {}"]])("is refused where an index says %j", async (text) => {
    const folder = await folderWith({ broken: text })
    await expect(loadPlugins(folder)).rejects.toThrow("broken/index.ts exports no plugin")
  })
})

describe("conflicting plugins", () => {
  it("are refused by their key", async () => {
    await expect(makeApp({ plugins: [bell(), bell()] })).rejects.toThrow("Two plugins have the key tester__bell")
  })

  it("are refused if two routes are one operation", async () => {
    const plugin: RaclettePlugin = {
      name: "bell",
      author: "tester",
      register(fastify) {
        fastify.put("/bell", { config: { type: "dataUpdate" } }, () => payload)
        fastify.patch("/bell", { config: { type: "dataUpdate" } }, () => payload)
      },
    }
    await expect(makeApp({ plugins: [plugin] })).rejects.toThrow("PATCH /bell and PUT /bell are both bell.update")
  })
})

describe("offlineMode of a plugin", () => {
  it("marks its entities in the generated config", async () => {
    const app = await makeApp({ plugins: [{ ...bell(), offlineMode: ["bell"] }] })
    expect(app.generatedConfigs[0]?.data.bell).toMatchObject({ type: "bell", offlineMode: true })
  })

  it("with an unknown entity is refused, with a list of the known ones", async () => {
    const why = "offlineMode of plugin tester__bell names the entity bells, but its routes' entities are: bell"
    await expect(makeApp({ plugins: [{ ...bell(), offlineMode: ["bells"] }] })).rejects.toThrow(why)
  })
})

describe("fastify.emit", () => {
  it("sends an event from a service: to all clients, to rooms, or with an empty list to none", async () => {
    let ring = (_rooms?: string[]) => {}
    const plugin: RaclettePlugin = {
      name: "bell",
      author: "tester",
      register(fastify) {
        ring = (rooms) => fastify.emit("rung", payload, rooms)
      },
    }
    const { app, url } = await listen({ plugins: [plugin] })
    const clients = [await connectSocket(app, url, anna), await connectSocket(app, url, ben)]
    const records = clients.map(record)
    ring()
    ring(["project:garden"])
    ring([])
    const event = ["plugin_tester__bell--rung", payload]
    expect(await recordedUntilNow(app, clients, records)).toEqual([[event, event], [event]])
  })
})

describe("broadcastRooms", () => {
  it.each([
    ["everybody by default", undefined, ["anna", "ben"]],
    ["the user who asked", "user", ["ben"]],
    ["the rooms that it names", ["project:garden"], ["anna"]],
    ["each client once, in however many of the rooms it is", ["project:garden", "user:1"], ["anna"]],
    ["nobody, by no rooms", [], []],
    [
      "the rooms that a function tells",
      ({ body }: Payload) => [`user:${(body.items[0] as { _id: string })._id}`],
      ["anna"],
    ],
  ] as [string, BroadcastRooms | undefined, string[]][])("reaches %s", async (_name, rooms, expected) => {
    const { app, url } = await listen({ plugins: [bell(rooms)] })
    const clients = [await connectSocket(app, url, anna), await connectSocket(app, url, ben)]
    const records = clients.map(record)
    expect((await requester(app, ben)("POST", "/bell")).status).toBe(200)
    const heard = await recordedUntilNow(app, clients, records)
    const names = heard.flatMap((events, i) => events.map(() => [anna, ben][i]?.name))
    expect(names).toEqual(expected)
  })
})
