// What each of the workers does: it shows the list to who listens, and says whether it has loaded the file.
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
