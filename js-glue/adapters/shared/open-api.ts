// How the adapters come from what `usePluginApi` was given, and a pluginKey that was given once for all, to an API.
import type { Log, PluginApi, PluginApiOptions, PluginApiParams, Runtime } from "raclette-wasm"
import { notProvided } from "./absent"

/** Where `usePluginApi` is called. */
export interface Caller {
  runtime: Runtime
  /** The plugin whose code it is; undefined where nobody said. */
  pluginKey: string | undefined
}

/** What was asked for: the runtime's own options, and why some parts are not wanted, by their names. */
export interface Asked {
  options: PluginApiOptions
  absent: Map<string, string>
}

/**
 * What `given` asks for. Another plugin's API logs as the caller, unless it was given a log.
 *
 * @param given the pluginKey, or params that may leave it out, and switch parts on and off
 * @param advice how the reader can say once for all which plugin it is; in the error where there is no key at all
 */
export function askedBy(given: string | PluginApiParams, caller: Caller, advice: string): Asked {
  const params = typeof given === "string" ? { pluginKey: given } : given
  const pluginKey = params.pluginKey ?? caller.pluginKey
  if (pluginKey === undefined) {
    throw notProvided(`usePluginApi() does not know which plugin: pass its key, or ${advice}.`)
  }
  const absent = new Map<string, string>()
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (value === false)
      absent.set(name, `usePluginApi() was called with \`${name}: false\`: leave that out to use it.`)
    else if (value !== true) options[name] = value
  }
  const isOthers = caller.pluginKey !== undefined && pluginKey !== caller.pluginKey
  const $log = options.$log ?? (isOthers ? logOf(caller.runtime, caller.pluginKey as string) : undefined)
  return { options: { ...options, pluginKey, ...($log ? { $log: $log as Log } : {}) }, absent }
}

const logs = new WeakMap<Runtime, Map<string, Log>>()

/** The log of a plugin, which holds nothing that would have to end; the same each time. */
function logOf(runtime: Runtime, pluginKey: string): Log {
  const known = logs.get(runtime) ?? new Map<string, Log>()
  const log = known.get(pluginKey) ?? runtime.usePluginApi(pluginKey).$log
  logs.set(runtime, known.set(pluginKey, log))
  return log
}

/** A scope of its own in `runtime`; it holds nothing until something is registered through it. */
export function openApi(runtime: Runtime, options: PluginApiOptions): PluginApi {
  return runtime.usePluginApi(options)
}
