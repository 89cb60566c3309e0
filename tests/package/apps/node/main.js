// Adds a todo and waits for its event. Node 20 has no global WebSocket.
import { WebSocket as WebSocketOfWs } from "ws"
import { start } from "./start.js"

const runtime = await start({ WebSocket: globalThis.WebSocket ?? WebSocketOfWs })
const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
await new Promise((resolve) => $socket.status.subscribe((status) => status === "connected" && resolve()))
const created = $socket.waitFor("todoCreated", { timeout: 10_000, filter: ({ body }) => body.items[0].name === "Milk" })
await $data.todo.create().execute({ name: "Milk" })
await created
const { result } = await $data.todo.getAll().execute()
console.log(result.map(({ name }) => name).join(", "))
runtime.dispose()
