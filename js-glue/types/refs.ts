// Refs, what the binding's state is read by and watched with, and the functions that end a registration.

/** A value that can be read at any time and watched. `subscribe` calls back at once with the value of now. */
export interface Ref<T> {
  /** The value of now. Inside an effect of `@preact/signals-core` that shares this copy, reading it subscribes. */
  readonly value: T
  /** The value before anything happened, as on a server that connects and reads nothing: what hydration shows. */
  readonly initial?: T
  /** Calls `listener` with the value of now and with every later one. Returns the function that ends it. */
  subscribe(listener: (value: T) => void): () => void
}

/** Ends a registration. Calling it again does nothing. */
export type Unsubscribe = () => void
