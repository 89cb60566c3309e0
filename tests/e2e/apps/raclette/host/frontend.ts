// `@raclettejs/core/frontend`, which the host provides: only the function with which a plugin declares its frontend.
import type { EntityConfig, EventBus, RuntimeLog, Socket } from "raclette-wasm"
import type { Store } from "./store"

/** The shared objects that a plugin's `install` may use. */
export interface CorePluginApi {
  $eventbus: Pick<EventBus, "on" | "emit">
  $log: RuntimeLog
  $socket: Socket
  $store: Store
}

/** A plugin's frontend, the argument of `defineRaclettePluginFrontend`. */
export interface PluginFrontend {
  install?(installApi: object, corePluginApi: CorePluginApi): unknown
  i18n?: Record<string, Record<string, string>>
  data?: Record<string, EntityConfig>
}

export const defineRaclettePluginFrontend = (frontend: PluginFrontend) => frontend
