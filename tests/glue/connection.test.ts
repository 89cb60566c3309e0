// `runtime.connection`: the number of the attempt, the time of the next one, and the latency.
import { effect } from "@preact/signals-core"
import { describe, expect, it } from "vitest"
import type { ConnectionState } from "../../js-glue/types"
import { connect, FakePlatform, flush, HANDSHAKE, makeRuntime } from "./harness"

async function connected(platform = new FakePlatform()) {
  const made = await makeRuntime({ socket: { autoConnect: false, randomizationFactor: 0 } }, platform)
  const states: ConnectionState[] = []
  made.runtime.connection.subscribe((state) => states.push(state))
  await connect(made.runtime, platform)
  return { ...made, states }
}

function lose(platform: FakePlatform): void {
  platform.connection.open = false
  platform.connection.closed("lost")
}

describe("runtime.connection", () => {
  it("has the number of the attempt, and its time", async () => {
    const { runtime, platform } = await connected()
    expect(runtime.connection.value).toEqual({ attempt: 0, nextAttempt: undefined, latency: 1 })
    lose(platform)
    const wall = platform.drivers.timers.wallClock()
    expect(runtime.connection.value).toMatchObject({ attempt: 1, nextAttempt: wall + 1000 })
    platform.advance(1000)
    expect(runtime.connection.value).toMatchObject({ attempt: 1, nextAttempt: undefined })
    lose(platform)
    expect(runtime.connection.value).toMatchObject({ attempt: 2, nextAttempt: wall + 2000 })
    platform.advance(2000)
    await connect(runtime, platform)
    expect(runtime.connection.value).toMatchObject({ attempt: 0, nextAttempt: undefined })
  })

  it("has the lowest latency of the last responses", async () => {
    const { runtime, platform } = await makeRuntime()
    runtime.connect()
    platform.connection.opened()
    platform.connection.text(HANDSHAKE)
    await flush()
    expect(runtime.connection.value.latency).toBeUndefined()
    platform.advance(48)
    platform.connection.text('40{"sid":"s"}')
    expect(runtime.connection.value.latency).toBe(48)
    const answer = runtime.$socket.emitWithAck("slow")
    platform.advance(900)
    platform.connection.text('431["done"]')
    expect(await answer).toBe("done")
    expect(runtime.connection.value.latency).toBe(48)
    const quick = runtime.$socket.emitWithAck("quick")
    platform.advance(20)
    platform.connection.text('432["done"]')
    expect(await quick).toBe("done")
    expect(runtime.connection.value.latency).toBe(20)
  })

  it("is a frozen object, replaced only on change", async () => {
    const { runtime, platform, states } = await connected()
    const before = states.length
    expect(Object.isFrozen(runtime.connection.value)).toBe(true)
    platform.connection.text("2")
    platform.connection.text('42["anything"]')
    expect(states.length).toBe(before)
    lose(platform)
    expect(states.length).toBe(before + 1)
    expect(states.at(-1)).not.toBe(states.at(-2))
  })

  it("changes together with the status: a subscriber of both sees them agree", async () => {
    const { runtime, platform } = await connected()
    const seen: string[] = []
    effect(() => {
      seen.push(`${runtime.$socket.status.value} ${runtime.connection.value.attempt}`)
    })
    lose(platform)
    platform.advance(1000)
    await connect(runtime, platform)
    expect(seen.at(0)).toBe("connected 0")
    expect(seen).toContain("reconnecting 1")
    expect(seen.at(-1)).toBe("connected 0")
  })

  it("continues after a subscriber throws, and reports the error", async () => {
    const { runtime, platform, errors } = await connected()
    let isThrowing = false
    runtime.connection.subscribe(() => {
      if (isThrowing) throw new Error("mine")
    })
    isThrowing = true
    lose(platform)
    expect(errors.map(({ message }) => message).join()).toMatch(/a subscriber of `connection`.*mine/)
    platform.advance(1000)
    await connect(runtime, platform)
    expect(runtime.$socket.status.value).toBe("connected")
  })

  it("keeps its last value after the runtime is disposed", async () => {
    const { runtime, platform } = await connected()
    lose(platform)
    runtime.dispose()
    expect(runtime.connection.value.nextAttempt).toBeUndefined()
    expect(runtime.connection.value.attempt).toBe(0)
    platform.advance(60_000)
    expect(runtime.connection.value.attempt).toBe(0)
  })
})
