// $eventbus: the core decides who hears a name, this file calls them. A plan, the listeners of a name, is asked for
// once and kept until the core's version moves on. Dispatch: in the order of registration; a listener added
// meanwhile waits for the next event, one removed meanwhile is not called, one that throws stops nobody.
import { ALL_PLUGINS } from "../../core/core-module"
import type { BusOptions, EventBus, GlobalEvent, LocalBus, Unsubscribe, WaitOptions } from "../../types"
import { check } from "../../types/errors"
import { checkFunction, checkName, checkObject, checkSignal, checkTimeout } from "../base/checks"
import type { Context, Registrations } from "../base/context"
import { waitFor } from "../base/waiting"

type Listener = (payload: unknown, event: string) => void

interface Entry {
  callback: Listener
  original: unknown
  pattern: string
  bus: number
  owner: Registrations
  once: boolean
  alive: boolean
  logKey: string
  /** The user's own, which `off` takes away. */
  isUsers: boolean
  remove: Unsubscribe
}

/** How long `once` waits, in milliseconds. */
const ONCE_TIMEOUT = 5000
/** So many names' plans are kept at a time: a page that makes up names without end shall not fill its memory. */
const MOST_PLANS = 10_000

interface ListenSpec {
  bus: number
  pattern: string
  original: unknown
  callback: Listener
  options: BusOptions
  once: boolean
  /** What stands before the listener's errors in the log. */
  logKey: string
  /** The registration is the binding's own, for something that has its own end; this is called when it ends from outside. */
  ended?: () => void
}

/** The listeners and plans of all buses of one runtime. */
export class BusDispatcher {
  readonly #context: Context
  readonly #entries = new Map<number, Entry>()
  readonly #plans = new Map<number, Map<string, Entry[]>>()
  #planCount = 0
  #version = 0

  constructor(context: Context) {
    this.#context = context
  }

  listen(owner: Registrations, spec: ListenSpec): Unsubscribe {
    const { pattern, original, options } = spec
    this.#context.checkAlive()
    owner.checkAlive()
    checkName(pattern, "the event")
    checkFunction(original, "the listener")
    checkObject(options, "the options")
    checkSignal(options.signal)
    checkTimeout(options.timeout)
    if (options.signal?.aborted) return () => {}
    // All of it in one entry: callbacks that wait for its end may dispose of the scope.
    return this.#context.pump.enter((now) => this.#register(owner, spec, now))
  }

  #register(owner: Registrations, spec: ListenSpec, now: number): Unsubscribe {
    const { bus, pattern, original, callback, options, once, logKey, ended } = spec
    const { core, runtime } = this.#context
    const lifetime = once ? (options.timeout ?? ONCE_TIMEOUT) : 0
    const { value: handle } = check(core.busListen(runtime, bus, pattern, lifetime, now))
    const isUsers = !ended
    const entry: Entry = { callback, original, pattern, bus, owner, once, alive: true, logKey, isUsers, remove() {} }
    const remove = owner.add(() => {
      this.#forget(handle, entry)
      options.signal?.removeEventListener("abort", remove)
      if (owner.disposed || this.#context.pump.disposed) ended?.()
    })
    entry.remove = remove
    options.signal?.addEventListener("abort", remove)
    this.#entries.set(handle, entry)
    return remove
  }

  /** The core removed a listener whose time was over. */
  expired(handle: number): void {
    this.#entries.get(handle)?.remove()
  }

  off(owner: Registrations, bus: number, pattern: string, original: unknown): number {
    checkName(pattern, "the event")
    const found = [...this.#entries.values()].filter(
      (entry) =>
        entry.isUsers &&
        entry.owner === owner &&
        entry.bus === bus &&
        entry.pattern === pattern &&
        (original === undefined || entry.original === original),
    )
    for (const entry of found) entry.remove()
    return found.length
  }

  emit(bus: number, event: string, payload: unknown): void {
    for (const entry of this.#plan(bus, event)) {
      if (!entry.alive) continue
      if (entry.once) entry.remove()
      try {
        entry.callback(payload, event)
      } catch (cause) {
        this.#context.threw(cause, `a listener of the event "${event}"`, entry.logKey)
      }
    }
  }

  /** Ends every registration: the runtime is disposed of. */
  dispose(): void {
    for (const entry of [...this.#entries.values()]) entry.remove()
    // So that the next emit asks for a plan, and is refused.
    this.#plans.clear()
  }

  #plan(bus: number, event: string): Entry[] {
    const { core, runtime } = this.#context
    const version = core.rac_bus_version(runtime)
    if (version !== this.#version || this.#planCount > MOST_PLANS) {
      this.#plans.clear()
      this.#planCount = 0
      this.#version = version
    }
    const known = this.#plans.get(bus)?.get(event)
    return known ?? this.#makePlan(bus, event)
  }

  #makePlan(bus: number, event: string): Entry[] {
    this.#context.checkAlive()
    checkName(event, "the event")
    const { core, runtime } = this.#context
    const { value: count } = check(core.busPlan(runtime, bus, event))
    const at = core.rac_words(runtime) >>> 2
    const plan: Entry[] = []
    for (let i = 0; i < count; i++) {
      const entry = this.#entries.get(core.HEAPU32[at + i] as number)
      if (entry) plan.push(entry)
    }
    const plans = this.#plans.get(bus) ?? new Map<string, Entry[]>()
    this.#plans.set(bus, plans.set(event, plan))
    this.#planCount++
    return plan
  }

  #forget(handle: number, entry: Entry): void {
    entry.alive = false
    this.#entries.delete(handle)
    const { core, runtime, pump } = this.#context
    if (!pump.disposed) pump.enter(() => core.rac_bus_unlisten(runtime, handle))
  }
}

/** Which bus it is, and in whose name it is used. */
export interface BusScope {
  /** The plugin's number, or ALL_PLUGINS. */
  bus: number
  /** Goes out with what is sent on the global bus. */
  sender: string
  /** What stands before the listeners' errors in the log. */
  logKey: string
}

/** A bus as one scope sees it. On the global one, payloads go out with their sender. */
function createBus(context: Context, dispatcher: BusDispatcher, owner: Registrations, scope: BusScope): LocalBus {
  const { bus, sender, logKey } = scope
  const isGlobal = bus === ALL_PLUGINS
  const listen = (pattern: string, listener: unknown, options: BusOptions, once: boolean, ended?: () => void) =>
    dispatcher.listen(owner, {
      bus,
      pattern,
      original: listener,
      callback: listener as Listener,
      options,
      once,
      logKey,
      ...(ended && { ended }),
    })
  return {
    on: (pattern, listener, options = {}) => listen(pattern, listener, options, false),
    once: (pattern, listener, options = {}) => listen(pattern, listener, options, true),
    emit(event, payload) {
      owner.checkAlive()
      const sent: unknown = isGlobal ? ({ sender, data: payload } satisfies GlobalEvent) : payload
      dispatcher.emit(bus, event, sent)
    },
    off: (pattern, listener) => dispatcher.off(owner, bus, pattern, listener),
    waitFor: <T>(pattern: string, options: WaitOptions<T> = {}) =>
      waitFor<T>(context, pattern, (listener, ended) => listen(pattern, listener, {}, false, ended), options),
  }
}

/** `$eventbus` of one scope: the plugin's own bus, and the global one. */
export function createEventBus(
  context: Context,
  dispatcher: BusDispatcher,
  owner: Registrations,
  scope: BusScope,
): EventBus {
  const global = createBus(context, dispatcher, owner, { ...scope, bus: ALL_PLUGINS })
  const own = scope.bus === ALL_PLUGINS ? global : createBus(context, dispatcher, owner, scope)
  return Object.freeze({ ...own, global })
}
