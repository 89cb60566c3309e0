import { show } from "./show.js"

const worker = new Worker(new URL("./module.js", import.meta.url), { type: "module" })
worker.onmessage = show
worker.onerror = ({ message }) => console.error("in the worker:", message)
