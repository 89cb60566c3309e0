// The listeners of $socket or $eventbus, by the core's handles. The core decides which listeners match a name. This
// file calls them, and removes each when its user, its signal, its scope or the runtime ends it. Listeners run in the
// order of registration. A listener that is added during a dispatch waits for the next event. One that is removed
// during a dispatch is not called. One that throws is reported and does not stop the others.
//
// A name crosses into the core as text only when it has no listeners there; otherwise one of them stands for it. The core
// does not refuse such a registration, so it is told of it, and of the end of listeners, only when it has to know: see
// runtime/changes.ts.
import type { Answer } from "../../core/core-module"
import type { Change } from "../../runtime/changes"
import type { Unsubscribe } from "../../types"
import { check, type RacletteError } from "../../types/errors"
import type { Context, Owned, Registrations } from "./context"

/**
 * How many listeners there may be before the core is told of new ones at once. It refuses more than a million, and the
 * caller must hear of that.
 */
const MOST_UNTOLD = 500_000

/** A listener. Receives the payload and details of the event. */
export type Listener<About> = (payload: never, about: About) => void

/** Who registers listeners. */
export interface Place {
  readonly owner: Registrations
  /** The number of the plugin or bus. */
  readonly scope: number
  /** Prefix of the listeners' errors in the log. */
  readonly logKey: string
}

/** A registration to make. */
export interface ListenSpec<About> {
  readonly callback: Listener<About>
  /** Whether it ends before its first call. */
  readonly once: boolean
  /** If it wants no payload: what the user gave, which `callback` calls without it. */
  readonly bare?: Listener<About> | undefined
  /** Milliseconds until the core removes it by itself; 0 or undefined: no limit. */
  readonly lifetime?: number
  readonly signal?: AbortSignal | undefined
  /** Set for registrations of the binding itself. Called when the registration ends from outside. */
  readonly ended?: (() => void) | undefined
}

/** The core's calls for the listeners of one registry. */
export interface ListenerCalls {
  /** Registers a listener for a name. */
  listen(scope: number, key: string, spec: ListenSpec<never>, now: number): Answer
  /** Registers a listener for the name of `other`. Returns the listener, or 0 if `listen` has to. */
  again(scope: number, other: number, spec: ListenSpec<never>, now: number): number
  /** Tells the core that a listener is gone. */
  unlisten(handle: number): void
}

/** A name or pattern, kept while the core has listeners for it. */
export class Name<About> {
  readonly names: Names<About>
  readonly key: string
  /** A listener that the core has; 0: none. */
  known = 0
  /** The listeners, in no order. */
  readonly entries: Entry<About>[] = []
  /** The cached plan, and the version of the registrations that it is of. */
  plan: readonly Entry<About>[] = []
  version = 0

  constructor(names: Names<About>, key: string) {
    this.names = names
    this.key = key
  }
}

/** The names of one bus or namespace. */
export type Names<About> = Map<string, Name<About>>

/** A registration. A plan is a list of registrations; those that are over are skipped. */
export class Entry<About> implements Owned, Change {
  readonly #registry: ListenerRegistry<About>
  readonly place: Place
  readonly name: Name<About>
  readonly spec: ListenSpec<About>
  /** Its index in the name's entries. */
  at = 0
  /** The core's handle; 0 if the core does not know it. */
  handle = 0
  isOver = false
  /** Ends it, unless it has ended. */
  readonly remove: Unsubscribe

  constructor(registry: ListenerRegistry<About>, place: Place, name: Name<About>, spec: ListenSpec<About>) {
    this.#registry = registry
    this.place = place
    this.name = name
    this.spec = spec
    this.remove = () => {
      if (place.owner.release(this)) this.dispose()
    }
  }

  dispose(): void {
    this.#registry.end(this)
  }

  tell(): void {
    this.#registry.tell(this)
  }
}

export class ListenerRegistry<About> {
  readonly #context: Context
  /** What names are called in messages. */
  readonly #kind: string
  readonly #calls: ListenerCalls
  /** The listeners that the core knows. */
  readonly #entries = new Map<number, Entry<About>>()
  /** Stops all dispatching, including the current dispatch. */
  isPaused = false
  /** Increases with every change of the registrations. */
  version = 1

  constructor(context: Context, kind: "channel" | "event", calls: ListenerCalls) {
    this.#context = context
    this.#kind = kind
    this.#calls = calls
  }

  /** Adds a listener. Returns a function that removes it. `now`: the time, if the listener has a lifetime. */
  add(place: Place, names: Names<About>, key: string, spec: ListenSpec<About>, now = 0): Unsubscribe {
    const name = names.get(key) ?? new Name(names, key)
    const entry = new Entry(this, place, name, spec)
    const { changes } = this.#context.pump
    if (name.known === 0 || spec.lifetime || this.#entries.size > MOST_UNTOLD) {
      changes.tell()
      this.#listen(entry, now)
    } else {
      changes.add(entry)
    }
    this.version++
    entry.at = name.entries.push(entry) - 1
    place.owner.own(entry)
    spec.signal?.addEventListener("abort", entry.remove)
    return entry.remove
  }

  #listen(entry: Entry<About>, now: number): void {
    const { name, spec } = entry
    const { scope } = entry.place
    const again = name.known && this.#calls.again(scope, name.known, spec, now)
    entry.handle = again || check(this.#calls.listen(scope, name.key, spec, now)).value
    name.known = entry.handle
    name.names.set(name.key, name)
    this.#entries.set(entry.handle, entry)
  }

  /** Ends a listener that its owner has released. */
  end(entry: Entry<About>): void {
    const { spec, place, at } = entry
    const { entries } = entry.name
    const { pump } = this.#context
    entry.isOver = true
    this.version++
    const last = entries.pop() as Entry<About>
    if (last !== entry) entries[at] = last
    last.at = at
    spec.signal?.removeEventListener("abort", entry.remove)
    // A lifetime has a timer, which the core stops.
    if (spec.lifetime) pump.enter(() => this.tell(entry))
    else pump.changes.add(entry)
    if (place.owner.disposed || pump.disposed) spec.ended?.()
  }

  /** Tells the core that a listener was added or has ended. */
  tell(entry: Entry<About>): void {
    const { name, handle, isOver } = entry
    if (this.#context.pump.disposed || (handle === 0) === isOver) return
    if (!isOver) {
      try {
        this.#listen(entry, 0)
      } catch (error) {
        entry.remove()
        this.#context.report(error as RacletteError, entry.place.logKey)
      }
      return
    }
    this.#calls.unlisten(handle)
    this.#entries.delete(handle)
    entry.handle = 0
    // The core knows all others: it is told of additions first.
    name.known = name.entries[0]?.handle ?? 0
    if (name.known === 0) name.names.delete(name.key)
  }

  /** Removes the user's listeners on `key`, or only `listener`. Returns how many were removed. */
  off({ owner, scope }: Place, names: Names<About>, key: string, listener: unknown): number {
    const found = (names.get(key)?.entries ?? []).filter(
      ({ place, spec }) =>
        place.owner === owner &&
        place.scope === scope &&
        !spec.ended &&
        (listener === undefined || (spec.bare ?? spec.callback) === listener),
    )
    for (const entry of found) entry.remove()
    return found.length
  }

  /** Handles a listener that the core removed by itself. */
  expired(handle: number): void {
    this.#entries.get(handle)?.remove()
  }

  /** Reads the listeners of a plan: the core has just written `count` handles. */
  plan(count: number): Entry<About>[] {
    const { core, runtime } = this.#context
    const at = core.rac_words(runtime) >>> 2
    const plan: Entry<About>[] = []
    for (let i = 0; i < count; i++) {
      const entry = this.#entries.get(core.HEAPU32[at + i] as number)
      if (entry) plan.push(entry)
    }
    return plan
  }

  /** Calls the listeners of a plan. `name`: the event's name in error reports. */
  dispatch(plan: readonly Entry<About>[], payload: unknown, about: About, name: string): void {
    for (const entry of plan) {
      if (this.isPaused) return
      if (entry.isOver) continue
      const { spec } = entry
      if (spec.once) entry.remove()
      try {
        spec.callback(payload as never, about)
      } catch (cause) {
        this.#context.threw(cause, `a listener of the ${this.#kind} "${name}"`, entry.place.logKey)
      }
    }
  }

  /** Ends every registration for these names. The runtime is disposed of. */
  dispose(names: Names<About>): void {
    this.version++
    for (const { entries } of names.values()) {
      for (const entry of [...entries]) entry.remove()
    }
  }
}
