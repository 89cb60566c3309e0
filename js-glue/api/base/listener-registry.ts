// The listeners of $socket or $eventbus, by the core's handles. The core decides which listeners match a name. This
// file calls them, and removes each when its user, its signal, its scope or the runtime ends it. Listeners run in the
// order of registration. A listener that is added during a dispatch waits for the next event. One that is removed
// during a dispatch is not called. One that throws is reported and does not stop the others.
import type { Unsubscribe } from "../../types"
import type { Context, Registrations } from "./context"

/** A listener. Receives the payload and details of the event. */
export type Listener<About> = (payload: never, about: About) => void

/** A registration to make. */
export interface ListenSpec<About, Options extends { signal?: AbortSignal }> {
  /** The number of the plugin or bus. */
  scope: number
  /** A name or a pattern that the core understands. */
  key: string
  callback: Listener<About>
  options: Options
  /** Whether it ends before its first call. */
  once: boolean
  /** Prefix of the listener's errors in the log. */
  logKey: string
  /** Set for registrations of the binding itself. Called when the registration ends from outside. */
  ended?: (() => void) | undefined
}

/** A registration. A plan is a list of registrations; dead ones are skipped. */
export interface Entry<About> {
  readonly callback: Listener<About>
  readonly scope: number
  readonly key: string
  readonly owner: Registrations
  readonly once: boolean
  readonly logKey: string
  /** Whether the user registered it, so that `off` removes it. */
  readonly isUsers: boolean
  alive: boolean
  remove: Unsubscribe
}

export class ListenerRegistry<About> {
  readonly #context: Context
  /** What names are called in messages. */
  readonly #kind: string
  /** Tells the core that a listener is gone. */
  readonly #unlisten: (handle: number) => void
  readonly #entries = new Map<number, Entry<About>>()
  /** Stops all dispatching, including the current dispatch. */
  isPaused = false
  /** The user's registrations by scope and key. Built on the first removal by name. */
  #byName: Map<string, Set<Entry<About>>> | undefined

  constructor(context: Context, kind: "channel" | "event", unlisten: (handle: number) => void) {
    this.#context = context
    this.#kind = kind
    this.#unlisten = unlisten
  }

  /** Adds a listener that the core knows as `handle`. Returns a function that removes it. */
  add(owner: Registrations, handle: number, spec: ListenSpec<About, { signal?: AbortSignal }>): Unsubscribe {
    const { callback, scope, key, once, logKey, ended } = spec
    const { signal } = spec.options
    const { pump } = this.#context
    const entry: Entry<About> = {
      callback,
      scope,
      key,
      owner,
      once,
      logKey,
      isUsers: !ended,
      alive: true,
      remove() {},
    }
    const remove = owner.add(() => {
      entry.alive = false
      this.#entries.delete(handle)
      this.#forget(entry)
      signal?.removeEventListener("abort", remove)
      if (!pump.disposed) this.#unlisten(handle)
      if (owner.disposed || pump.disposed) ended?.()
    })
    entry.remove = remove
    signal?.addEventListener("abort", remove)
    this.#entries.set(handle, entry)
    if (this.#byName) note(this.#byName, entry)
    return remove
  }

  /** Removes the owner's listeners on `key`, or only `callback`. Returns how many were removed. */
  off(owner: Registrations, scope: number, key: string, callback: unknown): number {
    if (!this.#byName) {
      this.#byName = new Map()
      for (const entry of this.#entries.values()) note(this.#byName, entry)
    }
    const found = [...(this.#byName.get(nameOf(scope, key)) ?? [])].filter(
      (entry) => entry.owner === owner && (callback === undefined || entry.callback === callback),
    )
    for (const entry of found) entry.remove()
    return found.length
  }

  #forget(entry: Entry<About>): void {
    if (!this.#byName) return
    const name = nameOf(entry.scope, entry.key)
    const named = this.#byName.get(name)
    if (named?.delete(entry) && named.size === 0) this.#byName.delete(name)
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
      if (!entry.alive) continue
      if (entry.once) entry.remove()
      try {
        entry.callback(payload as never, about)
      } catch (cause) {
        this.#context.threw(cause, `a listener of the ${this.#kind} "${name}"`, entry.logKey)
      }
    }
  }

  /** Ends every registration when the runtime is disposed of. */
  dispose(): void {
    for (const entry of [...this.#entries.values()]) entry.remove()
  }
}

function nameOf(scope: number, key: string): string {
  return `${scope} ${key}`
}

function note<About>(byName: Map<string, Set<Entry<About>>>, entry: Entry<About>): void {
  if (!entry.isUsers) return
  const name = nameOf(entry.scope, entry.key)
  const named = byName.get(name)
  if (named) named.add(entry)
  else byName.set(name, new Set([entry]))
}
