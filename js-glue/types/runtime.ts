// What createRuntime gives.
import type { PluginConfig } from "./config"
import type { RuntimeBus } from "./eventbus"
import type { RuntimeLog } from "./log"
import type { Auth } from "./options"
import type { PluginApi, PluginApiOptions, WithParts } from "./plugin-api"
import type { Ref } from "./refs"
import type { Socket } from "./socket"
import type { DroppedMutation, QueuedMutation } from "./storage"
import type { AnyEvents, ApiTypes, ConfigOf, EventsOf, MapOf, NoTypes, PluginKeyOf } from "./typed"

/** One namespace of the backend, over the runtime's connection. */
export interface NamespaceHandle {
  /** Hears and sends the namespace's events. */
  readonly $socket: Socket
  /** Joins the namespace; does nothing where it is joined or under way. Throws `DISPOSED`. */
  connect(): void
  /** Leaves the namespace until `connect()`; the connection and other namespaces stay. Throws `DISPOSED`. */
  disconnect(): void
  /**
   * Leaves the namespace and frees it, for all who asked for it by `of()`. Its listeners, waits and loops end, acks
   * reject with `DISPOSED`, emits that wait are dropped, and its refs stay at `closed`. Calls on it throw or reject with
   * `DISPOSED`; `of()` with the name makes it anew. Nothing happens where it is disposed of already, or is the main
   * namespace, which ends with the runtime.
   */
  dispose(): void
}

/** How it goes with the connection, for a page that shows it. */
export interface ConnectionState {
  /**
   * The number of the attempt to get the connection back that is made now, or next: 1 for the first after a loss. 0 while
   * the connection is there, or nobody wants it, and during the first attempt of all.
   */
  readonly attempt: number
  /** When that attempt is made, in milliseconds since 1970; undefined once it is under way, and while none is planned. */
  readonly nextAttempt: number | undefined
  /**
   * Milliseconds, rounded up, in which the server answered at its fastest: to the last eight of CONNECT and emits with an
   * answer, of those on their way at a time one. The server's own work is in it. Undefined until the first answer.
   */
  readonly latency: number | undefined
}

/**
 * One connection to a backend, and the APIs of its plugins. `Configs` and `Types` are what `createRuntime` was given;
 * without them any name is taken.
 */
export interface Runtime<
  Configs extends readonly PluginConfig[] = readonly PluginConfig[],
  Types extends ApiTypes = NoTypes,
> {
  /**
   * The API of one plugin, a scope of its own with each call. A key without a config has no entities, but buses, any
   * channel and a log. Throws `BAD_ARGUMENT`, with the field that is wrong, and `DISPOSED`.
   */
  usePluginApi<Key extends PluginKeyOf<Configs>>(pluginKey: Key): PluginApi<ConfigOf<Configs, Key>, Types>
  /** The same with an `actionId`, or with parts of other APIs in the place of its own. */
  usePluginApi<const Given extends PluginApiOptions<PluginKeyOf<Configs>>>(
    options: Given,
  ): WithParts<PluginApi<ConfigOf<Configs, Given["pluginKey"]>, Types>, Given>
  /** Either form, for code that hands on what it was given. */
  usePluginApi(plugin: string | PluginApiOptions): PluginApi
  /** Hears the events of all plugins. */
  readonly $socket: Socket<EventsOf<Configs[number], Types>>
  /** The unscoped bus: `on` and `emit` on the global one, with `raclette` as sender. */
  readonly $eventbus: RuntimeBus<MapOf<Types, "bus", AnyEvents>>
  /** The log without a plugin's name. */
  readonly $log: RuntimeLog
  /** How it goes with the connection beside `$socket.status`. A frozen object, another one with each change. */
  readonly connection: Ref<ConnectionState>
  /**
   * The mutations of entities with `offlineMode` that wait for the network, in the order in which they are made. One is
   * there from when the storage has it, so that a page that shows how many there are may be closed, until it is over and
   * gone from there. A frozen list, another one with each change.
   */
  readonly queued: Ref<readonly QueuedMutation[]>
  /**
   * Another namespace, over the same connection; it is connected once `connect()` is called. `auth`: its own
   * credentials; default: those of the runtime. It is held until its `dispose()`. Throws `BAD_ARGUMENT`, `BUFFER_FULL`
   * where there are 4096, and `DISPOSED`.
   */
  of(namespace: string, options?: { auth?: Auth }): NamespaceHandle
  /**
   * Asks `auth` for the next token before the one of now expires. Requests go out with it from then on. Resolves with
   * whether the backend took it over for the connection as well (by `raclette--auth`, as the stub does), which then stays.
   * Rejects with `AUTH_FAILED` if `auth` fails, and `DISPOSED`.
   */
  renewAuth(): Promise<boolean>
  /** Opens the connection; does nothing where it is open or under way. */
  connect(): void
  /** Closes the connection and stays closed until `connect()`. */
  disconnect(): void
  /**
   * Somebody logged in or out, or the user is another: ends the session, clears what is known and shown, asks `identity`
   * and `auth` anew, connects again what was connected, and executes the reads in use again. It concerns this page alone.
   *
   * At once: reads end with `ABORTED`, queries show nothing, and emits that wait are dropped. Mutations on the wire end
   * as they end, are not made again, and show nowhere. What waits for the network stays stored under its identity; with
   * `discard`, and without an identity, it is dropped.
   *
   * @returns a promise of what was dropped, when the next session has begun. Rejects with `BAD_CONFIG` where `identity`
   * fails, and then nothing is connected or executed until `reset()` is called again; and with `DISPOSED`.
   */
  reset(options?: { discard?: boolean }): Promise<DroppedMutation[]>
  /** Closes everything and frees the native side. Nothing fires afterwards. */
  dispose(): void
}
