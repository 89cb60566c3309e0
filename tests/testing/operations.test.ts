// The in-memory backend's own behavior: routes of all kinds of targets, items, versions, payloads and channels.
import { describe, expect, it, onTestFinished } from "vitest"
import type { PluginConfig } from "../../js-glue"
import { createBackend } from "../../js-glue/testing"
import { makeBackend, namesOf, openPage, startPage, type Todo, todoConfig } from "./harness"

const milkAndBread = { items: { todo: [{ name: "Milk" }, { name: "Bread" }] } }

const NOTHING = { _id: "none" }

/** A config with one entity. */
function configOf(operations: PluginConfig["data"][string]["operations"], more: object = {}): PluginConfig {
  return { pluginName: "x", author: "a", pluginKey: "a__x", data: { thing: { operations, ...more } } }
}

async function startWith(config: PluginConfig, options: object = {}) {
  const backend = createBackend({ plugins: [config], ...options })
  onTestFinished(() => backend.dispose())
  const runtime = await openPage(backend)
  await backend.settled()
  const { $data } = runtime.usePluginApi("a__x")
  return {
    backend,
    thing: $data.thing as Record<
      string,
      (...args: object[]) => { execute(): Promise<{ result?: unknown; error?: { message: string } }> }
    >,
  }
}

describe("operations", () => {
  it("list, get, create, update and delete", async () => {
    const { backend, $data } = await startPage(milkAndBread)
    const { result: all } = await $data.todo.getAll().execute()
    expect(namesOf(all ?? [])).toEqual(["Milk", "Bread"])
    const created = await $data.todo.create().execute({ name: "Eggs" })
    const { _id } = created.result?.[0] ?? NOTHING
    expect(created.response).toEqual({ type: "dataCreate", body: { items: [backend.items<Todo>("todo")[2]] } })
    expect(namesOf((await $data.todo.get({ params: { _id } }).execute()).result ?? [])).toEqual(["Eggs"])
    const { response } = await $data.todo.update().execute({ _id, name: "Ham" })
    expect(response).toMatchObject({
      type: "dataUpdate",
      body: { items: [{ name: "Ham" }], prevVersion: { name: "Eggs" } },
    })
    const deleted = await $data.todo.delete().execute({ _id })
    expect(deleted.response).toMatchObject({
      type: "dataDelete",
      body: { deleted: [_id], items: [{ isDeleted: true }] },
    })
    expect(namesOf(backend.items("todo"))).toEqual(["Milk", "Bread"])
    const { error } = await $data.todo.update().execute({ _id, name: "Pork" })
    expect(error).toMatchObject({
      code: "HTTP_ERROR",
      details: { status: 404, body: { message: `There is no todo ${_id}` } },
    })
  })

  it("read pages, and lists by the fields of items", async () => {
    const { $data } = await startPage({
      items: { todo: ["a", "b", "c"].map((name) => ({ name, isCompleted: name === "b" })) },
    })
    const page = $data.todo.getAll({ params: { limit: 2 } })
    expect((await page.execute()).response).toMatchObject({
      body: { items: [{ name: "a" }, { name: "b" }], hasMore: true },
    })
    expect(page.hasMore.value).toBe(true)
    await page.execute.next()
    expect(namesOf(page.dataArr.value)).toEqual(["a", "b", "c"])
    const open = await $data.todo.getAll({ params: { isCompleted: false } }).execute()
    expect(namesOf(open.result ?? [])).toEqual(["a", "c"])
    // Not a field of any item.
    const found = await $data.todo.getAll({ params: { search: "b" } }).execute()
    expect(found.result).toHaveLength(3)
  })

  it("tell of themselves on each of their channels", async () => {
    const { $data, $socket, backend } = await startPage()
    const heard: string[] = []
    $socket.onAny((payload, { channelKey }) => heard.push(`${channelKey} ${payload.type ?? ""}`))
    const { result } = await $data.todo.create().execute({ name: "Milk" })
    const { _id } = result?.[0] ?? NOTHING
    await $data.todo.update().execute({ _id, isCompleted: true })
    await $data.todo.delete().execute({ _id })
    await backend.settled()
    expect(heard).toEqual([
      "todoCreated dataCreate",
      "mySuperFancyCustomEvent dataCreate",
      "todoUpdated dataUpdate",
      "todoDeleted dataDelete",
    ])
  })

  it("give each change a later version, whatever a client sends back", async () => {
    const { backend, $data } = await startPage({
      items: { todo: [{ _id: "1", name: "a", updatedAt: "2100-01-01T00:00:00.000Z" }] },
    })
    const [first] = backend.items<Todo>("todo")
    await $data.todo.update().execute({ ...first, name: "b" })
    await $data.todo.update().execute({ ...first, name: "c" })
    const [last] = backend.items<Todo>("todo")
    expect(last).toMatchObject({
      _id: "1",
      name: "c",
      createdAt: (first as unknown as { createdAt: string }).createdAt,
    })
    expect(Date.parse(last?.updatedAt ?? "")).toBe(Date.parse("2100-01-01T00:00:00.000Z") + 2)
  })

  it("remove for good what is named so, also what was deleted", async () => {
    const { backend, $data } = await startPage({ items: { todo: [{ _id: "1", name: "a" }] } })
    await $data.todo.delete().execute({ _id: "1" })
    expect((await $data.todo.delete().execute({ _id: "1" })).error).toMatchObject({ details: { status: 404 } })
    expect((await $data.todo.deleteHard().execute({ _id: "1" })).error).toBeUndefined()
    expect((await $data.todo.deleteHard().execute({ _id: "1" })).error).toMatchObject({ details: { status: 404 } })
    expect(backend.items("todo")).toEqual([])
  })

  it("restore deleted items", async () => {
    const { backend, thing } = await startWith(
      configOf({
        delete: { target: "/thing/:_id", method: "delete", storeActionType: "dataDelete" },
        restore: { target: "/thing/:_id/restore", method: "post", storeActionType: "dataRestore" },
        purge: { target: "/thing/:_id/purge", method: "post", storeActionType: "dataHardDelete" },
      }),
      { items: { thing: [{ _id: "7", name: "x" }] } },
    )
    await thing.delete?.({ params: { _id: "7" } }).execute()
    expect(backend.items("thing")).toEqual([])
    await thing.restore?.({ params: { _id: "7" } }).execute()
    expect(backend.items("thing")).toMatchObject([{ _id: "7", isDeleted: false }])
    await thing.purge?.({ params: { _id: "7" } }).execute()
    expect((await thing.restore?.({ params: { _id: "7" } }).execute())?.error).toMatchObject({
      details: { status: 404 },
    })
  })

  it("keep items of a config's own id and version", async () => {
    const { backend, thing } = await startWith(
      configOf(
        {
          getAll: { target: "/things", method: "GET" },
          create: { target: "/things", method: "POST" },
          update: { target: "/things/{no}", method: "PUT" },
        },
        { idKey: "no", versionKey: "version" },
      ),
      { items: { thing: [{ no: 5, name: "five" }] } },
    )
    await thing.update?.({ params: { no: 5, name: "V" } }).execute()
    await thing.create?.({ params: { name: "new" } }).execute()
    expect(backend.items("thing")).toMatchObject([
      { no: 5, name: "V", version: 2 },
      { no: "thing-1", name: "new", version: 1 },
    ])
  })

  it("keep items of an id and a version that createBackend says, and the runtime with them", async () => {
    const { backend, $data } = await startPage({ idKey: "id", versionKey: "rev" })
    const list = $data.todo.getAll({ options: { immediate: true, live: true } })
    await backend.emit("todoCreated", { name: "a" })
    await backend.emit("todoUpdated", { id: "todo-1", name: "b" })
    expect(backend.items("todo")).toMatchObject([{ id: "todo-1", name: "b", rev: 2 }])
    expect(list.data.value).toMatchObject({ "todo-1": { name: "b" } })
  })

  it("are below the path of the backend's address", async () => {
    const { backend, $data } = await startPage({ ...milkAndBread, url: "http://localhost/api/v1/" })
    expect(namesOf((await $data.todo.getAll().execute()).result ?? [])).toEqual(["Milk", "Bread"])
    expect(backend.requests).toMatchObject([{ path: "/todo/all", url: "http://localhost/api/v1/todo/all" }])
  })

  it("are not told apart where they have one route", async () => {
    const { backend, thing } = await startWith(
      configOf({ list: { target: "/things", method: "get" }, all: { target: "/things", method: "get" } }),
    )
    backend.answer("thing.all", [{ _id: "1", name: "one" }])
    expect((await thing.list?.().execute())?.result).toMatchObject([{ name: "one" }])
    expect(backend.requestsOf("thing.list")).toHaveLength(1)
  })
})

describe("targets", () => {
  it("are texts with :name or {name}, below a prefix, and functions", async () => {
    const { backend, thing } = await startWith(
      {
        ...configOf({
          file: { target: "/thing/{_id}.json", method: "get" },
          prefixed: { target: "/plugin/x/thing/:_id/one", method: "get" },
          parts: { target: ({ _id, part }) => `/thing/${_id}/${encodeURIComponent(part)}?x=1`, method: "get" },
        }),
        routePrefix: "/plugin/x/",
      },
      { items: { thing: [{ _id: "a b", name: "x" }] } },
    )
    for (const name of ["file", "prefixed", "parts"]) {
      const { result, error } = (await thing[name]?.({ params: { _id: "a b", part: "p" } }).execute()) ?? {}
      expect(error).toBeUndefined()
      expect(result, name).toMatchObject([{ name: "x" }])
    }
    expect(backend.requests.map(({ operation, path }) => [operation, path])).toEqual([
      ["thing.file", "/plugin/x/thing/a%20b.json"],
      ["thing.prefixed", "/plugin/x/thing/a%20b/one"],
      ["thing.parts", "/plugin/x/thing/a%20b/p"],
    ])
    expect(backend.requests[2]).toMatchObject({ params: { _id: "a b", part: "p" }, query: { x: "1" } })
  })

  it("say their path where they need their params", async () => {
    const config = configOf({
      get: { target: ({ ids }: { ids: string[] }) => `/thing/${ids.map((id) => id.trim()).join()}`, method: "get" },
    })
    const read = { params: { ids: ["1"] } }
    const without = await startWith(config)
    const { error } = (await without.thing.get?.(read).execute()) ?? {}
    expect(error).toMatchObject({
      details: { status: 404, body: { message: expect.stringContaining("say its path in `paths`") } },
    })
    const { thing } = await startWith(config, {
      paths: { "thing.get": "/thing/:_id" },
      items: { thing: [{ _id: "1", name: "x" }] },
    })
    expect((await thing.get?.(read).execute())?.result).toMatchObject([{ name: "x" }])
  })

  it("below others keep what belongs to those", async () => {
    const { thing } = await startWith(
      configOf({
        ofProject: { target: "/project/:project/things", method: "get" },
        create: { target: "/project/:project/things", method: "post" },
      }),
      {
        items: {
          thing: [
            { project: "p", name: "x" },
            { project: "q", name: "y" },
          ],
        },
      },
    )
    await thing.create?.({ params: { project: "p", name: "z" } }).execute()
    const { result } = (await thing.ofProject?.({ params: { project: "p" } }).execute()) ?? {}
    expect(result).toMatchObject([{ name: "x" }, { name: "z" }])
  })

  it("of an unknown route are told of, with those that there are", async () => {
    const { backend } = await startPage()
    const answer = await backend.options.fetch("http://localhost/nowhere", { method: "post" })
    expect(answer.status).toBe(404)
    const { message } = (await answer.json()) as { message: string }
    expect(message).toContain("There is no POST /nowhere. The backend of the test knows: GET /todo/all (todo.getAll);")
  })
})

describe("wrong use is reported", () => {
  it.each<[string, (backend: ReturnType<typeof makeBackend>) => unknown, string]>([
    [
      "operation",
      (backend) => backend.fail("todo.created"),
      'the operation "todo.created" is in no config. There are: todo.getAll, todo.get, todo.create, ',
    ],
    ["entity", (backend) => backend.items("todos"), 'the entity "todos" is in no config. There are: todo'],
    [
      "channel",
      (backend) => backend.emit("todoCreate"),
      'the channel "todoCreate" is in no config. There are: todoCreated, ',
    ],
    [
      "client",
      (backend) => backend.emit("todoCreated"),
      'no client hears "todoCreated": no client has connected yet. Make the runtime first',
    ],
    ["clock", (backend) => backend.advance(1), "advance() moves the virtual clock"],
    ["status", (backend) => backend.fail("*", { status: 200 }), "fail() takes a status from 400 to 599"],
    ["times", (backend) => backend.fail("*", { times: 0 }), "`times` says how many requests a rule is for"],
  ])("%s", async (_what, use, message) => {
    const backend = makeBackend()
    await expect((async () => use(backend))()).rejects.toThrow(message)
  })

  it.each([
    [{ plugin: [] }, "createBackend takes `plugins`"],
    [{ plugins: [todoConfig], item: {} }, "createBackend has no option item. It has: plugins, items, "],
    [{ plugins: [todoConfig], items: { todos: [] } }, 'the entity "todos" is in no config'],
    [{ plugins: [todoConfig], paths: { "todo.x": "/x" } }, 'the operation "todo.x" is in no config'],
  ])("option %#", (options, message) => {
    expect(() => createBackend(options as never)).toThrow(message)
  })

  it("name of two plugins", () => {
    const other = { ...todoConfig, pluginName: "other", pluginKey: "pacifico__other" }
    const backend = createBackend({ plugins: [todoConfig, other] })
    onTestFinished(() => backend.dispose())
    const message = "is in several plugins: say which, of pacifico__todo:todo, pacifico__other:todo"
    expect(() => backend.items("todo")).toThrow(message)
    expect(backend.items("pacifico__other:todo")).toEqual([])
  })
})
