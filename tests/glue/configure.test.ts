// Changing the options of a live query, including `active`: shown items stay, and an inactive query is not refetched
// until it is active again.
import { describe, expect, it } from "vitest"
import type { Operation, QueryOptions } from "../../js-glue/types"
import { connect, eventFrame, flush, makeRuntime } from "./harness"

const todos = (...names: string[]) => ({
  type: "dataRead",
  body: { items: names.map((name) => ({ _id: name, name })) },
})

/** A list after its first read, and the actions of the tests. */
async function readList(options: QueryOptions) {
  const { runtime, platform } = await makeRuntime()
  const { $data, dispose } = runtime.usePluginApi("pacifico__todo")
  const { getAll } = $data.todo as Record<"getAll", Operation>
  const list = getAll({ options })
  const names = () => list.dataArr.value.map(({ name }) => name)
  const answer = async (...items: string[]) => {
    await flush()
    platform.request().answered(200, todos(...items))
  }
  void list.execute()
  await answer("Milk")
  const reads = async () => {
    await flush()
    return platform.requests.length
  }
  return { runtime, platform, list, names, answer, reads, dispose }
}

describe("configure", () => {
  it("changes the interval, and shows what was shown", async () => {
    const { platform, list, names, reads, answer } = await readList({ refetchInterval: 5000 })
    list.configure({ refetchInterval: 0 })
    expect(names()).toEqual(["Milk"])
    expect(list.isLoading.value).toBe(false)
    platform.advance(60_000)
    expect(await reads()).toBe(0)
    list.configure({ refetchInterval: 100 })
    platform.advance(100)
    expect(await reads()).toBe(1)
    await answer("Bread")
    expect(names()).toEqual(["Bread"])
  })

  it("keeps the options that it does not name", async () => {
    const { platform, list, reads } = await readList({ refetchInterval: 5000, refetchOnFocus: false })
    list.configure({ timeout: 200 })
    list.configure({ retry: 1 })
    platform.advance(2000)
    platform.life("visible")
    platform.advance(600)
    expect(await reads()).toBe(0)
    platform.advance(2400)
    expect(await reads()).toBe(1)
    platform.advance(200)
    expect(list.error.value).toBeUndefined()
    for (let waited = 0; waited < 1500 && (await reads()) === 0; waited += 10) platform.advance(10)
    expect(await reads()).toBe(1)
    platform.advance(200)
    expect(list.error.value?.code).toBe("REQUEST_TIMEOUT")
  })

  it("is fine after the end", async () => {
    const { runtime, list, dispose } = await readList({})
    list.dispose()
    list.configure({ active: false })
    dispose()
    runtime.dispose()
    list.configure({ active: true })
  })
})

describe("a query that is not active", () => {
  it("is read again when it is due, once it is active", async () => {
    const { runtime, platform, list, names, reads, answer } = await readList({ refetchInterval: 5000 })
    list.configure({ active: false })
    await connect(runtime, platform)
    platform.life("visible")
    platform.advance(60_000)
    expect(await reads()).toBe(0)
    list.configure({ active: true })
    expect(list.isLoading.value).toBe(true)
    expect(names()).toEqual(["Milk"])
    expect(await reads()).toBe(1)
    await answer("Bread")
    list.configure({ active: false })
    list.configure({ active: true })
    expect(await reads()).toBe(0)
  })

  it("may be made as one, and executed by hand", async () => {
    const { platform, list, reads } = await readList({ active: false, refetchInterval: 100 })
    platform.advance(2000)
    expect(await reads()).toBe(0)
    void list.execute()
    expect(await reads()).toBe(1)
  })

  it("takes what events tell, and asks for what they cannot tell when it is active", async () => {
    const { runtime, platform, list, names, reads } = await readList({ live: true })
    const { text } = await connect(runtime, platform)
    platform.advance(2000)
    await flush()
    if (platform.requests.length > 0) platform.request().answered(200, todos("Milk"))
    list.configure({ active: false })
    text(eventFrame("todoCreated", { type: "dataUpdate", body: { items: [{ _id: "Milk", name: "Oat milk" }] } }))
    expect(names()).toEqual(["Oat milk"])
    text(eventFrame("todoCreated", "what is this?"))
    text(eventFrame("todoCreated", "and this?"))
    expect(await reads()).toBe(0)
    list.configure({ active: true })
    expect(await reads()).toBe(1)
    text(eventFrame("todoCreated", "and this?"))
    platform.request().answered(200, todos("Milk"))
    expect(await reads(), "as before").toBe(1)
  })
})
