// The listener registry in isolation: which listeners are called, what unsubscribes them, and what it registers with
// the core.
import { describe, expect, it } from "vitest"
import { Context, Registrations } from "../../js-glue/api/base/context"
import { ListenerRegistry } from "../../js-glue/api/base/listener-registry"
import type { LogWriter } from "../../js-glue/api/log"
import type { Pump } from "../../js-glue/runtime/pump"
import type { TimersDriver } from "../../js-glue/types/drivers"

const SCOPE = 3

function made() {
  const words = new Uint32Array(16)
  const pump = { disposed: false, runtime: 1, core: { HEAPU32: words, rac_words: () => 4 * 4 } }
  const logged: string[] = []
  const errors: string[] = []
  const log = { write: (key: string) => logged.push(key) }
  const context = new Context(
    pump as unknown as Pump,
    log as unknown as LogWriter,
    undefined as unknown as TimersDriver,
    ({ message }) => errors.push(message),
  )
  const unlistened: number[] = []
  const registry = new ListenerRegistry<string>(context, "channel", (handle) => unlistened.push(handle))
  let handles = 0
  const owner = new Registrations()
  const add = (callback: (payload: unknown, about: string) => void, more: object = {}, by = owner) => {
    const spec = { scope: SCOPE, key: "k", callback, options: {}, once: false, logKey: "p", ...more }
    return registry.add(by, ++handles, spec)
  }
  /** The plan for the handles that the core would have written. */
  const planOf = (...handles: number[]) => {
    words.set(handles, 4)
    return registry.plan(handles.length)
  }
  return { registry, owner, add, planOf, pump, unlistened, errors, logged }
}

describe("a plan", () => {
  it("calls the listeners in the order of the core's handles, with payload and event", () => {
    const { registry, add, planOf } = made()
    const calls: unknown[] = []
    add((...args) => calls.push(["first", ...args]))
    add((...args) => calls.push(["second", ...args]))
    registry.dispatch(planOf(2, 1), { a: 1 }, "about", "k")
    expect(calls).toEqual([
      ["second", { a: 1 }, "about"],
      ["first", { a: 1 }, "about"],
    ])
  })

  it("skips handles without a listener", () => {
    const { add, planOf } = made()
    const remove = add(() => {})
    add(() => {})
    remove()
    expect(planOf(1, 2, 7)).toHaveLength(1)
  })

  it("skips a listener that is removed while it runs, and calls one that is added later", () => {
    const { registry, add, planOf } = made()
    const calls: string[] = []
    add(() => {
      calls.push("first")
      removeSecond()
      add(() => calls.push("third"))
    })
    const removeSecond = add(() => calls.push("second"))
    const plan = planOf(1, 2)
    registry.dispatch(plan, undefined, "", "k")
    registry.dispatch(planOf(1, 3), undefined, "", "k")
    expect(calls).toEqual(["first", "first", "third"])
  })

  it("removes a one-time listener before it is called", () => {
    const { registry, add, planOf, unlistened } = made()
    let calls = 0
    const nested = () => {
      calls++
      registry.dispatch(plan, undefined, "", "k")
    }
    add(nested, { once: true })
    const plan = planOf(1)
    registry.dispatch(plan, undefined, "", "k")
    expect(calls).toBe(1)
    expect(unlistened).toEqual([1])
  })

  it("continues after a listener that throws, and reports its name and log key", () => {
    const { registry, add, planOf, errors, logged } = made()
    let calls = 0
    add(
      () => {
        throw new Error("broken")
      },
      { logKey: "plugin/key" },
    )
    add(() => calls++)
    registry.dispatch(planOf(1, 2), undefined, "", "todoCreated")
    expect(calls).toBe(1)
    expect(errors).toEqual([expect.stringContaining('a listener of the channel "todoCreated": broken')])
    expect(logged).toEqual(["plugin/key"])
  })
})

describe("a registration", () => {
  it("ends once, by its own function, and notifies the core once", () => {
    const { add, planOf, unlistened } = made()
    const remove = add(() => {})
    remove()
    remove()
    expect(unlistened).toEqual([1])
    expect(planOf(1)).toEqual([])
  })

  it("ends by its signal, and removes its abort listener when it ends otherwise", () => {
    const { add, unlistened } = made()
    const [aborted, other] = [new AbortController(), new AbortController()]
    add(() => {}, { options: { signal: aborted.signal } })
    const remove = add(() => {}, { options: { signal: other.signal } })
    aborted.abort()
    remove()
    other.abort()
    expect(unlistened).toEqual([1, 2])
  })

  it("ends with its scope, and notifies the binding if it is the binding's own", () => {
    const { owner, add, unlistened } = made()
    let ended = 0
    add(() => {}, { ended: () => ended++ })
    const remove = add(() => {}, { ended: () => ended++ })
    remove()
    expect(ended).toBe(0)
    owner.dispose()
    expect(ended).toBe(1)
    expect(unlistened).toEqual([2, 1])
  })

  it("ends when the core reports its timeout", () => {
    const { registry, add, planOf } = made()
    add(() => {})
    registry.expired(1)
    registry.expired(9)
    expect(planOf(1)).toEqual([])
  })

  it("ends with the runtime, without notifying the core", () => {
    const { registry, add, planOf, pump, unlistened } = made()
    let ended = 0
    add(() => {}, { ended: () => ended++ })
    add(() => {})
    pump.disposed = true
    registry.dispose()
    expect(planOf(1, 2)).toEqual([])
    expect(ended).toBe(1)
    expect(unlistened).toEqual([])
  })
})

describe("off", () => {
  it("removes one listener or all, of this owner on this key and scope, and counts them", () => {
    const { registry, owner, add } = made()
    const listener = () => {}
    add(listener)
    add(listener)
    add(() => {})
    add(listener, { key: "other" })
    add(listener, { scope: SCOPE + 1 })
    add(listener, {}, new Registrations())
    expect(registry.off(owner, SCOPE, "k", () => {})).toBe(0)
    expect(registry.off(owner, SCOPE, "k", listener)).toBe(2)
    expect(registry.off(owner, SCOPE, "k", undefined)).toBe(1)
    expect(registry.off(owner, SCOPE, "k", undefined)).toBe(0)
  })

  it("keeps the binding's own registrations", () => {
    const { registry, owner, add } = made()
    add(() => {}, { ended() {} })
    expect(registry.off(owner, SCOPE, "k", undefined)).toBe(0)
  })
})
