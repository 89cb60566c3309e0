// Leaks: ten thousand scopes, a thousand runtimes and three thousand namespaces, each with objects of every kind, leave
// no listener, no timer and nothing in the core's census, and neither heap grows. Baselines are taken after a warm-up,
// since compilers, caches and the core's tables grow once.
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { beforeAll, expect, it, vi } from "vitest"
import type { CoreModule } from "../../js-glue/core/core-module"
import { loadCore } from "../../js-glue/core/load"
import type { Runtime } from "../../js-glue/types"
import { censusOf } from "../support/core"
import { connect, eventFrame, type FakePlatform, flush, makeRuntime, wasm } from "./harness"

/** Bytes. A leak of 100 per scope or 1000 per runtime adds up to this; measurements vary by a third of it. */
const MAX_GROWTH = 1_000_000

let core: CoreModule
let collect: () => void
beforeAll(async () => {
  core = await loadCore(wasm)
  setFlagsFromString("--expose-gc")
  collect = runInNewContext("gc")
})

/** Bytes of the JavaScript heap after garbage collection. */
async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  return process.memoryUsage().heapUsed
}

const ignore = () => {}
/** A callback that must not be called: it fails the test. */
const never = vi.fn()

/** Fills a scope with objects of every kind. Returns their promises, which must all settle. */
function fill(runtime: Runtime, i: number) {
  const api = runtime.usePluginApi(["pacifico__todo", "acme__shop", "acme__blog"][i % 3] as string)
  const { $socket, $eventbus, $data } = api
  $socket.on("todoCreated", never)
  $socket.once("todoUpdated", never)
  $socket.on(`made-up/${i}`, never)
  $socket.onAny(never)
  $socket.status.subscribe(ignore)
  $eventbus.on(`item/${i}`, never)
  $eventbus.on(`item/${i}/*`, never)
  $eventbus.global.on("ui/**", never)
  $eventbus.once("never", never)
  const signal = new AbortController().signal
  $eventbus.on("never", never, { signal })
  const ends: Promise<unknown>[] = [
    $eventbus.waitFor("never", { timeout: 60_000, signal }),
    $socket.waitFor("todoDeleted"),
    $socket.events("todoDeleted").next(),
    $socket.timeout(500).emitWithAck("ask"),
  ]
  if (i % 3 === 0) ends.push($data.todo?.getAll?.({ params: { i } }).execute() as Promise<unknown>)
  return { api, ends: Promise.allSettled(ends) }
}

async function churnScopes(runtime: Runtime, platform: FakePlatform, from: number, count: number): Promise<void> {
  const { connection } = platform
  for (let i = from; i < from + count; i += 100) {
    const filled = Array.from({ length: 100 }, (_, j) => fill(runtime, i + j))
    await flush()
    for (const { api } of filled) api.dispose()
    for (const { ends } of filled) await ends
    connection.text(eventFrame("todoCreated", {}))
    connection.text(eventFrame("todoDeleted", {}))
    runtime.$eventbus.emit("ui/open")
    // Acks have timed out and cached reads have expired; the server still pings.
    platform.advance(2000)
    connection.text("2")
    connection.sent.length = 0
  }
}

it("ten thousand scopes come and go, and leave nothing", async () => {
  const creates = vi.spyOn(core, "createRuntime")
  const { runtime, platform, errors } = await makeRuntime()
  const handle = creates.mock.results.at(-1)?.value.value as number
  creates.mockRestore()
  await connect(runtime, platform)
  await churnScopes(runtime, platform, 0, 2000)
  const before = { census: censusOf(core, handle), timers: platform.timers.size }
  const memory = core.HEAPU8.byteLength
  const heap = await held()

  await churnScopes(runtime, platform, 2000, 10_000)
  expect({ census: censusOf(core, handle), timers: platform.timers.size }).toEqual(before)
  expect(before.census).toEqual([0, 0, 1, 0, 0, 0, 0, 1])
  expect(core.HEAPU8.byteLength).toBe(memory)
  expect((await held()) - heap).toBeLessThan(MAX_GROWTH)
  expect(never).not.toHaveBeenCalled()
  expect(errors).toEqual([])
  expect(platform.requests).toEqual([])

  runtime.dispose()
  expect(censusOf(core, handle)).toEqual([])
  expect(platform.timers.size).toBe(0)
}, 300_000)

async function churnRuntimes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { runtime, platform } = await makeRuntime()
    const connection = await connect(runtime, platform)
    const filled = Array.from({ length: 6 }, (_, j) => fill(runtime, j))
    runtime.of("/admin").$socket.on("news", never)
    await flush()
    runtime.dispose()
    for (const { ends } of filled) await ends
    connection.text(eventFrame("todoCreated", {}))
    platform.advance(100_000)
    if (platform.timers.size + platform.requests.length > 0 || connection.open) throw new Error("something is left")
  }
}

it("a thousand runtimes come and go, and leave nothing", async () => {
  await churnRuntimes(200)
  const memory = core.HEAPU8.byteLength
  const heap = await held()
  await churnRuntimes(1000)
  expect(core.HEAPU8.byteLength).toBe(memory)
  expect((await held()) - heap).toBeLessThan(MAX_GROWTH)
  expect(never).not.toHaveBeenCalled()
}, 300_000)

it("a hundred thousand names are emitted, and none is kept", async () => {
  const { runtime, platform } = await makeRuntime()
  const { sent } = await connect(runtime, platform)
  const emit = (from: number, count: number) => {
    for (let i = from; i < from + count; i++) runtime.$socket.emit(`room ${i} is left`)
    expect(sent.at(-1)).toBe(`42["room ${from + count - 1} is left"]`)
    sent.length = 0
  }
  emit(0, 10_000)
  const memory = core.HEAPU8.byteLength
  const heap = await held()
  for (let i = 1; i <= 10; i++) emit(i * 10_000, 10_000)
  expect(core.HEAPU8.byteLength).toBe(memory)
  expect((await held()) - heap).toBeLessThan(MAX_GROWTH)
  runtime.dispose()
})

it("three thousand namespaces are visited and left, and leave nothing", async () => {
  const creates = vi.spyOn(core, "createRuntime")
  const { runtime, platform, errors } = await makeRuntime()
  const handle = creates.mock.results.at(-1)?.value.value as number
  creates.mockRestore()
  const connection = await connect(runtime, platform)
  const visit = async (from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      const name = `/room-${i}`
      const room = runtime.of(name, i % 3 === 0 ? { auth: () => ({ token: name }) } : {})
      const { $socket } = room
      $socket.on("said", ignore)
      $socket.onAny(ignore)
      $socket.onAnyOutgoing(ignore)
      $socket.status.subscribe(ignore)
      $socket.emit("hello")
      const ends = Promise.allSettled([$socket.waitFor("left"), $socket.timeout(500).emitWithAck("ask")])
      room.connect()
      await flush()
      // Some are disposed before the server accepts them.
      if (i % 5 > 0) connection.text(`40${name},{"sid":"s${i}"}`)
      connection.text(`42${name},["said",${i}]`)
      room.dispose()
      if (i % 5 === 0) connection.text(`40${name},{"sid":"s${i}"}`)
      await ends
      platform.advance(100)
      connection.text("2")
      connection.sent.length = 0
    }
  }
  await visit(0, 1000)
  const before = { census: censusOf(core, handle), timers: platform.timers.size }
  const memory = core.HEAPU8.byteLength
  const heap = await held()

  await visit(1000, 3000)
  expect({ census: censusOf(core, handle), timers: platform.timers.size }).toEqual(before)
  expect(before.census).toEqual([0, 0, 1, 0, 0, 0, 0, 1])
  expect(core.HEAPU8.byteLength).toBe(memory)
  expect((await held()) - heap).toBeLessThan(MAX_GROWTH)
  expect(errors).toEqual([])
  runtime.dispose()
}, 300_000)
