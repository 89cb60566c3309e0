// The runtime's life on this page: made once, made again only if making it failed, disposed of with the app. Loading
// the compiled core is all that can fail here; a backend that is down is a state of the connection and of the list.
import { createRuntime, type PluginApi, type Runtime } from "raclette-wasm"
import { onScopeDispose, ref, shallowRef } from "vue"
import todoConfig from "../generated-config"
import { credentials } from "./session"

/** The runtime, and the todo plugin's view of it. */
export interface Booted {
  runtime: Runtime
  api: PluginApi
}

export function useBoot() {
  const booted = shallowRef<Booted>()
  const failure = ref<string>()

  async function start(): Promise<void> {
    failure.value = undefined
    try {
      const runtime = await createRuntime({ plugins: [todoConfig], auth: credentials })
      booted.value = { runtime, api: runtime.usePluginApi(todoConfig.pluginKey) }
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error)
    }
  }

  onScopeDispose(() => booted.value?.runtime.dispose())
  void start()
  return { booted, failure, start }
}
