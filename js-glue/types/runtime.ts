// The runtime that createRuntime returns.
import type { PluginConfig } from "./config"
import type { RuntimeBus } from "./eventbus"
import type { RuntimeLog } from "./log"
import type { Auth } from "./options"
import type { PluginApi, PluginApiOptions, WithParts } from "./plugin-api"
import type { Ref } from "./refs"
import type { Socket } from "./socket"
import type { DroppedMutation, QueuedMutation } from "./storage"
import type { AnyEvents, ApiTypes, ConfigOf, EventsOf, MapOf, NoTypes, PluginKeyOf } from "./typed"

/** One namespace of the backend. It shares the runtime's connection. */
export interface NamespaceHandle {
  /** Events of the namespace. */
  readonly $socket: Socket
  /** Connects to the namespace. Does nothing if it is connected or connecting. Throws `DISPOSED`. */
  connect(): void
  /** Disconnects from the namespace until `connect()`. The connection and other namespaces stay. Throws `DISPOSED`. */
  disconnect(): void
  /**
   * Disconnects from the namespace and frees it, for all handles from `of()`. Its listeners, waits and loops end, acks reject
   * with `DISPOSED`, buffered emits are dropped, and its status stays `closed`. Later calls throw or reject with `DISPOSED`;
   * `of()` creates the namespace again. Does nothing for the main namespace, or if it is already disposed of.
   */
  dispose(): void
}

/** State of the connection, for a page that shows it. */
export interface ConnectionState {
  /**
   * Number of the current or next reconnection attempt, from 1. 0 while connected, while disconnected by the user, and
   * during the first attempt.
   */
  readonly attempt: number
  /** Time of the next attempt, in milliseconds since 1970. Undefined while an attempt runs, and if none is scheduled. */
  readonly nextAttempt: number | undefined
  /**
   * Fastest round trip in milliseconds, rounded up, of the last eight measured: of CONNECT, and of emits with an ack, one at a
   * time. It includes the server's processing time. Undefined before the first.
   */
  readonly latency: number | undefined
}

/**
 * One connection to a backend, and the APIs of its plugins. `Configs` and `Types` come from `createRuntime`; without them any
 * name is allowed.
 */
export interface Runtime<
  Configs extends readonly PluginConfig[] = readonly PluginConfig[],
  Types extends ApiTypes = NoTypes,
> {
  /**
   * Returns the API of one plugin. Each call creates a scope. Without a config, a plugin has no entities, but any channel, the
   * buses and a log. Throws `BAD_ARGUMENT` with the wrong field, and `DISPOSED`.
   */
  usePluginApi<Key extends PluginKeyOf<Configs>>(pluginKey: Key): PluginApi<ConfigOf<Configs, Key>, Types>
  /** The same with an `actionId`, or with parts of other APIs. */
  usePluginApi<const Given extends PluginApiOptions<PluginKeyOf<Configs>>>(
    options: Given,
  ): WithParts<PluginApi<ConfigOf<Configs, Given["pluginKey"]>, Types>, Given>
  /** Either form, for code that passes its argument on. */
  usePluginApi(plugin: string | PluginApiOptions): PluginApi
  /** Events of all plugins. */
  readonly $socket: Socket<EventsOf<Configs[number], Types>>
  /** The global bus. Its sender is `raclette`. */
  readonly $eventbus: RuntimeBus<MapOf<Types, "bus", AnyEvents>>
  /** The log without a plugin key. */
  readonly $log: RuntimeLog
  /** Reconnection attempts and latency. Each change replaces the frozen object. */
  readonly connection: Ref<ConnectionState>
  /**
   * The mutation queue of entities with `offlineMode`, in order. A mutation appears once it is stored, so the page can be closed
   * safely, and disappears once it is done and removed from the storage. Each change replaces the frozen list.
   */
  readonly queued: Ref<readonly QueuedMutation[]>
  /**
   * Returns another namespace on the same connection. Call its `connect()` to connect. `auth`: its credentials; default: those of
   * the runtime. It lives until its `dispose()`. Throws `BAD_ARGUMENT`, `DISPOSED`, and `BUFFER_FULL` with 4096 namespaces.
   */
  of(namespace: string, options?: { auth?: Auth }): NamespaceHandle
  /**
   * Calls `auth` for a new token before the current one expires. Later requests use it. Resolves with true if the backend also
   * accepted it for the open connection (by the event `raclette--auth`). Rejects with `AUTH_FAILED` if `auth` fails, and with
   * `DISPOSED`.
   */
  renewAuth(): Promise<boolean>
  /** Opens the connection. Does nothing if it is open or opening. */
  connect(): void
  /** Closes the connection until `connect()`. */
  disconnect(): void
  /**
   * Call this after login, logout, or a change of user. Ends the session, clears all data, calls `identity` and `auth` again,
   * reconnects, and refetches active queries. It affects this page only.
   *
   * Immediately: reads end with `ABORTED`, queries become empty, and buffered emits are dropped. Mutations in flight complete
   * without a retry and are not shown. Queued mutations stay stored under their identity; with `discard`, or without an
   * identity, they are dropped.
   *
   * @returns a promise of the dropped mutations. It resolves when the next session has begun. Rejects with `DISPOSED`, and with
   * `BAD_CONFIG` if `identity` fails: then nothing connects or executes until the next `reset()`.
   */
  reset(options?: { discard?: boolean }): Promise<DroppedMutation[]>
  /** Closes everything and frees the memory of the core. No callback is called afterwards. */
  dispose(): void
}
