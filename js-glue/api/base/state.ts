// Refs: values that the user reads and observes, based on @preact/signals-core, read-only from outside. An unchanged
// value notifies nobody. Changes made in one `batch` arrive together. Signals are created on demand, because most refs
// of most queries are never read.
import { batch, type Signal, signal } from "@preact/signals-core"
import type { Ref, Unsubscribe } from "../../types"
import type { Registrations } from "./context"

export { batch }

/** Sets the value of a state. */
export let set: <T>(state: State<T>, value: T) => void

/** A ref that the binding sets with `set`. */
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

/** `source` for one scope: subscriptions made through it end when the scope is disposed of. */
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
