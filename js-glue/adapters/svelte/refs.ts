// Refs of the API for Svelte: reading `value` in a template, an `$effect` or a `$derived` tracks it. A ref is also a
// Svelte store. It subscribes only while it is tracked, so it belongs to no component and can be created anywhere.
import type { Ref, Unsubscribe } from "raclette-wasm"
import { untrack } from "svelte"
import { createSubscriber } from "svelte/reactivity"
import { initialOf, onChange } from "../shared/api-shape"
import { guardedValue } from "../shared/guard"
import { isInRun } from "./owner"

export class SvelteRef<T> implements Ref<T> {
  readonly #source: Ref<T>
  readonly #query: string | undefined
  #follow: (() => void) | undefined

  /** `query`: the name in the error for changing an item in place. */
  constructor(source: Ref<T>, query?: string) {
    this.#source = source
    this.#query = query
  }

  get value(): T {
    this.#follow ??= createSubscriber((changed) => onChange(this.#source, () => notify(changed)))
    this.#follow()
    return this.#now
  }

  get initial(): T {
    return initialOf(this.#source)
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    return this.#source.subscribe(() => listener(this.#now))
  }

  toJSON(): T {
    return this.value
  }

  get #now(): T {
    return guardedValue(this.#source, this.#query)
  }
}

/**
 * Untracked, because Svelte forbids changes of state during a `$derived` or a template. Such a run may have read the
 * value already, so it is notified again afterwards.
 */
function notify(changed: () => void): void {
  untrack(changed)
  if (isInRun()) queueMicrotask(changed)
}
