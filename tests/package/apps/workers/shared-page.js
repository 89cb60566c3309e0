import { show } from "./show.js"

const worker = new SharedWorker(new URL("./shared.js", import.meta.url), { type: "module" })
worker.port.onmessage = show
worker.onerror = ({ message }) => console.error("in the worker:", message)
