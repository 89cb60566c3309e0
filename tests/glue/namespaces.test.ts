// Disposed namespaces: they disconnect, their registrations end, and their number is reused only when nothing refers to
// it.
import { describe, expect, it, vi } from "vitest"
import { loadCore } from "../../js-glue/core/load"
import type { NamespaceHandle } from "../../js-glue/types"
import { censusOf } from "../support/core"
import { connect, type FakePlatform, flush, makeRuntime, wasm } from "./harness"

const disposed = expect.objectContaining({ code: "DISPOSED" })

/** A connected runtime, and the number of namespaces in its core. */
async function made(options: Parameters<typeof makeRuntime>[0] = {}) {
  const core = await loadCore(wasm)
  const creates = vi.spyOn(core, "createRuntime")
  const { runtime, platform, errors } = await makeRuntime(options)
  const handle = creates.mock.results.at(-1)?.value.value as number
  creates.mockRestore()
  await connect(runtime, platform)
  platform.connection.sent.length = 0
  return { runtime, platform, errors, namespaces: () => censusOf(core, handle).at(-1) }
}

/** Connects a namespace completely. */
async function join(admin: NamespaceHandle, platform: FakePlatform, name = "/admin") {
  admin.connect()
  await flush()
  platform.connection.text(`40${name},{"sid":"a1"}`)
}

/** The time after which the server forgets the session. */
const IDLE_TIME = 100

describe("dispose() of a namespace", () => {
  it("disconnects it, and ends all its registrations", async () => {
    const { runtime, platform, namespaces } = await made()
    const admin = runtime.of("/admin")
    const { $socket } = admin
    await join(admin, platform)
    const never = vi.fn()
    $socket.on("news", never)
    $socket.onAny(never)
    $socket.onAnyOutgoing(() => {})
    const ends = [
      $socket.waitFor("news"),
      $socket.emitWithAck("ask"),
      $socket.timeout(1000).emitWithAck("ask"),
      $socket.sending({ retries: 3, timeout: 10 }).emitWithAck("ask"),
    ].map((end) => end.catch((error: unknown) => error))
    const loop = $socket.events("news").next()
    platform.connection.sent.length = 0
    admin.dispose()
    expect(platform.connection.sent).toEqual(["41/admin,"])
    expect(await Promise.all(ends)).toEqual(ends.map(() => disposed))
    expect(await loop).toEqual({ value: undefined, done: true })
    platform.connection.text('42/admin,["news"]')
    expect(never).not.toHaveBeenCalled()
    platform.advance(IDLE_TIME)
    expect(namespaces()).toBe(1)
    expect(runtime.$socket.status.value).toBe("connected")
    expect(platform.connection.open).toBe(true)
  })

  it("keeps the values of its refs, and refuses every call", async () => {
    const { runtime, platform } = await made()
    const admin = runtime.of("/admin")
    await join(admin, platform)
    const { $socket } = admin
    admin.dispose()
    admin.dispose()
    expect([$socket.status.value, $socket.reason.value?.code]).toEqual(["closed", "CLIENT_DISCONNECTED"])
    const calls = [
      () => admin.connect(),
      () => admin.disconnect(),
      () => $socket.on("a", () => {}),
      () => $socket.once("a", () => {}),
      () => $socket.onAny(() => {}),
      () => $socket.onAnyOutgoing(() => {}),
      () => $socket.emit("a"),
      () => $socket.volatile.emit("a"),
      () => $socket.sending({ retries: 1 }).emit("a"),
      () => $socket.clearBuffer(),
      () => $socket.events("a"),
    ]
    for (const call of calls) expect(call).toThrow("the namespace /admin")
    await expect($socket.emitWithAck("a")).rejects.toEqual(disposed)
    await expect($socket.waitFor("a")).rejects.toEqual(disposed)
    expect(platform.connection.sent).toEqual(["40/admin,", "41/admin,"])
  })

  it("ends it for all its users, and of() creates a new one that works", async () => {
    const { runtime, platform } = await made()
    const [one, same] = [runtime.of("/admin"), runtime.of("admin")]
    await join(one, platform)
    same.dispose()
    expect(() => one.$socket.emit("a")).toThrow(disposed)
    const heard = vi.fn()
    const anew = runtime.of("/admin")
    anew.$socket.on("news", heard)
    anew.connect()
    same.dispose()
    expect(anew.$socket.status.value).toBe("connecting")
    platform.advance(IDLE_TIME)
    await flush()
    expect(platform.connection.sent).toEqual(["40/admin,", "41/admin,", "40/admin,"])
    platform.connection.text('40/admin,{"sid":"a2"}')
    platform.connection.text('42/admin,["news",1]')
    expect(heard).toHaveBeenCalledOnce()
    expect(one.$socket.status.value).toBe("closed")
  })

  it("drops buffered emits, and frees their space", async () => {
    const { runtime, namespaces } = await made()
    const admin = runtime.of("/admin")
    const signal = new AbortController().signal
    admin.$socket.emit("a")
    admin.$socket.sending({ signal }).emit("b")
    expect(runtime.$socket.buffered.value.count).toBe(2)
    admin.dispose()
    expect(runtime.$socket.buffered.value).toEqual({ count: 0, bytes: 0 })
    expect(namespaces()).toBe(1)
  })

  it("does nothing to the main namespace, which ends with the runtime", async () => {
    const { runtime } = await made()
    const heard = vi.fn()
    runtime.of("/").$socket.on("news", heard)
    runtime.of("/").dispose()
    expect(runtime.$socket.status.value).toBe("connected")
    runtime.$socket.emit("a")
    expect(runtime.$socket.off("news", heard)).toBe(1)
  })

  it("does nothing after the runtime's dispose()", async () => {
    const { runtime, errors } = await made()
    const admin = runtime.of("/admin")
    runtime.dispose()
    admin.dispose()
    expect(errors).toEqual([])
  })
})

describe("a namespace is disposed", () => {
  it("while it connects: its number is reused only after the server's response", async () => {
    const { runtime, platform, namespaces } = await made()
    const admin = runtime.of("/admin")
    admin.connect()
    await flush()
    admin.dispose()
    const other = runtime.of("/other")
    const heard = vi.fn()
    other.$socket.on("news", heard)
    await join(other, platform, "/other")
    expect(namespaces()).toBe(3)
    platform.connection.text('40/admin,{"sid":"late"}')
    expect(platform.connection.sent).toEqual(["40/admin,", "40/other,", "41/admin,"])
    platform.advance(IDLE_TIME)
    expect(namespaces()).toBe(2)
    platform.connection.text('42/other,["news"]')
    expect(heard).toHaveBeenCalledOnce()
  })

  it("while it connects, and is requested again: one session follows the other", async () => {
    const { runtime, platform } = await made()
    const admin = runtime.of("/admin")
    admin.connect()
    await flush()
    admin.dispose()
    const anew = runtime.of("/admin")
    anew.connect()
    platform.connection.text('40/admin,{"sid":"first"}')
    platform.advance(IDLE_TIME)
    await flush()
    expect(platform.connection.sent).toEqual(["40/admin,", "41/admin,", "40/admin,"])
    platform.connection.text('40/admin,{"sid":"second"}')
    expect(anew.$socket.id).toBe("second")
    expect(admin.$socket.id).toBeUndefined()
  })

  it("while its `auth` is pending: the result is discarded", async () => {
    const { runtime, platform, namespaces } = await made()
    let answer = (_: object) => {}
    const admin = runtime.of("/admin", { auth: () => new Promise<object>((resolve) => (answer = resolve)) as never })
    admin.connect()
    admin.dispose()
    expect(namespaces()).toBe(1)
    const other = runtime.of("/other", { auth: ({ reason }) => ({ token: reason ?? "other" }) })
    other.connect()
    await flush()
    answer({ token: "admin" })
    await flush()
    platform.connection.text('44/other,{"message":"no"}')
    await flush()
    expect(platform.connection.sent).toEqual(['40/other,{"token":"other"}', '40/other,{"token":"no"}'])
  })

  it("before its `auth` is called: it is never called", async () => {
    const auth = vi.fn(() => ({ token: "main" }))
    const { runtime, platform } = await made({ auth })
    const own = vi.fn(() => ({ token: "own" }))
    const admin = runtime.of("/admin", { auth: own })
    auth.mockClear()
    runtime.$socket.on("leave", () => {
      admin.connect()
      admin.dispose()
    })
    platform.connection.text('42["leave"]')
    await flush()
    expect([auth.mock.calls, own.mock.calls]).toEqual([[], []])
  })

  it("from within its own listener: no later listener is called, not even for queued events", async () => {
    const { runtime, platform } = await made()
    const admin = runtime.of("/admin")
    await join(admin, platform)
    const never = vi.fn()
    const heard = vi.fn()
    let anew: NamespaceHandle | undefined
    admin.$socket.on("news", () => {
      platform.connection.text('42/admin,["news",2]')
      admin.dispose()
      anew = runtime.of("/admin")
      anew.$socket.on("news", heard)
    })
    admin.$socket.on("news", never)
    platform.connection.text('42/admin,["news",1]')
    expect(never).not.toHaveBeenCalled()
    expect(heard).not.toHaveBeenCalled()
    anew?.connect()
    platform.advance(IDLE_TIME)
    await flush()
    platform.connection.text('40/admin,{"sid":"a2"}')
    platform.connection.text('42/admin,["news",3]')
    expect(heard).toHaveBeenCalledExactlyOnceWith(3, expect.anything())
  })

  it("by a subscriber of its status, which requests it again", async () => {
    const { runtime, platform, errors } = await made()
    const admin = runtime.of("/admin")
    await join(admin, platform)
    let anew: NamespaceHandle | undefined
    admin.$socket.status.subscribe((status) => {
      if (status !== "reconnecting") return
      admin.dispose()
      anew = runtime.of("/admin")
      anew.connect()
    })
    platform.connection.text("41/admin,")
    await flush()
    platform.connection.text('40/admin,{"sid":"a2"}')
    expect([admin.$socket.status.value, anew?.$socket.status.value]).toEqual(["closed", "connected"])
    expect(errors).toEqual([])
  })

  it("after it was rejected, with the server's error", async () => {
    const { runtime, platform, namespaces } = await made({ socket: { authAttempts: 1 } })
    const admin = runtime.of("/admin")
    admin.connect()
    await flush()
    platform.connection.text('44/admin,{"message":"no","data":{"banned":true}}')
    expect(admin.$socket.reason.value?.data).toEqual({ banned: true })
    admin.dispose()
    expect(namespaces()).toBe(1)
    const other = runtime.of("/other")
    other.connect()
    await flush()
    platform.connection.text('44/other,{"message":"neither"}')
    expect(other.$socket.reason.value).toEqual({
      code: "CONNECT_REJECTED",
      message: expect.stringContaining("neither"),
    })
  })

  it("while the connection is lost: it does not reconnect", async () => {
    const { runtime, platform, namespaces } = await made({ socket: { randomizationFactor: 0 } })
    const admin = runtime.of("/admin")
    await join(admin, platform)
    platform.connection.closed("cut")
    admin.dispose()
    expect(namespaces()).toBe(1)
    platform.advance(1000)
    platform.connection.opened()
    platform.connection.text('0{"sid":"e2","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
    await flush()
    expect(platform.connection.sent).toEqual(["40"])
  })

  it("during a reset: only the remaining namespaces reconnect", async () => {
    const { runtime, platform } = await made()
    const admin = runtime.of("/admin")
    await join(admin, platform)
    const resetting = runtime.reset()
    admin.dispose()
    await resetting
    platform.connection.opened()
    platform.connection.text('0{"sid":"e2","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')
    await flush()
    expect(platform.connection.sent).toEqual(["40"])
  })
})

describe("the number of a namespace", () => {
  it("does not deliver a reply of the previous namespace", async () => {
    const { runtime, platform, errors } = await made()
    const admin = runtime.of("/admin")
    await join(admin, platform)
    let reply: ((...answer: unknown[]) => void) | undefined
    admin.$socket.on("ask", (_, event) => {
      reply = event.reply
    })
    platform.connection.text('42/admin,7["ask"]')
    admin.dispose()
    platform.advance(IDLE_TIME)
    await join(runtime.of("/other"), platform, "/other")
    reply?.("late")
    expect(platform.connection.sent).toEqual(["40/admin,", "41/admin,", "40/other,"])
    expect(errors).toMatchObject([{ code: "SOCKET_DISCONNECTED" }])
  })

  it("is refused if there are too many, until one is disposed", async () => {
    const { runtime } = await made()
    const handles = Array.from({ length: 4095 }, (_, i) => runtime.of(`/room-${i}`))
    expect(() => runtime.of("/one-more")).toThrow(expect.objectContaining({ code: "BUFFER_FULL" }))
    handles[100]?.dispose()
    runtime.of("/one-more").$socket.on("news", () => {})
  })
})
