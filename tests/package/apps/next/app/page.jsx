import { start } from "./start"
import { Todos } from "./todos"
import { WithRuntime } from "./with-runtime"

export const dynamic = "force-dynamic"

/** A server component: it reads, too, with a runtime of its own. */
export default async function Page() {
  const runtime = await start({ socket: { autoConnect: false }, log: { level: 0 } })
  const { $data } = runtime.usePluginApi("pacifico__todo")
  const { result, error } = await $data.todo.getAll().execute()
  runtime.dispose()
  if (error) throw error
  return (
    <main data-read={result.length}>
      <WithRuntime>
        <Todos />
      </WithRuntime>
    </main>
  )
}
