// The types of $eventbus. `Events` maps event names to payloads. Other names, and patterns, are allowed and untyped.
import type { Unsubscribe } from "./refs"
import type { AnyEvents, AnyName, PayloadOf } from "./typed"
import type { WaitOptions } from "./waiting"

/** Event name or pattern. Editors suggest the names in the map. */
export type BusName<Events extends object> = (keyof Events & string) | AnyName

/** Options of `$eventbus.on` and `.once`. */
export interface BusOptions {
  /** Removes the listener when it aborts. */
  signal?: AbortSignal
  /** `once` only: milliseconds until the listener is removed without an event; 0: no limit. Default: 5000. */
  timeout?: number
}

/**
 * Events between parts of one page. They are synchronous and not stored. In patterns, `/` separates segments, `*` matches any
 * characters within a segment (`ui/*`, `ui_*`), and `**` matches any number of segments. Functions throw `BAD_ARGUMENT` for a
 * name that is empty or not a string and for a listener that is not a function, `BAD_PATTERN` for an empty segment or a `**`
 * that is not a whole segment, and `DISPOSED` once the scope or the runtime is disposed of. `waitFor` rejects instead; `off`
 * then returns 0.
 */
// biome-ignore lint/suspicious/noExplicitAny: a payload that is not told is the user's to know
export interface LocalBus<Sent extends object = AnyEvents, Received extends object = Sent, Other = any> {
  /**
   * Calls `listener` for each event that matches `pattern`. Use `on<Payload>(…)` to set the payload's type in place.
   */
  on<Payload = never, Name extends BusName<Received> = BusName<Received>>(
    pattern: Name,
    listener: (payload: PayloadOf<Received, Name, Payload, Other>, event: string) => void,
    options?: BusOptions,
  ): Unsubscribe
  /** Like `on`, for one event. Waits 5000 ms unless `timeout` is set. */
  once<Payload = never, Name extends BusName<Received> = BusName<Received>>(
    pattern: Name,
    listener: (payload: PayloadOf<Received, Name, Payload, Other>, event: string) => void,
    options?: BusOptions,
  ): Unsubscribe
  /**
   * Calls the listeners synchronously, in the order of registration. Throws `EVENT_NOT_ALLOWED` for an event outside the
   * whitelist. An error of a listener is reported; the others still run.
   */
  emit<Name extends BusName<Sent>>(event: Name, payload?: (Sent & AnyEvents)[Name]): void
  /**
   * Removes one listener, or all listeners of this scope on `pattern`, that were added by `on` and `once`. Returns the number of
   * removed listeners.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a listener of any payload can be taken off
  off(pattern: BusName<Received>, listener?: (payload: any, event: string) => void): number
  /** Alias of `off`, as in raclette.js. */
  // biome-ignore lint/suspicious/noExplicitAny: a listener of any payload can be taken off
  removeListener(pattern: BusName<Received>, listener?: (payload: any, event: string) => void): number
  /** Resolves with the payload of the next event that matches `pattern`. Rejects as described in `WaitOptions`. */
  waitFor<Payload = never, Name extends BusName<Received> = BusName<Received>>(
    pattern: Name,
    options?: WaitOptions<PayloadOf<Received, Name, Payload, Other>>,
  ): Promise<PayloadOf<Received, Name, Payload, Other>>
}

/** Argument of listeners on the global bus. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
export interface GlobalEvent<T = any> {
  /** pluginKey of the emitter; `"raclette"` for the runtime. */
  sender: string
  /** The emitted payload. */
  data: T
}

/** The bus of all plugins. Its listeners get `{ sender, data }`. */
export type GlobalBus<Events extends object = AnyEvents> = LocalBus<
  Events,
  { [Name in keyof Events]: GlobalEvent<Events[Name]> },
  GlobalEvent
>

/** The plugin's own bus. `.global` is the bus of all plugins. */
export interface EventBus<Events extends object = AnyEvents> extends LocalBus<Events> {
  /** The bus of all plugins. Its listeners get `{ sender, data }`. */
  readonly global: GlobalBus<Events>
}

/** The global bus of a runtime, also available as `.global`. */
export type RuntimeBus<Events extends object = AnyEvents> = GlobalBus<Events> & { readonly global: GlobalBus<Events> }
