// How both adapters come from what `usePluginApi` was given, and a pluginKey that was given once for all, to an API.
import type { PluginApi, PluginApiOptions, Runtime } from "raclette-wasm"

/**
 * The runtime's own options.
 *
 * @param given the pluginKey, or options that may leave it out
 * @param pluginKey the one that counts then
 * @param giver where the reader can set that; named by the Error where there is no key at all
 */
export function optionsOf(
  given: string | Partial<PluginApiOptions>,
  pluginKey: string | undefined,
  giver: string,
): PluginApiOptions {
  const options = typeof given === "string" ? { pluginKey: given } : given
  const key = options.pluginKey ?? pluginKey
  if (key !== undefined) return { ...options, pluginKey: key }
  throw new Error(`usePluginApi() does not know which plugin: pass its key, or give ${giver} a \`pluginKey\`.`)
}

/** A scope of its own in `runtime`; it holds nothing until something is registered through it. */
export function openApi(runtime: Runtime, options: PluginApiOptions): PluginApi {
  return runtime.usePluginApi(options)
}
