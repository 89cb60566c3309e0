// $eventbus from a user's view: local and global, patterns, the ways to unsubscribe, and changes during a dispatch.
import { describe, expect, it, vi } from "vitest"
import { loadCore } from "../../js-glue/core/load"
import type { RuntimeOptions } from "../../js-glue/types"
import { flush, makeRuntime, wasm } from "./harness"

async function scopes(options: RuntimeOptions = {}) {
  const made = await makeRuntime(options)
  const a = made.runtime.usePluginApi("a__one")
  const b = made.runtime.usePluginApi("b__two")
  return { ...made, a, b }
}

const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })

describe("reach", () => {
  it("a local event stays with its plugin, in all of the plugin's scopes", async () => {
    const { runtime, a, b } = await scopes()
    const heard: unknown[] = []
    a.$eventbus.on("list/changed", (payload, event) => heard.push(["a", payload, event]))
    runtime.usePluginApi("a__one").$eventbus.on("list/changed", (payload) => heard.push(["also a", payload]))
    b.$eventbus.on("list/changed", (payload) => heard.push(["b", payload]))
    runtime.$eventbus.on("list/changed", (payload) => heard.push(["runtime", payload]))
    a.$eventbus.emit("list/changed", 7)
    expect(heard).toEqual([
      ["a", 7, "list/changed"],
      ["also a", 7],
    ])
  })

  it("a global event reaches every plugin, with its sender", async () => {
    const { runtime, a, b } = await scopes()
    const heard: unknown[] = []
    a.$eventbus.global.on("ui/addToSnackbar", (event) => heard.push(["a", event]))
    runtime.$eventbus.on("ui/addToSnackbar", (event) => heard.push(["runtime", event]))
    b.$eventbus.global.emit("ui/addToSnackbar", { message: "hi" })
    runtime.$eventbus.emit("ui/addToSnackbar")
    expect(heard).toEqual([
      ["a", { sender: "b__two", data: { message: "hi" } }],
      ["runtime", { sender: "b__two", data: { message: "hi" } }],
      ["a", { sender: "raclette", data: undefined }],
      ["runtime", { sender: "raclette", data: undefined }],
    ])
  })
})

describe("patterns", () => {
  it.each([
    ["ui/*", ["ui/open", "ui/close"]],
    ["**", ["ui/open", "ui/close", "ui/menu/open", "other"]],
    ["ui/**", ["ui/open", "ui/close", "ui/menu/open"]],
    ["*/open", ["ui/open"]],
    ["**/open", ["ui/open", "ui/menu/open"]],
    ["other", ["other"]],
    ["*en", []],
    ["ot*", ["other"]],
    ["ui/*o*s*", ["ui/close"]],
    ["u*/**/op*", ["ui/open", "ui/menu/open"]],
  ])("%s hears %j", async (pattern, expected) => {
    const { a } = await scopes()
    const heard: string[] = []
    a.$eventbus.on(pattern, (_payload, event) => heard.push(event))
    for (const event of ["ui/open", "ui/close", "ui/menu/open", "other"]) a.$eventbus.emit(event)
    expect(heard).toEqual(expected)
  })

  it("a malformed one is refused with an explanation of patterns", async () => {
    const { a } = await scopes()
    for (const pattern of ["a//*", "/**", "*/", "a**/b", "***"]) {
      expect(() => a.$eventbus.on(pattern, () => {}), pattern).toThrow(code("BAD_PATTERN"))
    }
  })
})

describe("a registration ends", () => {
  it("by its function, by off with and without a listener, and by a signal", async () => {
    const { a } = await scopes()
    const listener = vi.fn()
    const other = vi.fn()
    const controller = new AbortController()
    const remove = a.$eventbus.on("e", listener)
    a.$eventbus.emit("e")
    remove()
    remove()
    a.$eventbus.emit("e")
    expect(listener).toHaveBeenCalledTimes(1)

    a.$eventbus.on("e", listener)
    a.$eventbus.on("e", other)
    expect(a.$eventbus.off("e", listener)).toBe(1)
    a.$eventbus.emit("e")
    expect([listener.mock.calls.length, other.mock.calls.length]).toEqual([1, 1])
    a.$eventbus.on("e", listener, { signal: controller.signal })
    expect(a.$eventbus.removeListener("e", other)).toBe(1)
    controller.abort()
    expect(a.$eventbus.off("e")).toBe(0)
    a.$eventbus.emit("e")
    expect([listener.mock.calls.length, other.mock.calls.length]).toEqual([1, 1])
  })

  it("never begins under a signal that has aborted", async () => {
    const { a } = await scopes()
    const listener = vi.fn()
    a.$eventbus.on("e", listener, { signal: AbortSignal.abort() })
    a.$eventbus.emit("e")
    expect(listener).not.toHaveBeenCalled()
  })

  it("off leaves the listeners of other scopes alone", async () => {
    const { runtime, a } = await scopes()
    const listener = vi.fn()
    runtime.usePluginApi("a__one").$eventbus.on("e", listener)
    expect(a.$eventbus.off("e")).toBe(0)
    a.$eventbus.emit("e")
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it("with the scope, which can no longer emit", async () => {
    const { a, b } = await scopes()
    const listener = vi.fn()
    a.$eventbus.global.on("e", listener)
    a.dispose()
    b.$eventbus.global.emit("e")
    expect(listener).not.toHaveBeenCalled()
    expect(() => a.$eventbus.emit("e")).toThrow(code("DISPOSED"))
    expect(() => a.$eventbus.on("e", listener)).toThrow(code("DISPOSED"))
  })
})

describe("once", () => {
  it("receives one event, even if it is emitted again from the listener", async () => {
    const { a } = await scopes()
    const listener = vi.fn(() => a.$eventbus.emit("e"))
    a.$eventbus.once("e", listener)
    a.$eventbus.emit("e")
    a.$eventbus.emit("e")
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it("times out after 5 s, or after its own timeout, and leaves no timer", async () => {
    const { a, platform } = await scopes()
    const [usual, brief, heard] = [vi.fn(), vi.fn(), vi.fn()]
    a.$eventbus.once("e", usual)
    a.$eventbus.once("e", brief, { timeout: 100 })
    platform.advance(100)
    a.$eventbus.once("other", heard)
    a.$eventbus.emit("other")
    platform.advance(4900)
    a.$eventbus.emit("e")
    expect(usual).not.toHaveBeenCalled()
    expect(brief).not.toHaveBeenCalled()
    expect(heard).toHaveBeenCalledTimes(1)
    expect(platform.timers.size).toBe(0)
  })
})

describe("waitFor", () => {
  it("resolves with the next payload that passes the filter", async () => {
    const { a } = await scopes()
    const waiting = a.$eventbus.waitFor<number>("e", { filter: (n) => n > 1 })
    a.$eventbus.emit("e", 1)
    a.$eventbus.emit("e", 2)
    a.$eventbus.emit("e", 3)
    expect(await waiting).toBe(2)
    expect(a.$eventbus.off("e")).toBe(0)
  })

  it("has no limit with a timeout of 0, as everywhere else", async () => {
    const { a, platform } = await scopes()
    const waiting = a.$eventbus.waitFor("e", { timeout: 0 })
    expect(platform.timers.size).toBe(0)
    a.$eventbus.emit("e", 1)
    expect(await waiting).toBe(1)
  })

  it("is not ended by off, which removes listeners of on and once", async () => {
    const { a } = await scopes()
    const waiting = a.$eventbus.waitFor("e")
    const heard = vi.fn()
    a.$eventbus.on("e", heard)
    a.$eventbus.once("e", heard)
    expect(a.$eventbus.off("e")).toBe(2)
    a.$eventbus.emit("e", 1)
    expect(await waiting).toBe(1)
    expect(heard).not.toHaveBeenCalled()
  })

  it("rejects on timeout, abort and the end of the scope, and leaves nothing behind", async () => {
    const { a, platform } = await scopes()
    const controller = new AbortController()
    const ends = [
      a.$eventbus.waitFor("e", { timeout: 50 }),
      a.$eventbus.waitFor("e", { signal: controller.signal }),
      a.$eventbus.waitFor("e"),
    ].map((promise) => promise.catch((error: unknown) => error))
    platform.advance(50)
    controller.abort(new Error("left"))
    a.dispose()
    expect(await Promise.all(ends)).toEqual([code("WAIT_TIMEOUT"), new Error("left"), code("DISPOSED")])
    expect(platform.timers.size).toBe(0)
  })
})

describe("dispatch", () => {
  it("follows the order of registration, for patterns and exact names", async () => {
    const { a } = await scopes()
    const order: number[] = []
    a.$eventbus.on("x/e", () => order.push(1))
    a.$eventbus.on("**", () => order.push(2))
    a.$eventbus.on("x/e", () => order.push(3))
    a.$eventbus.on("x/*", () => order.push(4))
    a.$eventbus.emit("x/e")
    expect(order).toEqual([1, 2, 3, 4])
  })

  it("a listener added during dispatch waits for the next event, one removed then is not called", async () => {
    const { a } = await scopes()
    const order: string[] = []
    a.$eventbus.on("e", () => {
      order.push("first")
      a.$eventbus.on("e", () => order.push("added"))
      removeLast()
    })
    const removeLast = a.$eventbus.on("e", () => order.push("removed"))
    a.$eventbus.emit("e")
    expect(order).toEqual(["first"])
    a.$eventbus.emit("e")
    expect(order).toEqual(["first", "first", "added"])
  })

  it("a nested event is dispatched completely before the outer one continues", async () => {
    const { a } = await scopes()
    const order: string[] = []
    a.$eventbus.on("outer", () => {
      order.push("outer 1")
      a.$eventbus.emit("inner")
    })
    a.$eventbus.on("outer", () => order.push("outer 2"))
    a.$eventbus.on("inner", () => order.push("inner"))
    a.$eventbus.emit("outer")
    expect(order).toEqual(["outer 1", "inner", "outer 2"])
  })

  it("a listener that throws is reported, and the others still run", async () => {
    const sink = vi.fn()
    const { a, errors } = await scopes({ log: { sink } })
    const after = vi.fn()
    a.$eventbus.on("e", () => {
      throw new Error("boom")
    })
    a.$eventbus.on("e", after)
    a.$eventbus.emit("e")
    expect(after).toHaveBeenCalledTimes(1)
    expect(errors).toEqual([code("LISTENER_THREW")])
    expect(errors[0]?.message).toContain('a listener of the event "e": boom')
    expect(sink.mock.calls[0]?.[0]).toMatchObject({ level: 0, title: "plugin/a__one - LISTENER_THREW" })
  })

  it("a listener may dispose the runtime", async () => {
    const { runtime, a } = await scopes()
    const after = vi.fn()
    a.$eventbus.on("e", () => runtime.dispose())
    a.$eventbus.on("e", after)
    a.$eventbus.emit("e")
    await flush()
    expect(after).not.toHaveBeenCalled()
    expect(() => a.$eventbus.emit("e")).toThrow(code("DISPOSED"))
  })
})

describe("many listeners", () => {
  it("a hundred thousand receive one event in the order of registration, and are removed at once", async () => {
    const { a, b } = await scopes()
    const count = 100_000
    const heard: number[] = []
    for (let i = 0; i < count; i++) a.$eventbus.global.on(i % 10 === 0 ? "x/*" : "x/e", () => heard.push(i))
    b.$eventbus.global.emit("x/e")
    expect(heard).toEqual(Array.from({ length: count }, (_, i) => i))
    a.dispose()
    b.$eventbus.global.emit("x/e")
    expect(heard).toHaveLength(count)
  }, 30_000)
})

describe("plans", () => {
  it("a name that is emitted again needs no call of the core, until listeners change", async () => {
    const core = await loadCore(wasm)
    const asked = vi.spyOn(core, "busPlan")
    const { a, b } = await scopes()
    const heard = vi.fn()
    a.$eventbus.on("e", heard)
    a.$eventbus.on("e/*", heard)
    for (let i = 0; i < 5; i++) a.$eventbus.emit("e", i)
    a.$eventbus.emit("nobody")
    a.$eventbus.emit("nobody")
    expect(heard).toHaveBeenCalledTimes(5)
    expect(asked.mock.calls.map(([, , name]) => name)).toEqual(["e", "nobody"])
    b.$eventbus.on("other", heard)()
    a.$eventbus.emit("e")
    expect(asked).toHaveBeenCalledTimes(3)
    asked.mockRestore()
  })

  it("of endless names that nobody hears are forgotten, and later emits are still delivered", async () => {
    const core = await loadCore(wasm)
    const { a } = await scopes()
    const heard = vi.fn()
    a.$eventbus.on("item/1", heard)
    for (let i = 0; i < 10_010; i++) a.$eventbus.emit(`item/${i}`)
    const asked = vi.spyOn(core, "busPlan")
    a.$eventbus.emit("item/1")
    expect(asked).not.toHaveBeenCalled()
    expect(heard).toHaveBeenCalledTimes(2)
    a.$eventbus.emit("item/5")
    expect(asked).toHaveBeenCalledTimes(1)
    asked.mockRestore()
  })
})

describe("mutation during dispatch", () => {
  it("a listener that removes all listeners ends the dispatch, also for patterns and `once`", async () => {
    const { a } = await scopes()
    const order: string[] = []
    a.$eventbus.on("e", () => {
      order.push("first")
      a.$eventbus.off("e")
      a.$eventbus.off("*")
    })
    a.$eventbus.on("*", () => order.push("pattern"))
    a.$eventbus.once("e", () => order.push("once"))
    a.$eventbus.emit("e")
    expect(order).toEqual(["first"])
  })

  it("one that removes and adds itself receives the next event once", async () => {
    const { a } = await scopes()
    let count = 0
    const listener = () => {
      count++
      remove()
      remove = a.$eventbus.on("e", listener)
    }
    let remove = a.$eventbus.on("e", listener)
    a.$eventbus.emit("e")
    a.$eventbus.emit("e")
    expect(count).toBe(2)
  })

  it("one that disposes its own scope stops only the rest of that scope", async () => {
    const { a, b } = await scopes()
    const order: string[] = []
    a.$eventbus.global.on("e", () => {
      order.push("a")
      a.dispose()
    })
    a.$eventbus.global.on("e", () => order.push("a again"))
    b.$eventbus.global.on("e", () => order.push("b"))
    b.$eventbus.global.emit("e")
    expect(order).toEqual(["a", "b"])
  })

  it("events can be nested to any depth", async () => {
    const { a } = await scopes()
    const order: number[] = []
    a.$eventbus.on("deep", (depth: number) => {
      if (depth < 100) a.$eventbus.emit("deep", depth + 1)
      order.push(depth)
    })
    a.$eventbus.emit("deep", 1)
    expect(order).toEqual(Array.from({ length: 100 }, (_, i) => 100 - i))
  })
})

describe("the whitelist", () => {
  it("lets its patterns through and refuses the rest with the event's name", async () => {
    const { a } = await scopes({ eventbus: { whitelist: ["ui/*", "exact"] } })
    const heard = vi.fn()
    a.$eventbus.global.on("**", heard)
    a.$eventbus.global.emit("ui/open")
    a.$eventbus.emit("exact")
    expect(heard).toHaveBeenCalledTimes(1)
    for (const event of ["ui/menu/open", "exact/x", "other"]) {
      expect(() => a.$eventbus.global.emit(event)).toThrow(code("EVENT_NOT_ALLOWED"))
      expect(() => a.$eventbus.emit(event)).toThrow(event)
    }
  })
})
