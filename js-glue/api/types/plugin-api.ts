// What one plugin's code works with.
import type { EventBus } from "./eventbus"
import type { Log } from "./log"
import type { Data } from "./query"
import type { Socket } from "./socket"

/** Argument of `usePluginApi` in its long form; what is given replaces what the scope would make. */
export interface PluginApiOptions {
  pluginKey: string
  /** Query ids become `plugin-<pluginKey>-<actionId>-<random>`. */
  actionId?: string
}

/** What a plugin's code works with. */
export interface PluginApi {
  readonly pluginKey: string
  readonly $data: Data
  readonly $socket: Socket
  readonly $eventbus: EventBus
  readonly $log: Log
  /** Removes all that was registered through this scope. */
  dispose(): void
}
