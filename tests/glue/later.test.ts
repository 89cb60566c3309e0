// Drivers in separate chunks: calls while the chunk is loading, and errors if it cannot be loaded.
import { describe, expect, it, vi } from "vitest"
import { storageLater, transportLater } from "../../js-glue/drivers/later"
import { memoryStorage } from "../../js-glue/drivers/storage"
import type { Transport, TransportEvents } from "../../js-glue/types/drivers"
import type { StorageDriver } from "../../js-glue/types/storage"
import { connect, FakePlatform, flush, makeRuntime } from "./harness"

/** Records the events of a transport, in order. */
function listener() {
  const told: string[] = []
  const events: TransportEvents = {
    opened: () => told.push("opened"),
    text: (frame) => told.push(`text ${frame}`),
    binary: () => told.push("binary"),
    paused: () => told.push("paused"),
    closed: (detail) => told.push(`closed ${detail}`),
  }
  return { told, events }
}

/** A transport that opens immediately and records its calls. */
function opener() {
  const asked: unknown[][] = []
  const note =
    (name: string) =>
    (...args: unknown[]) => {
      asked.push([name, ...args])
    }
  const open = vi.fn((events: TransportEvents): Transport => {
    queueMicrotask(() => events.opened())
    return {
      sendText: note("sendText"),
      sendBinary: note("sendBinary"),
      pause: note("pause"),
      identify: note("identify"),
      close: note("close"),
    }
  })
  return { asked, open }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))
const UNLOADED = "a part of raclette-wasm could not be loaded: no such file"
const missing = () => Promise.reject(new Error("no such file"))

describe("a transport that is loaded later", () => {
  it("opens once it is there, and is what it stands for from then on", async () => {
    const { told, events } = listener()
    const { asked, open } = opener()
    const transport = transportLater(async () => open, events)
    expect(open).not.toHaveBeenCalled()
    await settled()
    expect(told).toEqual(["opened"])
    const bytes = new Uint8Array(1)
    transport.identify("/?sid=1", 100)
    transport.sendText("2")
    transport.sendBinary(bytes)
    transport.pause()
    transport.close()
    const calls = [["identify", "/?sid=1", 100], ["sendText", "2"], ["sendBinary", bytes], ["pause"], ["close"]]
    expect(asked).toEqual(calls)
  })

  it("opens nothing and reports nothing after it was closed", async () => {
    const { told, events } = listener()
    const { open } = opener()
    transportLater(async () => open, events).close()
    transportLater(missing, events).close()
    await settled()
    expect(open).not.toHaveBeenCalled()
    expect(told).toEqual([])
  })

  it("reports once that it could not be loaded", async () => {
    const { told, events } = listener()
    const transport = transportLater(missing, events)
    expect(told).toEqual([])
    await settled()
    transport.sendText("2")
    transport.close()
    expect(told).toEqual([`closed ${UNLOADED}`])
  })

  it("is asked for again at the next attempt, and the runtime says why there is no connection until then", async () => {
    const platform = new FakePlatform()
    const { openTransport } = platform.drivers
    let isThere = false
    const load = async () => (isThere ? (events: TransportEvents) => openTransport("polling", "", events) : missing())
    platform.drivers.openTransport = (_name, _url, events) => transportLater(load, events)
    const { runtime, errors } = await makeRuntime({ socket: { transports: ["polling"] } }, platform)
    runtime.connect()
    await flush()
    expect(runtime.$socket.status.value).toBe("connecting")
    expect(runtime.$socket.reason.value?.message).toContain(UNLOADED)
    isThere = true
    platform.advance(10_000)
    await flush()
    await connect(runtime, platform)
    expect(runtime.$socket.status.value).toBe("connected")
    expect(errors).toEqual([])
    runtime.dispose()
  })
})

describe("a storage that is loaded later", () => {
  interface Note {
    key: string
  }
  const keys = async (storage: StorageDriver<Note>) => (await storage.load()).map(({ key }) => key)

  it("runs the calls made while loading, in order", async () => {
    const load = vi.fn(async () => memoryStorage<Note>())
    const storage = storageLater(load)
    expect(load).not.toHaveBeenCalled()
    const done: string[] = []
    const calls = [
      storage.put({ key: "a" }).then(() => done.push("put a")),
      storage.remove("a").then(() => done.push("remove a")),
      storage.put({ key: "b" }).then(() => done.push("put b")),
    ]
    await Promise.all(calls)
    expect(done).toEqual(["put a", "remove a", "put b"])
    expect(await keys(storage)).toEqual(["b"])
    expect(load).toHaveBeenCalledTimes(1)
  })

  it("rejects with why it could not be loaded, and is asked for again at the next call", async () => {
    let isThere = false
    const load = vi.fn(async () => (isThere ? memoryStorage<Note>() : missing()))
    const storage = storageLater(load)
    const failed = { message: "no such file" }
    const calls = [storage.load(), storage.put({ key: "a" }), storage.remove("a")]
    for (const result of await Promise.allSettled(calls)) expect(result).toMatchObject({ reason: failed })
    expect(load).toHaveBeenCalledTimes(1)
    isThere = true
    await storage.put({ key: "b" })
    expect(await keys(storage)).toEqual(["b"])
  })

  it("is closed at once where it is there, behind what waits where it is not, and loaded for no close", async () => {
    const log: string[] = []
    const noting = (): StorageDriver<Note> => ({
      ...memoryStorage<Note>(),
      put: async ({ key }) => void log.push(`put ${key}`),
      close: () => log.push("close"),
    })
    const load = vi.fn(async () => noting())
    const storage = storageLater(load)
    storage.close()
    expect(load).not.toHaveBeenCalled()
    const put = storage.put({ key: "a" })
    storage.close()
    await put
    await settled()
    expect(log).toEqual(["put a", "close"])
    storage.close()
    expect(log).toEqual(["put a", "close", "close"])
    const broken = storageLater<Note>(missing)
    const refused = expect(broken.load()).rejects.toThrow("no such file")
    broken.close()
    await refused
  })
})
