// $eventbus. The core decides which listeners match a name. This file caches its plan, the list of listeners, until a
// listener is added or removed. The core removes a listener by itself only when its time is over, and reports that.
import { ALL_PLUGINS } from "../../core/core-module"
import type { BusOptions, EventBus, GlobalEvent, LocalBus, Unsubscribe, WaitOptions } from "../../types"
import { check } from "../../types/errors"
import { checkListener, checkName, checkTimeout, NO_OPTIONS } from "../base/checks"
import type { Context, Registrations } from "../base/context"
import {
  type Listener,
  ListenerRegistry,
  type ListenSpec,
  Name,
  type Names,
  type Place,
} from "../base/listener-registry"
import { waitFor } from "../base/waiting"

/** The names of the options of `on`. */
const ON_OPTIONS: readonly (keyof BusOptions)[] = ["signal", "timeout"]
/** Default timeout of `once`, in milliseconds. */
const ONCE_TIMEOUT = 5000
/** Maximum number of plans that are cached for names without listeners, so that ever new names do not fill the memory. */
const MAX_PLANS = 10_000

/** The listeners and plans of all buses of one runtime. */
export class BusDispatcher {
  readonly #context: Context
  readonly #listeners: ListenerRegistry<string>
  readonly #buses = new Map<number, Names<string>>()
  /** How many plans were made for names without listeners. */
  #unheard = 0

  constructor(context: Context) {
    this.#context = context
    const { core, runtime } = context
    this.#listeners = new ListenerRegistry(context, "event", {
      listen: (bus, pattern, { lifetime = 0 }, now) => core.busListen(runtime, bus, pattern, lifetime, now),
      again: (_bus, other, { lifetime = 0 }, now) => core.rac_bus_listen(runtime, other, lifetime, now),
      unlisten: (handle) => core.rac_bus_unlisten(runtime, handle),
    })
  }

  listen(place: Place, key: string, spec: ListenSpec<string>): Unsubscribe {
    if (spec.signal?.aborted) return () => {}
    const names = this.namesOf(place.scope)
    if (!spec.lifetime) return this.#listeners.add(place, names, key, spec)
    // All in one entry: callbacks that wait for its end may dispose of the scope.
    return this.#context.pump.enter((now) => this.#listeners.add(place, names, key, spec, now))
  }

  /** Handles a listener that the core removed because its time was over. */
  expired(handle: number): void {
    this.#listeners.expired(handle)
  }

  off(place: Place, pattern: string, listener: unknown): number {
    checkName(pattern, "the event")
    return this.#listeners.off(place, this.namesOf(place.scope), pattern, listener)
  }

  /** The names of a bus. Returns the same object on every call. */
  namesOf(bus: number): Names<string> {
    const names = this.#buses.get(bus) ?? new Map()
    this.#buses.set(bus, names)
    return names
  }

  /** Returns the name, for the next `emit`: most emits repeat one. `last`: what the previous emit on this bus returned. */
  emit(bus: number, event: string, payload: unknown, names = this.namesOf(bus), last?: Name<string>): Name<string> {
    let name = last?.key === event ? last : names.get(event)
    if (name?.version !== this.#listeners.version) name = this.#planned(bus, event, names)
    if (name.plan.length > 0) this.#listeners.dispatch(name.plan, payload, event, event)
    return name
  }

  /** Ends every registration when the runtime is disposed of. The next emit then requests a plan, and is refused. */
  dispose(): void {
    for (const names of this.#buses.values()) this.#listeners.dispose(names)
  }

  /** Requests the plan of a name. */
  #planned(bus: number, event: string, names: Names<string>): Name<string> {
    this.#context.checkAlive()
    checkName(event, "the event")
    const { core, runtime, pump } = this.#context
    pump.changes.tell()
    const { value: count } = check(core.busPlan(runtime, bus, event))
    const name = names.get(event) ?? new Name(names, event)
    name.plan = this.#listeners.plan(count)
    name.version = this.#listeners.version
    if (name.known === 0) {
      names.set(event, name)
      if (++this.#unheard > MAX_PLANS) this.#forgetUnheard()
    }
    return name
  }

  #forgetUnheard(): void {
    this.#unheard = 0
    for (const names of this.#buses.values()) {
      for (const [key, { known }] of names) if (known === 0) names.delete(key)
    }
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
  const names = dispatcher.namesOf(bus)
  let last: Name<string> | undefined
  const place = { owner, scope: bus, logKey }
  const listen = (key: string, callback: Listener<string>, options: BusOptions, once: boolean, ended?: () => void) => {
    context.checkAlive()
    owner.checkAlive()
    checkName(key, "the event")
    checkListener(callback, options, ON_OPTIONS)
    const { signal, timeout } = options
    checkTimeout(timeout)
    return dispatcher.listen(place, key, {
      callback,
      once,
      lifetime: once ? (timeout ?? ONCE_TIMEOUT) : 0,
      signal,
      ended,
    })
  }
  const off: LocalBus["off"] = (pattern, listener) => dispatcher.off(place, pattern, listener)
  return {
    on: (pattern, listener, options = NO_OPTIONS) => listen(pattern, listener, options, false),
    once: (pattern, listener, options = NO_OPTIONS) => listen(pattern, listener, options, true),
    emit(event, payload) {
      owner.checkAlive()
      const sent: unknown = isGlobal ? ({ sender, data: payload } satisfies GlobalEvent) : payload
      last = dispatcher.emit(bus, event, sent, names, last)
    },
    off,
    removeListener: off,
    waitFor: <T>(pattern: string, options: WaitOptions<T> = {}) =>
      waitFor<T>(context, pattern, (listener, ended) => listen(pattern, listener, NO_OPTIONS, false, ended), options),
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
