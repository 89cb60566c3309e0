// The types of $socket. `Events` is a map of channelKeys to payloads: what `Events` does not name cannot be listened
// to, and without a config it names everything.
import type { Ref, Unsubscribe } from "./refs"
import type { AnyEvents, PayloadOf } from "./typed"
import type { WaitOptions } from "./waiting"

/** Connection status of `$socket`. `rejected`: the server refused the credentials; `connect()` starts again. */
export type SocketStatus = "connecting" | "connected" | "reconnecting" | "rejected" | "closed"

/** Why a connection is not there, or was lost. */
export interface ConnectionReason {
  /** The failure, by its code. */
  code: string
  message: string
  /** With `CONNECT_REJECTED`: the `data` of the error with which a middleware of the server refused, where it has any. */
  data?: unknown
}

/** What every `$socket` listener gets beside the payload. */
export interface SocketEvent {
  /** The event name on the wire, for example `plugin_pacifico__todo--todoCreated`. */
  channel: string
  /** The logical name, for example `todoCreated`. */
  channelKey: string
  /** What stands before the key, for example `plugin_pacifico__todo`; empty where the name has no prefix. */
  prefix: string
  /** All arguments of the event; `args[0]` is the payload. */
  args: unknown[]
  /**
   * Answers the server; only there if it wants an answer. After the session in which the event came it sends nothing, and
   * `onError` is told so (`SOCKET_DISCONNECTED`).
   */
  reply?: (...answer: unknown[]) => void
}

/** A listener of `$socket`. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the backend's; a user narrows it in place.
export type SocketListener<T = any> = (payload: T, event: SocketEvent) => void

/** Options of `$socket.on`. */
export interface SocketOnOptions {
  /** Ends the registration when it aborts. */
  signal?: AbortSignal
  /** Ends the registration after the first event. Default: false. */
  once?: boolean
}

/** How an emit is sent. These comments are also a table of docs/socket.md. */
export interface SendOptions {
  /** Milliseconds, above 0, until the ack ends with `ACK_TIMEOUT`; with `retries`, for each try. Default: none. */
  timeout?: number
  /** How often it is sent again: after `timeout` without an answer, and after a lost session. Default: 0. */
  retries?: number
  /** Append an id to the arguments, the same in every try. The server's handler must expect it. Default: false. */
  id?: boolean
  /** Send it only when the earlier `ordered` emits are over: answered, or given up. Default: false. */
  ordered?: boolean
  /** Drop it if there is no connection. Default: false. */
  volatile?: boolean
  /** Takes the emit back when it aborts, if that is still possible; its ack ends with the signal's reason. */
  signal?: AbortSignal
}

/** The two ways to send an event. */
export interface Emitters {
  /**
   * Sends an event to the server. A function as last argument is called with the server's answer; under a `timeout`
   * an error or undefined comes first. Waits for the connection. Throws `BUFFER_FULL` where too much waits already.
   */
  emit(event: string, ...args: unknown[]): void
  /** Sends an event and resolves with the server's answer. Rejects with `SOCKET_DISCONNECTED` if the session ends first. */
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>
}

/**
 * What `$socket` can do, whichever channels it knows. Functions throw `BAD_ARGUMENT` for an argument that is none, and
 * `DISPOSED` after the end of their scope or of the runtime; those that return a promise reject instead. `off` then
 * finds nothing, and the refs keep their last value.
 */
export interface BaseSocket<Events extends object = AnyEvents> extends Emitters {
  /** Status of the connection. */
  readonly status: Ref<SocketStatus>
  /** Why the status is what it is, where there is a reason: the code and sentence of the last failure. */
  readonly reason: Ref<ConnectionReason | undefined>
  /** The session goes on where the one before was lost: nothing was missed. */
  readonly recovered: Ref<boolean>
  /** Emits of the whole runtime that wait for a connection, and about how many bytes they are. */
  readonly buffered: Ref<{ count: number; bytes: number }>
  /** The id that the server gave to this session; undefined while there is none. */
  readonly id: string | undefined
  /**
   * Calls `listener` for each event on `channelKey`, in the order of registration. `on<Payload>(…)` says what the
   * payload is where the types do not.
   */
  on<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    listener: SocketListener<PayloadOf<Events, Key, Payload>>,
    options?: SocketOnOptions,
  ): Unsubscribe
  /** As `on`, for one event. */
  once<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    listener: SocketListener<PayloadOf<Events, Key, Payload>>,
    options?: SocketOnOptions,
  ): Unsubscribe
  /**
   * Removes one listener, or every listener of this scope on `channelKey`: what `on` and `once` registered; `waitFor`,
   * `events` and live queries go on. Returns how many were removed.
   */
  off(channelKey: keyof Events & string, listener?: SocketListener): number
  /** Calls `listener` for each event that this scope hears. */
  onAny(listener: SocketListener): Unsubscribe
  /** Resolves with the payload of the next event on `channelKey`. Rejects as `WaitOptions` say. */
  waitFor<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    options?: WaitOptions<PayloadOf<Events, Key, Payload>>,
  ): Promise<PayloadOf<Events, Key, Payload>>
  /**
   * The payloads on `channelKey` from now on, in order, none skipped. Ends when the signal aborts, the loop is left, or
   * the scope is disposed of.
   */
  events<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    options?: { signal?: AbortSignal },
  ): AsyncIterableIterator<PayloadOf<Events, Key, Payload>>
  /** Calls `listener` with every event that this client emits, whoever does so, and its arguments. */
  onAnyOutgoing(listener: (event: string, ...args: unknown[]) => void): Unsubscribe
  /** `emit` and `emitWithAck` with a time limit, with tries, cancellable, or not worth waiting for a connection. */
  sending(options: SendOptions): Emitters
  /** `sending({ timeout: ms })`; throws `BAD_ARGUMENT` for 0, since callbacks are called otherwise without a limit. */
  timeout(ms: number): Emitters
  /** `sending({ volatile: true })`. */
  readonly volatile: Emitters
  /** Takes back all emits that wait for a connection; their acks end with `ABORTED`. */
  clearBuffer(): void
}

/** One channel, raclette's older form: `$socket.todoCreated.on(listener)`. Each does what `$socket` does with the key. */
export interface Channel<Payload> {
  on(listener: SocketListener<Payload>, options?: SocketOnOptions): Unsubscribe
  once(listener: SocketListener<Payload>, options?: SocketOnOptions): Unsubscribe
  off(listener?: SocketListener): number
  waitFor(options?: WaitOptions<Payload>): Promise<Payload>
  events(options?: { signal?: AbortSignal }): AsyncIterableIterator<Payload>
}

/** The channels as members of `$socket`. */
export type Channels<Events extends object> = string extends keyof Events
  ? // biome-ignore lint/suspicious/noExplicitAny: the index signature has to cover the members of BaseSocket
    { readonly [channelKey: string]: any }
  : { readonly [Key in Exclude<keyof Events & string, keyof BaseSocket>]: Channel<Events[Key]> }

/** Real-time events of the backend. A plugin's `$socket` hears its own plugin's channels; `runtime.$socket` hears all. */
export type Socket<Events extends object = AnyEvents> = BaseSocket<Events> & Channels<Events>
