// What users of mitt, eventemitter2, eventemitter3, component-emitter and Node's emitter reported about adding and
// removing listeners, on $eventbus and $socket. The core is told of listeners late, so each case also runs with
// listeners that it knows already.
import { describe, expect, it } from "vitest"
import type { CoreModule } from "../../js-glue/core/core-module"
import { loadCore } from "../../js-glue/core/load"
import { censusOf } from "../support/core"
import { connect, eventFrame, flush, makeRuntime, wasm } from "./harness"

type Call = (payload: unknown) => void

interface Side {
  on(name: string, call: Call): () => void
  once(name: string, call: Call): () => void
  off(name: string, call?: Call): number
  fire(name: string, payload?: unknown): void
  /** The number of listeners in the core. */
  inCore(): number
  dispose(): void
}

async function side(kind: string): Promise<Side> {
  const { runtime, platform, errors } = await makeRuntime()
  const connection = await connect(runtime, platform)
  const core: CoreModule = await loadCore(wasm)
  const handle = 1 + [...Array(1000).keys()].findLastIndex((at) => censusOf(core, at + 1).length > 0)
  const api = runtime.usePluginApi("pacifico__todo")
  const isBus = kind === "$eventbus"
  const { on, once, off } = isBus ? api.$eventbus : api.$socket
  const fire = isBus
    ? (name: string, payload?: unknown) => api.$eventbus.emit(name, payload)
    : (name: string, payload?: unknown) => connection.text(eventFrame(name, payload))
  const inCore = () => censusOf(core, handle)[isBus ? 1 : 0] as number
  const dispose = () => {
    expect(errors).toEqual([])
    runtime.dispose()
  }
  return { on, once, off, fire, inCore, dispose } as Side
}

/** Lets the core know the name. */
function known({ on }: Side): Promise<void> {
  on("e", () => {})
  return flush()
}

describe.each(["$eventbus", "$socket"])("%s", (kind) => {
  it.each([
    ["whose names are new", async () => {}],
    ["whose names the core knows", known],
  ])("treats listeners %s as their users expect", async (_case, prepare) => {
    const made = await side(kind)
    await prepare(made)
    const { on, once, off, fire } = made
    const calls: string[] = []
    const heard = (act: () => void) => {
      calls.length = 0
      act()
      return calls.join(" ")
    }
    const call = (name: string) => () => void calls.push(name)
    const clear = () => void off("e")
    const twice = () => {
      fire("e")
      fire("e")
    }
    const [a, b, c] = [call("a"), call("b"), call("c")]

    // One that is removed by an earlier one is not called.
    on("e", () => off("e", b))
    on("e", b)
    on("e", c)
    expect(heard(() => fire("e"))).toBe("c")
    clear()
    // One that removes itself does not let the next one be skipped.
    const own = on("e", () => {
      own()
      a()
    })
    on("e", b)
    once("e", c)
    expect(heard(() => fire("e"))).toBe("a b c")
    expect(heard(() => fire("e"))).toBe("b")
    // Off of a function that does not listen leaves the only listener.
    expect(off("e", a)).toBe(0)
    expect(heard(() => fire("e"))).toBe("b")
    clear()
    // Off takes one of once by its function, and it alone.
    on("e", a)
    once("e", b)
    expect(off("e", b)).toBe(1)
    expect(heard(() => fire("e"))).toBe("a")
    clear()
    // What remains after off of another is still only once.
    on("e", a)
    once("e", b)
    off("e", a)
    expect(heard(twice)).toBe("b")
    // A function that is added twice is called twice, each function of on removes one, off removes all of it.
    const first = on("e", a)
    on("e", a)
    expect(heard(() => fire("e"))).toBe("a a")
    first()
    first()
    expect(heard(() => fire("e"))).toBe("a")
    on("e", a)
    expect(off("e", a)).toBe(2)
    expect(heard(() => fire("e"))).toBe("")
    // A component that leaves and comes back hears once.
    for (let i = 0; i < 3; i++) {
      const leave = on("e", a)
      expect(heard(() => fire("e"))).toBe("a")
      leave()
    }
    // Several of once, each removed during the event.
    once("e", a)
    once("e", b)
    once("e", c)
    expect(heard(twice)).toBe("a b c")
    // One that is added and removed within an event, and one that takes the place of another.
    on("e", () => on("e", a)())
    const replaced = on("e", () => {
      replaced()
      on("e", b)
    })
    expect(heard(() => fire("e"))).toBe("")
    expect(heard(() => fire("e"))).toBe("b")
    made.dispose()
  })

  it("keeps the order of registration, whatever comes and goes between", async () => {
    const { on, off, fire, dispose } = await side(kind)
    const calls: number[] = []
    const ends: (() => void)[] = []
    for (let i = 0; i < 600; i++) {
      ends.push(on(i % 3 === 0 ? "e" : "other", () => calls.push(i)))
      if (i % 5 === 0) ends[i >> 1]?.()
      if (i % 100 === 0) await flush()
    }
    const left = (i: number) => i % 3 === 0 && !ends.some((_, j) => j % 5 === 0 && j >> 1 === i)
    fire("e")
    expect(calls).toEqual([...ends.keys()].filter(left))
    expect(off("e")).toBe(calls.length)
    dispose()
  })

  it("keeps nothing of names that came and went", async () => {
    const { on, once, inCore, dispose } = await side(kind)
    const before = inCore()
    for (let i = 0; i < 2000; i++) {
      on(`name${i}`, () => {})()
      on("same", () => {})()
      once(`once${i}`, () => {})()
    }
    await flush()
    expect(inCore()).toBe(before)
    dispose()
  })
})

describe("patterns of the bus", () => {
  it("are removed by their own text, and once is once", async () => {
    const { on, once, off, fire, dispose } = await side("$eventbus")
    const calls: string[] = []
    const [good, bad] = [() => calls.push("good"), () => calls.push("bad")]
    on("foo/bar", good)
    on("foo/bar", good)
    on("foo/*", bad)
    on("foo/*", good)
    once("**", bad)
    expect(off("foo/*", bad)).toBe(1)
    expect(off("foo/**")).toBe(0)
    fire("foo/bar")
    fire("foo/bar")
    expect(calls).toEqual(["good", "good", "good", "bad", "good", "good", "good"])
    expect(off("foo/*")).toBe(1)
    expect(off("foo/bar")).toBe(2)
    dispose()
  })
})
