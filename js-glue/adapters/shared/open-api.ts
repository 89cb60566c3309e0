// How adapters resolve the arguments of `usePluginApi` and the provided pluginKey to an API.
import type { Log, PluginApi, PluginApiOptions, PluginApiParams, Runtime } from "raclette-wasm"
import { notProvided } from "./absent"

/** Context of a `usePluginApi` call. */
export interface Caller {
  runtime: Runtime
  /** The provided pluginKey, if any. */
  pluginKey: string | undefined
}

/** Options for the runtime, and the reasons for missing parts by name. */
export interface Asked {
  options: PluginApiOptions
  absent: Map<string, string>
}

/**
 * Resolves `given`. The API of another plugin uses the caller's log, unless `given` has one.
 *
 * @param given the pluginKey, or options without or with it, which may switch parts on and off
 * @param advice how to provide a pluginKey, for the error if there is none
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

/** The log of a plugin, the same at every call. It needs no dispose. */
function logOf(runtime: Runtime, pluginKey: string): Log {
  const known = logs.get(runtime) ?? new Map<string, Log>()
  const log = known.get(pluginKey) ?? runtime.usePluginApi(pluginKey).$log
  logs.set(runtime, known.set(pluginKey, log))
  return log
}

/** Opens a scope. It holds nothing until something is registered through it. */
export function openApi(runtime: Runtime, options: PluginApiOptions): PluginApi {
  return runtime.usePluginApi(options)
}
