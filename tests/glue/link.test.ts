// The boundary of the linked module: text round-trips, memory may grow during a call, and numbers are read as in
// JavaScript.
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { loadCore } from "../../js-glue/core/load"
import { censusOf } from "../support/core"
import { makeRuntime, wasm } from "./harness"

describe("texts", () => {
  it.each([
    ["nothing", ""],
    ["ASCII", "todo"],
    ["two, three and four bytes a character", "é…🦊"],
    ["a zero in between", "a\0b"],
    ["a newline", "a\nb"],
    ["a byte order mark", "\ufeffa"],
    ["a long one", "x".repeat(100_000)],
  ])("go in and come out unchanged: %s", async (_what, text) => {
    const core = await loadCore(wasm)
    expect(core.logTitle("", text).text).toBe(text)
  })

  it("have U+FFFD instead of a lone surrogate", async () => {
    const core = await loadCore(wasm)
    expect(core.logTitle("", "a\ud83dz").text).toBe("a\ufffdz")
  })

  it("are unchanged after the memory grew in between", async () => {
    const core = await loadCore(wasm)
    const before = core.HEAPU8
    const text = "é".repeat(before.byteLength)
    expect(core.logTitle("", text).text).toBe(text)
    expect(core.HEAPU8 === before).toBe(false)
    expect(core.HEAPU8.buffer).toBe(core.HEAPU16.buffer)
    expect(before.byteLength).toBe(0)
  })
})

describe("a simulated page without TextEncoder and TextDecoder, such as jsdom's", () => {
  it("still reads and writes texts", async () => {
    for (const name of ["TextEncoder", "TextDecoder"]) vi.stubGlobal(name, undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    vi.resetModules()
    const { loadCore } = await import("../../js-glue/core/load")
    const core = await loadCore(wasm)
    for (const text of ["\ufeffé…🦊", "x".repeat(1000)]) expect(core.logTitle("", text).text).toBe(text)
  })
})

describe("numbers in JSON", () => {
  it.each(["25000", "25e3", "2.5E+4", "25000.0", "24999.999999999999999999"])(
    "are read exactly: %s",
    async (digits) => {
      const { runtime, platform } = await makeRuntime()
      runtime.connect()
      platform.connection.opened()
      platform.connection.text(`0{"sid":"e1","upgrades":[],"pingInterval":${digits},"pingTimeout":20000}`)
      platform.connection.text('40{"sid":"s1"}')
      platform.advance(44_999)
      expect(platform.connection.open).toBe(true)
      platform.advance(1)
      expect(platform.connection.open).toBe(false)
    },
  )

  it("are taken as options down to a fraction", async () => {
    const core = await loadCore(wasm)
    const options = (timeout: string) => `{"origin":"http://127.0.0.1","socket":{"timeout":${timeout}}}`
    expect(core.createRuntime(options("1.0000000000000002"), 1).code).toBe(0)
    expect(core.createRuntime(options("0.9999999999999999"), 1).text).toBe("socket.timeout must be milliseconds")
  })
})

describe("a call on a disposed runtime", () => {
  it("returns DISPOSED, and counts nothing", async () => {
    const core = await loadCore(wasm)
    expect(core.plugin(12345, "p")).toMatchObject({ code: 27, text: "the runtime" })
    expect(censusOf(core, 12345)).toEqual([])
  })
})
