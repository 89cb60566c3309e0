// Creates the runtime of this page, and disposes of it with the app. Only loading the compiled core can fail here,
// which `start()` retries. An unreachable backend is no failure here: connection and list show it.
import { createRuntime } from "raclette-wasm"
import { createRaclette } from "raclette-wasm/vue"
import { type App, ref } from "vue"
import todoConfig from "../generated-config"
import { explain, type Failure } from "./error-text"
import { credentials } from "./session"

/** Creates the runtime and installs it in `app`. Components may use it once `isReady` is true. */
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
