// The entry of the page. The theme comes first, so that the first paint has the right colors.
import { createApp } from "vue"
import App from "./App.vue"
import { applyTheme } from "./composables/theme"
import "./styles/tokens.css"
import "./styles/base.css"

applyTheme()
createApp(App).mount("#app")
