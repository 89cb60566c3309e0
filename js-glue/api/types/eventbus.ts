// The types of $eventbus.
import type { Unsubscribe } from "./refs"
import type { WaitOptions } from "./waiting"

/** Options of `$eventbus.on` and `.once`. */
export interface BusOptions {
  signal?: AbortSignal
  /** `once` only: milliseconds until the listener is removed unheard. Default: 5000. */
  timeout?: number
}

/** Events between parts of one page: synchronous, not stored. Patterns: `*` is one segment, `**` any number, parted at `/`. */
export interface LocalBus {
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  on<T = any>(pattern: string, listener: (payload: T, event: string) => void, options?: BusOptions): Unsubscribe
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  once<T = any>(pattern: string, listener: (payload: T, event: string) => void, options?: BusOptions): Unsubscribe
  /** Calls the listeners, in the order of registration. Throws `EVENT_NOT_ALLOWED` outside the whitelist. */
  emit(event: string, payload?: unknown): void
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  off(pattern: string, listener?: (payload: any, event: string) => void): number
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  waitFor<T = any>(pattern: string, options?: WaitOptions<T>): Promise<T>
}

/** What a listener of the global bus gets. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
export interface GlobalEvent<T = any> {
  /** The plugin that emitted; `"raclette"` for the runtime itself. */
  sender: string
  data: T
}

/** The plugin's own bus, and `.global`, the one that all plugins share; its listeners get `{ sender, data }`. */
export interface EventBus extends LocalBus {
  readonly global: LocalBus
}
