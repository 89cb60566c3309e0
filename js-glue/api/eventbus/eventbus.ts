// $eventbus: the core decides who hears a name. A plan, the listeners of a name, is asked for once and kept until the
// core's version moves on.
import { ALL_PLUGINS } from "../../core/core-module"
import type { BusOptions, EventBus, GlobalEvent, LocalBus, Unsubscribe, WaitOptions } from "../../types"
import { check } from "../../types/errors"
import { checkListener, checkName, checkTimeout } from "../base/checks"
import type { Context, Registrations } from "../base/context"
import { type Entry, type Listener, ListenerRegistry, type ListenSpec } from "../base/listener-registry"
import { waitFor } from "../base/waiting"

/** How long `once` waits, in milliseconds. */
const ONCE_TIMEOUT = 5000
/** So many names' plans are kept at a time: a page that makes up names without end shall not fill its memory. */
const MAX_PLANS = 10_000

type BusListenSpec = ListenSpec<string, BusOptions>

/** The listeners and plans of all buses of one runtime. */
export class BusDispatcher {
  readonly #context: Context
  readonly #listeners: ListenerRegistry<string>
  readonly #plans = new Map<number, Map<string, Entry<string>[]>>()
  #planCount = 0
  #version = 0

  constructor(context: Context) {
    this.#context = context
    const { core, runtime, pump } = context
    this.#listeners = new ListenerRegistry(context, "event", (handle) => {
      pump.enter(() => core.rac_bus_unlisten(runtime, handle))
    })
  }

  listen(owner: Registrations, spec: BusListenSpec): Unsubscribe {
    const { scope, key, callback, options, once } = spec
    this.#context.checkAlive()
    owner.checkAlive()
    checkName(key, "the event")
    checkListener(callback, options)
    checkTimeout(options.timeout)
    if (options.signal?.aborted) return () => {}
    const { core, runtime, pump } = this.#context
    const lifetime = once ? (options.timeout ?? ONCE_TIMEOUT) : 0
    // All of it in one entry: callbacks that wait for its end may dispose of the scope.
    return pump.enter((now) => {
      const { value: handle } = check(core.busListen(runtime, scope, key, lifetime, now))
      return this.#listeners.add(owner, handle, spec)
    })
  }

  /** The core removed a listener whose time was over. */
  expired(handle: number): void {
    this.#listeners.expired(handle)
  }

  off(owner: Registrations, bus: number, pattern: string, listener: unknown): number {
    checkName(pattern, "the event")
    return this.#listeners.off(owner, bus, pattern, listener)
  }

  emit(bus: number, event: string, payload: unknown): void {
    this.#listeners.dispatch(this.#plan(bus, event), payload, event, event)
  }

  /** Ends every registration: the runtime is disposed of. */
  dispose(): void {
    this.#listeners.dispose()
    // So that the next emit asks for a plan, and is refused.
    this.#plans.clear()
  }

  #plan(bus: number, event: string): Entry<string>[] {
    const { core, runtime } = this.#context
    const version = core.rac_bus_version(runtime)
    if (version !== this.#version || this.#planCount > MAX_PLANS) {
      this.#plans.clear()
      this.#planCount = 0
      this.#version = version
    }
    const known = this.#plans.get(bus)?.get(event)
    return known ?? this.#makePlan(bus, event)
  }

  #makePlan(bus: number, event: string): Entry<string>[] {
    this.#context.checkAlive()
    checkName(event, "the event")
    const { core, runtime } = this.#context
    const { value: count } = check(core.busPlan(runtime, bus, event))
    const plan = this.#listeners.plan(count)
    const plans = this.#plans.get(bus) ?? new Map<string, Entry<string>[]>()
    this.#plans.set(bus, plans.set(event, plan))
    this.#planCount++
    return plan
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
  const listen = (key: string, callback: Listener<string>, options: BusOptions, once: boolean, ended?: () => void) =>
    dispatcher.listen(owner, { scope: bus, key, callback, options, once, logKey, ended })
  const off: LocalBus["off"] = (pattern, listener) => dispatcher.off(owner, bus, pattern, listener)
  return {
    on: (pattern, listener, options = {}) => listen(pattern, listener, options, false),
    once: (pattern, listener, options = {}) => listen(pattern, listener, options, true),
    emit(event, payload) {
      owner.checkAlive()
      const sent: unknown = isGlobal ? ({ sender, data: payload } satisfies GlobalEvent) : payload
      dispatcher.emit(bus, event, sent)
    },
    off,
    removeListener: off,
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
