// What each window of the live example runs; the first page shows it.
import { createRuntime, type RuntimeOptions } from "raclette-wasm"
import todoConfig from "../../../web/src/generated-config"

// #region window
/** Opens a list of todos. In an app, `connection` is `{ url, auth }`. */
export async function openTodos(connection: Omit<RuntimeOptions, "plugins">) {
  const runtime = await createRuntime({ ...connection, plugins: [todoConfig] })
  const { $data, $socket } = runtime.usePluginApi("pacifico__todo")

  const { dataArr, execute } = $data.todo.getAll({ options: { immediate: true } })
  $socket.on("todoCreated", () => execute())

  const create = $data.todo.create()
  const add = (name: string) => create.execute({ name })

  return { todos: dataArr, add, $socket, dispose: () => runtime.dispose() }
}
// #endregion window
