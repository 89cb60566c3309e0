// Commit numbers with the real runtime and stub: no second read after a start or a reconnection, if and only if nothing
// happened between the response and the session.
import { describe, expect, it, onTestFinished } from "vitest"
import type { Operation, Query, RuntimeOptions } from "../../js-glue"
import { platformTimers } from "../../js-glue/drivers/timers"
import todoConfig from "../../web/src/generated-config"
import { Backend } from "../support/backend"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"
import { useServices } from "./nodes"

/** A disconnected runtime at `url`, its list, and the URLs of its requests. */
async function offline(backend: Backend, url = backend.url, options: RuntimeOptions = {}) {
  const asked: string[] = []
  const watched = watchedTimers()
  const fetchAndNote = (address: string | URL | Request, init?: RequestInit) => {
    asked.push(String(address))
    return fetch(address, init)
  }
  const runtime = await startRuntime(url, {
    plugins: [todoConfig],
    auth: { token: await backend.token("anna") },
    fetch: fetchAndNote as typeof fetch,
    timers: watched.timers,
    ...options,
    socket: { autoConnect: false },
  })
  const { $data, $socket } = runtime.usePluginApi("pacifico__todo")
  const { getAll } = $data.todo as Record<"getAll", Operation>
  const list: Query<{ name: string }> = getAll({})
  const loading: boolean[] = []
  list.isLoading.subscribe((now) => loading.push(now))
  const shown = () => list.dataArr.value.map(({ name }) => name)
  const connect = async () => {
    const connected = untilStatus(runtime, "connected")
    runtime.connect()
    await connected
  }
  /** Resolves when the only timers are those of a live connection. */
  const untilQuiet = () => until(() => watched.next > 5000)
  return { runtime, $socket, list, asked, loading, shown, connect, untilQuiet }
}

/** The platform's timers, and the delay of the last one set, in ms. */
function watchedTimers() {
  const watched = {
    next: Number.POSITIVE_INFINITY,
    timers: {
      ...platformTimers,
      set(callback: () => void, ms: number) {
        watched.next = ms
        return platformTimers.set(callback, ms)
      },
    },
  }
  return watched
}

async function start(): Promise<Backend> {
  const backend = await Backend.create()
  onTestFinished(() => backend.dispose())
  await backend.addTodo("Milk")
  return backend
}

describe("a read before the first session", () => {
  it("is made once where nothing happened, and hears all that comes", async () => {
    const backend = await start()
    const page = await offline(backend)
    await page.list.execute()
    await page.connect()
    await page.untilQuiet()
    expect([page.asked.length, page.loading]).toEqual([1, [false, true, false]])
    page.$socket.on("todoCreated", () => page.list.execute())
    await backend.addTodo("Bread")
    await until(() => page.shown().length === 2)
    expect(page.asked).toHaveLength(2)
  })

  it("is made again where something happened between its answer and the session", async () => {
    const backend = await start()
    const page = await offline(backend)
    await page.list.execute()
    await backend.addTodo("Bread")
    await page.connect()
    await until(() => page.shown().length === 2)
    expect(page.asked).toHaveLength(2)
  })
})

describe("a session that could not be recovered", () => {
  it("has nothing read again where nothing happened meanwhile, and everything where something did", async () => {
    const backend = await start()
    const page = await offline(backend)
    await page.connect()
    await page.list.execute()
    // A client disconnect ends the session permanently.
    page.runtime.disconnect()
    await page.connect()
    await page.untilQuiet()
    expect([page.$socket.recovered.value, page.asked.length]).toEqual([false, 1])
    page.runtime.disconnect()
    await backend.addTodo("Bread")
    await page.connect()
    await until(() => page.shown().length === 2)
    expect(page.asked).toHaveLength(2)
  })

  it("has everything read again after the backend was started anew", async () => {
    const backend = await start()
    const page = await offline(backend)
    await page.connect()
    await page.list.execute()
    await backend.kill()
    await backend.startOnOtherPort()
    await backend.addTodo("Bread")
    await backend.kill()
    await backend.start()
    await until(() => page.shown().length === 2)
  })
})

describe("several nodes", () => {
  const { startNode, redis, restartRedis } = useServices()

  it("prove for each other that nothing was missed, and never what was", async () => {
    const [here, there] = (await Promise.all([startNode(), startNode()])) as [Backend, Backend]
    await here.addTodo("Milk")
    const page = await offline(here, there.url, {
      // Reads go to one node, and the session is at the other.
      fetch: ((address: string, init?: RequestInit) => {
        page.asked.push(address)
        return fetch(address.replace(there.url.slice(0, -1), here.url.slice(0, -1)), init)
      }) as typeof fetch,
    })
    // Both have received the todo's event.
    const numbers = async () => {
      const headers = { authorization: `Bearer ${await here.token("anna")}` }
      const answers = await Promise.all([here, there].map(({ url }) => fetch(`${url}todo/all`, { headers })))
      return answers.map((answer) => answer.headers.get("raclette-commit"))
    }
    let known = await numbers()
    while (known[0] === null || known[0] !== known[1]) known = await numbers()
    await page.list.execute()
    await page.connect()
    await page.untilQuiet()
    expect(page.asked).toHaveLength(1)
    const before = page.shown().length
    page.runtime.disconnect()
    await there.addTodo("Bread")
    await page.connect()
    await until(() => page.shown().length === before + 1)
    expect(page.asked).toHaveLength(2)
  })

  it("have everything read again where Redis may have lost events", async () => {
    const node = await startNode()
    await node.addTodo("Milk")
    const page = await offline(node)
    await page.connect()
    await page.list.execute()
    const anew = untilStatus(page.runtime, "reconnecting")
    await redis().stop()
    await restartRedis()
    await anew
    await untilStatus(page.runtime, "connected")
    await until(() => page.asked.length === 2)
  })
})
