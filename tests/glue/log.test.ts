// $log: the contents of an entry, which levels reach the sink, and the console output without a sink.
import { describe, expect, it, vi } from "vitest"
import { loadCore } from "../../js-glue/core/load"
import type { LogEntry, LogLevel } from "../../js-glue/types"
import { makeRuntime, wasm } from "./harness"

async function logged(level?: LogLevel) {
  const entries: LogEntry[] = []
  const sink = (entry: LogEntry) => entries.push(entry)
  const { runtime } = await makeRuntime({ log: { sink, ...(level !== undefined && { level }) } })
  return { entries, runtime, $log: runtime.usePluginApi("pacifico__todo").$log }
}

describe("$log", () => {
  it("writes the plugin, the title, the message and the local time", async () => {
    const { entries, $log } = await logged()
    $log("todoCreated", { name: "Milk" })
    expect(entries).toEqual([
      {
        level: 1,
        title: "plugin/pacifico__todo - todoCreated",
        message: { name: "Milk" },
        dateTime: "21.04.2026 - 17:30:40:615",
      },
    ])
  })

  it.each([
    [0, [0]],
    [1, [0, 1]],
    [2, [0, 1, 2]],
  ] as const)("at level %i lets %j through", async (level, expected) => {
    const { entries, $log } = await logged(level)
    $log.error("e")
    $log.info("i")
    $log.debug("d")
    expect(entries.map((entry) => entry.level)).toEqual(expected)
    entries.length = 0
    for (const each of [0, 1, 2] as const) $log("t", undefined, each)
    expect(entries.map((entry) => entry.level)).toEqual(expected)
  })

  it("treats a level above 2 as 2", async () => {
    const { entries, $log, runtime } = await logged()
    for (const each of [2, 3, 99, Number.POSITIVE_INFINITY]) $log("t", undefined, each)
    expect(entries).toEqual([])
    runtime.$log.level = 2
    for (const each of [2, 3, 99, Number.POSITIVE_INFINITY]) $log("t", undefined, each)
    expect(entries.map(({ level }) => level)).toEqual([2, 2, 2, 2])
  })

  it("marks a warning, which has level 1", async () => {
    const { entries, $log, runtime } = await logged()
    $log.warn("w", "mind")
    $log.child("list").warn("c")
    expect(entries).toMatchObject([
      { level: 1, title: "plugin/pacifico__todo - w", message: "mind", isWarning: true },
      { level: 1, title: "plugin/pacifico__todo/list - c", isWarning: true },
    ])
    runtime.$log.level = 0
    runtime.$log.warn("w")
    expect(entries).toHaveLength(2)
  })

  it("calls a message that is a function only if its level is on", async () => {
    const { entries, $log } = await logged()
    const costly = vi.fn(() => "dear")
    $log.debug("d", costly)
    expect(costly).not.toHaveBeenCalled()
    $log.info("i", costly)
    expect(entries.map(({ message }) => message)).toEqual(["dear"])
  })

  it("of the runtime has no plugin", async () => {
    const { entries, runtime } = await logged()
    runtime.$log("started")
    expect(entries[0]?.title).toBe("started")
  })

  it("goes to the console by default, by level", async () => {
    const spies = (["error", "warn", "info", "debug"] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(() => {}),
    )
    const { runtime } = await makeRuntime({ log: { level: 2 } })
    const { $log } = runtime.usePluginApi("p")
    $log.error("e", 1)
    $log.warn("w", 1)
    $log.info("i", 2)
    $log.debug("d", 3)
    const dateTime = "21.04.2026 - 17:30:40:615"
    expect(spies.map((spy) => spy.mock.calls)).toEqual([
      [["plugin/p - e", { message: 1, dateTime }]],
      [["plugin/p - w", { message: 1, dateTime }]],
      [["plugin/p - i", { message: 2, dateTime }]],
      [["plugin/p - d", { message: 3, dateTime }]],
    ])
    vi.restoreAllMocks()
  })
})

describe("a level that is off", () => {
  it("costs nothing: builds no text, reads no clock, calls no message function", async () => {
    const core = await loadCore(wasm)
    const { runtime, platform } = await makeRuntime({ log: { sink() {}, level: 0 } })
    const spies = [
      vi.spyOn(core, "logTitle"),
      vi.spyOn(core, "logTime"),
      vi.spyOn(platform.drivers.timers, "wallClock"),
      vi.fn(() => "text"),
      vi.fn(() => "message"),
    ] as const
    const title = { toString: spies[3] } as unknown as string
    for (const log of [runtime.$log, runtime.$log.child("boot"), runtime.usePluginApi("p").$log.child("list")]) {
      log(title, spies[4])
      log(title, spies[4], 2)
      log.info(title, spies[4])
      log.debug(title, spies[4])
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
    runtime.$log.error(title, spies[4])
    for (const spy of spies) expect(spy).toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  it("can be switched on and off for all at any time", async () => {
    const { entries, runtime, $log } = await logged()
    const child = $log.child("list")
    for (const level of [1, 2, 0] as const) {
      runtime.$log.level = level
      expect(runtime.$log.level).toBe(level)
      child.debug(`at ${level}`)
      child.error(`at ${level}`)
    }
    expect(entries.map(({ level, title }) => [level, title.slice(-4)])).toEqual([
      [0, "at 1"],
      [2, "at 2"],
      [0, "at 2"],
      [0, "at 0"],
    ])
    const wrong = () => Object.assign(runtime.$log, { level: 3 })
    expect(wrong).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
  })
})

describe("a child", () => {
  it("writes its context after the plugin's key, at every depth", async () => {
    const { entries, runtime, $log } = await logged()
    const list = $log.child("list")
    list("shown")
    list.child("row 7").error("broken")
    runtime.$log.child("boot").child("core").info("loaded")
    $log("not touched")
    expect(entries.map(({ title }) => title)).toEqual([
      "plugin/pacifico__todo/list - shown",
      "plugin/pacifico__todo/list/row 7 - broken",
      "boot/core - loaded",
      "plugin/pacifico__todo - not touched",
    ])
    expect(() => $log.child("")).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }))
  })
})

describe("sinks", () => {
  it("all receive every entry, and one that throws is reported and stops no other", async () => {
    const broken = () => {
      throw new Error("disk full")
    }
    const [first, last] = [vi.fn(), vi.fn()]
    const { runtime, errors } = await makeRuntime({ log: { sink: [first, broken, last] } })
    runtime.$log("t", 1)
    for (const sink of [first, last])
      expect(sink.mock.calls.map(([{ title, message }]) => [title, message])).toEqual([["t", 1]])
    expect(errors).toEqual([expect.objectContaining({ code: "LISTENER_THREW" })])
    expect(errors[0]?.message).toContain("a log sink: disk full")
  })

  it("that fail while their failure is reported are not reported again", async () => {
    const onError = vi.fn(() => runtime.$log.error("again"))
    const sink = vi.fn(() => {
      throw new Error("disk full")
    })
    const { runtime } = await makeRuntime({ log: { sink }, onError })
    runtime.$log("t")
    expect(sink).toHaveBeenCalledTimes(2)
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it("that fail without an onError are reported on the console, and so is an onError that throws", async () => {
    const written = vi.spyOn(console, "error").mockImplementation(() => {})
    const failing = () => {
      throw new Error("disk full")
    }
    for (const onError of [undefined, failing]) {
      const { runtime } = await makeRuntime({ log: { sink: failing }, onError } as never)
      expect(() => runtime.$log("t")).not.toThrow()
    }
    expect(written.mock.calls.map(([error]) => String(error))).toEqual([
      expect.stringContaining("a log sink: disk full"),
      "Error: disk full",
    ])
    vi.restoreAllMocks()
  })

  it("receive the error of a message function instead of the message", async () => {
    const { entries, $log } = await logged()
    $log("t", () => {
      throw new Error("no message")
    })
    expect(entries[0]?.message).toEqual(new Error("no message"))
  })

  it.each([[{ level: 3 }], [{ level: "debug" }], [{ sink: "console" }], [{ sink: [1] }]])(
    "%j is refused",
    async (log) => {
      await expect(makeRuntime({ log } as never)).rejects.toMatchObject({
        code: "BAD_CONFIG",
        message: expect.stringContaining(`log.${Object.keys(log)[0]}`),
      })
    },
  )
})
