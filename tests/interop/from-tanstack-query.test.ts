// docs/from-tanstack-query.md: both columns of each row run against the backend stub, with TanStack's query-core and
// with a runtime, and have the same effect. Both compile.
import { once } from "node:events"
import { join } from "node:path"
import { io } from "socket.io-client"
import { beforeAll, expect, it, onTestFinished, vi } from "vitest"
import type { Query, RuntimeOptions } from "../../js-glue"
import todoConfig from "../../web/src/generated-config"
import { makeHooks } from "../bench/peers/query-hooks"
import { Backend } from "../support/backend"
import { codeBlocks, compile, migrationRows, ready } from "../support/migration"
import { root } from "../support/process"
import { until } from "../support/until"
import { startRuntime, untilStatus } from "./harness"
import { Gate, type Scenario, type Side, scenarios, type Todo } from "./query-scenarios"

const page = "from-tanstack-query.md"
const rows = await migrationRows(page, ["TanStack Query", "raclette-wasm"])
const blocks = await codeBlocks(page)

let backend: Backend
let url: string
let token: string

beforeAll(async () => {
  backend = await Backend.create()
  url = backend.url.slice(0, -1)
  token = await backend.token("reader")
  return () => backend.dispose()
})

/** A backend with two todos, behind a gate that controls requests. */
async function begin() {
  const gate = new Gate()
  const api =
    (send: Gate["fetch"]) =>
    async (path: string, init: RequestInit = {}) => {
      const headers = { authorization: `Bearer ${token}`, ...(init.body && { "content-type": "application/json" }) }
      const answer = await send(url + path, { ...init, headers })
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
      return ((await answer.json()) as { body: { items: Todo[] } }).body.items
    }
  const direct = api(fetch)
  const stored = () => direct("/todo/all")
  for (const { _id } of await stored()) await direct(`/todo/${_id}/hard`, { method: "DELETE" })
  await backend.addTodo("Bread")
  await backend.addTodo("Milk")
  const [first] = await stored()
  return { gate, api: api(gate.fetch), stored, _id: first?._id as string }
}

/** The query functions of a TanStack Query user. */
const functions = (api: Awaited<ReturnType<typeof begin>>["api"]) => ({
  getTodos: (params: object = {}, signal?: AbortSignal) => {
    const search = new URLSearchParams(params as Record<string, string>).toString()
    return api(`/todo/all${search && `?${search}`}`, signal ? { signal } : {})
  },
  getTodo: async (_id: string) => (await api(`/todo/${_id}`))[0] as Todo,
  createTodo: async (todo: { name: string }) =>
    (await api("/todo", { method: "POST", body: JSON.stringify(todo) }))[0] as Todo,
  updateTodo: async ({ _id, ...todo }: Todo) =>
    (await api(`/todo/${_id}`, { method: "PATCH", body: JSON.stringify(todo) }))[0] as Todo,
})

type Shown = {
  data?: Todo[] | Todo | { pages: Todo[][] }
  isFetching: boolean
  refetch(): void
  fetchNextPage(): Promise<void>
}

const settledTheirs = (query: unknown) => until(() => !(query as Shown).isFetching)

/** What is shown before the row's code runs. */
function shownTheirs(
  { shows }: Scenario,
  { useQuery, useInfiniteQuery }: ReturnType<typeof makeHooks>,
  { getTodos }: ReturnType<typeof functions>,
) {
  const queryKey = ["todos"]
  const query = shows === "query" && useQuery({ queryKey, queryFn: ({ signal }) => getTodos({}, signal) })
  const pages =
    shows === "pages" &&
    useInfiniteQuery<Todo[]>({
      queryKey,
      queryFn: ({ pageParam }) => getTodos({ limit: 1, offset: pageParam }),
      initialPageParam: 0,
      getNextPageParam: (_last, all) => all.length,
    })
  return { query, pages, shown: query || pages }
}

async function theirs(code: string, scenario: Scenario): Promise<Side> {
  const { gate, api, stored, _id } = await begin()
  const { focus, end, ...hooks } = makeHooks()
  onTestFinished(end)
  const fetching = functions(api)
  const socket = io(url, { auth: { token }, transports: ["websocket"] })
  onTestFinished(() => void socket.disconnect())
  await once(socket as never, "connect")
  if (scenario.isHeld) gate.hold()
  const { query, pages, shown } = shownTheirs(scenario, { focus, end, ...hooks }, fetching)
  if (shown && !scenario.isHeld) await settledTheirs(shown)
  const heard: unknown[][] = []
  const show = (...args: unknown[]) => void heard.push(args)
  return {
    gate,
    heard,
    shown,
    focus,
    settled: settledTheirs,
    run: await ready(code, { ...hooks, ...fetching, socket, query, pages, _id, show }),
    names(query) {
      const { data } = query as Shown
      const items = data && "pages" in data ? data.pages : [data ?? []]
      return items.flat().map(({ name }) => name)
    },
    again: (query) => (query as Shown).refetch(),
    next: (query) => (query as Shown).fetchNextPage(),
    control: async () =>
      hooks.useQuery({ queryKey: ["control"], queryFn: () => fetching.getTodos({ limit: 9 }), staleTime: 1000 }),
    async other(name) {
      const told = once(socket as never, "plugin_pacifico__todo--todoCreated")
      await backend.addTodo(name)
      await told
    },
    stored: async () => (await stored()).map(({ name }) => name),
  }
}

/** Follows what it shows, if it is a query or a list of them, as a page does. */
function follow(value: unknown) {
  for (const one of [value].flat() as Partial<Query>[]) one?.dataArr?.subscribe(() => {})
  return value
}

const settledOurs = (query: unknown) => until(() => !(query as Query).isLoading.value)

async function ours(code: string, { shows, isHeld }: Scenario): Promise<Side> {
  const { gate, stored, _id } = await begin()
  let tell: Parameters<NonNullable<RuntimeOptions["lifecycle"]>>[0] = () => {}
  const lifecycle: RuntimeOptions["lifecycle"] = (telling) => {
    tell = telling
    return () => {}
  }
  const runtime = await startRuntime(url, { plugins: [todoConfig], auth: { token }, fetch: gate.fetch, lifecycle })
  await untilStatus(runtime, "connected")
  const { $data, $socket } = runtime.usePluginApi("pacifico__todo") as ReturnType<typeof runtime.usePluginApi>
  const getAll = $data.todo?.getAll as (args?: object) => Query<Todo>
  if (isHeld) gate.hold()
  const options = { immediate: true, useCache: !isHeld }
  const shown = shows && follow(getAll({ params: shows === "pages" ? { limit: 1 } : {}, options }))
  if (shown && !isHeld) await settledOurs(shown)
  const heard: unknown[][] = []
  const show = (...args: unknown[]) => void heard.push(args)
  const run = await ready(code, { $data, $socket, runtime, query: shown, pages: shown, _id, show })
  return {
    gate,
    heard,
    shown,
    settled: settledOurs,
    run: async () => follow(await run()),
    names: (query) => (query as Query<Todo>).dataArr.value.map(({ name }) => name),
    again: (query) => void (query as Query).execute(),
    next: (query) => (query as Query).execute.next(),
    control: async () => follow(getAll({ params: { limit: 9 }, options: { immediate: true } })),
    focus() {
      tell("hidden")
      tell("visible")
    },
    async other(name) {
      const told = $socket.waitFor("todoCreated")
      await backend.addTodo(name)
      await told
    },
    stored: async () => (await stored()).map(({ name }) => name),
  }
}

it("each row has a scenario, and each scenario a row", () => {
  expect(Object.keys(scenarios)).toEqual(rows.map(({ what }) => what))
})

it.each(rows)("$what", async ({ what, before, now }) => {
  const scenario = scenarios[what] as Scenario
  if (scenario.isAtOnce) {
    vi.useFakeTimers({ toFake: ["Date", "performance"] })
    onTestFinished(() => void vi.useRealTimers())
  }
  expect(await scenario.act(await theirs(before, scenario)), before).toEqual(scenario.outcome)
  expect(await scenario.act(await ours(now, scenario)), now).toEqual(scenario.outcome)
})

it("the example in front connects", async () => {
  const createRuntime = ({ url: at, ...options }: RuntimeOptions) => startRuntime(at as string, options)
  const run = await ready(`${blocks.ts}; return $data.todo.getAll()`, { createRuntime, url, token, todoConfig })
  expect((await ((await run()) as Query).execute()).error).toBe(undefined)
})

it("all of it passes the compiler", async () => {
  const declarations = `
    import type { QueryClient } from "@tanstack/query-core"
    import { createRuntime, type Runtime } from "raclette-wasm"
    import type { Socket } from "socket.io-client"
    import type { makeHooks } from "${join(root, "tests/bench/peers/query-hooks")}"
    import todoConfig from "${join(root, "web/src/generated-config")}"
    interface Todo { _id: string; name: string }
    type Types = { items: { todo: Todo } }
    declare const runtime: Runtime<[typeof todoConfig], Types>, socket: Socket, _id: string, url: string, token: string
    declare const { queryClient, useQuery, useInfiniteQuery, useMutation }: ReturnType<typeof makeHooks>
    declare function show(...args: unknown[]): void
    declare function getTodos(params?: object): Promise<Todo[]>
    declare function getTodo(_id: string): Promise<Todo>
    declare function createTodo(todo: { name: string }): Promise<Todo>
    declare function updateTodo(todo: { _id: string; name: string }): Promise<Todo>
    const { $data } = runtime.usePluginApi("pacifico__todo")
    export { $data, createRuntime, type QueryClient }`
  const client = (code: string, query: string, pages: string) =>
    `const query = ${query}, pages = ${pages}; void [query, pages]; ${code}`
  const [list, paged] = [rows.find(({ what }) => what === "a list"), rows.find(({ what }) => what === "pages")]
  const parts = rows.flatMap(({ before, now }) => [
    client(before, list?.before as string, paged?.before as string),
    client(now, list?.now as string, paged?.now as string),
  ])
  const { ts: provided, "Before.tsx": before = "", ...components } = blocks
  expect(Object.keys(components)).toEqual(["Todos.tsx"])
  const files = {
    ...components,
    "Before.tsx": `${declarations}; declare function useQueryClient(): QueryClient; ${before}`,
  }
  const outcome = await compile(page, declarations, [...parts, `${provided}; return [$data, $socket]`], files)
  expect(outcome).toBe("")
})
