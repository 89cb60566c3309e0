// The load bench is correct: a short run counts every delivery and leaves nothing behind, and its checks notice
// missing, duplicate, foreign and changed deliveries. No test asserts times.
import { randomUUID } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { run, type ServerData } from "../bench/server"
import { complaints, LATENCY_LIMIT } from "../bench/server/judge"
import { CHANNELS, Ledger } from "../bench/server/ledger"
import type { Observed } from "../bench/server/protocol"
import { ramp } from "../bench/server/ramp"
import { until } from "../support/until"

/** The number of processes with `mark` in their environment. */
function countMarked(mark: string): number {
  const isMarked = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark)
    } catch {
      return false
    }
  }
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isMarked(name)).length
}

describe("a quick run", () => {
  it("counts every delivery, and ends its processes", async () => {
    const mark = randomUUID()
    vi.stubEnv("BENCH_MARK", mark)
    onTestFinished(() => void vi.unstubAllEnvs())
    const running = run({ quick: true })
    await until(() => countMarked(mark) >= 2)
    const { name, text, data } = await running
    expect(name).toBe("server")
    expect(text).toContain("deliveries/s")
    expect(text).toContain("Every event of both came to every client once.")
    for (const { steps } of Object.values((data as ServerData).ramps)) {
      expect(steps.length).toBeGreaterThan(0)
      for (const { result } of steps) {
        const { observed, clients } = result
        const deliveries = clients * (observed?.writes ?? 0) * CHANNELS.length
        expect(observed).toMatchObject({ clients, expected: deliveries, delivered: deliveries })
        expect(observed).toMatchObject({ lost: 0, doubled: 0, foreign: 0, altered: 0, dropped: 0, failed: 0 })
      }
    }
    for (const { listeners, writes, turns } of (data as ServerData).beside) {
      expect(turns).toHaveLength(2)
      const whole = { clients: listeners, answered: writes, delivered: listeners * writes * CHANNELS.length }
      for (const { ours, bare } of turns) for (const observed of [ours, bare]) expect(observed).toMatchObject(whole)
    }
    await until(() => countMarked(mark) === 0)
  })
})

const payloadOf = (name: string, isCompleted = false) => ({
  type: "dataCreate",
  body: { items: [{ name, isCompleted }] },
})

const frameOf = (channel: string, payload: unknown) => Buffer.from(`42${JSON.stringify([channel, payload, "offset"])}`)

/** A ledger of 3 clients and 2 answered writes, and the frames that each client must get. */
function makeLedger() {
  const ledger = new Ledger("todo", 3, 2)
  const frames: Buffer[] = [0, 1].flatMap((write) => {
    const payload = payloadOf(ledger.nameOf(write))
    ledger.due(write, 0)
    ledger.answered(write, JSON.stringify(payload))
    return CHANNELS.map((channel) => frameOf(channel, payload))
  })
  const hearAll = (clients: number[], heard: Buffer[] = frames) => {
    for (const client of clients) for (const frame of heard) ledger.hear(client, frame, 10)
  }
  return { ledger, frames, hearAll }
}

/** A step whose only problems are those of `ledger`. */
function observe(ledger: Ledger): Observed {
  const usage = { cpu: 0, thread: 0, starved: 0, disk: 0, rss: 0 }
  const none = { p50: 0, p90: 0, p99: 0, max: 0 }
  const written = { writes: 2, answered: 2, failed: 0, answerTime: none }
  return { ...written, clients: 3, seconds: 1, dropped: 0, server: usage, loadClient: usage, ...ledger.close() }
}

describe("a step", () => {
  it("holds if every client gets every event once", async () => {
    const { ledger, hearAll } = makeLedger()
    hearAll([0, 1, 2])
    await ledger.complete
    const observed = observe(ledger)
    expect(observed).toMatchObject({ expected: 12, delivered: 12, latency: { p50: 10, max: 10 } })
    expect(complaints(observed)).toEqual([])
  })

  it("breaks if one client misses one event", () => {
    const { ledger, frames, hearAll } = makeLedger()
    hearAll([0, 1])
    hearAll([2], frames.toSpliced(1, 1))
    expect(complaints(observe(ledger))).toEqual(["1 delivery of 12 did not come in time"])
  })

  it("breaks if an event comes twice, even if another is missing", () => {
    const { ledger, frames, hearAll } = makeLedger()
    hearAll([0, 1])
    hearAll([2], frames.with(1, frames[0] as Buffer))
    expect(complaints(observe(ledger))).toEqual(["1 delivery of 12 did not come in time", "1 delivery came twice"])
  })

  it("breaks if a frame belongs to no write", () => {
    const { ledger, hearAll } = makeLedger()
    hearAll([0, 1, 2])
    const [channel = ""] = CHANNELS
    const foreign = ["todo 2", "todo x", "another todo 1"].map((name) => frameOf(channel, payloadOf(name)))
    hearAll([0], [...foreign, frameOf("another", payloadOf("todo 1")), Buffer.from("42[")])
    expect(complaints(observe(ledger))).toEqual(["5 frames belonged to no write"])
  })

  it("breaks if a payload differs from the write's response", () => {
    const { ledger, frames, hearAll } = makeLedger()
    const altered = frameOf(CHANNELS[0] ?? "", payloadOf("todo 0", true))
    hearAll([0, 1, 2], [altered, ...frames.slice(1)])
    expect(complaints(observe(ledger))).toEqual(["1 event differed from the answer to the write"])
  })

  it("breaks by a lost connection, a failed write, or a latency above the limit", () => {
    const { ledger, hearAll } = makeLedger()
    hearAll([0, 1, 2])
    const observed = observe(ledger)
    const latency = { ...observed.latency, p99: LATENCY_LIMIT + 1 }
    expect(complaints({ ...observed, dropped: 1, failed: 1, latency })).toEqual([
      "1 connection was dropped",
      "1 write of 2 got no 201 in time",
      "p99 is 251 ms, above 250 ms",
    ])
  })
})

describe("a ramp", () => {
  const climb = async (limit: number, tries = 1) => {
    const found = await ramp({
      levels: [10, 20, 40, 80],
      halvings: 2,
      tries,
      attempt: async (level) => ({ result: level, holds: level <= limit }),
    })
    return { held: found.held?.level, broke: found.broke?.level, tried: found.steps.map(({ level }) => level) }
  }

  it("stops at the level that breaks, and tries two levels between it and the last that held", async () => {
    expect(await climb(32)).toEqual({ held: 30, broke: 35, tried: [10, 20, 40, 30, 35] })
  })

  it("retries a level that broke", async () => {
    expect(await climb(12, 2)).toEqual({ held: 10, broke: 13, tried: [10, 20, 20, 15, 15, 13, 13] })
  })

  it("may find no level that breaks, or none that holds", async () => {
    expect(await climb(80)).toEqual({ held: 80, broke: undefined, tried: [10, 20, 40, 80] })
    expect(await climb(5)).toEqual({ held: undefined, broke: 10, tried: [10] })
  })
})
