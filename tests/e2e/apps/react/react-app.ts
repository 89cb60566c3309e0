// The todo list in React: read with a hook, refetched at events, changed by mutations. `limit` is a param that changes.
import { RacletteProvider, useMutation, usePluginApi, useQuery, useRacletteRef } from "raclette-wasm/react"
import { createElement as h, StrictMode, useEffect, useState } from "react"
import { pluginKey, runtime } from "./runtime"

interface Todo {
  _id: string
  name: string
}

function Todos() {
  const { $data, $socket } = usePluginApi()
  const [limit, setLimit] = useState(10)
  const { dataArr, isLoading, execute } = useQuery<Todo>($data.todo.getAll, { params: { limit } })
  const create = useMutation<Todo>($data.todo.create)
  const status = useRacletteRef($socket.status)
  useEffect(() => $socket.on("todoCreated", () => void execute()), [$socket, execute])
  return h(
    "section",
    {},
    h("p", { role: "status" }, status),
    h(
      "ul",
      { "aria-label": "Todos", "aria-busy": isLoading },
      ...dataArr.map((todo) => h("li", { key: todo._id }, todo.name)),
    ),
    h("button", { type: "button", onClick: () => void create.execute({ name: `Todo ${dataArr.length + 1}` }) }, "Add"),
    h("button", { type: "button", onClick: () => setLimit(2) }, "Only two"),
  )
}

/** The list under StrictMode, or nothing. */
export function App() {
  const [isShown, setIsShown] = useState(true)
  return h(
    StrictMode,
    {},
    h(
      RacletteProvider,
      { runtime, pluginKey },
      h("button", { type: "button", onClick: () => setIsShown(!isShown) }, isShown ? "Hide" : "Show"),
      isShown ? h(Todos) : undefined,
    ),
  )
}
