// `reset()` switches the user. The second user neither sees nor sends anything of the first (reset-model.test.ts tests
// this at random), and the page reloads its data for the second.
import { describe, expect, it, vi } from "vitest"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Operation, PluginApi, RuntimeOptions, StorageDriver } from "../../js-glue/types"
import { until } from "../support/until"
import { accept, connect, eventFrame, flush, HANDSHAKE, makeRuntime } from "./harness"
import { mutableConfig, offlineConfig } from "./mutable-config"

type Todos = Record<"getAll" | "get" | "create" | "update" | "delete", Operation>

/** A page whose user can change. */
async function made(options: RuntimeOptions = {}) {
  const session = { user: "anna" as string | undefined }
  const auth = vi.fn(() => (session.user ? { token: session.user } : {}))
  const identity = vi.fn(() => session.user)
  const storage = memoryStorage() as StorageDriver
  const all = await makeRuntime({ plugins: [offlineConfig], auth, identity, storage, ...options })
  const api = all.runtime.usePluginApi("pacifico__todo") as PluginApi
  const become = (user: string | undefined) => {
    session.user = user
    return all.runtime.reset()
  }
  const tokens = () => all.platform.requests.map(({ headers }) => headers.get("authorization"))
  return { ...all, session, auth, identity, storage, api, todo: api.$data.todo as Todos, become, tokens }
}

const created = (_id: string, more: object = {}) => ({ type: "dataCreate", body: { items: [{ _id, ...more }] } })

describe("earlier reads", () => {
  it("are hidden at once, and active lists are refetched for the second user", async () => {
    const { platform, todo, become, tokens } = await made()
    const list = todo.getAll({ params: { limit: 2 }, options: { live: true } })
    const one = todo.get({ params: { _id: "1" } })
    const unused = todo.getAll()
    const inactive = todo.getAll({ params: { other: true } })
    for (const query of [list, one, inactive]) void query.execute()
    await flush()
    for (const _ of [1, 2, 3])
      platform.request().answered(200, { body: { items: [{ _id: "1", owner: "anna" }], total: 9 } })
    expect([list.hasMore.value, one.dataArr.value.length, tokens()]).toEqual([true, 1, []])
    ;(inactive as unknown as { configure(options: object): void }).configure({ active: false })
    const seen: unknown[] = []
    list.dataArr.subscribe((items) => seen.push([items.length, list.response.value === undefined, list.hasMore.value]))
    const done = become("bert")
    expect(seen.at(-1)).toEqual([0, true, false])
    for (const query of [list, one]) {
      expect([query.dataArr.value, query.data.value, query.response.value]).toEqual([[], {}, undefined])
      expect([query.error.value, query.isLoading.value, query.hasMore.value]).toEqual([undefined, false, false])
    }
    expect(await done).toEqual([])
    await flush()
    expect(tokens()).toEqual(["Bearer bert", "Bearer bert"])
    expect(platform.requests.map(({ url }) => url)).toEqual([
      "http://backend.test/todo/all?limit=2",
      "http://backend.test/todo/1",
    ])
    platform.request().answered(200, [{ _id: "7", owner: "bert" }])
    expect(list.dataArr.value).toEqual([{ _id: "7", owner: "bert" }])
    expect(unused.response.value).toBeUndefined()
    platform.request().answered(404, { message: "not yours" })
    expect(one.error.value?.code).toBe("HTTP_ERROR")
    ;(inactive as unknown as { configure(options: object): void }).configure({ active: true })
    await flush()
    expect(tokens()).toEqual(["Bearer bert"])
  })

  it("are hidden in a query that has retired from the core, which is refetched when it is observed", async () => {
    const { platform, todo, become, tokens } = await made()
    const list = todo.getAll()
    void list.execute()
    await flush()
    platform.request().answered(200, [{ _id: "1", owner: "anna" }])
    platform.advance(10_000)
    expect(list.dataArr.value).toHaveLength(1)
    await become("bert")
    expect([list.dataArr.value, list.response.value]).toEqual([[], undefined])
    await flush()
    expect(platform.requests).toEqual([])
    list.dataArr.subscribe(() => {})
    await flush()
    expect(tokens()).toEqual(["Bearer bert"])
    platform.request().answered(200, [{ _id: "7" }])
    expect(list.dataArr.value).toEqual([{ _id: "7" }])
  })

  it("by the first user are not reused for the second user, even within 1000 ms", async () => {
    const { platform, todo, become } = await made()
    void todo.getAll().execute()
    await flush()
    platform.request().answered(200, [{ _id: "1" }])
    void become("bert")
    void todo.getAll().execute()
    await flush()
    expect(platform.requests).toHaveLength(1)
  })

  it("are not compared with the second user's items: versions, deletions, optimistic rows", async () => {
    const { platform, todo, become, runtime } = await made()
    await connect(runtime, platform)
    const list = todo.getAll({ options: { live: true, immediate: true } })
    await flush()
    platform.request().answered(200, [{ _id: "1", name: "anna's", updatedAt: "2026-09-09" }])
    platform.connection.text(eventFrame("todoDeleted", { type: "dataDelete", body: { items: [], deleted: ["2"] } }))
    void todo.update({ options: { optimistic: true } }).execute({ _id: "1", name: "assumed" })
    expect(list.dataArr.value).toMatchObject([{ name: "assumed" }])
    const before = platform.request()
    await become("bert")
    await flush()
    const items = [
      { _id: "1", name: "bert's", updatedAt: "2020-01-01" },
      { _id: "3", name: "three" },
    ]
    before.answered(200, { type: "dataUpdate", body: { items: [{ _id: "1", name: "anna's again" }] } })
    platform.request().answered(200, items)
    expect(list.dataArr.value).toEqual(items)
    const connection = await accept(platform, "s2")
    connection.text(eventFrame("todoCreated", created("2")))
    expect(list.dataArr.value.map(({ _id }) => _id)).toEqual(["1", "3", "2"])
  })

  it("are not confirmed by a read of the second user", async () => {
    const { runtime, platform, todo, become } = await made()
    await connect(runtime, platform)
    const one = todo.getAll({ params: { done: false }, options: { live: true, immediate: true } })
    await flush()
    platform.request().answered(200, [])
    for (const id of ["1", "2"]) {
      platform.connection.text(eventFrame("todoCreated", created(id, { done: false })))
      await flush()
      if (id === "1") platform.request().answered(200, [{ _id: "1", done: false }])
      await flush()
    }
    expect([platform.requests, one.dataArr.value.length]).toEqual([[], 2])
    runtime.disconnect()
    await become("bert")
    await flush()
    platform.request().answered(200, [])
    platform.advance(5000)
    await flush()
    expect(platform.requests).toEqual([])
  })
})

describe("a read that is under way", () => {
  it.each([
    ["on the wire", {}, undefined],
    ["between two tries", { retry: 3 }, 503],
    ["for a pause of the server", {}, 503],
    ["behind others, by debounce", { debounce: 500 }, undefined],
  ])("ends with ABORTED and shows nothing: %s", async (_where, options, status) => {
    const { platform, todo, become, tokens } = await made()
    const cb = vi.fn()
    const list = todo.getAll({ options: { ...options, cb } })
    const execution = list.execute()
    await flush()
    if (status) platform.request().answered(status, { message: "busy" }, 60_000)
    if (status && !("retry" in options)) await execution
    cb.mockClear()
    const before = platform.requests[0]
    await become("bert")
    if (!status || "retry" in options) expect((await execution).error?.code).toBe("ABORTED")
    if (before) expect(before.aborted).toBe(true)
    expect([list.error.value, list.response.value]).toEqual([undefined, undefined])
    expect(cb).not.toHaveBeenCalled()
    platform.advance(500)
    await flush()
    expect(tokens()).toEqual(["Bearer bert"])
    platform.request().answered(200, [])
    platform.advance(61_000)
    await flush()
    expect(platform.requests).toEqual([])
  })

  it("page by page is over, and what is read again is the first page", async () => {
    const { platform, todo, become } = await made()
    const list = todo.getAll({ params: { limit: 1 } })
    void list.execute()
    await flush()
    platform.request().answered(200, { body: { items: [{ _id: "1" }], hasMore: true } })
    const next = list.execute.next()
    const later = list.execute.next()
    await flush()
    const done = become("bert")
    expect((await next).error?.code).toBe("ABORTED")
    expect((await later).error?.code).toBe("ABORTED")
    await done
    await flush()
    expect(platform.requests.map(({ url }) => url)).toEqual(["http://backend.test/todo/all?limit=1"])
  })

  it("as a stream is aborted", async () => {
    const { platform, todo, become } = await made()
    const list = todo.getAll({ options: { responseType: "stream" } })
    void list.execute()
    await flush()
    const request = platform.request()
    request.answered(200, "stream", 0, new Promise(() => {}))
    await become("bert")
    expect(request.aborted).toBe(true)
  })
})

describe("a mutation on the wire", () => {
  it("settles for its caller, and is shown nowhere", async () => {
    const { platform, become, runtime, errors } = await made({ plugins: [mutableConfig] })
    const api = runtime.usePluginApi("pacifico__todo") as PluginApi
    const todo = api.$data.todo as Todos
    const notices: unknown[] = []
    api.$eventbus.global.on("ui/addToSnackbar", ({ data }) => notices.push(data))
    const cb = vi.fn()
    const list = todo.getAll({ options: { live: true, immediate: true } })
    const create = todo.create({ options: { cb, optimistic: true } })
    const refused = todo.create({ options: { retry: 5 } })
    const [first, second, third] = [create.execute({ name: "a" }), refused.execute({}), refused.execute({})]
    await flush()
    platform.request().answered(200, [])
    const [one, two, three] = platform.requests
    await become("bert")
    await flush()
    expect([create.isLoading.value, list.dataArr.value]).toEqual([false, []])
    one?.answered(201, created("1", { owner: "anna" }))
    two?.answered(401, { message: "expired" })
    three?.answered(503, { message: "busy" })
    expect((await first).result).toEqual([{ _id: "1", owner: "anna" }])
    expect([(await second).error?.details?.status, (await third).error?.details?.status]).toEqual([401, 503])
    expect([list.dataArr.value, create.response.value, refused.error.value]).toEqual([[], undefined, undefined])
    expect([notices, cb.mock.calls]).toEqual([[], []])
    expect(errors.map(({ code }) => code)).toEqual(["HTTP_ERROR", "HTTP_ERROR"])
    platform.advance(60_000)
    await flush()
    expect(platform.requests.map(({ method }) => method)).toEqual(["GET"])
  })

  it("that waits for credentials is never sent", async () => {
    const answers: ((token: string) => void)[] = []
    const auth = () => new Promise<object>((resolve) => answers.push((token) => resolve({ token })))
    const { platform, todo, become, runtime, storage } = await made({ auth: auth as never })
    const plain = (runtime.usePluginApi("pacifico__todo").$data.todo as Todos).getAll()
    void plain.execute()
    const execution = todo.create().execute({ name: "a" })
    await flush()
    await become("bert")
    expect((await execution).error?.code).toBe("ABORTED")
    answers[0]?.("anna")
    await flush()
    expect(platform.requests).toEqual([])
    answers[1]?.("bert")
    await flush()
    expect(platform.requests.map(({ method, headers }) => [method, headers.get("authorization")])).toEqual([
      ["GET", "Bearer bert"],
    ])
    expect(await storage.load()).toMatchObject([{ identity: "anna", params: '{"name":"a"}' }])
  })

  it.each([
    ["before it is made again", false, "ABORTED"],
    ["when it was made again", true, "HTTP_ERROR"],
  ])("whose credentials were refused is not made again with the second's: %s", async (_when, isMade, code) => {
    const { platform, todo, become, tokens } = await made({ plugins: [mutableConfig] })
    const execution = todo.create().execute({ name: "a" })
    await flush()
    platform.request().answered(401, { message: "expired" })
    if (isMade) await flush()
    await become("bert")
    await flush()
    expect(tokens()).toEqual(isMade ? ["Bearer anna"] : [])
    if (isMade) platform.request().answered(401, { message: "expired" })
    await flush()
    expect([(await execution).error?.code, platform.requests]).toEqual([code, []])
  })
})

describe("offline mutations", () => {
  it("stay stored under their identity, and are sent when it is back", async () => {
    const { runtime, platform, todo, become, storage, tokens } = await made()
    platform.life("offline")
    const executions = ["a", "b"].map((name) => todo.create({ options: { optimistic: true } }).execute({ name }))
    await flush()
    const done = become("bert")
    expect(runtime.queued.value).toEqual([])
    expect(await done).toEqual([])
    for (const execution of executions) expect((await execution).error?.code).toBe("ABORTED")
    platform.life("online")
    void todo.create().execute({ name: "bert's" })
    await flush()
    expect(platform.requests.map(({ body }) => body)).toEqual(['{"name":"bert\'s"}'])
    platform.request().answered(201, created("9"))
    await flush()
    expect(await storage.load()).toHaveLength(2)
    await become("anna")
    expect(runtime.queued.value.map(({ params }) => params)).toEqual([{ name: "a" }, { name: "b" }])
    for (const name of ["a", "b"]) {
      await flush()
      expect([platform.request().body, tokens()]).toEqual([JSON.stringify({ name }), ["Bearer anna"]])
      platform.request().answered(201, created(name))
    }
    await flush()
    expect([runtime.queued.value, await storage.load()]).toEqual([[], []])
  })

  it("are dropped and returned with `discard`", async () => {
    const { runtime, platform, todo, storage, session } = await made()
    platform.life("offline")
    for (const name of ["a", "b"]) void todo.create().execute({ name })
    await flush()
    session.user = "bert"
    const dropped = await runtime.reset({ discard: true })
    const entry = { pluginKey: "pacifico__todo", entity: "todo", operation: "create", tries: 0, error: undefined }
    expect(dropped).toEqual([
      { ...entry, key: expect.stringMatching(/-1$/), params: { name: "a" } },
      { ...entry, key: expect.stringMatching(/-2$/), params: { name: "b" } },
    ])
    await flush()
    expect([runtime.queued.value, await storage.load()]).toEqual([[], []])
  })

  it.each([
    ["with `discard`", {}, true],
    ["without an identity", { identity: undefined }, false],
  ])("are not kept for the next user right after they were sent: %s", async (_name, options, discard) => {
    const { runtime, platform, todo, storage, session } = await made(options)
    void todo.create().execute({ name: "a" })
    await flush()
    session.user = "bert"
    expect(await runtime.reset({ discard })).toEqual([])
    platform.advance(5000)
    await flush()
    expect([runtime.queued.value, await storage.load()]).toEqual([[], []])
  })

  it("are dropped and returned if there was no identity", async () => {
    const { platform, todo, storage, become } = await made()
    expect(await become(undefined)).toEqual([])
    platform.life("offline")
    void todo.create().execute({ name: "nobody's" })
    // The storage has not answered yet.
    expect(await become("bert")).toMatchObject([{ params: { name: "nobody's" } }])
    platform.life("online")
    await flush()
    expect([platform.requests, await storage.load()]).toEqual([[], []])
  })

  it("are kept while in flight, until the backend has decided", async () => {
    for (const status of [201, 503]) {
      const { runtime, platform, todo, become, storage } = await made()
      const execution = todo.create().execute({ name: "a" })
      await flush()
      const request = platform.request()
      await become("bert")
      await flush()
      expect([request.aborted, runtime.queued.value]).toEqual([false, []])
      expect(await storage.load()).toMatchObject([{ identity: "anna" }])
      request.answered(status, created("1"))
      expect((await execution).error?.details?.status).toBe(status === 503 ? 503 : undefined)
      await flush()
      expect(await storage.load()).toHaveLength(status === 503 ? 1 : 0)
      await become("anna")
      await flush()
      const key = request.headers.get("idempotency-key")
      expect(platform.requests.map(({ headers }) => headers.get("idempotency-key"))).toEqual(
        status === 503 ? [key] : [],
      )
    }
  })

  it("in flight are not dropped, nor sent by the next user", async () => {
    const { runtime, platform, todo, storage, session } = await made()
    const execution = todo.create().execute({ name: "a" })
    await flush()
    platform.advance(1000)
    await flush()
    const request = platform.request()
    session.user = "bert"
    expect(await runtime.reset({ discard: true })).toEqual([])
    expect(await storage.load()).toEqual([])
    request.failed("no network")
    expect((await execution).error?.code).toBe("NETWORK_ERROR")
    platform.advance(60_000)
    await flush()
    expect(platform.requests).toEqual([])
  })

  it.each([
    ["reset()", "reset" as const, false],
    ["dispose()", "dispose" as const, false],
    ["reset() in the same task", "reset" as const, true],
    ["dispose() in the same task", "dispose" as const, true],
  ])("are stored before %s closes their storage", async (_name, end, isAtOnce) => {
    const events: string[] = []
    const held: (() => void)[] = []
    const storage = (identity: string | undefined): StorageDriver => ({
      ...(memoryStorage() as StorageDriver),
      put: ({ params }) => {
        events.push(`put ${params}`)
        return new Promise((resolve) => held.push(resolve))
      },
      close: () => void events.push(`close ${identity}`),
    })
    const { runtime, platform, todo, session } = await made({ storage })
    platform.life("offline")
    for (const name of ["a", "b"]) void todo.create().execute({ name })
    if (!isAtOnce) await flush()
    session.user = "bert"
    void runtime[end]()
    await flush()
    expect(events).toEqual(['put {"name":"a"}'])
    for (let i = 0; i < 2; i++) {
      held[i]?.()
      await flush()
    }
    expect(events).toEqual(['put {"name":"a"}', 'put {"name":"b"}', "close anna"])
  })

  it("of the second user, made before the identity is known, are stored under it", async () => {
    let tell = (_identity: string) => {}
    const identity = vi.fn(() => new Promise<string>((resolve) => (tell = resolve)))
    const making = made({ identity })
    await flush()
    tell("anna")
    const { runtime, platform, todo, storage } = await making
    platform.life("offline")
    const done = runtime.reset()
    void todo.create().execute({ name: "a" })
    await flush()
    expect([runtime.queued.value, await storage.load()]).toEqual([[], []])
    tell("bert")
    await done
    await flush()
    expect(await storage.load()).toMatchObject([{ identity: "bert" }])
    expect(runtime.queued.value).toHaveLength(1)
  })
})

describe("the connection", () => {
  it("is closed and opened again with the second's credentials, without recovery, and namespaces with it", async () => {
    const { runtime, platform, become, auth } = await made()
    const admin = runtime.of("/admin")
    const states: string[] = []
    await connect(runtime, platform)
    admin.connect()
    await flush()
    platform.connection.text('40/admin,{"sid":"s1","pid":"p"}')
    platform.connection.text('42["x--e",1,"offset"]')
    runtime.$socket.status.subscribe((status) => states.push(status))
    const before = platform.connection
    const done = become("bert")
    expect([before.open, runtime.$socket.status.value, admin.$socket.status.value]).toEqual([false, "closed", "closed"])
    await done
    expect(platform.connections).toHaveLength(2)
    auth.mockClear()
    const connection = await accept(platform, "s2")
    connection.text('40/admin,{"sid":"s2"}')
    expect(auth).toHaveBeenCalled()
    expect(connection.sent).toEqual(['40{"token":"bert"}', '40/admin,{"token":"bert"}'])
    expect([states, admin.$socket.status.value]).toEqual([
      ["connected", "closed", "connecting", "connected"],
      "connected",
    ])
    expect(runtime.$socket.recovered.value).toBe(false)
  })

  it("stays closed where it was, and is opened where the first one's credentials were refused", async () => {
    const { runtime, platform, become } = await made({ socket: { authAttempts: 1 } })
    await become("bert")
    expect(platform.connections).toEqual([])
    runtime.connect()
    platform.connection.opened()
    platform.connection.text(HANDSHAKE)
    await flush()
    platform.connection.text('44{"message":"who?"}')
    expect(runtime.$socket.status.value).toBe("rejected")
    await become("carl")
    expect(runtime.$socket.status.value).toBe("connecting")
    const done = become("dora")
    runtime.disconnect()
    await done
    expect(runtime.$socket.status.value).toBe("closed")
  })

  it("sends no emit of the first user, and every ack settles", async () => {
    const { runtime, platform, become, api } = await made()
    const codes: Promise<string>[] = []
    const ask = (socket: { emitWithAck(name: string, ...args: unknown[]): Promise<unknown> }) =>
      codes.push(socket.emitWithAck("ask", "anna's").then(String, ({ code }) => code))
    await connect(runtime, platform)
    ask(api.$socket)
    ask(api.$socket.sending({ retries: 3 }))
    ask(runtime.of("/later").$socket)
    runtime.of("/later").$socket.emit("tell", "anna's")
    runtime.disconnect()
    ask(api.$socket)
    api.$socket.emit("tell", "anna's")
    runtime.connect()
    await become("bert")
    expect(await Promise.all(codes)).toEqual(["SOCKET_DISCONNECTED", "ABORTED", "ABORTED", "ABORTED"])
    expect(api.$socket.buffered.value.count).toBe(0)
    api.$socket.emit("tell", "bert's")
    runtime.of("/later").connect()
    const { sent } = await accept(platform, "s2")
    expect(sent.filter((frame) => String(frame).includes("anna"))).toEqual([])
    expect(sent).toContain('42["tell","bert\'s"]')
  })

  it.each([
    ["at last", [1, 0]],
    ["first", [0, 1]],
  ])(
    "that still waited for the first one's credentials takes none of them, though they come %s",
    async (_when, order) => {
      const answers: ((token: string) => void)[] = []
      const auth = () => new Promise<object>((resolve) => answers.push((token) => resolve({ token })))
      const { runtime, platform, become } = await made({ auth: auth as never })
      runtime.connect()
      platform.connection.opened()
      platform.connection.text(HANDSHAKE)
      await flush()
      await become("bert")
      platform.connection.opened()
      platform.connection.text(HANDSHAKE)
      for (const i of order) {
        answers[i]?.(["anna", "bert"][i] ?? "")
        await flush()
      }
      expect(platform.connection.sent).toEqual(['40{"token":"bert"}'])
      platform.connection.text('44{"message":"who?"}')
      await flush()
      expect(answers).toHaveLength(3)
    },
  )

  it("leaves listeners and queries as they are: events of the second's session reach them", async () => {
    const { runtime, platform, become, api, todo } = await made()
    await connect(runtime, platform)
    const heard: unknown[] = []
    api.$socket.on("todoCreated", (payload) => heard.push(payload))
    const list = todo.getAll({ options: { live: true, immediate: true } })
    await flush()
    platform.request().answered(200, [])
    await become("bert")
    await flush()
    platform.request().answered(200, [])
    const connection = await accept(platform, "s2")
    connection.text(eventFrame("todoCreated", created("1", { owner: "bert" })))
    expect([heard.length, list.dataArr.value]).toEqual([1, [{ _id: "1", owner: "bert" }]])
  })
})

describe("calls that overlap, and failures", () => {
  it("the last one says who it is, and begins one session for all", async () => {
    const tells: ((identity: string) => void)[] = []
    const identity = () => new Promise<string>((resolve) => tells.push(resolve))
    const storage = vi.fn(() => memoryStorage() as StorageDriver)
    const making = made({ identity, storage })
    await flush()
    tells[0]?.("anna")
    const { runtime, platform, todo } = await making
    void todo.getAll().execute()
    await flush()
    platform.request().answered(200, [])
    const calls = [runtime.reset(), runtime.reset(), runtime.reset()]
    await flush()
    for (const [i, name] of ["bert", "carl", "dora"].entries()) tells[i + 1]?.(name)
    expect(await Promise.all(calls)).toEqual([[], [], []])
    await flush()
    expect(storage.mock.calls).toEqual([["anna"], ["dora"]])
    expect(platform.requests).toHaveLength(1)
  })

  it("closes a storage whose session is overtaken before it has begun", async () => {
    const events: string[] = []
    const held: (() => void)[] = []
    const storage = (identity: string | undefined): StorageDriver => ({
      ...(memoryStorage() as StorageDriver),
      load: () => new Promise((resolve) => held.push(() => resolve([]))),
      close: () => void events.push(`closed ${identity}`),
    })
    const making = made({ storage })
    await until(() => held.length === 1)
    held[0]?.()
    const { runtime, become } = await making
    const first = become("bert")
    await flush()
    const second = become("carl")
    await flush()
    expect(events).toEqual(["closed anna", "closed bert"])
    for (const release of held) release()
    await Promise.all([first, second])
    const third = become("dora")
    runtime.dispose()
    await expect(third).rejects.toMatchObject({ code: "DISPOSED" })
    expect(events).toEqual(["closed anna", "closed bert", "closed carl"])
    await expect(runtime.reset()).rejects.toMatchObject({ code: "DISPOSED" })
  })

  it("an identity that fails rejects, and nothing begins until another is told", async () => {
    const { runtime, platform, todo, identity, become, tokens } = await made()
    await connect(runtime, platform)
    void todo.getAll().execute()
    await flush()
    platform.request().answered(200, [])
    identity.mockImplementationOnce(() => JSON.parse("{"))
    await expect(become("bert")).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("identity"),
    })
    await flush()
    expect([runtime.$socket.status.value, platform.requests]).toEqual(["closed", []])
    await become("carl")
    await flush()
    expect([runtime.$socket.status.value, tokens()]).toEqual(["connecting", ["Bearer carl"]])
  })

  it("called from a subscriber, an ack's callback or a listener it is the same", async () => {
    for (const from of ["subscriber", "ack", "listener"]) {
      const { runtime, platform, todo, become, api, tokens, errors } = await made()
      await connect(runtime, platform)
      const list = todo.getAll({ options: { live: true, immediate: true } })
      await flush()
      let done: Promise<unknown> | undefined
      const call = (by: string) => {
        if (by === from) done ??= become("bert")
      }
      list.response.subscribe((response) => response && call("subscriber"))
      api.$socket.on("todoCreated", () => call("listener"))
      api.$socket.emit("ask", () => call("ack"))
      platform.request().answered(200, [{ _id: "1", owner: "anna" }])
      platform.connection.text("430[]")
      if (platform.connection.open) platform.connection.text(eventFrame("todoCreated", created("2", { owner: "anna" })))
      if (from === "ack" && !done) platform.connection.text("431[]")
      expect(list.dataArr.value, from).toEqual([])
      await done
      await flush()
      expect([tokens(), errors], from).toEqual([["Bearer bert"], []])
    }
  })

  it("called from a callback, what waits and what is on the wire is where it belongs by then", async () => {
    for (const discard of [false, true]) {
      const { runtime, platform, todo, session, storage, api } = await made()
      await connect(runtime, platform)
      for (const name of ["on the wire", "waits"]) void todo.create().execute({ name })
      await flush()
      let done: Promise<unknown> | undefined
      api.$eventbus.on("switch", () => {
        session.user = "bert"
        done = runtime.reset({ discard })
      })
      platform.connection.text(eventFrame("todoUpdated", created("1")))
      api.$socket.on("todoUpdated", () => api.$eventbus.emit("switch"))
      platform.connection.text(eventFrame("todoUpdated", created("1")))
      expect(await done).toMatchObject(discard ? [{ params: { name: "waits" } }] : [])
      await flush()
      const kept = (await storage.load()).map(({ identity, params }) => [identity, JSON.parse(params).name])
      expect(kept.sort()).toEqual(
        discard
          ? []
          : [
              ["anna", "on the wire"],
              ["anna", "waits"],
            ],
      )
    }
  })

  it("called by who hears an event, the rest of those who hear it are not told", async () => {
    const { runtime, platform, todo, become, api } = await made()
    await connect(runtime, platform)
    let done: Promise<unknown> | undefined
    api.$socket.on("todoCreated", () => {
      done = become("bert")
    })
    const list = todo.getAll({ options: { live: true, immediate: true } })
    const heard: unknown[] = []
    api.$socket.onAny((payload) => heard.push(payload))
    await flush()
    platform.request().answered(200, [])
    platform.connection.text(eventFrame("todoCreated", created("1", { owner: "anna" })))
    await done
    expect([list.dataArr.value, heard]).toEqual([[], []])
    const connection = await accept(platform, "s2")
    connection.text(eventFrame("todoUpdated", created("2")))
    expect(heard).toHaveLength(1)
  })

  it("of a runtime without anything does nothing but ask who it is", async () => {
    const { runtime } = await makeRuntime()
    expect(await runtime.reset()).toEqual([])
    runtime.dispose()
    await expect(runtime.reset()).rejects.toMatchObject({ code: "DISPOSED" })
  })
})
