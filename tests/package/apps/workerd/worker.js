import module from "raclette-wasm/runtime.wasm"
import { start } from "./start.js"

export default {
  async fetch() {
    const runtime = await start({ wasm: { module } })
    const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
    await new Promise((resolve) => $socket.status.subscribe((status) => status === "connected" && resolve()))
    const created = $socket.waitFor("todoCreated", { timeout: 10_000 })
    await $data.todo.create().execute({ name: "Milk" })
    await created
    const { result } = await $data.todo.getAll().execute()
    runtime.dispose()
    return new Response(result.map(({ name }) => name).join(", "))
  },
}
