// renewAuth(): replaces a token before it is refused, for requests and for the open connection.
import { describe, expect, it } from "vitest"
import type { Operation, RuntimeOptions } from "../../js-glue/types"
import { connect, type FakeConnection, flush, HANDSHAKE, makeRuntime } from "./harness"

/** A connected runtime whose tokens are t1, t2, … */
async function made(options: RuntimeOptions = {}) {
  let tokens = 0
  const reasons: unknown[] = []
  const auth = ({ reason }: { reason?: string }) => {
    reasons.push(reason)
    return { token: `t${++tokens}` }
  }
  const rig = await makeRuntime({ auth, ...options })
  const connection = await connect(rig.runtime, rig.platform)
  const getAll = rig.runtime.usePluginApi("pacifico__todo").$data.todo?.getAll as Operation
  return { ...rig, connection, getAll, reasons }
}

/** Answers a packet that wants an ack, by default the last one. */
function answer(connection: FakeConnection, value: unknown, packet = connection.sent.at(-1)): void {
  const [id] = /\d+/.exec(String(packet).slice(2)) ?? []
  connection.text(`43${id}${JSON.stringify([value])}`)
}

describe("renewAuth()", () => {
  it("sends the next token to the backend, and uses it for requests", async () => {
    const { runtime, platform, connection, getAll, reasons } = await made()
    const renewed = runtime.renewAuth()
    await flush()
    expect(connection.sent.at(-1)).toMatch(/^42\d+\["raclette--auth",\{"token":"t2"\}\]$/)
    answer(connection, { ok: true })
    expect(await renewed).toBe(true)
    expect(reasons).toEqual([undefined, expect.stringContaining("renewAuth")])
    void getAll().execute()
    await flush()
    expect(platform.request().headers.get("authorization")).toBe("Bearer t2")
    expect([runtime.$socket.status.value, platform.connections]).toEqual(["connected", [connection]])
  })

  it.each([
    ["does not know the event", undefined],
    ["refuses it", { ok: false, code: "UNAUTHORIZED" }],
    ["answers something else", "yes"],
  ])("says that a backend that %s has not taken it; requests go out with it all the same", async (_name, value) => {
    const { runtime, platform, connection, getAll } = await made()
    const renewed = runtime.renewAuth()
    await flush()
    if (value === undefined) platform.advance(5000)
    else answer(connection, value)
    expect(await renewed).toBe(false)
    void getAll().execute()
    await flush()
    expect(platform.request().headers.get("authorization")).toBe("Bearer t2")
    expect(runtime.$socket.status.value).toBe("connected")
  })

  it("without a connection renews for requests, and for the next connection", async () => {
    const { runtime, platform, connection, reasons } = await made()
    runtime.disconnect()
    expect(await runtime.renewAuth()).toBe(false)
    expect(connection.sent.some((packet) => String(packet).includes("raclette--auth"))).toBe(false)
    runtime.connect()
    platform.connection.opened()
    platform.connection.text(HANDSHAKE)
    await flush()
    expect(platform.connection.sent[0]).toBe('40{"token":"t3"}')
    expect(reasons).toHaveLength(3)
  })

  it("rejects with what `auth` throws, and the next request asks again", async () => {
    let isBroken = false
    const auth = () => {
      if (isBroken) throw new Error("no login")
      return { token: "t" }
    }
    const { runtime, platform, getAll } = await made({ auth })
    isBroken = true
    const failure = { code: "AUTH_FAILED", message: expect.stringContaining("no login") }
    await expect(runtime.renewAuth()).rejects.toMatchObject(failure)
    isBroken = false
    void getAll().execute()
    await flush()
    expect(platform.request().headers.get("authorization")).toBe("Bearer t")
  })

  it("hands out nothing of a user who is another by then, nor after the end", async () => {
    const waiting: ((token: string) => void)[] = []
    const auth = () =>
      new Promise<{ token: string }>((resolve) => {
        waiting.push((token) => resolve({ token }))
      })
    const { runtime, platform } = await makeRuntime({ auth })
    const renewed = runtime.renewAuth()
    await flush()
    void runtime.reset()
    waiting.shift()?.("old")
    expect(await renewed).toBe(false)
    expect(platform.connections.flatMap(({ sent }) => sent)).toEqual([])
    const late = runtime.renewAuth()
    await flush()
    runtime.dispose()
    for (const give of waiting) give("late")
    expect(await late).toBe(false)
    await expect(runtime.renewAuth()).rejects.toMatchObject({ code: "DISPOSED" })
    expect(platform.requests).toEqual([])
  })

  it("shares one call of `auth` with other callers", async () => {
    const { runtime, connection, reasons } = await made()
    const both = [runtime.renewAuth(), runtime.renewAuth()]
    await flush()
    expect(reasons).toHaveLength(2)
    for (const packet of connection.sent.slice(-2)) answer(connection, { ok: true }, packet)
    expect(await Promise.all(both)).toEqual([true, true])
  })
})
