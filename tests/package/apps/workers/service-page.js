import { show } from "./show.js"

navigator.serviceWorker.onmessage = show
await navigator.serviceWorker.register("/sw.js", { type: "module" })
const { active } = await navigator.serviceWorker.ready
active.postMessage("start")
