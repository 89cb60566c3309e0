// Params and headers are copied when `execute()` is called. Later changes by the caller affect neither the request,
// however late or often it is sent, nor its patches, nor what is stored offline.
import { describe, expect, it } from "vitest"
import { isProxy, reactive, ref } from "vue"
import { memoryStorage } from "../../../js-glue/drivers/storage"
import type { StorageDriver } from "../../../js-glue/types"
import { eventFrame } from "../harness"
import { answer, type Item, jsonOf, names, over, queryOf, read, settle, shown, updated, world } from "./harness"

const two = [
  { _id: "1", name: "a", tags: ["x"] },
  { _id: "2", name: "b", tags: ["y"] },
]

describe("the request contains the params of the call, although the form changes", () => {
  it("before `auth` has answered", async () => {
    let answered: (credentials: { token: string }) => void = () => {}
    const auth = () =>
      new Promise<{ token: string }>((resolve) => {
        answered = resolve
      })
    const { todo, platform } = await world({ runtime: { auth }, isConnected: false })
    const form = { name: "one" }
    void todo.create({ params: form }).execute()
    await settle()
    form.name = "two"
    answered({ token: "t" })
    await settle()
    expect(platform.requests.map(jsonOf)).toEqual([{ name: "one" }])
  })

  it("before a retry", async () => {
    const { todo, platform } = await world()
    const form = { name: "one", tags: ["x"] }
    void todo.create({ params: form, options: { retry: 2 } }).execute()
    for (let tries = 0; tries < 2; tries++) {
      await settle()
      expect(jsonOf(platform.request())).toEqual({ name: "one", tags: ["x"] })
      platform.request().failed("cut")
      form.name = "two"
      form.tags.push("y")
      platform.advance(5000)
    }
    await settle()
    expect(jsonOf(platform.request())).toEqual({ name: "one", tags: ["x"] })
  })

  it("before the request is repeated after a 401", async () => {
    const { todo, platform } = await world({ runtime: { auth: () => ({ token: "t" }) } })
    const form = { name: "one" }
    const headers = { "x-tenant": "one" }
    void todo.create({ params: form, config: { headers } }).execute()
    await settle()
    Object.assign(form, { name: "two" })
    headers["x-tenant"] = "two"
    await answer(platform, { message: "expired" }, 401)
    expect(jsonOf(platform.request())).toEqual({ name: "one" })
    expect(platform.request().headers.get("x-tenant")).toBe("one")
  })

  it("in the pause of `debounce`, after the last call", async () => {
    const { todo, platform } = await world()
    const form = reactive({ text: "m" })
    const list = todo.getAll({ params: form, options: { debounce: 100 } })
    void list.execute()
    form.text = "mi"
    void list.execute()
    form.text = "milk"
    platform.advance(100)
    await settle()
    expect(platform.requests.map(queryOf)).toEqual([[["text", "mi"]]])
  })

  it("while a read waits for an earlier stale one", async () => {
    const { todo, platform, text } = await world()
    const form = reactive({ page: 1 })
    const list = todo.getAll({ params: form })
    void list.execute()
    await settle()
    text(eventFrame("todoCreated", {}))
    void list.execute()
    form.page = 2
    await answer(platform, read())
    expect(platform.requests.map(queryOf)).toEqual([[["page", "1"]]])
  })

  it("at once, with `immediate`", async () => {
    const { todo, platform } = await world()
    const form = reactive({ page: 1 })
    todo.getAll({ params: form, options: { immediate: true } })
    form.page = 2
    await settle()
    expect(platform.requests.map(queryOf)).toEqual([[["page", "1"]]])
  })

  it("and `query` contains the params of the call, not the form's", async () => {
    const { todo, platform } = await world()
    const form = reactive({ page: 1 })
    const list = todo.getAll({ params: form })
    void list.execute()
    form.page = 2
    await answer(platform, read())
    expect(list.query.value.params).toEqual({ page: 1 })
  })
})

describe("patches use the params of the call", () => {
  it.each([true, false])("the deleted row disappears, with optimistic: %s", async (optimistic) => {
    const made = await world()
    const list = await shown(made, two)
    const params = { _id: "1" }
    const execution = made.todo.delete({ params, options: { optimistic } }).execute()
    params._id = "2"
    await answer(made.platform, undefined, 204)
    expect((await over(execution)).error).toBeUndefined()
    expect(names(list)).toEqual(["b"])
  })

  it("an optimistic change shows the given values, and shares no object with the caller", async () => {
    const made = await world()
    const list = await shown(made, two)
    const change = reactive({ _id: "1", name: "one", tags: ["new"] })
    void made.todo.update({ options: { optimistic: true } }).execute(change)
    change.name = "two"
    change.tags.push("newer")
    await settle()
    const [row] = list.dataArr.value as [Item]
    expect(row).toEqual({ _id: "1", name: "one", tags: ["new"] })
    expect([row, row.tags].some(isProxy)).toBe(false)
  })

  it("an optimistic creation shows the given values", async () => {
    const made = await world()
    const list = await shown(made, [])
    const form = { name: "one", tags: ["x"] }
    void made.todo.create({ params: form, options: { optimistic: true } }).execute()
    form.name = ""
    form.tags.length = 0
    await settle()
    expect(list.dataArr.value).toMatchObject([{ name: "one", tags: ["x"] }])
  })

  it("an `optimistic` function gets the params of the call each time it is called", async () => {
    const made = await world()
    const list = await shown(made, two, { options: { live: true } })
    const form = { _id: "1", name: "one" }
    const optimistic = (params: Item, current: Item | undefined) => ({ ...current, name: params.name })
    void made.todo.update({ params: form, options: { optimistic } }).execute()
    form.name = "two"
    made.event("todoUpdated", "dataUpdate", { items: [{ _id: "1", name: "theirs", tags: ["theirs"] }] })
    await settle()
    expect(list.dataArr.value[0]).toEqual({ _id: "1", name: "one", tags: ["theirs"] })
  })

  it("a change that fails restores the row that it changed, not the one that params now name", async () => {
    const made = await world()
    const list = await shown(made, two)
    const params = { _id: "1", name: "x" }
    const execution = made.todo.update({ params, options: { optimistic: true } }).execute()
    params._id = "2"
    expect(names(list)).toEqual(["x", "b"])
    await answer(made.platform, { message: "no" }, 409)
    await execution
    expect(names(list)).toEqual(["a", "b"])
  })

  it("the response updates its own row, although params now name another", async () => {
    const made = await world()
    const list = await shown(made, two)
    const params = { _id: "1", name: "x" }
    void made.todo.update({ params, options: { optimistic: true } }).execute()
    params._id = "2"
    await answer(made.platform, updated({ _id: "1", name: "x", tags: [] }))
    expect(names(list)).toEqual(["x", "b"])
  })
})

describe("offline mutations are stored as executed", () => {
  async function offline(storage = memoryStorage() as StorageDriver) {
    const made = await world({ entity: { offlineMode: true }, runtime: { storage } })
    return { ...made, storage }
  }

  it("although the form is cleared right after `execute()`, across a reload", async () => {
    const { runtime, todo, platform, storage } = await offline()
    platform.life("offline")
    const form = reactive({ name: "Milk", tags: ["x"] })
    const headers = { "x-tenant": "one" }
    void todo.create({ params: form, config: { headers } }).execute()
    Object.assign(form, { name: "", tags: [] })
    headers["x-tenant"] = "two"
    await settle()
    runtime.dispose()
    const again = await offline(storage)
    await settle()
    expect(again.platform.requests.map(jsonOf)).toEqual([{ name: "Milk", tags: ["x"] }])
    expect(again.platform.request().headers.get("x-tenant")).toBe("one")
  })

  it("although the form changes while its mutation waits in the queue", async () => {
    const { todo, platform } = await offline()
    platform.life("offline")
    const form = { name: "first" }
    const create = todo.create({ params: form })
    for (const name of ["second", "third", "none"]) {
      void create.execute()
      form.name = name
    }
    platform.life("online")
    const sent: unknown[] = []
    for (let i = 0; i < 3; i++) {
      await settle()
      sent.push(jsonOf(platform.request()))
      await answer(platform, { _id: `${i}` }, 201)
    }
    expect(sent).toEqual([{ name: "first" }, { name: "second" }, { name: "third" }])
  })

  it("refs are stored as their values", async () => {
    const { todo, platform, storage } = await offline()
    platform.life("offline")
    void todo.create().execute({ name: ref("Milk") })
    await settle()
    expect(JSON.parse((await storage.load())[0]?.params ?? "")).toEqual({ name: "Milk" })
  })
})
