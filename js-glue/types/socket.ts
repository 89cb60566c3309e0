// The types of $socket. `Events` maps channelKeys to payloads. Keys that it lacks are compile errors; without a config any
// key is allowed.
import type { Ref, Unsubscribe } from "./refs"
import type { AnyEvents, PayloadOf } from "./typed"
import type { WaitOptions } from "./waiting"

/** Status of the connection. `rejected`: the server refused the credentials; `connect()` tries again. */
export type SocketStatus = "connecting" | "connected" | "reconnecting" | "rejected" | "closed"

/** Why the connection is not open. */
export interface ConnectionReason {
  /** Error code. */
  code: string
  message: string
  /** With `CONNECT_REJECTED`: the `data` of the middleware's error, if any. */
  data?: unknown
}

/** Second argument of `$socket` listeners. */
export interface SocketEvent {
  /** Event name on the wire, for example `plugin_pacifico__todo--todoCreated`. */
  channel: string
  /** The channelKey, for example `todoCreated`. */
  channelKey: string
  /** Part of the name before the key, for example `plugin_pacifico__todo`; empty if there is none. */
  prefix: string
  /** All arguments of the event; `args[0]` is the payload. */
  args: unknown[]
  /**
   * Acknowledges the event. Only set if the server wants an acknowledgement. After the session has ended it sends nothing, and
   * `onError` is called with `SOCKET_DISCONNECTED`.
   */
  reply?: (...answer: unknown[]) => void
}

/** A listener of `$socket`. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the backend's; a user narrows it in place.
export type SocketListener<T = any> = (payload: T, event: SocketEvent) => void

/** Options of `$socket.on`. */
export interface SocketOnOptions {
  /** Removes the listener when it aborts. */
  signal?: AbortSignal
  /** Removes the listener after the first event. Default: false. */
  once?: boolean
  /**
   * Whether the listener wants the payload. With false, its first argument is undefined and `event.args` is empty. An event
   * whose payload nobody wants is not parsed. Default: true.
   */
  payload?: boolean
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
   * Emits an event to the server. A function as last argument is called with the acknowledgement; with `timeout`, its first
   * argument is an error or undefined. Buffered while disconnected. Throws `BUFFER_FULL` if the buffer is full.
   */
  emit(event: string, ...args: unknown[]): void
  /** Emits an event. Resolves with the acknowledgement. Rejects with `SOCKET_DISCONNECTED` if the session ends first. */
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>
}

/**
 * The members of `$socket`. Functions throw `BAD_ARGUMENT` for invalid arguments, and `DISPOSED` once the scope or the runtime is
 * disposed of. Those that return a promise reject instead; `off` then returns 0, and refs keep their last value.
 */
export interface BaseSocket<Events extends object = AnyEvents> extends Emitters {
  /** Status of the connection. */
  readonly status: Ref<SocketStatus>
  /** Code and message of the last connection error, if any. */
  readonly reason: Ref<ConnectionReason | undefined>
  /** True if the session was recovered: no event was missed. */
  readonly recovered: Ref<boolean>
  /** Number of emits in the buffer of the runtime, and their approximate size in bytes. */
  readonly buffered: Ref<{ count: number; bytes: number }>
  /** Session id from the server; undefined while disconnected. */
  readonly id: string | undefined
  /**
   * Calls `listener` for each event on `channelKey`. Listeners run in the order of registration. Use `on<Payload>(…)` to set the
   * payload's type in place.
   */
  on<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    listener: SocketListener<PayloadOf<Events, Key, Payload>>,
    options?: SocketOnOptions,
  ): Unsubscribe
  /** Like `on`, for one event. */
  once<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    listener: SocketListener<PayloadOf<Events, Key, Payload>>,
    options?: SocketOnOptions,
  ): Unsubscribe
  /**
   * Removes one listener, or all listeners of this scope on `channelKey`, that were added by `on` and `once`. Returns the number
   * of removed listeners.
   */
  off(channelKey: keyof Events & string, listener?: SocketListener): number
  /** Calls `listener` for each event of this scope. */
  onAny(listener: SocketListener): Unsubscribe
  /** Resolves with the payload of the next event on `channelKey`. Rejects as described in `WaitOptions`. */
  waitFor<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    options?: WaitOptions<PayloadOf<Events, Key, Payload>>,
  ): Promise<PayloadOf<Events, Key, Payload>>
  /**
   * Iterates over the payloads of all later events on `channelKey`, in order. Ends when the signal aborts, when the loop is left,
   * or when the scope is disposed of.
   */
  events<Payload = never, Key extends keyof Events & string = keyof Events & string>(
    channelKey: Key,
    options?: { signal?: AbortSignal },
  ): AsyncIterableIterator<PayloadOf<Events, Key, Payload>>
  /** Calls `listener` with the name and arguments of every event that this runtime emits in the namespace. */
  onAnyOutgoing(listener: (event: string, ...args: unknown[]) => void): Unsubscribe
  /** Returns `emit` and `emitWithAck` with these options. */
  sending(options: SendOptions): Emitters
  /** `sending({ timeout: ms })`. Throws `BAD_ARGUMENT` for 0: without a limit, callbacks have other arguments. */
  timeout(ms: number): Emitters
  /** `sending({ volatile: true })`. */
  readonly volatile: Emitters
  /** Drops all buffered emits. Their acks fail with `ABORTED`. */
  clearBuffer(): void
}

/** One channel, as in raclette's older form `$socket.todoCreated.on(listener)`. Same as `$socket` with the key. */
export interface Channel<Payload> {
  on(listener: SocketListener<Payload>, options?: SocketOnOptions): Unsubscribe
  once(listener: SocketListener<Payload>, options?: SocketOnOptions): Unsubscribe
  off(listener?: SocketListener): number
  waitFor(options?: WaitOptions<Payload>): Promise<Payload>
  events(options?: { signal?: AbortSignal }): AsyncIterableIterator<Payload>
}

/** Channels as members of `$socket`. */
export type Channels<Events extends object> = string extends keyof Events
  ? // biome-ignore lint/suspicious/noExplicitAny: the index signature has to cover the members of BaseSocket
    { readonly [channelKey: string]: any }
  : { readonly [Key in Exclude<keyof Events & string, keyof BaseSocket>]: Channel<Events[Key]> }

/** Events of the backend. A plugin's `$socket` has the channels of its plugin; `runtime.$socket` has all. */
export type Socket<Events extends object = AnyEvents> = BaseSocket<Events> & Channels<Events>
