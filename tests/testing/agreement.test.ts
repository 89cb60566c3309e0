// Compares the in-memory backend with the stub: the same calls by the same runtime, with the stub's generated configs,
// must give the same requests, statuses, responses and events, except ids, times and editors.
import { expect, it, onTestFinished } from "vitest"
import { WebSocket } from "ws"
import { createRuntime, type PluginConfig, type Runtime } from "../../js-glue"
import { createBackend } from "../../js-glue/testing"
import { listen, tokenOf } from "../server/harness"
import { wasm } from "./harness"

type Operation = (args?: object) => { execute(params?: object): Promise<{ result?: { _id: string }[] }> }

/** One of the two backends, with its recorded traffic. */
interface Side {
  runtime: Runtime
  /** Requests with their responses, and events, in order of arrival. */
  record: unknown[]
  fetch: typeof fetch
  url: string
  token: string
  /** Resolves when everything sent before has arrived. */
  rest(): Promise<void>
}

const DEFAULTS = {
  todo: { isCompleted: false },
  note: () => ({ project: null, isArchived: false, owner: "id-of-anna" }),
}

async function startSide(
  options: { url: string; plugins: readonly PluginConfig[]; fetch: typeof fetch; WebSocket: unknown },
  token: string,
  sendEnd: () => void,
): Promise<Side> {
  const record: unknown[] = []
  const recording: typeof fetch = async (address, init) => {
    const answer = await options.fetch(address, init)
    const body: unknown = await answer.clone().json()
    const { method, body: sent } = init ?? {}
    record.push({ method, url: String(address).replace(options.url, ""), sent, status: answer.status, body })
    return answer
  }
  const log = { sink() {} }
  const auth = { token }
  const runtime = await createRuntime({
    ...(options as object),
    fetch: recording,
    wasm,
    log,
    auth,
    notifications: false,
  })
  onTestFinished(() => runtime.dispose())
  runtime.$socket.onAny((payload, { channel }) => void record.push({ channel, payload }))
  const rest = async () => {
    const ended = runtime.$socket.waitFor("end")
    sendEnd()
    await ended
  }
  await new Promise<void>((resolve) =>
    runtime.$socket.status.subscribe((status) => status === "connected" && resolve()),
  )
  return { runtime, record, fetch: recording, url: options.url, token, rest }
}

async function startBoth(): Promise<{ stub: Side; memory: Side }> {
  const { app, url } = await listen()
  const plugins = app.generatedConfigs as readonly PluginConfig[]
  const token = tokenOf(app)
  const stub = await startSide({ url, plugins, fetch, WebSocket }, token, () => app.io.emit("end"))
  const backend = createBackend({
    plugins,
    defaults: DEFAULTS,
    authorize: ({ token: given }) => given === token || "the token is not valid",
  })
  onTestFinished(() => backend.dispose())
  backend.answer("note.archive", ({ proceed }) => proceed({ isArchived: true }))
  const memory = await startSide(backend.options, token, () => void backend.send("end"))
  return { stub, memory }
}

/** Replaces ids, times and editors by placeholders. */
function plain(record: unknown[]): unknown {
  const ids = new Map<string, string>()
  const own = (key: string, value: unknown): unknown => {
    if (["createdAt", "updatedAt"].includes(key)) return Number.isNaN(Date.parse(String(value))) ? value : "a time"
    return ["lastEditor", "commit"].includes(key) ? typeof value : value
  }
  const text = JSON.stringify(record, own)
  return JSON.parse(
    text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\b(todo|note)-\d+\b/g, (id) => {
      if (!ids.has(id)) ids.set(id, `id ${ids.size}`)
      return ids.get(id) as string
    }),
  )
}

/** The calls, each with its effects. */
async function play({ runtime, record, rest }: Side): Promise<[string, unknown][]> {
  const todo = runtime.usePluginApi("pacifico__todo").$data.todo as unknown as Record<string, Operation>
  const note = runtime.usePluginApi("pacifico__notes").$data.note as unknown as Record<string, Operation>
  const options = { useCache: false }
  const seen: [string, unknown][] = []
  const call = async (title: string, operation: Operation | undefined, params?: object) => {
    const { result } = (await operation?.({ options }).execute(params)) ?? {}
    await rest()
    seen.push([title, record.splice(0)])
    return result?.[0]?._id ?? ""
  }
  await call("an empty list", todo.getAll)
  const milk = await call("a create", todo.create, { name: "Milk" })
  const bread = await call("a create with more", todo.create, { name: "Bread", isCompleted: true })
  await call("a list", todo.getAll)
  await call("a page", todo.getAll, { limit: 1 })
  await call("the last page", todo.getAll, { limit: 1, offset: 1 })
  await call("a filter", todo.getAll, { isCompleted: true })
  await call("a get", todo.get, { _id: milk })
  await call("a get of nothing", todo.get, { _id: "nothing" })
  await call("an update", todo.update, { _id: milk, name: "Oat milk" })
  await call("an update of nothing", todo.update, { _id: "nothing", name: "x" })
  await call("a delete", todo.delete, { _id: milk })
  await call("a second delete", todo.delete, { _id: milk })
  await call("a get of what is deleted", todo.get, { _id: milk })
  await call("an update of what is deleted", todo.update, { _id: milk, name: "x" })
  await call("a list without what is deleted", todo.getAll)
  await call("a hard delete of what is deleted", todo.deleteHard, { _id: milk })
  await call("a second hard delete", todo.deleteHard, { _id: milk })
  await call("a hard delete", todo.deleteHard, { _id: bread })
  const written = await call("a create of another plugin", note.create, { text: "Remember" })
  await call("an operation of a plugin's own", note.archive, { _id: written })
  await call("a list of another plugin", note.getAll)
  await call("a delete of another plugin", note.delete, { _id: written })
  return seen
}

it("the stub and the in-memory backend send the same responses and events", async () => {
  const { stub, memory } = await startBoth()
  const [real, ours] = [await play(stub), await play(memory)]
  expect(real.length).toBeGreaterThan(20)
  expect(plain(ours)).toEqual(plain(real))
  const events = JSON.stringify(real)
  for (const key of ["todoCreated", "mySuperFancyCustomEvent", "todoUpdated", "todoDeleted", "noteArchived"]) {
    expect(events).toContain(`--${key}"`)
  }
})

it("the stub and the backend in memory answer another try, and refuse another body and a bad token, alike", async () => {
  const { stub, memory } = await startBoth()
  const tries = async ({ fetch, url, token, record, rest }: Side) => {
    const ask = (authorization: string, body: object) => {
      const headers = { authorization, "content-type": "application/json", "idempotency-key": "one" }
      return fetch(`${url}/todo`, { method: "POST", body: JSON.stringify(body), headers })
    }
    await ask(`Bearer ${token}`, { name: "Milk" })
    await rest()
    await ask(`Bearer ${token}`, { name: "Milk" })
    await ask(`Bearer ${token}`, { name: "Bread" })
    await ask("Bearer none", { name: "Milk" })
    await rest()
    return record.splice(0)
  }
  const [real, ours] = [await tries(stub), await tries(memory)]
  const shortened = (record: unknown[]) => {
    return JSON.parse(JSON.stringify(plain(record)), (key, value) => (key === "message" ? typeof value : value))
  }
  expect(shortened(ours)).toEqual(shortened(real))
  expect(real.flatMap((one) => (one as { status?: number }).status ?? [])).toEqual([201, 201, 422, 401])
})

it("a page makes as many requests with either", async () => {
  const { stub, memory } = await startBoth()
  const requests = async ({ runtime, record, rest }: Side) => {
    const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
    const todo = $data.todo as unknown as Record<
      string,
      (args: object) => { execute(params?: object): Promise<unknown> }
    >
    const list = todo.getAll?.({ options: { immediate: true } })
    $socket.on("todoCreated", () => void list?.execute())
    await list?.execute()
    await todo.create?.({}).execute({ name: "Milk" })
    await rest()
    await list?.execute()
    return record.flatMap((one) => ((one as { method?: string }).method ? [(one as { method: string }).method] : []))
  }
  expect(await requests(memory)).toEqual(await requests(stub))
})
