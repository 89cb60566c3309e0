// $log: what an entry holds, which levels reach the sink, and what the console gets when there is none.
import { describe, expect, it, vi } from "vitest"
import type { LogEntry, LogLevel } from "../../js-glue/api/types"
import { makeRuntime } from "./harness"

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

  it("calls a message that is a function only if its level is on", async () => {
    const { entries, $log } = await logged()
    const costly = vi.fn(() => "dear")
    $log.debug("d", costly)
    expect(costly).not.toHaveBeenCalled()
    $log.info("i", costly)
    expect(entries.map(({ message }) => message)).toEqual(["dear"])
  })

  it("of the runtime itself names no plugin", async () => {
    const { entries, runtime } = await logged()
    runtime.$log("started")
    expect(entries[0]?.title).toBe("started")
  })

  it("goes to the console by default, by level", async () => {
    const spies = (["error", "info", "debug"] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(() => {}),
    )
    const { runtime } = await makeRuntime({ log: { level: 2 } })
    const { $log } = runtime.usePluginApi("p")
    $log.error("e", 1)
    $log.info("i", 2)
    $log.debug("d", 3)
    const dateTime = "21.04.2026 - 17:30:40:615"
    expect(spies.map((spy) => spy.mock.calls)).toEqual([
      [["plugin/p - e", { message: 1, dateTime }]],
      [["plugin/p - i", { message: 2, dateTime }]],
      [["plugin/p - d", { message: 3, dateTime }]],
    ])
    vi.restoreAllMocks()
  })
})
