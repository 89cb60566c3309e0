// Users' callbacks: they are queued and never nested. An exception is reported and stops no other callback. Whatever a
// callback does while its values are read, every promise settles.
import { afterEach, describe, expect, it, vi } from "vitest"
import type { Operation, PluginConfig, Query } from "../../js-glue/types"
import { connect, eventFrame, flush, makeRuntime, todoConfig } from "./harness"

const todos = (...names: string[]) => ({
  type: "dataRead",
  body: { items: names.map((name) => ({ _id: name, name })) },
})

async function made(options: Parameters<typeof makeRuntime>[0] = {}) {
  const rig = await makeRuntime(options)
  const api = rig.runtime.usePluginApi("pacifico__todo")
  return { ...rig, api, todo: api.$data.todo as Record<"getAll" | "get" | "create" | "update", Operation> }
}

describe("callbacks queue", () => {
  it("100,000 acks that settle at once, each emitting again, lose nothing", async () => {
    const { runtime, platform, errors } = await made({
      socket: { bufferMaxCount: 1e6 },
    })
    const connection = await connect(runtime, platform)
    const ended: unknown[] = []
    for (let i = 0; i < 100_000; i++) {
      runtime.$socket.timeout(60_000).emit("ask", i, (error: unknown) => {
        ended.push((error as { code: string }).code)
        runtime.$socket.emit("again", i)
      })
    }
    connection.closed("cut")
    expect(ended).toHaveLength(100_000)
    expect(new Set(ended)).toEqual(new Set(["SOCKET_DISCONNECTED"]))
    expect(runtime.$socket.buffered.value.count).toBe(100_000)
    expect(errors).toEqual([])
  }, 60_000)

  it.each<[string, (todo: Record<string, Operation>, told: () => void) => Query, (query: Query) => void]>([
    [
      "cb of executions that are aborted",
      (todo, told) => todo.getAll?.({ options: { cb: told, useCache: false } }) as Query,
      (query) => query.abort(),
    ],
  ])("10,000 × %s, each executing again", async (_name, make, end) => {
    const { todo, errors } = await made()
    let told = 0
    const query = make(todo, () => {
      if (++told <= 10_000) void query.execute()
    })
    for (let i = 0; i < 10_000; i++) void query.execute()
    end(query)
    expect(told).toBe(10_000)
    expect([query.isLoading.value, errors]).toEqual([true, []])
  })

  it("an ack's callback returns before the next is called, and state is current at once", async () => {
    const { runtime, platform } = await made()
    const connection = await connect(runtime, platform)
    const order: string[] = []
    for (const name of ["a", "b"]) {
      runtime.$socket.timeout(1000).emit("ask", () => {
        order.push(`${name} begins, ${runtime.$socket.status.value}`)
        runtime.disconnect()
        order.push(`${name} ends, ${runtime.$socket.status.value}`)
      })
    }
    connection.closed("cut")
    expect(order).toEqual(["a begins, connected", "a ends, closed", "b begins, closed", "b ends, closed"])
  })

  it("a listener returns before the callbacks that it causes are called", async () => {
    const { runtime, platform, api, todo } = await made()
    const { text } = await connect(runtime, platform)
    const order: string[] = []
    const query = todo.getAll({ options: { cb: () => order.push("cb") } })
    void query.execute()
    await flush()
    api.$socket.on("todoCreated", () => {
      query.abort()
      order.push(`first, ${query.isLoading.value}`)
    })
    api.$socket.on("todoCreated", () => order.push("second"))
    text(eventFrame("todoCreated", {}))
    expect(order).toEqual(["first, false", "second", "cb"])
  })

  it("a subscriber of state may change it, many levels deep", async () => {
    const { todo, errors } = await made()
    const queries = Array.from({ length: 60 }, (_, i) => todo.getAll({ params: { i } }))
    queries.forEach((query, i) => {
      query.isLoading.subscribe((isLoading) => {
        if (isLoading) void queries[i + 1]?.execute()
        else queries[i + 1]?.abort()
      })
    })
    void queries[0]?.execute()
    expect(queries.every(({ isLoading }) => isLoading.value)).toBe(true)
    queries[0]?.abort()
    expect(queries.some(({ isLoading }) => isLoading.value)).toBe(false)
    expect(errors).toEqual([])
  })
})

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const thrown: [string, () => unknown][] = [
  ["an object without a prototype", () => Object.create(null)],
  ["a proxy that was revoked", revoked],
  [
    "an object whose toString throws",
    () => ({
      toString() {
        throw new Error("no")
      },
    }),
  ],
  ["a symbol", () => Symbol("s")],
  ["nothing", () => undefined],
  [
    "an error whose message throws",
    () =>
      Object.defineProperty(new Error(), "message", {
        get() {
          throw new Error("no")
        },
      }),
  ],
]

describe.each(thrown)("%s that is thrown", (_name, make) => {
  const fail = () => {
    throw make()
  }
  afterEach(() => void vi.restoreAllMocks())

  it("by a listener of any kind is reported, and the others are called", async () => {
    const { runtime, platform, api, errors } = await made()
    const { text } = await connect(runtime, platform)
    const heard: string[] = []
    api.$socket.on("todoCreated", fail)
    api.$socket.on("todoCreated", () => heard.push("event"))
    api.$eventbus.on("e", fail)
    api.$eventbus.on("e", () => heard.push("bus"))
    runtime.$socket.onAnyOutgoing(fail)
    runtime.$socket.onAnyOutgoing(() => heard.push("outgoing"))
    text(eventFrame("todoCreated", {}))
    api.$eventbus.emit("e")
    runtime.$socket.emit("x")
    expect(heard).toEqual(["event", "bus", "outgoing"])
    expect(errors.map(({ code }) => code)).toEqual(["LISTENER_THREW", "LISTENER_THREW", "LISTENER_THREW"])
  })

  it("by callbacks of acks and executions, subscribers and filters is reported, and everything continues", async () => {
    const { runtime, platform, todo, errors } = await made()
    const { text, sent } = await connect(runtime, platform)
    runtime.$socket.emit("ask", fail)
    text(`43${/\d+/.exec(String(sent.at(-1)).slice(2))}[]`)
    const query = todo.getAll({ options: { cb: fail } })
    query.dataArr.subscribe((items) => items.length > 0 && fail())
    const executed = query.execute()
    await flush()
    platform.request().answered(200, todos("Milk"))
    expect((await executed).result).toHaveLength(1)
    expect(query.dataArr.value).toHaveLength(1)
    expect(errors.map(({ code }) => code)).toEqual(["LISTENER_THREW", "LISTENER_THREW", "LISTENER_THREW"])
  })

  it("by params, by values in them, and by a target is the error of the execution", async () => {
    const { todo, errors } = await made({
      plugins: [
        {
          ...todoConfig,
          data: {
            todo: { operations: { getAll: { target: "/", method: "get" }, get: { target: fail, method: "get" } } },
          },
        } as PluginConfig,
      ],
    })
    const getter = Object.defineProperty({}, "a", { enumerable: true, get: fail })
    for (const query of [
      todo.getAll({ params: fail }),
      todo.getAll({ params: getter }),
      todo.getAll({ params: { a: { toJSON: fail } } }),
      todo.get(),
    ]) {
      expect((await query.execute()).error?.code).toBe("BAD_ARGUMENT")
    }
    expect(errors).toEqual([])
  })

  it("by `match`, `sort`, `optimistic` and `nextParams` is reported, and the response shows", async () => {
    const { platform, todo, errors } = await made()
    const query = todo.getAll({ options: { match: fail, sort: fail, nextParams: fail } })
    const executed = query.execute()
    await flush()
    platform.request().answered(200, todos("Milk"))
    expect((await executed).result).toHaveLength(1)
    void todo.update({ params: { _id: "Milk" }, options: { optimistic: fail } }).execute({ name: "b" })
    await flush()
    platform.request().answered(200, { type: "dataUpdate", body: { items: [{ _id: "Milk", name: "b" }] } })
    await flush()
    expect(query.dataArr.value).toEqual([{ _id: "Milk", name: "b" }])
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["LISTENER_THREW"]))
  })

  it("by `auth` is the error of the request, and `auth` is called again", async () => {
    let isBroken = true
    const { platform, todo } = await made({ auth: () => (isBroken ? fail() : { token: "t" }) as { token: string } })
    const executed = todo.getAll().execute()
    await flush()
    expect((await executed).error?.code).toBe("AUTH_FAILED")
    isBroken = false
    void todo.getAll().execute()
    await flush()
    expect(platform.request().headers.get("authorization")).toBe("Bearer t")
  })

  it("by `onError` and by a sink stops nothing", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation((value) => typeof value === "string" || fail())
    const { runtime, platform, api } = await made({ onError: fail, log: { sink: fail } })
    const { text } = await connect(runtime, platform)
    const heard: unknown[] = []
    api.$socket.on("todoCreated", fail)
    api.$socket.on("todoCreated", (payload) => heard.push(payload))
    text(eventFrame("todoCreated", 1))
    text(eventFrame("todoCreated", 2))
    expect(heard).toEqual([1, 2])
    expect(printed).toHaveBeenCalled()
  })
})

/** Actions that code may take when the runtime calls it to read a value. */
const deeds: [string, (rig: Awaited<ReturnType<typeof made>>) => void][] = [
  ["disposes of the runtime", ({ runtime }) => runtime.dispose()],
  ["disposes of the scope", ({ api }) => api.dispose()],
  ["disconnects", ({ runtime }) => runtime.disconnect()],
  [
    "throws",
    () => {
      throw new Error("no")
    },
  ],
]

describe.each(deeds)("an argument that %s while it is read", (name, act) => {
  const values: [string, (act: () => void) => unknown][] = [
    ["toJSON", (act) => ({ toJSON: () => act() })],
    ["a getter", (act) => Object.defineProperty({}, "a", { enumerable: true, get: act })],
    ["a proxy", (act) => new Proxy({}, { ownKeys: () => [act()].slice(1) as never })],
  ]

  it.each(values)("by %s: an ack and an emit settle", async (_kind, make) => {
    const rig = await made()
    await connect(rig.runtime, rig.platform)
    const { $socket } = rig.api
    const asked = $socket.timeout(1000).emitWithAck(
      "ask",
      make(() => act(rig)),
    )
    const end = asked.then(
      () => "answered",
      ({ code }) => code,
    )
    rig.platform.advance(1000)
    const ends = { "disposes of the runtime": "DISPOSED", "disposes of the scope": "DISPOSED", throws: "BAD_ARGUMENT" }
    expect(await end).toBe(ends[name as keyof typeof ends] ?? "ACK_TIMEOUT")
  })

  it.each(values)("by %s: an execution settles", async (_kind, make) => {
    for (const operation of ["getAll", "create"] as const) {
      const rig = await made()
      await connect(rig.runtime, rig.platform)
      const query = rig.todo[operation]({ params: { a: make(() => act(rig)) } })
      const ended = query.execute()
      await flush()
      for (const request of [...rig.platform.requests]) request.answered(200, todos("Milk"))
      const { error } = await ended
      const isGone = name.startsWith("disposes")
      expect(error?.code).toBe(isGone ? "DISPOSED" : name === "throws" ? "BAD_ARGUMENT" : undefined)
      expect(query.isLoading.value).toBe(false)
    }
  })
})

describe("an argument that", () => {
  it("disposes its query while it is read settles the execution", async () => {
    const { todo, platform } = await made()
    const query: Query = todo.getAll({ params: { a: () => query.dispose() } })
    expect((await query.execute()).error?.code).toBe("DISPOSED")
    expect(platform.requests).toEqual([])
  })

  it("aborts its signal while it is read settles the execution", async () => {
    const { todo, platform } = await made()
    const user = new AbortController()
    const query = todo.getAll({ params: { a: () => user.abort() }, config: { signal: user.signal } })
    expect((await query.execute()).error?.code).toBe("ABORTED")
    expect(platform.requests).toEqual([])
  })

  it("disposes the runtime in `optimistic` settles the execution", async () => {
    const { todo, runtime, platform } = await made()
    void todo.getAll().execute()
    await flush()
    platform.request().answered(200, todos("Milk"))
    const optimistic = () => {
      runtime.dispose()
      return { _id: "1" }
    }
    const ended = todo.create({ options: { optimistic } }).execute({ name: "a" })
    expect((await ended).error?.code).toBe("DISPOSED")
  })
})

describe("off", () => {
  it("removes each of 100,000 listeners by its own function, on the socket and on the bus", async () => {
    const { api } = await made()
    for (const part of [api.$socket, api.$eventbus] as (typeof api.$eventbus)[]) {
      const listeners = Array.from({ length: 100_000 }, () => () => {})
      for (const [i, listener] of listeners.entries()) part.on(`name${i % 1000}`, listener)
      let count = 0
      listeners.forEach((listener, i) => {
        count += part.off(`name${i % 1000}`, listener)
      })
      expect(count).toBe(100_000)
      expect(part.off("name1")).toBe(0)
    }
  }, 60_000)
})

describe("names that every object has", () => {
  it.each(["constructor", "toString", "hasOwnProperty", "then", "__proto__", "valueOf"])(
    "%s is a plugin, an entity, an operation and a channel where the config says so",
    async (name) => {
      const channel = { channel: `p--${name}`, channelKey: name, prefix: "p" }
      const operations = Object.fromEntries([[name, { target: "/x", method: "get", channels: [channel] }]])
      const config = {
        ...{ pluginName: "p", author: "a", pluginKey: name, routePrefix: "" },
        data: Object.fromEntries([[name, { operations }]]),
      } as PluginConfig
      const { runtime, platform } = await makeRuntime({ plugins: [config] })
      const { text } = await connect(runtime, platform)
      const { $data, $socket, $eventbus, $log } = runtime.usePluginApi(name)
      const heard: unknown[] = []
      $socket.on(name, (payload, { channelKey }) => heard.push([payload, channelKey]))
      $eventbus.on(name, (payload) => heard.push(payload))
      text(`42["p--${name}",1]`)
      $eventbus.emit(name, 2)
      $log(name)
      expect(heard).toEqual([[1, name], 2])
      expect($socket.off(name)).toBe(1)
      const query = ($data[name] as Record<string, Operation>)[name]?.({ options: { live: true } })
      void query?.execute()
      await flush()
      expect(platform.requests).toHaveLength(1)
    },
  )
})
