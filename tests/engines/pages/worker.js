// The client in a module worker: it takes what the page asks for, and tells the page what it shows.
import { startClient } from "./client.js"

const starting = startClient(location.search, postMessage)

addEventListener("message", async ({ data: [method, argument] }) => {
  const client = await starting
  client[method](argument)
})
