// `runtime.queued`: inspecting, dropping and retrying queued mutations. Also records in storage that other releases
// wrote, or that remain while the page is open.
import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Operation, RuntimeOptions, StorageDriver, StorageHeir, StoredMutation } from "../../js-glue/types"
import { flush, makeRuntime } from "./harness"
import { offlineConfig } from "./mutable-config"

type Todos = Record<"getAll" | "create" | "update" | "delete", Operation>

async function made(options: RuntimeOptions = {}) {
  const all = await makeRuntime({ plugins: [offlineConfig], ...options })
  const todo = all.runtime.usePluginApi("pacifico__todo").$data.todo as Todos
  const shown = () => all.runtime.queued.value.map(({ operation, params }) => [operation, params])
  return { ...all, todo, shown }
}

const created = (_id: string) => ({ type: "dataCreate", body: { items: [{ _id }] } })
const record = (key: string, order: number, more: object = {}): StoredMutation => ({
  ...{ key, order, pluginKey: "pacifico__todo", entity: "todo", operation: "create" },
  ...{ params: JSON.stringify({ name: key }), headers: [], options: { optimistic: false } },
  ...more,
})

describe("an entry", () => {
  it("contains the mutation, its number of attempts, and the last error", async () => {
    const { runtime, platform, todo } = await made()
    void todo.update().execute({ _id: "7", done: true })
    await flush()
    expect(runtime.queued.value).toEqual([])
    platform.request().answered(503, { message: "busy" })
    await flush()
    const [entry] = runtime.queued.value
    expect(entry).toMatchObject({
      key: expect.stringMatching(/^[0-9a-f]{32}-1$/),
      ...{
        pluginKey: "pacifico__todo",
        entity: "todo",
        operation: "update",
        params: { _id: "7", done: true },
        tries: 1,
      },
      error: { code: "HTTP_ERROR", message: expect.stringContaining("busy"), details: { status: 503 } },
    })
    platform.advance(1500)
    await flush()
    expect(runtime.queued.value).toMatchObject([{ tries: 2, error: { code: "HTTP_ERROR" } }])
    platform.request().failed("no network")
    await flush()
    expect(runtime.queued.value).toMatchObject([{ tries: 2, error: { code: "NETWORK_ERROR" } }])
    expect(entry).toMatchObject({ tries: 1, error: { code: "HTTP_ERROR" } })
  })

  it("is frozen, as the list is, and the same as long as nothing of it is another", async () => {
    const { runtime, platform, todo } = await made()
    platform.life("offline")
    void todo.create().execute({ name: "a" })
    await flush()
    const before = runtime.queued.value
    void todo.create().execute({ name: "b" })
    await flush()
    const after = runtime.queued.value
    expect([Object.isFrozen(before), Object.isFrozen(before[0]), before.length]).toEqual([true, true, 1])
    expect(after).not.toBe(before)
    expect(after[0]).toBe(before[0])
  })

  it("exists also if the storage refuses the mutation", async () => {
    const storage = { ...(memoryStorage() as StorageDriver), put: () => Promise.reject(new Error("no space")) }
    const { platform, todo, shown } = await made({ storage })
    platform.life("offline")
    void todo.create().execute({ name: "a" })
    await flush()
    expect(shown()).toEqual([["create", { name: "a" }]])
  })

  it("changes a storage of one's own one call after the other, however long each takes", async () => {
    const calls: string[] = []
    const answers: (() => void)[] = []
    const call = (what: string) => {
      calls.push(what)
      return new Promise<void>((resolve) => answers.push(resolve))
    }
    const storage: StorageDriver = {
      load: async () => [],
      put: ({ params }) => call(`put ${params}`),
      remove: () => call("remove"),
      close() {},
    }
    const { platform, todo } = await made({ storage })
    const a = todo.create().execute({ name: "a" })
    void todo.create().execute({ name: "b" })
    await flush()
    expect(calls).toEqual(['put {"name":"a"}'])
    platform.request().answered(201, created("1"))
    await a
    answers.shift()?.()
    await flush()
    expect(calls.slice(1)).toEqual(['put {"name":"b"}'])
    answers.shift()?.()
    await flush()
    expect(calls.slice(2)).toEqual(["remove"])
  })

  it("goes on with the next change where a storage refuses one", async () => {
    const calls: string[] = []
    const storage: StorageDriver = {
      ...(memoryStorage() as StorageDriver),
      put: async ({ params }) => {
        calls.push(params)
        throw new Error("no space")
      },
    }
    const { platform, todo } = await made({ storage })
    platform.life("offline")
    void todo.create().execute({ name: "a" })
    void todo.create().execute({ name: "b" })
    await flush()
    expect(calls).toEqual(['{"name":"a"}', '{"name":"b"}'])
  })

  it("stands in the order in which mutations are made, whatever was kept first", async () => {
    const storage = memoryStorage() as StorageDriver
    await storage.put(record("old", 5))
    const { platform, todo, shown } = await made({ storage })
    platform.request().answered(201, created("0"))
    await flush()
    // The first is in flight. It is stored only if that takes long or another mutation waits behind it.
    void todo.create().execute({ name: "a" })
    await flush()
    expect(shown()).toEqual([])
    void todo.delete().execute({ _id: "1" })
    await flush()
    expect(shown()).toEqual([
      ["create", { name: "a" }],
      ["delete", { _id: "1" }],
    ])
  })
})

describe("drop()", () => {
  it("takes a mutation back from anywhere in the queue, and undoes what it assumed", async () => {
    const { runtime, platform, todo, shown } = await made()
    const list = todo.getAll({ options: { immediate: true } })
    await flush()
    platform.request().answered(200, [])
    platform.life("offline")
    const executions = ["a", "b", "c"].map((name) => todo.create({ options: { optimistic: true } }).execute({ name }))
    await flush()
    expect(list.dataArr.value).toMatchObject([{ name: "a" }, { name: "b" }, { name: "c" }])
    runtime.queued.value[1]?.drop()
    expect((await executions[1])?.error?.code).toBe("ABORTED")
    await flush()
    expect(list.dataArr.value).toMatchObject([{ name: "a" }, { name: "c" }])
    expect(shown()).toEqual([
      ["create", { name: "a" }],
      ["create", { name: "c" }],
    ])
    platform.life("online")
    for (const name of ["a", "c"]) {
      await flush()
      expect(platform.request().body).toBe(JSON.stringify({ name }))
      platform.request().answered(201, created(name))
    }
    await flush()
    expect([platform.requests, runtime.queued.value]).toEqual([[], []])
  })

  it("aborts what is on the wire; the next one goes, and lists are read anew", async () => {
    const { runtime, platform, todo } = await made()
    const list = todo.getAll()
    const first = todo.create().execute({ name: "a" })
    void todo.create().execute({ name: "b" })
    await flush()
    platform.advance(1000)
    await flush()
    const request = platform.request()
    runtime.queued.value[0]?.drop()
    expect((await first).error?.code).toBe("ABORTED")
    expect(request.aborted).toBe(true)
    expect(platform.request().body).toBe('{"name":"b"}')
    void list.execute()
    await flush()
    expect(platform.requests.map(({ method }) => method)).toEqual(["POST", "GET"])
  })

  it("works for what an earlier page left, and does nothing for what is over", async () => {
    const storage = memoryStorage() as StorageDriver
    await storage.put(record("old", 5))
    const { runtime, platform } = await made({ storage })
    platform.request().failed("no network")
    await flush()
    const [entry] = runtime.queued.value
    entry?.drop()
    await flush()
    expect([runtime.queued.value, await storage.load()]).toEqual([[], []])
    entry?.drop()
    entry?.retry()
    await flush()
    expect(platform.requests).toEqual([])
    runtime.dispose()
    for (const call of [entry?.drop, entry?.retry]) expect(call).toThrow(expect.objectContaining({ code: "DISPOSED" }))
  })
})

describe("retry()", () => {
  it("tries the first now, though the server wants a pause and the platform sees no network", async () => {
    const { runtime, platform, todo } = await made()
    for (const name of ["a", "b"]) void todo.create().execute({ name })
    await flush()
    platform.request().answered(503, { message: "busy" }, 60_000)
    platform.life("offline")
    await flush()
    expect(platform.requests).toEqual([])
    runtime.queued.value[1]?.retry()
    await flush()
    expect(platform.requests.map(({ body }) => body)).toEqual(['{"name":"a"}'])
    runtime.queued.value[0]?.retry()
    await flush()
    expect(platform.requests).toHaveLength(1)
  })
})

describe("what is left behind while the page is open", () => {
  /** A storage that returns the test's records. */
  function inherited(...first: StoredMutation[]) {
    const memory = memoryStorage() as StorageDriver
    let heir: StorageHeir<StoredMutation> = {}
    const load: StorageDriver["load"] = async (given = {}) => {
      heir = given
      return first
    }
    const leave = (...left: StoredMutation[]) => heir.receive?.(left)
    return { storage: { ...memory, load } as StorageDriver, memory, leave }
  }

  it("is sent in its order, behind what the page has, and before what it makes then, after a reload as well", async () => {
    const { storage, memory, leave } = inherited()
    const { platform, todo, shown } = await made({ storage })
    platform.life("offline")
    void todo.create().execute({ name: "own" })
    await flush()
    // Left by a page that was loaded later.
    leave(record("b", 3e15), record("a", 2e15))
    void todo.create().execute({ name: "late" })
    await flush()
    const names = shown().map(([, params]) => (params as { name: string }).name)
    expect(names).toEqual(["own", "a", "b", "late"])
    const order = Object.fromEntries((await memory.load()).map(({ params, order }) => [params, order]))
    expect(order['{"name":"late"}']).toBeGreaterThan(3e15)
    platform.life("online")
    for (const name of names) {
      await flush()
      expect(platform.request().body).toBe(JSON.stringify({ name }))
      platform.request().answered(201, created(name))
    }
  })

  it("is nothing to a runtime that is gone", async () => {
    const { storage, leave } = inherited()
    const { runtime, platform, errors } = await made({ storage })
    runtime.dispose()
    leave(record("a", 1))
    await flush()
    expect([platform.requests, runtime.queued.value, errors]).toEqual([[], [], []])
  })
})

describe("a storage of another release", () => {
  it("of before there were formats is read", async () => {
    const storage = memoryStorage() as StorageDriver
    await storage.put(record("old", 5))
    const { platform } = await made({ storage })
    expect(platform.request().headers.get("idempotency-key")).toBe("old")
  })

  it("has the format of what is kept", async () => {
    const storage = memoryStorage() as StorageDriver
    const { platform, todo } = await made({ storage })
    platform.life("offline")
    void todo.create().execute({ name: "a" })
    await flush()
    expect(await storage.load()).toMatchObject([{ format: 1 }])
  })

  it.each([
    ["by the driver", (memory: StorageDriver) => memory],
    [
      "where a driver of before knows nothing of that",
      (memory: StorageDriver) => ({ ...memory, load: () => memory.load() }),
    ],
  ])("that is newer is left alone and reported, %s", async (_who, wrap) => {
    const memory = memoryStorage() as StorageDriver
    const newer = record("new", 6, { format: 2, params: 7 })
    await memory.put(newer)
    await memory.put(record("old", 5))
    const { runtime, platform, errors } = await made({ storage: wrap(memory) })
    expect(platform.requests.map(({ headers }) => headers.get("idempotency-key"))).toEqual(["old"])
    expect(errors).toMatchObject([{ code: "STORAGE_FAILED", message: expect.stringContaining("format 2") }])
    platform.request().answered(201, created("1"))
    await flush()
    expect(runtime.queued.value).toEqual([])
    expect(await memory.load()).toEqual([newer])
  })
})
