// The listener registry in isolation: which listeners are called, what unsubscribes them, and what it registers with
// the core.
import { describe, expect, it } from "vitest"
import { Context, Registrations } from "../../js-glue/api/base/context"
import {
  type ListenerCalls,
  ListenerRegistry,
  type ListenSpec,
  type Names,
  type Place,
} from "../../js-glue/api/base/listener-registry"
import type { LogWriter } from "../../js-glue/api/log"
import { Changes } from "../../js-glue/runtime/changes"
import type { Pump } from "../../js-glue/runtime/pump"
import type { TimersDriver } from "../../js-glue/types/drivers"
import { codeNumber } from "../../js-glue/types/errors"

const SCOPE = 3

function made() {
  const words = new Uint32Array(16)
  const core = { HEAPU32: words, rac_words: () => 4 * 4 }
  const changes = new Changes()
  const pump = { disposed: false, runtime: 1, core, changes, enter: (call: () => void) => call() }
  const logged: string[] = []
  const errors: string[] = []
  const log = { write: (key: string) => logged.push(key) }
  const context = new Context(
    pump as unknown as Pump,
    log as unknown as LogWriter,
    undefined as unknown as TimersDriver,
    ({ message }) => errors.push(message),
  )
  /** What the core was told: a name as text, a listener of the same name, or the end of a listener. */
  const told: string[] = []
  const full = { value: false }
  let handles = 0
  const calls: ListenerCalls = {
    listen(_scope, key) {
      if (full.value) return { code: codeNumber("BUFFER_FULL"), value: 0, text: "" }
      told.push(`${key}: ${++handles}`)
      return { code: 0, value: handles, text: "" }
    },
    again(_scope, other) {
      if (full.value) return 0
      told.push(`like ${other}: ${++handles}`)
      return handles
    },
    unlisten: (handle) => told.push(`-${handle}`),
  }
  const registry = new ListenerRegistry<string>(context, "channel", calls)
  const names: Names<string> = new Map()
  const owner = new Registrations()
  const place = { owner, scope: SCOPE, logKey: "p" }
  const add = (
    callback: (payload: unknown, about: string) => void,
    { key = "k", at = place, ...more }: Partial<ListenSpec<string>> & { key?: string; at?: Place } = {},
  ) => registry.add(at, names, key, { callback, once: false, ...more })
  /** The plan for the handles that the core would have written. */
  const planOf = (...handles: number[]) => {
    changes.tell()
    words.set(handles, 4)
    return registry.plan(handles.length)
  }
  const off = (key: string, listener?: () => void) => registry.off(place, names, key, listener)
  return { registry, names, place, owner, add, off, planOf, pump, changes, told, full, errors, logged }
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
    const { registry, add, planOf, changes, told } = made()
    let calls = 0
    const nested = () => {
      calls++
      registry.dispatch(plan, undefined, "", "k")
    }
    add(nested, { once: true })
    const plan = planOf(1)
    registry.dispatch(plan, undefined, "", "k")
    changes.tell()
    expect(calls).toBe(1)
    expect(told).toEqual(["k: 1", "-1"])
  })

  it("continues after a listener that throws, and reports its name and log key", () => {
    const { registry, place, add, planOf, errors, logged } = made()
    let calls = 0
    add(
      () => {
        throw new Error("broken")
      },
      { at: { ...place, logKey: "plugin/key" } },
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
    const { add, planOf, told } = made()
    const remove = add(() => {})
    remove()
    remove()
    expect(planOf(1)).toEqual([])
    expect(told).toEqual(["k: 1", "-1"])
  })

  it("ends by its signal, and removes its abort listener when it ends otherwise", () => {
    const { add, changes, told } = made()
    const [aborted, other] = [new AbortController(), new AbortController()]
    add(() => {}, { signal: aborted.signal })
    const remove = add(() => {}, { key: "other", signal: other.signal })
    aborted.abort()
    remove()
    other.abort()
    changes.tell()
    expect(told).toEqual(["k: 1", "other: 2", "-1", "-2"])
  })

  it("ends with its scope, and notifies the binding if it is the binding's own", () => {
    const { owner, add, changes, told } = made()
    let ended = 0
    add(() => {}, { ended: () => ended++ })
    const remove = add(() => {}, { ended: () => ended++ })
    changes.tell()
    remove()
    expect(ended).toBe(0)
    owner.dispose()
    expect(ended).toBe(1)
    changes.tell()
    expect(told.slice(2)).toEqual(["-2", "-1"])
  })

  it("ends when the core reports its timeout", () => {
    const { registry, add, planOf } = made()
    add(() => {}, { lifetime: 5 })
    registry.expired(1)
    registry.expired(9)
    expect(planOf(1)).toEqual([])
  })

  it("ends with the runtime, without notifying the core, also if the core was not told of it", () => {
    const { registry, names, add, planOf, pump, told } = made()
    let ended = 0
    let heard = 0
    add(() => heard++, { ended: () => ended++ })
    add(() => heard++)
    add(() => heard++, { ended: () => ended++ })
    pump.disposed = true
    registry.dispose(names)
    registry.dispatch(planOf(1, 2, 3), undefined, "", "k")
    expect(ended).toBe(2)
    expect(heard).toBe(0)
    expect(told).toEqual(["k: 1"])
  })
})

describe("what the core is told", () => {
  it("is a name as text only while it has no listeners there", () => {
    const { names, add, changes, told } = made()
    const first = add(() => {})
    const second = add(() => {})
    changes.tell()
    first()
    second()
    add(() => {})
    changes.tell()
    expect(told).toEqual(["k: 1", "like 1: 2", "like 2: 3", "-1", "-2"])
    expect(names.size).toBe(1)
  })

  it("is another listener of the name once the one that stood for it is gone", () => {
    const { add, changes, told } = made()
    const [first, , third] = [add(() => {}), add(() => {}), add(() => {})]
    changes.tell()
    third()
    changes.tell()
    add(() => {})
    changes.tell()
    first()
    changes.tell()
    add(() => {})
    changes.tell()
    expect(told.filter((one) => one.startsWith("like"))).toEqual(["like 1: 2", "like 2: 3", "like 1: 4", "like 4: 5"])
  })

  it("keeps no name without listeners", () => {
    const { names, add, changes, told } = made()
    add(() => {})()
    changes.tell()
    expect(names.size).toBe(0)
    add(() => {})
    expect(told).toEqual(["k: 1", "-1", "k: 2"])
  })

  it("skips listeners that come and go before it has to know", () => {
    const { add, changes, told } = made()
    add(() => {})
    for (let i = 0; i < 1000; i++) add(() => {})()
    changes.tell()
    expect(told).toEqual(["k: 1"])
  })

  it("keeps the order of registration when a new name follows known ones", () => {
    const { add, changes, told } = made()
    add(() => {})
    add(() => {})
    add(() => {}, { key: "**" })
    add(() => {})
    changes.tell()
    expect(told).toEqual(["k: 1", "like 1: 2", "**: 3", "like 2: 4"])
  })

  it("comes at the end of the task at the latest", async () => {
    const { add, told } = made()
    add(() => {})
    const remove = add(() => {})
    await Promise.resolve()
    remove()
    await Promise.resolve()
    expect(told).toEqual(["k: 1", "like 1: 2", "-2"])
  })

  it("is reported, and the listener ends, if the core has no room for it then", () => {
    const { add, off, changes, full, errors } = made()
    add(() => {})
    let ended = 0
    add(() => {}, { signal: AbortSignal.timeout(1000) })
    full.value = true
    changes.tell()
    expect(errors).toEqual([expect.stringContaining("a million objects are in use")])
    expect(off("k")).toBe(1)
    expect(() => add(() => ended++, { key: "new" })).toThrow(expect.objectContaining({ code: "BUFFER_FULL" }))
    expect(off("new")).toBe(0)
  })
})

describe("off", () => {
  it("removes one listener or all, of this owner on this key and scope, and counts them", () => {
    const { place, add, off } = made()
    const listener = () => {}
    add(listener)
    add(listener)
    add(() => {})
    add(listener, { key: "other" })
    add(listener, { at: { ...place, scope: SCOPE + 1 } })
    add(listener, { at: { ...place, owner: new Registrations() } })
    expect(off("k", () => {})).toBe(0)
    expect(off("k", listener)).toBe(2)
    expect(off("k")).toBe(1)
    expect(off("k")).toBe(0)
  })

  it("keeps the binding's own registrations", () => {
    const { add, off } = made()
    add(() => {}, { ended() {} })
    expect(off("k")).toBe(0)
  })
})
