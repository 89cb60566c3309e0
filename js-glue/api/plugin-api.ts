// usePluginApi: what one plugin's code works with. A scope owns all that is registered through it, and its
// `dispose` takes all of it back.

import { type Context, checkName, Registrations } from "./context"
import { createData, type QueryRegistry } from "./data"
import type { EmitRegistry } from "./emits"
import { type BusDispatcher, createEventBus } from "./eventbus"
import type { KeptMutations } from "./kept-mutations"
import { createLog } from "./log"
import { createSocket, type SocketDispatcher } from "./socket"
import type { PluginApi, PluginApiOptions, PluginConfig } from "./types"

/** The parts of a runtime that its scopes share. */
export interface Shared {
  context: Context
  /** By the number of their namespace; the main one is 0. */
  sockets: SocketDispatcher[]
  emits: EmitRegistry
  bus: BusDispatcher
  queries: QueryRegistry
  kept: KeptMutations
  configs: Map<string, PluginConfig>
}

/** The namespace that the options name. */
export function mainSocket({ sockets }: Shared): SocketDispatcher {
  return sockets[0] as SocketDispatcher
}

let instances = 0

/** Makes the API of one plugin. */
export function createPluginApi(shared: Shared, given: string | PluginApiOptions): PluginApi {
  const { context } = shared
  context.checkAlive()
  const { pluginKey, actionId }: Partial<PluginApiOptions> =
    typeof given === "string" ? { pluginKey: given } : (given ?? {})
  checkName(pluginKey, "the pluginKey")
  const owner = new Registrations()
  const { value: plugin } = context.core.plugin(context.runtime, pluginKey)
  const instanceId = ++instances
  const queryId = (entity: string, operation: string) => {
    const about = actionId ?? `${instanceId}-${entity}-${operation}`
    return `plugin-${pluginKey}-${about}-${randomId()}`
  }
  const config = shared.configs.get(pluginKey)
  return Object.freeze({
    pluginKey,
    $data: createData(shared.queries, owner, { pluginKey, config, queryId }),
    $socket: createSocket(context, mainSocket(shared), owner, plugin, pluginKey),
    $eventbus: createEventBus(context, shared.bus, owner, plugin, pluginKey),
    $log: createLog(context.log, pluginKey),
    dispose: () => owner.dispose(),
  })
}

function randomId(): string {
  return Math.random().toString(36).slice(2, 10).padEnd(8, "0")
}
