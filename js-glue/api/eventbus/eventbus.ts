// $eventbus: the core decides who hears a name. A plan, the listeners of a name, is asked for once and kept until a listener
// comes or goes, of which the core never decides by itself but when the time of one is over, and then it says so.
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

/** The plans of one bus, by the events' names. */
type Plans = Map<string, Entry<string>[]>

/** The listeners and plans of all buses of one runtime. */
export class BusDispatcher {
  readonly #context: Context
  readonly #listeners: ListenerRegistry<string>
  readonly #plans = new Map<number, Plans>()
  #planCount = 0
  /** A listener came or went since the plans were made, or there are too many of them. */
  #isStale = false

  constructor(context: Context) {
    this.#context = context
    const { core, runtime, pump } = context
    this.#listeners = new ListenerRegistry(context, "event", (handle) => {
      this.#isStale = true
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
      this.#isStale = true
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

  /** The plans of a bus, for `emit`: the same ones at every call. */
  plansOf(bus: number): Plans {
    const plans = this.#plans.get(bus) ?? new Map()
    this.#plans.set(bus, plans)
    return plans
  }

  emit(bus: number, event: string, payload: unknown, plans = this.plansOf(bus)): void {
    if (this.#isStale) this.#forgetPlans()
    const plan = plans.get(event) ?? this.#makePlan(bus, event, plans)
    if (plan.length > 0) this.#listeners.dispatch(plan, payload, event, event)
  }

  /** Ends every registration: the runtime is disposed of. */
  dispose(): void {
    this.#listeners.dispose()
    // So that the next emit asks for a plan, and is refused.
    this.#forgetPlans()
  }

  #forgetPlans(): void {
    for (const plans of this.#plans.values()) plans.clear()
    this.#planCount = 0
    this.#isStale = false
  }

  #makePlan(bus: number, event: string, plans: Plans): Entry<string>[] {
    this.#context.checkAlive()
    checkName(event, "the event")
    const { core, runtime } = this.#context
    const { value: count } = check(core.busPlan(runtime, bus, event))
    const plan = this.#listeners.plan(count)
    plans.set(event, plan)
    if (++this.#planCount > MAX_PLANS) this.#isStale = true
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
  const plans = dispatcher.plansOf(bus)
  const listen = (key: string, callback: Listener<string>, options: BusOptions, once: boolean, ended?: () => void) =>
    dispatcher.listen(owner, { scope: bus, key, callback, options, once, logKey, ended })
  const off: LocalBus["off"] = (pattern, listener) => dispatcher.off(owner, bus, pattern, listener)
  return {
    on: (pattern, listener, options = {}) => listen(pattern, listener, options, false),
    once: (pattern, listener, options = {}) => listen(pattern, listener, options, true),
    emit(event, payload) {
      owner.checkAlive()
      const sent: unknown = isGlobal ? ({ sender, data: payload } satisfies GlobalEvent) : payload
      dispatcher.emit(bus, event, sent, plans)
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
