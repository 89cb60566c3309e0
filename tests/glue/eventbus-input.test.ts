// Invalid arguments of $eventbus throw a RacletteError with code, message and advice. Nothing is registered, and the
// core never traps.
import { describe, expect, it } from "vitest"
import { makeRuntime } from "./harness"

const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })

const scope = async () => (await makeRuntime()).runtime.usePluginApi("a__one")

describe("bad input", () => {
  it("is refused at the call, and nothing is registered", async () => {
    const a = await scope()
    const { $eventbus } = a
    for (const name of ["", 7, undefined, null, {}, Symbol("s")]) {
      expect(() => $eventbus.on(name as string, () => {})).toThrow(code("BAD_ARGUMENT"))
      expect(() => $eventbus.emit(name as string)).toThrow(code("BAD_ARGUMENT"))
      expect(() => $eventbus.off(name as string)).toThrow(code("BAD_ARGUMENT"))
    }
    for (const listener of [undefined, null, "f", {}]) {
      expect(() => $eventbus.on("e", listener as never)).toThrow(code("BAD_ARGUMENT"))
      expect(() => $eventbus.once("e", listener as never)).toThrow(code("BAD_ARGUMENT"))
    }
    for (const options of [{ signal: {} }, { timeout: -1 }, { timeout: "5" }, null, 7]) {
      expect(() => $eventbus.once("e", () => {}, options as never)).toThrow(code("BAD_ARGUMENT"))
    }
    expect($eventbus.off("e")).toBe(0)
  })

  it("makes waitFor reject, with the name of the invalid argument", async () => {
    const a = await scope()
    const { $eventbus } = a
    for (const [call, what] of [
      [() => $eventbus.waitFor(""), "the event"],
      [() => $eventbus.waitFor("a//*"), "a//*"],
      [() => $eventbus.waitFor("e", { timeout: Number.NaN }), "the timeout"],
      [() => $eventbus.waitFor("e", { signal: "now" as never }), "the signal"],
      [() => $eventbus.waitFor("e", { filter: 1 as never }), "the filter"],
    ] as const) {
      await expect(call()).rejects.toMatchObject({ name: "RacletteError", message: expect.stringContaining(what) })
    }
    expect($eventbus.off("e")).toBe(0)
  })

  it("a pattern cannot be emitted, and strange names do not break the core", async () => {
    const a = await scope()
    expect(() => a.$eventbus.emit("ui/*")).toThrow(code("BAD_ARGUMENT"))
    const heard: string[] = []
    a.$eventbus.on("**", (_payload, event) => heard.push(event))
    const names = ["/", "//", " ", "\0", "ü/ñ/漢字/🧀", "\ud800", "x".repeat(100_000), "__proto__", "constructor"]
    for (const name of names) a.$eventbus.emit(name)
    expect(heard).toEqual(names)
  })

  it("says what to do: every message is a sentence with the detail in parentheses", async () => {
    const a = await scope()
    const messageOf = (call: () => unknown) => {
      try {
        call()
      } catch (error) {
        return (error as Error).message
      }
      throw new Error("nothing was thrown")
    }
    expect(messageOf(() => a.$eventbus.on("", () => {}))).toBe(
      "Invalid argument. (the event must be a non-empty string, not an empty string)",
    )
    expect(messageOf(() => a.$eventbus.on("e", "f" as never))).toBe(
      "Invalid argument. (the listener must be a function, not string)",
    )
    expect(messageOf(() => a.$eventbus.on("a**", () => {}))).toMatch(
      /^Invalid pattern: .*\(`\*\*` must .* in "a\*\*"\)$/,
    )
    a.dispose()
    expect(messageOf(() => a.$eventbus.emit("e"))).toMatch(/make a new one with `usePluginApi`.*\(this scope\)$/)
  })
})
