// VitePress' own theme in the colours of the demo page, and the live example.
import DefaultTheme from "vitepress/theme"
import LiveExample from "./LiveExample.vue"
import "./style.css"

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }: { app: import("vue").App }) => void app.component("LiveExample", LiveExample),
}
