// `identity`: offline mutations are stored under it, and sent only for it.
import { IDBFactory } from "fake-indexeddb"
import { afterEach, describe, expect, it, vi } from "vitest"
import { createRuntime } from "../../js-glue"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Identity, Operation, RuntimeOptions, StorageDriver } from "../../js-glue/types"
import { flush, makeRuntime, wasm } from "./harness"
import { offlineConfig } from "./mutable-config"

async function made(options: RuntimeOptions) {
  const all = await makeRuntime({ plugins: [offlineConfig], ...options })
  const create = all.runtime.usePluginApi("pacifico__todo").$data.todo?.create as Operation
  return { ...all, create }
}

/** A page with that identity, closed while a mutation waited. */
async function left(options: RuntimeOptions, name: string): Promise<void> {
  const { runtime, platform, create } = await made(options)
  platform.life("offline")
  void create().execute({ name })
  await flush()
  runtime.dispose()
}

const sent = async (options: RuntimeOptions): Promise<unknown[]> => {
  const { runtime, platform } = await made(options)
  await flush()
  const bodies = platform.requests.map(({ body }) => JSON.parse(body ?? ""))
  runtime.dispose()
  return bodies
}

describe("what waits for the network", () => {
  it.each<[string, Identity, Identity]>([
    ["a text", "anna", "bert"],
    ["a number", 1, 2],
    ["a function", () => "anna", () => "bert"],
    ["an async function", async () => 1, async () => undefined],
    ["nobody's in particular", undefined, "undefined"],
    ["of a user and nobody's", "anna", null],
  ])("is sent for the same identity alone, though the storage is the same: %s", async (_kind, mine, other) => {
    const storage = memoryStorage() as StorageDriver
    await left({ storage, identity: mine }, "mine")
    expect(await sent({ storage, identity: other })).toEqual([])
    expect(await storage.load()).toHaveLength(1)
    expect(await sent({ storage, identity: mine })).toEqual([{ name: "mine" }])
  })

  it("has a storage of its own where `storage` is a function of the identity", async () => {
    const storages = new Map<string | undefined, StorageDriver>()
    const storage = (identity: string | undefined) => {
      const known = storages.get(identity) ?? (memoryStorage() as StorageDriver)
      storages.set(identity, known)
      return known
    }
    await left({ storage, identity: 7 }, "mine")
    await left({ storage }, "nobody's")
    expect([...storages.keys()]).toEqual(["7", undefined])
    expect(await storages.get("7")?.load()).toMatchObject([{ identity: "7", params: '{"name":"mine"}' }])
    expect(await sent({ storage, identity: "7" })).toEqual([{ name: "mine" }])
  })

  it("belongs to nobody in particular where it was kept before there were identities", async () => {
    const storage = memoryStorage() as StorageDriver
    await left({ storage }, "old")
    const [record] = await storage.load()
    expect(record && "identity" in record).toBe(false)
    expect(await sent({ storage, identity: "anna" })).toEqual([])
    expect(await sent({ storage })).toEqual([{ name: "old" }])
  })
})

describe("in a browser", () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it("each identity has a database of its own", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory())
    vi.stubGlobal("navigator", undefined)
    class NoWebSocket {}
    const options = { url: "http://backend.test", wasm, WebSocket: NoWebSocket, socket: { autoConnect: false } }
    for (const identity of [undefined, "anna", 7]) {
      const runtime = await createRuntime({ ...options, plugins: [offlineConfig], identity })
      runtime.dispose()
    }
    const names = (await indexedDB.databases()).map(({ name }) => name).sort()
    const first = "raclette-wasm http://backend.test"
    expect(names).toEqual([first, `${first} 7`, `${first} anna`])
  })
})

describe("an identity that is none", () => {
  it.each<[string, unknown, string]>([
    ["a function that throws", () => Promise.reject(new Error("signed out")), "signed out"],
    ["a function that throws at once", () => JSON.parse("{"), "JSON"],
    ["an object", { id: 7 }, "identity"],
    ["an empty text", "", "identity"],
    ["NaN", () => Number.NaN, "identity"],
  ])("is refused, and no storage is opened: %s", async (_kind, identity, message) => {
    const storage = vi.fn(() => memoryStorage() as StorageDriver)
    const refused = { code: "BAD_CONFIG", message: expect.stringContaining(message) }
    await expect(made({ storage, identity: identity as Identity })).rejects.toMatchObject(refused)
    expect(storage).not.toHaveBeenCalled()
    const broken = { storage, identity: identity as Identity, wasm: { bytes: new Uint8Array(8) } }
    await expect(made(broken)).rejects.toMatchObject(refused)
  })
})
