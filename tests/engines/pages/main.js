// A page with only a client of the package, in itself or in a worker, which reports what it shows. See client.js for
// the address's search params.
import { startClient } from "./client.js"

/** The client's last report, and the page's errors. */
const told = { state: undefined, problems: [] }
const show = (state) => {
  told.state = state
  document.querySelector("output").textContent = JSON.stringify(state, null, 2)
}
addEventListener("error", ({ message }) => told.problems.push(message))
addEventListener("unhandledrejection", ({ reason }) => told.problems.push(String(reason)))
addEventListener("securitypolicyviolation", ({ violatedDirective }) => told.problems.push(violatedDirective))

/** Calls a method of the client by name, with an argument. */
let perform

if (new URLSearchParams(location.search).has("worker")) {
  const worker = new Worker(`worker.js${location.search}`, { type: "module" })
  worker.onmessage = ({ data }) => show(data)
  worker.onerror = ({ message }) => told.problems.push(`in the worker: ${message}`)
  perform = (method, argument) => worker.postMessage([method, argument])
} else {
  const client = await startClient(location.search, show)
  perform = (method, argument) => void client[method](argument)
}

Object.assign(window, { told, perform })
