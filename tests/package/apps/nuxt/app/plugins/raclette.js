// One runtime per request on the server, and one in the page.
import { createRaclette } from "raclette-wasm/vue"
import { start } from "../start"

export default defineNuxtPlugin(async ({ vueApp, hook }) => {
  const runtime = await start(import.meta.server ? { socket: { autoConnect: false }, log: { level: 0 } } : {})
  vueApp.use(createRaclette(runtime, { pluginKey: "pacifico__todo" }))
  if (import.meta.server) hook("app:rendered", () => runtime.dispose())
})
