// The types of $eventbus. `Events` is a map of event names to payloads: it types the names that it has, and leaves all
// others, and patterns, free.
import type { Unsubscribe } from "./refs"
import type { AnyEvents, AnyName, PayloadOf } from "./typed"
import type { WaitOptions } from "./waiting"

/** Names that the map has, which an editor offers; any other text, and patterns, as well. */
export type BusName<Events extends object> = (keyof Events & string) | AnyName

/** Options of `$eventbus.on` and `.once`. */
export interface BusOptions {
  /** Ends the registration when it aborts. */
  signal?: AbortSignal
  /** `once` only: milliseconds until the listener is removed unheard; 0: no limit. Default: 5000. */
  timeout?: number
}

/**
 * Events between parts of one page: synchronous, not stored. Patterns: segments part at `/`; `*` is any run of
 * characters within one (`ui/*`, `ui_*`), `**` any number of segments. Every function throws `BAD_ARGUMENT` for a name that
 * is empty or no text and for a listener that is no function, `BAD_PATTERN` for an empty segment or a `**` that is not a
 * segment of its own, and `DISPOSED` after the end of its scope or of the runtime; `waitFor` rejects instead, and `off`
 * then finds nothing.
 */
// biome-ignore lint/suspicious/noExplicitAny: a payload that is not told is the user's to know
export interface LocalBus<Sent extends object = AnyEvents, Received extends object = Sent, Other = any> {
  /**
   * Calls `listener` for each event that `pattern` stands for. `on<Payload>(…)` says what the payload is where the
   * types do not.
   */
  on<Payload = never, Name extends BusName<Received> = BusName<Received>>(
    pattern: Name,
    listener: (payload: PayloadOf<Received, Name, Payload, Other>, event: string) => void,
    options?: BusOptions,
  ): Unsubscribe
  /** As `on`, for one event, and for 5000 ms unless `timeout` says otherwise. */
  once<Payload = never, Name extends BusName<Received> = BusName<Received>>(
    pattern: Name,
    listener: (payload: PayloadOf<Received, Name, Payload, Other>, event: string) => void,
    options?: BusOptions,
  ): Unsubscribe
  /**
   * Calls the listeners, in the order of registration, before it returns. Throws `EVENT_NOT_ALLOWED` outside the
   * whitelist; what a listener throws is reported, and stops nobody.
   */
  emit<Name extends BusName<Sent>>(event: Name, payload?: (Sent & AnyEvents)[Name]): void
  /**
   * Removes one listener, or every listener of this scope on `pattern`: what `on` and `once` registered; `waitFor` goes
   * on. Returns how many were removed.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a listener of any payload can be taken off
  off(pattern: BusName<Received>, listener?: (payload: any, event: string) => void): number
  /** `off` by raclette.js' other name. */
  // biome-ignore lint/suspicious/noExplicitAny: a listener of any payload can be taken off
  removeListener(pattern: BusName<Received>, listener?: (payload: any, event: string) => void): number
  /** Resolves with the payload of the next event that `pattern` stands for. Rejects as `WaitOptions` say. */
  waitFor<Payload = never, Name extends BusName<Received> = BusName<Received>>(
    pattern: Name,
    options?: WaitOptions<PayloadOf<Received, Name, Payload, Other>>,
  ): Promise<PayloadOf<Received, Name, Payload, Other>>
}

/** What a listener of the global bus gets. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
export interface GlobalEvent<T = any> {
  /** The plugin that emitted; `"raclette"` for the runtime itself. */
  sender: string
  /** What was emitted. */
  data: T
}

/** The bus that all plugins share: its listeners get `{ sender, data }`. */
export type GlobalBus<Events extends object = AnyEvents> = LocalBus<
  Events,
  { [Name in keyof Events]: GlobalEvent<Events[Name]> },
  GlobalEvent
>

/** The plugin's own bus, and `.global`, the one that all plugins share. */
export interface EventBus<Events extends object = AnyEvents> extends LocalBus<Events> {
  /** Heard by all plugins; its listeners get `{ sender, data }`. */
  readonly global: GlobalBus<Events>
}

/** The unscoped bus of a runtime: the global one, also as `.global`. */
export type RuntimeBus<Events extends object = AnyEvents> = GlobalBus<Events> & { readonly global: GlobalBus<Events> }
