// The host of the widgets: shows them, the language, and messages of the global event bus. It exposes its log to the
// test.
import { createRaclette, RacletteScope, usePluginApi } from "raclette-wasm/vue"
import { createApp, h, ref } from "vue"
import { extend, plugins, runtime } from "./host/plugins"

const App = {
  setup() {
    const { $eventbus, $socket, $store } = usePluginApi()
    const isShown = ref(true)
    const messages = ref<string[]>([])
    $eventbus.global.on("ui*/**", ({ sender, data }) => {
      messages.value.push(`${sender}: ${data.message}`)
    })
    const toggle = () => {
      isShown.value = !isShown.value
    }
    const widgets = () =>
      plugins.flatMap(({ config: { pluginKey }, widgets }) =>
        widgets.map((widget, i) => {
          const uuid = `${pluginKey}-${i}`
          return h(RacletteScope, { key: uuid, pluginKey }, { default: () => [h(widget, { uuid })] })
        }),
      )
    return () => [
      h("p", { role: "status" }, $socket.status.value),
      h("button", { type: "button", onClick: toggle }, isShown.value ? "Hide" : "Show"),
      h("button", { type: "button", onClick: () => $store.setUiState({ language: "de" }) }, "Deutsch"),
      isShown.value ? widgets() : undefined,
      h(
        "ul",
        { "aria-label": "Messages" },
        messages.value.map((message) => h("li", message)),
      ),
    ]
  },
}

createApp(App)
  .use(createRaclette(runtime, { pluginKey: "host__app", extend }))
  .mount("#app")
