// Mutations that outlive their component and, as far as browsers allow, their page. Also a queue of mutations that only
// the backend can decide.
import { describe, expect, it, vi } from "vitest"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { StoredMutation } from "../../js-glue/types"
import { FakePlatform, flush, makeRuntime } from "./harness"
import { answer, configWith, created, names, over, settle, shown, world } from "./rules/harness"

describe("a mutation that was sent", () => {
  it("settles although its scope is disposed: the write is not lost, and is announced", async () => {
    const made = await world()
    const list = await shown(made, [])
    const scope = made.runtime.usePluginApi("pacifico__todo")
    const cb = vi.fn()
    const todo = scope.$data.todo as unknown as typeof made.todo
    const execution = todo.create({ options: { cb, optimistic: true } }).execute({ name: "Tea" })
    await settle()
    scope.dispose()
    expect([made.platform.requests.length, names(list)]).toEqual([1, ["Tea"]])
    await answer(made.platform, created({ _id: "1", name: "Tea" }), 201)
    expect((await over(execution)).result).toEqual([{ _id: "1", name: "Tea" }])
    expect([names(list), made.notices.length, cb.mock.calls.length, made.errors]).toEqual([["Tea"], 1, 0, []])
  })

  it.each([true, false])(
    "is told of where it fails then, to onError and (with notify: %s) on the bus",
    async (notify) => {
      const made = await world()
      const scope = made.runtime.usePluginApi("pacifico__todo")
      const todo = scope.$data.todo as unknown as typeof made.todo
      void todo.create({ options: { notify } }).execute({ name: "Tea" })
      await settle()
      scope.dispose()
      await answer(made.platform, { message: "no" }, 409)
      expect(made.errors.map(({ code }) => code)).toEqual(["HTTP_ERROR"])
      expect(made.notices).toHaveLength(notify ? 1 : 0)
    },
  )

  it("is sent although `debounce` delayed it", async () => {
    const made = await world()
    const save = made.todo.update({ options: { debounce: 500 } })
    void save.execute({ _id: "1", name: "Tea" })
    save.dispose()
    await settle()
    expect(made.platform.requests).toHaveLength(1)
  })

  it("is cancelled by abort(), and by the end of the runtime", async () => {
    const made = await world()
    const create = made.todo.create()
    const first = create.execute({ name: "Tea" })
    await settle()
    create.abort()
    expect([(await over(first)).error?.code, made.platform.requests]).toEqual(["ABORTED", []])
    const second = create.execute({ name: "Tea" })
    await settle()
    made.runtime.dispose()
    expect((await over(second)).error?.code).toBe("DISPOSED")
  })

  it("leaves nothing behind after its response", async () => {
    const made = await world()
    const before = made.platform.timers.size
    for (let i = 0; i < 20; i++) {
      const scope = made.runtime.usePluginApi("pacifico__todo")
      void (scope.$data.todo as unknown as typeof made.todo).create().execute({ name: "Tea" })
      await settle()
      scope.dispose()
      await answer(made.platform, { ok: true })
    }
    expect(made.platform.timers.size).toBe(before)
  })
})

describe("keepalive", () => {
  it("is set for mutations while their total size is small", async () => {
    const made = await world()
    const keeps = () => made.platform.requests.map(({ init }) => init.keepalive)
    void made.todo.create().execute({ name: "x".repeat(40_000) })
    void made.todo.create().execute({ name: "x".repeat(40_000) })
    void made.todo.getAll().execute()
    void made.todo.create({ config: { keepalive: false } }).execute({ name: "x" })
    await settle()
    expect(keeps()).toEqual([true, undefined, undefined, false])
    for (const request of [...made.platform.requests]) request.answered(200, {})
    await settle()
    void made.todo.create().execute({ name: "x".repeat(40_000) })
    await settle()
    expect(keeps()).toEqual([true])
  })
})

describe("a queue of mutations", () => {
  const offline = { entity: { offlineMode: true } }

  it.each<[string, number, unknown, boolean]>([
    ["2xx with JSON", 200, { ok: true }, true],
    ["2xx without a body", 204, undefined, true],
    ["4xx with JSON", 422, { message: "no" }, true],
    ["500 with JSON", 500, { message: "a bug" }, true],
    ["a captive portal: 200 with HTML", 200, "<html>log in</html>", false],
    ["a captive portal: 511", 511, "<html>log in</html>", false],
    ["a proxy's 404", 404, "<html>no such host</html>", false],
    ["a 4xx without a body", 400, undefined, false],
    ["a proxy's 500", 500, "<html>oops</html>", false],
    ["521, the origin is down", 521, "<html>", false],
    ["530 as JSON", 530, { error: "origin" }, false],
    ["425", 425, { message: "too early" }, false],
    ["408", 408, { message: "slow" }, false],
    ["401", 401, { message: "who?" }, false],
  ])("is decided by %s: %s → %s", async (_name, status, body, isDecided) => {
    const made = await world(offline)
    let result: unknown
    void made.todo
      .create()
      .execute({ name: "Tea" })
      .then((value) => {
        result = value
      })
    // A 401 is retried once, immediately.
    for (let i = 0; i < (status === 401 ? 2 : 1); i++) {
      await settle()
      const request = made.platform.request()
      if (typeof body === "string") request.malformed(status, body)
      else request.answered(status, body)
    }
    await settle()
    expect([result !== undefined, made.runtime.queued.value.length]).toEqual([isDecided, isDecided ? 0 : 1])
  })

  it("is blocked for at most a day by undecidable responses, and reports it", async () => {
    const made = await world(offline)
    const first = made.todo.create().execute({ name: "Tea" })
    void made.todo.create().execute({ name: "Milk" })
    await settle()
    const day = 24 * 3600_000
    while (made.platform.now < day + 100_000 && made.platform.requests[0]?.body?.includes("Milk") !== true) {
      made.platform.requests[0]?.malformed(404, "<html>")
      made.platform.advance(15_000)
    }
    expect(made.platform.now).toBeGreaterThan(day)
    expect((await over(first)).error?.code).toBe("HTTP_ERROR")
    expect(made.notices).toHaveLength(1)
    expect(JSON.parse(String(made.platform.request().body))).toEqual({ name: "Milk" })
  })
})

describe("a storage that does not answer", () => {
  it("does not block the runtime, is reported, and its mutations are sent when it answers", async () => {
    const stored = memoryStorage<StoredMutation>()
    const config = configWith({ offlineMode: true })
    const row = { key: "k1", order: 1, pluginKey: "pacifico__todo", entity: "todo", operation: "create" }
    await stored.put({ ...row, params: '{"name":"Tea"}', headers: [], config: {}, options: {} } as never)
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const storage = { ...stored, load: () => opened.then(() => stored.load()) }
    const platform = new FakePlatform()
    const making = makeRuntime({ plugins: [config], storage }, platform)
    for (let i = 0; i < 50 && platform.timers.size === 0; i++) await flush()
    platform.advance(1000)
    const { errors } = await making
    expect(errors.map(({ code }) => code)).toEqual(["STORAGE_FAILED"])
    open()
    await settle()
    expect(platform.requests.map(({ body }) => body)).toEqual(['{"name":"Tea"}'])
  })
})
