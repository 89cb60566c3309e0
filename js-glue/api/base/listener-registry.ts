// The listeners of $socket or $eventbus, by the handles that the core gave them: the core decides who hears a name, this
// file calls them, and takes each back when its user, its signal, its scope or the runtime ends it. Dispatch: in the
// order of registration; a listener added meanwhile waits for the next event, one removed meanwhile is not called, one
// that throws is reported and stops nobody.
import type { Unsubscribe } from "../../types"
import type { Context, Registrations } from "./context"

/** A listener: gets the payload, and what else there is to know. */
export type Listener<About> = (payload: never, about: About) => void

/** What somebody registers. */
export interface ListenSpec<About, Options extends { signal?: AbortSignal }> {
  /** The plugin or the bus that it is registered on, by number. */
  scope: number
  /** A name, or what the core takes for many. */
  key: string
  callback: Listener<About>
  options: Options
  /** It ends before its first event is told. */
  once: boolean
  /** What stands before the listener's errors in the log. */
  logKey: string
  /** The registration is the binding's own, for something that has its own end; this is called when it ends from outside. */
  ended?: (() => void) | undefined
}

/** One registration. A plan is a list of these; those that are no longer alive are passed over. */
export interface Entry<About> {
  readonly callback: Listener<About>
  readonly scope: number
  readonly key: string
  readonly owner: Registrations
  readonly once: boolean
  readonly logKey: string
  /** The user's own, which `off` takes away. */
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
  /** Nothing is told, not even the rest of what is being told. */
  isPaused = false
  /** The users' own by their scope and key, once somebody takes one away by those. */
  #byName: Map<string, Set<Entry<About>>> | undefined

  constructor(context: Context, kind: "channel" | "event", unlisten: (handle: number) => void) {
    this.#context = context
    this.#kind = kind
    this.#unlisten = unlisten
  }

  /** Takes in a listener that the core knows as `handle`. Returns what ends it. */
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

  /** Removes the owner's listeners on `key`, or the one that is `callback`. Returns how many there were. */
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

  /** The core removed a listener by itself. */
  expired(handle: number): void {
    this.#entries.get(handle)?.remove()
  }

  /** The listeners of a plan: the core has just written `count` handles. */
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

  /** Calls the listeners of a plan. `name`: what their errors are reported under. */
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

  /** Ends every registration: the runtime is disposed of. */
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
