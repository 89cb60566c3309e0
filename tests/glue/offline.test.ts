// Mutations of entities with `offlineMode`, from a user's view: what waits, what shows, what survives a reload, and how
// failures are reported. tests/core/data/offline_mode_test.cpp tests their order and retries.
import { describe, expect, it, vi } from "vitest"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Operation, RuntimeOptions, StorageDriver, StoredMutation } from "../../js-glue/types"
import { flush, makeRuntime } from "./harness"
import { mutableConfig, offlineConfig } from "./mutable-config"

type Todos = Record<"getAll" | "get" | "create" | "update" | "delete", Operation>

async function made(options: RuntimeOptions = {}) {
  const all = await makeRuntime({ plugins: [offlineConfig], ...options })
  const scope = all.runtime.usePluginApi("pacifico__todo")
  const notices: { message: string; color: string }[] = []
  scope.$eventbus.global.on("ui/addToSnackbar", ({ data }) => notices.push(data))
  return { ...all, scope, todo: scope.$data.todo as Todos, notices }
}

const answerOf = (...items: object[]) => ({ type: "dataCreate", body: { items } })

describe("without a network", () => {
  it("a mutation waits, and is sent when the network is back", async () => {
    const { runtime, platform, todo } = await made()
    platform.life("offline")
    const create = todo.create()
    let ended = false
    const execution = create.execute({ name: "Milk" }).finally(() => {
      ended = true
    })
    await flush()
    expect(platform.requests).toEqual([])
    expect([ended, create.isLoading.value, create.error.value, runtime.queued.value.length]).toEqual([
      false,
      true,
      undefined,
      1,
    ])
    platform.life("online")
    await flush()
    const key = platform.request().headers.get("idempotency-key")
    expect(key).toMatch(/^[0-9a-f]{32}-1$/)
    platform.request().answered(201, answerOf({ _id: "1", name: "Milk" }))
    expect((await execution).error).toBeUndefined()
    expect(runtime.queued.value.length).toBe(0)
  })

  it("a mutation whose request did not get through waits under the same key, and others behind it", async () => {
    const { runtime, platform, todo } = await made()
    const first = todo.create().execute({ name: "a" })
    void todo.create().execute({ name: "b" })
    await flush()
    expect(platform.requests).toHaveLength(1)
    const key = platform.request().headers.get("idempotency-key")
    platform.request().failed("no network")
    await flush()
    expect(runtime.queued.value.length).toBe(2)
    platform.advance(1500)
    await flush()
    expect(platform.request().headers.get("idempotency-key")).toBe(key)
    expect(platform.request().body).toBe('{"name":"a"}')
    platform.request().answered(201, answerOf({ _id: "1", name: "a" }))
    expect((await first).error).toBeUndefined()
    await flush()
    expect(platform.request().body).toBe('{"name":"b"}')
  })

  it("a definite failure sets `error`, is announced on the bus, and reverts the optimistic update", async () => {
    const { platform, todo, notices } = await made()
    const list = todo.getAll({ options: { immediate: true } })
    await flush()
    platform.request().answered(200, [{ _id: "1", name: "a" }])
    platform.life("offline")
    const update = todo.update({ options: { optimistic: true } })
    const execution = update.execute({ _id: "1", name: "" })
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "" }])
    platform.life("online")
    await flush()
    platform.request().answered(400, { message: "a name is needed" })
    expect((await execution).error?.message).toContain("a name is needed")
    expect(update.error.value?.code).toBe("HTTP_ERROR")
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "a" }])
    expect(notices).toEqual([{ color: "error", message: expect.stringContaining("a name is needed") }])
  })

  it("a mutation outlives its scope: it is sent, updates other queries, and is announced", async () => {
    const { runtime, platform, scope, todo, notices } = await made()
    platform.life("offline")
    const other = runtime.usePluginApi("pacifico__todo")
    const bus: unknown[] = []
    other.$eventbus.global.on("ui/addToSnackbar", ({ data }) => bus.push(data.message))
    const execution = todo.create({ options: { cb: () => bus.push("cb") } }).execute({ name: "Milk" })
    scope.dispose()
    expect((await execution).error).toMatchObject({ code: "DISPOSED", message: expect.stringContaining("still waits") })
    platform.life("online")
    await flush()
    platform.request().answered(201, answerOf({ _id: "1", name: "Milk" }))
    await flush()
    expect([bus, notices, runtime.queued.value.length]).toEqual([["todo created"], [], 0])
  })

  it("a mutation that outlives its query does not keep that query loading", async () => {
    const { platform, todo } = await made()
    platform.life("offline")
    const create = todo.create()
    for (const name of ["Milk", "Tea"]) void create.execute({ name })
    const seen: boolean[] = []
    create.isLoading.subscribe((isLoading) => seen.push(isLoading))
    create.dispose()
    expect(create.isLoading.value).toBe(false)
    platform.life("online")
    for (const _id of ["1", "2"]) {
      await flush()
      platform.request().answered(201, answerOf({ _id }))
    }
    expect(seen).toEqual([true, false])
  })

  it("abort() cancels a waiting mutation", async () => {
    const { runtime, platform, todo } = await made()
    platform.life("offline")
    const create = todo.create({ options: { optimistic: true } })
    const list = todo.getAll({ options: { immediate: true } })
    await flush()
    platform.request().answered(200, [])
    const execution = create.execute({ name: "Milk" })
    expect(list.dataArr.value).toHaveLength(1)
    create.abort()
    expect((await execution).error?.code).toBe("ABORTED")
    expect([list.dataArr.value, runtime.queued.value.length]).toEqual([[], 0])
    platform.life("online")
    await flush()
    expect(platform.requests).toEqual([])
  })

  it("a signal cancels a waiting mutation, and an already aborted one prevents execution", async () => {
    const { runtime, platform, todo } = await made()
    platform.life("offline")
    const controller = new AbortController()
    const create = todo.create({ config: { signal: controller.signal } })
    const execution = create.execute({ name: "Milk" })
    await flush()
    expect(runtime.queued.value.length).toBe(1)
    controller.abort()
    expect((await execution).error?.code).toBe("ABORTED")
    await flush()
    expect(runtime.queued.value.length).toBe(0)
    expect((await create.execute({ name: "Milk" })).error?.code).toBe("ABORTED")
    expect(runtime.queued.value.length).toBe(0)
  })

  it("mutations that a callback aborts, or whose runtime it disposes, are not sent", async () => {
    for (const end of ["abort", "dispose"] as const) {
      const { runtime, platform, todo } = await made()
      const next = todo.create()
      const cb = () => (end === "abort" ? next.abort() : runtime.dispose())
      void todo.create({ options: { cb } }).execute({ name: "first" })
      void next.execute({ name: "next" })
      await flush()
      platform.request().answered(201, answerOf({ _id: "1", name: "first" }))
      await flush()
      expect(platform.requests).toEqual([])
    }
  })

  it("a timeout of 0 is stored: no limit", async () => {
    const storage = memoryStorage() as StorageDriver
    const { platform, todo } = await made({ storage })
    platform.life("offline")
    void todo.create({ options: { timeout: 0 } }).execute({ name: "Milk" })
    await flush()
    expect((await storage.load())[0]?.options).toEqual({ timeout: 0, optimistic: false })
  })

  it("params without a JSON form are stored as they are sent", async () => {
    const storage = memoryStorage() as StorageDriver
    const { platform, todo } = await made({ storage })
    platform.life("offline")
    void todo.delete().execute({ _id: 12n })
    await flush()
    expect((await storage.load())[0]?.params).toBe('{"_id":"12"}')
  })

  it("an optimistic update outlives the component that showed it", async () => {
    const { runtime, platform, scope, todo } = await made()
    const list = todo.getAll({ options: { immediate: true } })
    await flush()
    platform.request().answered(200, [{ _id: "1", name: "a" }])
    platform.life("offline")
    void todo.update({ options: { optimistic: true } }).execute({ _id: "1", name: "b" })
    expect(list.dataArr.value).toEqual([{ _id: "1", name: "b" }])
    scope.dispose()
    const again = (runtime.usePluginApi("pacifico__todo").$data.todo as Todos).getAll({ options: { immediate: true } })
    await flush()
    expect(again.dataArr.value).toEqual([{ _id: "1", name: "b" }])
  })

  it("a mutation of an entity without `offlineMode` fails at once", async () => {
    const { platform, todo } = await made({ plugins: [mutableConfig] })
    platform.life("offline")
    const execution = todo.create().execute({ name: "Milk" })
    await flush()
    platform.request().failed("no network")
    expect((await execution).error?.code).toBe("NETWORK_ERROR")
  })
})

describe("across a reload", () => {
  /** Mutations that a closed page made offline. */
  async function left(storage: StorageDriver, ...names: string[]) {
    const { runtime, platform, todo } = await made({ storage })
    platform.life("offline")
    const options = { optimistic: true }
    const config = { headers: { "x-tenant": "7", authorization: "Bearer secret" } }
    for (const name of names) void todo.create({ options, config }).execute({ name })
    await flush()
    runtime.dispose()
  }

  it("waiting mutations are shown, sent in order with their keys, and forgotten", async () => {
    const storage = memoryStorage() as StorageDriver
    await left(storage, "a", "b")
    const keys = (await storage.load()).map(({ key }) => key)
    const { runtime, platform, todo, notices } = await made({ storage })
    expect(runtime.queued.value.length).toBe(2)
    void todo.create().execute({ name: "c" })
    await flush()
    const sent: unknown[] = []
    for (let i = 0; i < 3; i++) {
      const request = platform.request()
      sent.push([request.headers.get("idempotency-key"), request.body])
      request.answered(201, answerOf({ _id: String(i), name: "x" }))
      await flush()
    }
    expect(sent.slice(0, 2)).toEqual([
      [keys[0], '{"name":"a"}'],
      [keys[1], '{"name":"b"}'],
    ])
    expect(sent[2]).toEqual([expect.not.stringContaining(keys[0]?.split("-")[0] ?? ""), '{"name":"c"}'])
    expect(runtime.queued.value.length).toBe(0)
    expect(await storage.load()).toEqual([])
    expect(notices).toHaveLength(3)
  })

  it.each([
    ["is made now, after the read", { done: false }, { done: false }],
    ["was made by the page before, and changed since", { done: true }, { done: true }],
  ])(
    "an answer and a read at the same time are told apart by another read, where the mutation %s",
    async (_what, row, then) => {
      const storage = memoryStorage() as StorageDriver
      await left(storage, "a")
      const { platform, todo } = await made({ storage })
      const shown = todo.get({ params: { _id: "1" }, options: { live: true } })
      void shown.execute()
      await flush()
      const [creation, read] = platform.requests
      creation?.answered(201, answerOf({ _id: "1", name: "a" }))
      await flush()
      read?.answered(200, { type: "dataRead", body: { items: [{ _id: "1", name: "a", ...row }] } })
      await flush()
      platform.request().answered(200, { type: "dataRead", body: { items: [{ _id: "1", name: "a", ...then }] } })
      await flush()
      expect(shown.dataArr.value).toEqual([{ _id: "1", name: "a", ...then }])
      expect(platform.requests).toEqual([])
    },
  )

  it("a mutation is optimistic again, and keeps the user's headers but no credentials", async () => {
    const storage = memoryStorage() as StorageDriver
    await left(storage, "a")
    const { platform, todo } = await made({ storage, auth: () => ({ token: "new" }) })
    const list = todo.getAll({ options: { immediate: true } })
    await flush()
    const [mutation, read] = platform.requests
    read?.answered(200, [])
    expect(list.dataArr.value).toEqual([{ _id: expect.stringMatching(/^optimistic-/), name: "a" }])
    expect(mutation?.headers.get("x-tenant")).toBe("7")
    expect(mutation?.headers.get("authorization")).toBe("Bearer new")
    mutation?.answered(400, { message: "no" })
    expect(list.dataArr.value).toEqual([])
  })

  it("a mutation is sent unchanged, and accepts the same responses", async () => {
    const storage = memoryStorage() as StorageDriver
    const first = await made({ storage })
    first.platform.life("offline")
    const options = { useStore: false, mode: "cors" as const }
    const config = { credentials: "include" as const, keepalive: true, signal: new AbortController().signal }
    void first.todo.create({ options, config }).execute({ name: "a" })
    await flush()
    first.runtime.dispose()
    const { platform, notices } = await made({ storage })
    expect(platform.request().init).toMatchObject({ credentials: "include", keepalive: true, mode: "cors" })
    platform.request().answered(200, "done")
    expect(notices).toMatchObject([{ message: "todo created" }])
  })

  it("mutations that the plugin no longer has are reported, announced and forgotten", async () => {
    const storage = memoryStorage() as StorageDriver
    await left(storage, "a")
    const { create: _gone, ...operations } = offlineConfig.data.todo?.operations ?? {}
    const plugins = [{ ...offlineConfig, data: { todo: { type: "todo", operations, offlineMode: true } } }]
    const { runtime, errors } = await made({ storage, plugins })
    const lost = expect.stringContaining(
      'pacifico__todo: todo.create with {"name":"a"} was queued and cannot be sent any more',
    )
    expect(errors).toMatchObject([
      { code: "UNKNOWN_OPERATION", message: lost, details: { operation: "create", params: '{"name":"a"}' } },
    ])
    expect([runtime.queued.value.length, await storage.load()]).toEqual([0, []])
  })

  it("an operation whose target now needs more params is reported and forgotten, too", async () => {
    const storage = memoryStorage() as StorageDriver
    await left(storage, "a")
    const create = { target: "/lists/:list/todo", method: "post" }
    const operations = { ...offlineConfig.data.todo?.operations, create }
    const plugins = [{ ...offlineConfig, data: { todo: { type: "todo", operations, offlineMode: true } } }]
    const { runtime, errors } = await made({ storage, plugins })
    expect(errors).toMatchObject([{ code: "MISSING_PARAM", message: expect.stringContaining('with {"name":"a"}') }])
    expect([runtime.queued.value.length, await storage.load()]).toEqual([0, []])
  })
})

describe("a storage", () => {
  it("keeps mutations in order, also after another page's were taken over", async () => {
    const records = new Map<string, StoredMutation>()
    let receive = (_mutations: StoredMutation[]) => {}
    const storage: StorageDriver = {
      async load(heir = {}) {
        receive = heir.receive ?? receive
        return []
      },
      put: async (record) => void records.set(record.key, record),
      remove: async (key) => void records.delete(key),
      close() {},
    }
    const { platform, todo } = await made({ storage })
    for (const name of ["first", "second", "third"]) void todo.create().execute({ name })
    await flush()
    const [second] = [...records.values()]
    receive([
      { ...(second as StoredMutation), key: "of-another-1", params: '{"name":"other"}', order: Date.now() + 1e9 },
    ])
    await flush()
    void todo.create().execute({ name: "fourth" })
    await flush()
    platform.request().failed("no network")
    await flush()
    const names = [...records.values()].sort((a, b) => a.order - b.order).map(({ params }) => JSON.parse(params).name)
    expect(names).toEqual(["first", "second", "third", "fourth"])
  })

  it("contains the mutations in `queued`, from before they are listed until after", async () => {
    const held: (() => void)[] = []
    const memory = memoryStorage() as StorageDriver
    const late = (work: () => Promise<void>) =>
      new Promise<void>((resolve) => held.push(() => void work().then(resolve)))
    const storage: StorageDriver = {
      ...memory,
      put: (mutation) => late(() => memory.put(mutation)),
      remove: (key) => late(() => memory.remove(key)),
    }
    const { runtime, platform, todo } = await made({ storage })
    const counts: [number, number][] = []
    const stop = runtime.queued.subscribe(async ({ length }) => counts.push([length, (await memory.load()).length]))
    platform.life("offline")
    void todo.create().execute({ name: "a" })
    await flush()
    expect(runtime.queued.value.length).toBe(0)
    held.shift()?.()
    await flush()
    expect(runtime.queued.value.length).toBe(1)
    platform.life("online")
    await flush()
    platform.request().answered(201, answerOf({ _id: "1", name: "a" }))
    await flush()
    expect(runtime.queued.value.length).toBe(1)
    held.shift()?.()
    await flush()
    expect(counts.filter(([count, kept]) => count !== kept)).toEqual([])
    expect(runtime.queued.value.length).toBe(0)
    stop()
  })

  it("that responds after the runtime is disposed changes no count", async () => {
    let kept = () => {}
    const storage: StorageDriver = {
      ...(memoryStorage() as StorageDriver),
      put: () => new Promise<void>((resolve) => (kept = resolve)),
    }
    const { runtime, platform, todo } = await made({ storage })
    platform.life("offline")
    void todo.create().execute({ name: "a" })
    await flush()
    runtime.dispose()
    kept()
    await flush()
    expect(runtime.queued.value.length).toBe(0)
  })

  it("whose record cannot be read is reported, and the runtime still starts", async () => {
    const storage = memoryStorage() as StorageDriver
    const record = { key: "k", order: 1, pluginKey: "pacifico__todo", entity: "todo", operation: "create" }
    await storage.put({ ...record, params: "{", headers: [], options: { optimistic: false } })
    const { runtime, errors } = await made({ storage })
    expect(errors).toMatchObject([{ code: "STORAGE_FAILED" }])
    expect([runtime.queued.value.length, await storage.load()]).toEqual([0, []])
  })

  it("is not asked for without an entity with `offlineMode`", async () => {
    const storage = vi.fn(() => memoryStorage() as StorageDriver)
    const { runtime } = await made({ storage, plugins: [mutableConfig], identity: "anna" })
    runtime.dispose()
    expect(storage).not.toHaveBeenCalled()
  })

  it("is closed when the runtime cannot be created, and no listener is left", async () => {
    const events: string[] = []
    const storage = { ...(memoryStorage() as StorageDriver), close: () => void events.push("closed") }
    const twice = [offlineConfig, offlineConfig]
    await expect(makeRuntime({ storage, plugins: twice })).rejects.toMatchObject({ code: "BAD_CONFIG" })
    const wasm = { bytes: new Uint8Array(8) }
    await expect(makeRuntime({ storage, plugins: [offlineConfig], wasm })).rejects.toMatchObject({
      code: "WASM_LOAD_FAILED",
    })
    expect(events).toEqual(["closed", "closed"])
  })

  const broken = (): StorageDriver => ({
    load: () => Promise.reject(new Error("no access")),
    put: () => Promise.reject(new Error("no space")),
    remove: () => Promise.resolve(),
    close() {},
  })

  it("that fails is reported, and nothing is lost while the page is open", async () => {
    const { platform, todo, errors } = await made({ storage: broken() })
    expect(errors).toMatchObject([{ code: "STORAGE_FAILED", message: expect.stringContaining("no access") }])
    platform.life("offline")
    void todo.create().execute({ name: "Milk" })
    await flush()
    expect(errors[1]).toMatchObject({ code: "STORAGE_FAILED", message: expect.stringContaining("no space") })
    platform.life("online")
    await flush()
    expect(platform.request().body).toBe('{"name":"Milk"}')
  })

  it("is closed, without unhandled rejections, if the core cannot be loaded", async () => {
    const closed: string[] = []
    const storage = { ...broken(), close: () => void closed.push("closed") }
    await expect(
      makeRuntime({ storage, plugins: [offlineConfig], wasm: { bytes: new Uint8Array(8) } }),
    ).rejects.toMatchObject({
      code: "WASM_LOAD_FAILED",
    })
    expect(closed).toEqual(["closed"])
  })

  it("is not opened if no entity has `offlineMode`", async () => {
    const { errors } = await made({ storage: broken(), plugins: [mutableConfig] })
    expect(errors).toEqual([])
  })
})
