// What createRuntime gives.
import type { EventBus } from "./eventbus"
import type { Log } from "./log"
import type { Auth } from "./options"
import type { PluginApi, PluginApiOptions } from "./plugin-api"
import type { Ref } from "./refs"
import type { Socket } from "./socket"

/** One namespace of the backend, over the runtime's connection. */
export interface NamespaceHandle {
  /** Hears and sends the namespace's events. */
  readonly $socket: Socket
  connect(): void
  disconnect(): void
}

export interface Runtime {
  /** The API of one plugin. A key without a config has no entities, but buses, channels and a log. */
  usePluginApi(plugin: string | PluginApiOptions): PluginApi
  /** Hears the events of all plugins. */
  readonly $socket: Socket
  /** The unscoped bus: `on` and `emit` on the global one, with `raclette` as sender. */
  readonly $eventbus: EventBus
  readonly $log: Log
  /** How many mutations wait for the network: those of entities with `offlineMode`. */
  readonly queued: Ref<number>
  /**
   * Another namespace, over the same connection; it is connected once `connect()` is called. `auth`: its own
   * credentials; default: those of the runtime.
   */
  of(namespace: string, options?: { auth?: Auth }): NamespaceHandle
  /** Opens the connection; does nothing where it is open or under way. */
  connect(): void
  /** Closes the connection and stays closed until `connect()`. */
  disconnect(): void
  /** Closes everything and frees the native side. Nothing fires afterwards. */
  dispose(): void
}
