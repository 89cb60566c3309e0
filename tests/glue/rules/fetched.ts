// A runtime on its own fetch driver, for cases that need a real `Response`: bodies that are empty, cut off, very deep,
// or not text. The test answers the requests; the clock stands still.
import { createRuntime } from "../../../js-glue"
import { memoryStorage } from "../../../js-glue/drivers/storage"
import type { PluginConfig } from "../../../js-glue/types"
import { wasm } from "../harness"
import { configWith, type Todos } from "./harness"

/** A pending call of `fetch`. */
export interface Call {
  url: string
  init: RequestInit
  /** The request as it is sent. */
  request: Request
  respond(response: Response): void
}

/** Waits until a response's body is read, which takes more than microtasks. */
export async function bodiesRead(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
}

export async function fetchedWorld<More extends string = never>(config: PluginConfig = configWith()) {
  const calls: Call[] = []
  const fetchFunction = (url: string, init: RequestInit) =>
    new Promise<Response>((respond) => calls.push({ url, init, request: new Request(url, init), respond }))
  const runtime = await createRuntime({
    url: "http://backend.test",
    wasm,
    plugins: [config],
    log: { sink() {} },
    notifications: false,
    socket: { autoConnect: false },
    WebSocket: class {} as never,
    fetch: fetchFunction as typeof fetch,
    timers: { now: () => 1000, wallClock: () => 0, set: () => 1, clear: () => {} },
    lifecycle: () => () => {},
    storage: memoryStorage(),
  })
  const todo = runtime.usePluginApi("pacifico__todo").$data.todo as unknown as Todos<More>
  /** Answers the oldest open call. */
  const respond = async (response: Response) => {
    await bodiesRead()
    const call = calls.shift()
    if (!call) throw new Error("no request is open")
    call.respond(response)
    await bodiesRead()
  }
  return { runtime, todo, calls, respond }
}
