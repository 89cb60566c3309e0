// The client in a module worker: takes commands from the page, and reports what it shows.
import { startClient } from "./client.js"

const starting = startClient(location.search, postMessage)

addEventListener("message", async ({ data: [method, argument] }) => {
  const client = await starting
  client[method](argument)
})
