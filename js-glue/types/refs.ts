// Refs: readable and observable state.

/** A value that can be read at any time and observed. */
export interface Ref<T> {
  /** The current value. In an effect of the same copy of `@preact/signals-core`, reading it subscribes. */
  readonly value: T
  /** The first value, as on a server that neither connects nor reads. Adapters show it during hydration. */
  readonly initial?: T
  /** Calls `listener` with the current value and with every later one. Returns a function that unsubscribes. */
  subscribe(listener: (value: T) => void): () => void
}

/** Removes a listener. A second call does nothing. */
export type Unsubscribe = () => void
