// The code of all workers: reports the list to its listeners, and whether it has loaded the WebAssembly file.
import { start } from "./start.js"

export async function tellTodos(tell) {
  const { $data, $socket } = (await start()).usePluginApi("pacifico__todo")
  const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
  $socket.on("todoCreated", () => execute())
  dataArr.subscribe((todos) => {
    const loaded = performance.getEntriesByType("resource")
    const isFile = loaded.some(({ name, decodedBodySize }) => name.includes(".wasm") && decodedBodySize > 50_000)
    tell({ text: todos.map(({ name }) => name).join(", "), isFile })
  })
  await $data.todo.create().execute({ name: "Milk" })
}
