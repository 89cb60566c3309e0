// The host of the widget: shows it or not, and what comes by the global bus.
import { createRaclette, usePluginApi } from "raclette-wasm/vue"
import { createApp, h, ref } from "vue"
import { pluginKey, runtime } from "../runtime"
import TodoWidget from "./TodoWidget.vue"

const App = {
  setup() {
    const { $eventbus, $socket } = usePluginApi("host__app")
    const isShown = ref(true)
    const messages = ref<string[]>([])
    $eventbus.global.on("ui/addToSnackbar", ({ sender, data }) => {
      messages.value.push(`${sender}: ${data.message}`)
    })
    const toggle = () => {
      isShown.value = !isShown.value
    }
    return () => [
      h("p", { role: "status" }, $socket.status.value),
      h("button", { type: "button", onClick: toggle }, isShown.value ? "Hide" : "Show"),
      isShown.value ? h(TodoWidget, { uuid: "1" }) : undefined,
      h(
        "ul",
        { "aria-label": "Messages" },
        messages.value.map((message) => h("li", message)),
      ),
    ]
  },
}

createApp(App).use(createRaclette(runtime, { pluginKey })).mount("#app")
