// A user's program in Deno, with the backend's address as its argument. It reads a list, gets the event of its own
// creation by WebSocket and by polling, and exits by itself after `dispose()`. It needs the built package.
import { createRuntime } from "../../dist/index.js"

const [url] = Deno.args
const login = { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"deno"}' }
const { token } = await (await fetch(`${url}/auth/dev-login`, login)).json()
const config = await (await fetch(`${url}/raclette/config/pacifico__todo`)).json()

function expect(what, isSo) {
  if (!isSo) throw new Error(`it did not hold: ${what}`)
}

for (const transport of ["websocket", "polling"]) {
  const name = `from Deno by ${transport}`
  const errors = []
  const runtime = await createRuntime({
    url,
    plugins: [config],
    auth: (cb) => cb({ token }),
    socket: { transports: [transport], upgrade: false },
    onError: (error) => errors.push(error),
  })
  const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
  const heard = $socket.waitFor("todoCreated", { timeout: 10_000, filter: ({ body }) => body.items[0].name === name })
  await new Promise((resolve) => {
    $socket.status.subscribe((status) => status === "connected" && resolve())
  })
  const before = await $data.todo.getAll().execute()
  expect("the list is read", Array.isArray(before.result) && !before.error)
  const created = await $data.todo.create().execute({ name })
  expect("the todo is created", !created.error)
  await heard
  const after = await $data.todo.getAll().execute()
  expect("the new todo is in the list", after.result.length === before.result.length + 1)
  runtime.dispose()
  expect(`no errors: ${errors.map(({ message }) => message).join()}`, errors.length === 0)
  console.log(`${transport}: a list of ${after.result.length}, and an event`)
}
