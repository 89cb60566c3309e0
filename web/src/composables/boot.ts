// The runtime's life on this page: made once, made again only if making it failed, disposed of with the app. Loading
// the compiled core is all that can fail here; a backend that is down is a state of the connection and of the list.
import { createRuntime } from "raclette-wasm"
import { createRaclette } from "raclette-wasm/vue"
import { type App, ref } from "vue"
import todoConfig from "../generated-config"
import { credentials } from "./session"
import { explain, type Failure } from "./trouble"

/** Installs the runtime in `app` as soon as it is there; what uses it has to wait for `isReady`. */
export function useBoot(app: App) {
  const isReady = ref(false)
  const isStarting = ref(false)
  const failure = ref<string>()

  async function start(): Promise<void> {
    if (isStarting.value) return
    isStarting.value = true
    try {
      const runtime = await createRuntime({ plugins: [todoConfig], auth: credentials })
      app.use(createRaclette(runtime, { pluginKey: todoConfig.pluginKey, dispose: true }))
      failure.value = undefined
      isReady.value = true
    } catch (error) {
      failure.value = explain(error as Failure)
    }
    isStarting.value = false
  }

  void start()
  return { isReady, isStarting, failure, start }
}
