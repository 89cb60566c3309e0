// Refs: what the user reads and watches, backed by @preact/signals-core, read-only from outside. A value that did
// not change notifies nobody; changes made in one `batch` arrive together.
import { batch, type Signal, signal } from "@preact/signals-core"
import type { Registrations } from "./context"
import type { Ref, Unsubscribe } from "./types"

export { batch }

/** A ref with its writable side, which stays inside the binding. */
export interface State<T> {
  readonly ref: Ref<T>
  set(value: T): void
}

class ReadonlyRef<T> implements Ref<T> {
  readonly #signal: Signal<T>

  constructor(source: Signal<T>) {
    this.#signal = source
  }

  get value(): T {
    return this.#signal.value
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    return this.#signal.subscribe(listener)
  }
}

/** A state that begins with `initial`. */
export function state<T>(initial: T): State<T> {
  const source = signal(initial)
  return {
    ref: new ReadonlyRef(source),
    set(value) {
      source.value = value
    },
  }
}

/** `source` as one scope sees it: who subscribes through it hears no more once the scope is disposed of. */
export function scoped<T>(source: Ref<T>, owner: Registrations): Ref<T> {
  return {
    get value() {
      return source.value
    },
    subscribe(listener) {
      const end = source.subscribe(listener)
      if (!owner.disposed) return owner.add(end)
      end()
      return end
    },
  }
}
