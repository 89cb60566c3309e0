// usePluginApi: the API of one plugin. A scope owns everything that is registered through it, and its `dispose` removes
// all of it. Parts that are passed in belong to the caller and are left alone.

import type {
  Data,
  EventBus,
  Log,
  PluginApi,
  PluginApiOptions,
  PluginConfig,
  QueuedMutation,
  Ref,
  Socket,
} from "../types"
import { checkFunction, checkName, checkObject, wrong } from "./base/checks"
import { type Context, Registrations } from "./base/context"
import { createData } from "./data/create-data"
import type { MutationQueue } from "./data/mutation-queue"
import type { QueryRegistry } from "./data/query-registry"
import { type BusDispatcher, createEventBus } from "./eventbus/eventbus"
import { createLog, logKeyOf } from "./log"
import type { Connection } from "./socket/connection"
import type { EmitRegistry } from "./socket/emits"
import { createSocket, type SocketDispatcher } from "./socket/socket"

/** The parts of a runtime that its scopes share. */
export interface Shared {
  context: Context
  /** Sockets by namespace number; the main one is 0. Undefined where one was disposed of. */
  sockets: (SocketDispatcher | undefined)[]
  emits: EmitRegistry
  connection: Connection
  bus: BusDispatcher
  queries: QueryRegistry
  mutations: MutationQueue
  queued: Ref<readonly QueuedMutation[]>
  configs: Map<string, PluginConfig>
}

/** The namespace named in the options. */
export function mainSocket({ sockets }: Shared): SocketDispatcher {
  return sockets[0] as SocketDispatcher
}

let instances = 0

/** Creates the API of one plugin. Throws `BAD_ARGUMENT` with the name of the wrong field, and `DISPOSED`. */
export function createPluginApi(shared: Shared, given: string | PluginApiOptions): PluginApi {
  const { context, configs } = shared
  context.checkAlive()
  const { pluginKey, actionId, $data, $socket, $eventbus, $log } = readOptions(given)
  const owner = new Registrations()
  const { value: plugin } = context.core.plugin(context.runtime, pluginKey)
  const instanceId = ++instances
  const queryId = (entity: string, operation: string, id: string | false = false) => {
    const about = actionId ?? `${instanceId}-${entity}-${operation}`
    return `plugin-${pluginKey}-${about}-${id || randomId()}`
  }
  const logKey = ($log && logKeyOf($log)) ?? pluginKey
  return Object.freeze({
    pluginKey,
    $data: $data ?? createData(shared.queries, owner, { pluginKey, config: configs.get(pluginKey), queryId }),
    $socket: $socket ?? createSocket(context, mainSocket(shared), owner, plugin, logKey),
    $eventbus: $eventbus ?? createEventBus(context, shared.bus, owner, { bus: plugin, sender: pluginKey, logKey }),
    $log: $log ?? createLog(context.log, pluginKey),
    dispose: () => owner.dispose(),
  })
}

/** The options, after checking that their parts have the right types. */
interface CheckedOptions {
  pluginKey: string
  actionId: string | undefined
  $data: Data | undefined
  $socket: Socket | undefined
  $eventbus: EventBus | undefined
  $log: Log | undefined
}

function readOptions(given: unknown): CheckedOptions {
  const options = typeof given === "string" ? { pluginKey: given } : given
  if (typeof options !== "object" || options === null) {
    throw wrong(given, "the argument of usePluginApi", "a pluginKey or an object with one")
  }
  const { pluginKey, actionId, $data, $socket, $eventbus, $log } = options as CheckedOptions
  checkName(pluginKey, "the pluginKey")
  if (actionId !== undefined) checkName(actionId, "the actionId")
  if ($data !== undefined) checkObject($data, "$data")
  checkPart($socket, "$socket", ["on", "emit"])
  checkPart($eventbus, "$eventbus", ["on", "emit"])
  if ($log !== undefined) checkFunction($log, "$log")
  return { pluginKey, actionId, $data, $socket, $eventbus, $log }
}

/** Checks that a part, if given, has the functions that identify it. */
function checkPart(part: object | undefined, name: string, functions: readonly string[]): void {
  if (part === undefined) return
  checkObject(part, name)
  for (const each of functions) checkFunction(Reflect.get(part, each), `${name}.${each}`)
}

function randomId(): string {
  return Math.random().toString(36).slice(2, 10).padEnd(8, "0")
}
