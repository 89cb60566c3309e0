// Refs of the API for Svelte: whoever reads `value` in a template, an `$effect` or a `$derived` is run again when it
// changes, and a ref is a store as before. It listens only as long as somebody is there to be told, so it belongs to no
// component and can be made anywhere.
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

  /** `query`: what the error of whoever changes an item in place names. */
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
 * What changes while a `$derived` or a template is at work is not changed by that, which Svelte would refuse. It may have been
 * looked at in the same run, which is over before it can be told.
 */
function notify(changed: () => void): void {
  untrack(changed)
  if (isInRun()) queueMicrotask(changed)
}
