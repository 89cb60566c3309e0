// $eventbus. The core decides which listeners match a name. This file caches its plan, the list of listeners, until a
// listener is added or removed. The core removes a listener by itself only when its time is over, and reports that.
import { ALL_PLUGINS } from "../../core/core-module"
import type { BusOptions, EventBus, GlobalEvent, LocalBus, Unsubscribe, WaitOptions } from "../../types"
import { check } from "../../types/errors"
import { checkListener, checkName, checkTimeout } from "../base/checks"
import type { Context, Registrations } from "../base/context"
import { type Entry, type Listener, ListenerRegistry, type ListenSpec } from "../base/listener-registry"
import { waitFor } from "../base/waiting"

/** Default timeout of `once`, in milliseconds. */
const ONCE_TIMEOUT = 5000
/** Maximum number of cached names, so that a page with ever new names does not fill its memory. */
const MAX_PLANS = 10_000

type BusListenSpec = ListenSpec<string, BusOptions>

/** The plans of one bus, by event name. */
type Plans = Map<string, Entry<string>[]>

/** The listeners and plans of all buses of one runtime. */
export class BusDispatcher {
  readonly #context: Context
  readonly #listeners: ListenerRegistry<string>
  readonly #plans = new Map<number, Plans>()
  #planCount = 0
  /** Whether the plans are outdated: listeners have changed, or there are too many plans. */
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
    // All in one entry: callbacks that wait for its end may dispose of the scope.
    return pump.enter((now) => {
      const { value: handle } = check(core.busListen(runtime, scope, key, lifetime, now))
      this.#isStale = true
      return this.#listeners.add(owner, handle, spec)
    })
  }

  /** Handles a listener that the core removed because its time was over. */
  expired(handle: number): void {
    this.#listeners.expired(handle)
  }

  off(owner: Registrations, bus: number, pattern: string, listener: unknown): number {
    checkName(pattern, "the event")
    return this.#listeners.off(owner, bus, pattern, listener)
  }

  /** The plans of a bus, for `emit`. Returns the same object on every call. */
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

  /** Ends every registration when the runtime is disposed of. */
  dispose(): void {
    this.#listeners.dispose()
    // The next emit then requests a plan, and is refused.
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

/** A bus and the plugin that uses it. */
export interface BusScope {
  /** The plugin's number, or ALL_PLUGINS. */
  bus: number
  /** The sender, attached to payloads on the global bus. */
  sender: string
  /** Prefix of the listeners' errors in the log. */
  logKey: string
}

/** A bus as one scope sees it. On the global bus, payloads carry their sender. */
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

/** `$eventbus` of one scope: the plugin's own bus and the global one. */
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
