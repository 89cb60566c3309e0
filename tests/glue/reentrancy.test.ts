// Callbacks that act while other callbacks are queued: nothing older is delivered after its effects, and events that
// arrived before their session are delivered one by one.
import { describe, expect, it } from "vitest"
import type { Operation, PluginApi, Query } from "../../js-glue/types"
import { connect, flush, makeRuntime } from "./harness"

const HANDSHAKE = `0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
const items = (...names: string[]) => names.map((name) => ({ _id: name, name }))
const todos = (...names: string[]) => ({ type: "dataRead", body: { items: items(...names) } })

async function made() {
  const { runtime, platform } = await makeRuntime()
  const api = runtime.usePluginApi("pacifico__todo") as PluginApi & { $data: { todo: { getAll: Operation } } }
  return { platform, getAll: api.$data.todo.getAll }
}

/** A runtime that has lost its connection and is about to receive the events that it missed. */
async function recovering() {
  const socket = { transports: ["websocket" as const], randomizationFactor: 0 }
  const { runtime, platform } = await makeRuntime({ socket })
  runtime.connect()
  platform.connection.opened()
  platform.connection.text(HANDSHAKE)
  await flush()
  platform.connection.text('40{"sid":"s1","pid":"p1"}')
  const cut = async () => {
    platform.connection.text('42["a","off-1"]')
    platform.connection.closed("cut")
    platform.advance(1000)
    platform.connection.opened()
    platform.connection.text(HANDSHAKE)
    await flush()
  }
  return { runtime, platform, cut }
}

describe("a scope that ends while a listener joins it", () => {
  it("takes the listener with it, and ends who waits", async () => {
    const { runtime, platform } = await makeRuntime()
    const api = runtime.usePluginApi("pacifico__todo") as PluginApi & { $data: { todo: { getAll: Operation } } }
    const other = runtime.usePluginApi("pacifico__todo")
    const heard: unknown[] = []
    let waits: Promise<unknown> | undefined
    const cbs = [
      () => {
        api.$eventbus.on("e", (payload) => heard.push(payload))
        waits = api.$eventbus.waitFor("e")
      },
      () => api.dispose(),
    ]
    for (const cb of cbs) void other.$data.todo?.getAll?.({ options: { cb } }).execute()
    await flush()
    platform.request().answered(200, todos("a"))
    other.$eventbus.emit("e", 1)
    expect(heard).toEqual([])
    await expect(waits).rejects.toMatchObject({ code: "DISPOSED" })
  })
})

describe("a driver that throws", () => {
  it("is reported, and what else there is to do is done", async () => {
    const { runtime, platform, errors } = await makeRuntime()
    const connection = await connect(runtime, platform)
    const push = connection.sent.push
    connection.sent.push = () => {
      throw new Error("jammed")
    }
    runtime.$socket.emit("lost")
    expect(errors).toMatchObject([{ code: "BAD_ARGUMENT", message: expect.stringContaining("sendPacket: jammed") }])
    connection.sent.push = push
    runtime.$socket.emit("sent")
    expect(connection.sent.at(-1)).toBe('42["sent"]')
    const heard: unknown[] = []
    runtime.$socket.on("news", (news) => heard.push(news))
    connection.text('42["news",1]')
    expect(heard).toEqual([1])
  })
})

describe("state", () => {
  it("of a namespace is what was told last, whoever changed it in between", async () => {
    const { runtime, platform } = await makeRuntime()
    const admin = runtime.of("/admin")
    const connection = await connect(runtime, platform)
    admin.connect()
    await flush()
    connection.text('40/admin,{"sid":"s2"}')
    expect(admin.$socket.status.value).toBe("connected")
    runtime.$socket.status.subscribe((status) => {
      if (status === "reconnecting") admin.disconnect()
    })
    connection.closed("lost")
    expect(admin.$socket.status.value).toBe("closed")
  })

  it("isLoading stays true while an execution of cb's is under way", async () => {
    const { platform, getAll } = await made()
    let isFirst = true
    const query = getAll({
      options: {
        cb() {
          if (isFirst) void query.execute({ limit: 9 })
          isFirst = false
        },
      },
    })
    void query.execute()
    void query.execute()
    await flush()
    platform.request().answered(200, todos("Milk"))
    await flush()
    expect(platform.requests).toHaveLength(1)
    expect(query.isLoading.value).toBe(true)
  })

  it("an execution asks for its own params, whatever a subscriber of `query` executes meanwhile", async () => {
    const { platform, getAll } = await made()
    const query = getAll({ params: { limit: 1 } })
    let inner: Promise<unknown> | undefined
    query.query.subscribe(({ params }) => {
      if (params.limit === 2) inner = query.execute({ limit: 3 })
    })
    const outer = query.execute({ limit: 2 })
    await flush()
    expect(platform.requests.map(({ url }) => url.slice(-1))).toEqual(["2", "3"])
    platform.request().answered(200, todos("two"))
    platform.request().answered(200, todos("three"))
    expect(await Promise.all([outer, inner])).toMatchObject([{ result: items("two") }, { result: items("three") }])
    expect([query.query.value.params, query.dataArr.value]).toEqual([{ limit: 3 }, items("three")])
    await query.execute({ limit: 2 })
    expect([query.query.value.params, query.dataArr.value]).toEqual([{ limit: 3 }, items("three")])
  })

  it("isLoading is false where a subscriber of another query aborted", async () => {
    const { platform, getAll } = await made()
    const [first, second] = [1, 2].map((limit) => getAll({ params: { limit }, options: { refetchInterval: 5000 } }))
    void first?.execute()
    void second?.execute()
    await flush()
    platform.request().answered(200, todos("Milk"))
    platform.request().answered(200, todos("Milk"))
    first?.isLoading.subscribe((isLoading) => {
      if (isLoading) second?.abort()
    })
    platform.advance(5000)
    await flush()
    platform.request().answered(200, todos("Milk"))
    expect(second?.isLoading.value).toBe(false)
  })
})

describe("an optimistic mutation", () => {
  it("that is disposed of by who sees its patch is sent all the same, and the patch goes with its answer", async () => {
    const { runtime, platform } = await makeRuntime()
    const page = runtime.usePluginApi("pacifico__todo") as PluginApi & { $data: { todo: { getAll: Operation } } }
    const row = runtime.usePluginApi("pacifico__todo") as PluginApi & { $data: { todo: { delete: Operation } } }
    const list = page.$data.todo.getAll()
    void list.execute()
    await flush()
    platform.request().answered(200, todos("Milk", "Tea"))
    await flush()
    const removal = row.$data.todo.delete({ options: { optimistic: true } })
    list.dataArr.subscribe((items) => {
      if (items.length < 2) row.dispose()
    })
    const execution = removal.execute({ _id: "Milk" })
    await flush()
    expect([platform.requests.length, list.dataArr.value.length]).toEqual([1, 1])
    platform.request().answered(409, { message: "no" })
    expect((await execution).error?.code).toBe("HTTP_ERROR")
    expect(list.dataArr.value).toHaveLength(2)
  })

  it("sends its own params, whatever who sees its patch executes meanwhile", async () => {
    const { runtime, platform } = await makeRuntime()
    const { getAll, update } = runtime.usePluginApi("pacifico__todo").$data.todo as unknown as Record<string, Operation>
    const list = getAll?.() as Query<{ name: string }>
    void list.execute()
    await flush()
    platform.request().answered(200, todos("Milk", "Tea"))
    const rename = update?.({ options: { optimistic: true } }) as Query<{ name: string }>
    list.dataArr.subscribe((shown) => {
      if (shown.map(({ name }) => name).join() === "a,Tea") void rename.execute({ _id: "Tea", name: "b" })
    })
    void rename.execute({ _id: "Milk", name: "a" })
    await flush()
    expect(platform.requests.map(({ url, body }) => `${url.split("/").at(-1)} ${body}`)).toEqual([
      'Milk {"name":"a"}',
      'Tea {"name":"b"}',
    ])
  })
})

describe("events that were missed", () => {
  it("reach the listeners of their own channels, however many those are", async () => {
    const { runtime, platform, cut } = await recovering()
    const heard: string[] = []
    for (let i = 0; i < 300; i++) {
      runtime.$socket.on(`item-${i}`, (payload, { channel }) => heard.push(`${i}: ${payload} on ${channel}`))
    }
    await cut()
    for (let i = 0; i < 300; i++) platform.connection.text(`42["item-${i}","p${i}","off-${i}"]`)
    platform.connection.text('40{"sid":"s1","pid":"p1"}')
    expect(heard).toEqual(Array.from({ length: 300 }, (_, i) => `${i}: p${i} on item-${i}`))
  })

  it("all come, be they a hundred thousand and more", async () => {
    const { runtime, platform, cut } = await recovering()
    let heard = 0
    runtime.$socket.on("line", () => heard++)
    await cut()
    const count = 150_000
    for (let i = 0; i < count; i++) platform.connection.text(`42["line",${i},"off-2"]`)
    platform.connection.text('40{"sid":"s1","pid":"p1"}')
    expect(heard).toBe(count)
  })

  it("are heard by whoever the event before made listen", async () => {
    const { runtime, platform, cut } = await recovering()
    const heard: unknown[] = []
    runtime.$socket.once("opened", () => runtime.$socket.on("line", (payload) => heard.push(payload)))
    await cut()
    platform.connection.text('42["opened",0,"off-2"]')
    platform.connection.text('42["line",1,"off-3"]')
    platform.connection.text('40{"sid":"s1","pid":"p1"}')
    platform.connection.text('42["line",2,"off-4"]')
    expect(heard).toEqual([1, 2])
  })
})
