// Uploads: FormData, Blob and URLSearchParams are sent as the mutation's body unchanged. Placeholders of the path come
// from params.
import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../../js-glue/drivers/storage"
import type { StorageDriver } from "../../../js-glue/types"
import { bodiesRead, type Call, fetchedWorld } from "./fetched"
import { answer, asked, bodyOf, created, names, over, settle, shown, world } from "./harness"

function form(): FormData {
  const data = new FormData()
  data.append("name", "Milk")
  data.append("file", new Blob(["1,2"], { type: "text/csv" }), "list.csv")
  return data
}

const bodies: [string, () => FormData | Blob | URLSearchParams][] = [
  ["FormData", form],
  ["an empty FormData", () => new FormData()],
  ["a Blob", () => new Blob(["text"], { type: "text/plain" })],
  ["a File", () => new File(["text"], "a.txt", { type: "text/plain" })],
  ["URLSearchParams", () => new URLSearchParams({ name: "Milk" })],
]

describe("a body is sent unchanged (redux-toolkit#3937, redux-toolkit#2287, redux-toolkit#3888)", () => {
  it.each(bodies)("%s, without an added content type", async (_name, make) => {
    const { todo, platform } = await world()
    const body = make()
    void todo.create().execute(body)
    await settle()
    expect(platform.requests.map(bodyOf)).toEqual([body])
    expect(bodyOf(platform.request())).toBe(body)
    const type = platform.request().headers.get("content-type") ?? ""
    expect(type).not.toContain("json")
    if (body instanceof FormData) expect(type).toBe("")
  })

  it.each(bodies)("%s, with placeholders from params", async (_name, make) => {
    const { todo, platform } = await world()
    const body = make()
    void todo.update({ params: { _id: "a/b" } }).execute(body)
    await settle()
    expect(asked(platform.request())).toBe("PATCH /todo/a/b")
    expect(platform.request().url).toBe("http://backend.test/todo/a%2Fb")
    expect(bodyOf(platform.request())).toBe(body)
  })

  it("a placeholder without a param is an error, and nothing is sent", async () => {
    const { todo, platform } = await world()
    expect((await over(todo.update().execute(form()))).error?.code).toBe("MISSING_PARAM")
    expect(platform.requests).toEqual([])
  })

  it("the caller's headers are kept", async () => {
    const { todo, platform } = await world()
    const config = { headers: { "content-type": "text/csv" } }
    void todo.create({ config }).execute(new Blob(["1,2"]))
    await settle()
    expect(platform.request().headers.get("content-type")).toBe("text/csv")
  })

  it("the request is multipart, with the platform's boundary", async () => {
    const { todo, calls, runtime } = await fetchedWorld()
    void todo.create().execute(form())
    await bodiesRead()
    const [call] = calls
    expect(call?.request.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=/)
    const arrived = await (call as Call).request.formData()
    expect(arrived.get("name")).toBe("Milk")
    expect(await (arrived.get("file") as File).text()).toBe("1,2")
    runtime.dispose()
  })

  it("the response is handled like any mutation's", async () => {
    const made = await world()
    const list = await shown(made, [], { options: { live: true } })
    const upload = made.todo.create()
    const execution = upload.execute(form())
    await answer(made.platform, created({ _id: "1", name: "Milk" }), 201)
    expect((await over(execution)).result).toEqual([{ _id: "1", name: "Milk" }])
    made.event("todoCreated", "dataCreate", { items: [{ _id: "1", name: "Milk" }] })
    expect(names(list)).toEqual(["Milk"])
  })

  it("`optimistic` creates no row from a body", async () => {
    const made = await world()
    const list = await shown(made, [{ _id: "1", name: "a" }])
    void made.todo.create({ options: { optimistic: true } }).execute(form())
    await settle()
    expect(list.dataArr.value.filter((row) => row.name === undefined)).toEqual([])
  })

  it("an execution without an argument does not send the body again", async () => {
    const { todo, platform } = await world()
    const create = todo.create({ params: { name: "own" } })
    void create.execute(form())
    await answer(platform, { _id: "1" }, 201)
    void create.execute()
    await settle()
    expect(bodyOf(platform.request())).toBe('{"name":"own"}')
  })

  it("a `body` in `config` is passed on unchanged, and never read", async () => {
    const { todo, platform } = await world()
    const body = form()
    void todo.create({ config: { body } }).execute()
    await settle()
    expect([bodyOf(platform.request()), platform.request().init.body]).toContain(body)
  })

  it("a read accepts none: BAD_ARGUMENT", async () => {
    for (const [name, make] of bodies) {
      const { todo, platform } = await world()
      expect((await over(todo.getAll().execute(make()))).error?.code, name).toBe("BAD_ARGUMENT")
      expect(platform.requests).toEqual([])
    }
  })
})

describe("a body is never sent as something else", () => {
  it("in a retry", async () => {
    const { todo, platform } = await world()
    const body = form()
    const execution = todo.create({ options: { retry: 1 } }).execute(body)
    await settle()
    const key = platform.request().headers.get("idempotency-key")
    platform.request().failed("cut")
    platform.advance(2000)
    await settle()
    for (const request of platform.requests) {
      expect(bodyOf(request)).toBe(body)
      expect(request.headers.get("idempotency-key")).toBe(key)
    }
    if (platform.requests.length === 0) expect((await over(execution)).error).toBeDefined()
  })

  it("with `offlineMode`, while the page is open: it is sent complete, or refused with an error", async () => {
    const { todo, platform } = await world({ entity: { offlineMode: true } })
    platform.life("offline")
    const body = form()
    const execution = todo.create().execute(body)
    await settle()
    expect(platform.requests).toEqual([])
    platform.life("online")
    await settle()
    if (platform.requests.length === 0) expect((await over(execution)).error).toBeDefined()
    else expect(platform.requests.map(bodyOf)).toEqual([body])
  })

  it("with `offlineMode`, after a reload: no later page sends an empty one instead", async () => {
    const storage = memoryStorage() as StorageDriver
    const first = await world({ entity: { offlineMode: true }, runtime: { storage } })
    first.platform.life("offline")
    void first.todo.create().execute(form())
    await settle()
    first.runtime.dispose()
    const { platform } = await world({ entity: { offlineMode: true }, runtime: { storage } })
    await settle()
    for (const request of platform.requests) expect(bodyOf(request)).toBeInstanceOf(FormData)
  })
})
