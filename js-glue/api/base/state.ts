// Refs: what the user reads and watches, backed by @preact/signals-core, read-only from outside. A value that did
// not change notifies nobody; changes made in one `batch` arrive together. A signal is made for those that somebody
// looks at: most refs of most queries are never read.
import { batch, type Signal, signal } from "@preact/signals-core"
import type { Ref, Unsubscribe } from "../../types"
import type { Registrations } from "./context"

export { batch }

/** Gives a state another value. */
export let set: <T>(state: State<T>, value: T) => void

/** A ref whose value the binding sets, by `set`. */
export class State<T> implements Ref<T> {
  readonly initial: T
  #value: T
  #signal: Signal<T> | undefined

  constructor(initial: T) {
    this.#value = this.initial = initial
  }

  get value(): T {
    return this.#watched().value
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    return this.#watched().subscribe(listener)
  }

  #watched(): Signal<T> {
    this.#signal ??= signal(this.#value)
    return this.#signal
  }

  static {
    set = (state, value) => {
      state.#value = value
      if (state.#signal) state.#signal.value = value
    }
  }
}

/** `source` as one scope sees it: who subscribes through it hears no more once the scope is disposed of. */
export class ScopedRef<T> implements Ref<T> {
  readonly #source: Ref<T>
  readonly #owner: Registrations

  constructor(source: Ref<T>, owner: Registrations) {
    this.#source = source
    this.#owner = owner
  }

  get initial(): T {
    return this.#source.initial as T
  }

  get value(): T {
    return this.#source.value
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    const end = this.#source.subscribe(listener)
    if (!this.#owner.disposed) return this.#owner.add(end)
    end()
    return end
  }
}
