// Shared by the tests of $data's rules: a runtime whose server the test controls, responses in a backend's form, and
// types. Only this file has options that the public types do not have yet.
import { isDeepStrictEqual } from "node:util"
import type { ExecuteResult, PluginConfig, Query, QueryOptions, RuntimeOptions } from "../../../js-glue/types"
import { connect, eventFrame, type FakePlatform, type FakeRequest, flush, makeRuntime } from "../harness"

/** An item of any entity. */
export type Item = Record<string, unknown>

export type Match = (item: Item, params: Item) => unknown
export type Sort = (a: Item, b: Item) => number

/** Options of a query, including those that the rules add. */
export interface RuleQueryOptions extends Omit<QueryOptions<Item>, "cb" | "optimistic" | "nextParams"> {
  cb?: (...args: unknown[]) => unknown
  optimistic?: boolean | ((params: Item, current: Item | undefined) => unknown)
  match?: Match
  sort?: Sort
  nextParams?: (response: unknown, shown: Item[]) => unknown
}

/** Arguments of an operation. `params` and `config` may contain refs, or be one. */
export interface RuleArgs {
  params?: object
  options?: RuleQueryOptions
  config?: object
}

export interface RuleExecute {
  (...args: unknown[]): Promise<ExecuteResult<Item>>
  next(...args: unknown[]): Promise<ExecuteResult<Item>>
}

export type RuleQuery = Omit<Query<Item>, "execute"> & { readonly execute: RuleExecute }
export type RuleOperation = (args?: RuleArgs) => RuleQuery

/** Options of createRuntime, including those that the rules add. */
export interface RuleRuntimeOptions extends RuntimeOptions {
  idKey?: string
  versionKey?: string
  match?: Match
  sort?: Sort
}

type Names = "getAll" | "get" | "create" | "update" | "delete"
export type Todos<More extends string = never> = Record<Names | More, RuleOperation>

const channels = (channelKey: string) => [
  { channel: `plugin_pacifico__todo--${channelKey}`, channelKey, prefix: "plugin_pacifico__todo" },
]

/** The todo plugin. `entity` and `operations` extend or override its config. `id`: the path's placeholder for an id. */
export function configWith(entity: object = {}, operations: object = {}, id = "_id"): PluginConfig {
  const todo = {
    type: "todo",
    operations: {
      getAll: { target: "/todo/all", method: "get" },
      get: { target: `/todo/:${id}`, method: "get" },
      create: { target: "/todo", method: "post", channels: channels("todoCreated") },
      update: { target: `/todo/:${id}`, method: "patch", channels: channels("todoUpdated") },
      delete: { target: `/todo/:${id}`, method: "delete", channels: channels("todoDeleted") },
      ...operations,
    },
    ...entity,
  }
  const config = {
    pluginName: "todo",
    author: "pacifico",
    pluginKey: "pacifico__todo",
    routePrefix: "",
    data: { todo },
  }
  return config as PluginConfig
}

export interface WorldSetup {
  entity?: object
  operations?: object
  id?: string
  config?: PluginConfig
  runtime?: RuleRuntimeOptions
  /** Default: true. */
  isConnected?: boolean
}

export interface World<More extends string = never> {
  runtime: Awaited<ReturnType<typeof makeRuntime>>["runtime"]
  platform: FakePlatform
  errors: { code: string; message: string }[]
  api: ReturnType<World["runtime"]["usePluginApi"]>
  todo: Todos<More>
  /** The events of the global bus. */
  notices: { message: string; color: string }[]
  /** Emits an event of the todo plugin with raclette's payload. */
  event(key: string, type: string, body: object): void
  /** A frame of the connection, as text. */
  text(frame: string): void
}

/** A runtime with the todo plugin, connected. */
export async function world<More extends string = never>(setup: WorldSetup = {}): Promise<World<More>> {
  const { entity, operations, id, config = configWith(entity, operations, id) } = setup
  const made = await makeRuntime({ plugins: [config], ...setup.runtime })
  if (setup.isConnected !== false) await connect(made.runtime, made.platform)
  const api = made.runtime.usePluginApi("pacifico__todo")
  const notices: World["notices"] = []
  made.runtime.$eventbus.on("ui/addToSnackbar", ({ data }) => notices.push(data))
  const text = (frame: string) => made.platform.connection.text(frame)
  const event = (key: string, type: string, body: object) => text(eventFrame(key, { type, body }))
  return { ...made, api, todo: api.$data.todo as unknown as Todos<More>, notices, event, text }
}

// Responses of a backend.
export const read = (...items: Item[]) => ({ type: "dataRead", body: { items } })
export const created = (...items: Item[]) => ({ type: "dataCreate", body: { items } })
export const updated = (...items: Item[]) => ({ type: "dataUpdate", body: { items } })
export const deleted = (...ids: unknown[]) => ({ type: "dataDelete", body: { items: [], deleted: ids } })

/** A version: an instant of 2026, in seconds. */
export const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()

/** Runs the callbacks of promises that are already settled, through several layers. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await flush()
}

/** Answers the oldest open request. */
export async function answer(platform: FakePlatform, body: unknown, status = 200): Promise<void> {
  await settle()
  platform.request().answered(status, body)
  await settle()
}

/** A query that has executed and shows `items`. */
export async function shown(
  { todo, platform }: World<never>,
  items: Item[],
  args: RuleArgs = {},
  operation: Names = "getAll",
): Promise<RuleQuery> {
  const query = todo[operation](args)
  void query.execute()
  await answer(platform, read(...items))
  return query
}

/** Returns the result of an execution, which must be over by now. */
export async function over(execution: Promise<ExecuteResult<Item>>): Promise<ExecuteResult<Item>> {
  let result: ExecuteResult<Item> | undefined
  void execution.then((value) => {
    result = value
  })
  await settle()
  if (!result) throw new Error("the execution is not over")
  return result
}

export const names = ({ dataArr }: RuleQuery): unknown[] => dataArr.value.map(({ name }) => name)

/** Method and path of a request, the query string decoded. */
export function asked({ method, url }: FakeRequest): string {
  return `${method} ${decodeURIComponent(url.replace("http://backend.test", ""))}`
}

/** The params in a request's query string. */
export function queryOf({ url }: FakeRequest): [string, string][] {
  return [...new URL(url).searchParams]
}

/** The body that a request hands to fetch. */
export function bodyOf(request: FakeRequest): unknown {
  return (request as { body: unknown }).body ?? request.init.body
}

/** The JSON body of a request. An empty object if it has none. */
export function jsonOf(request: FakeRequest): unknown {
  return JSON.parse(String(bodyOf(request) ?? "{}"))
}

/** Records the values that `pick` returns for a query from now on, without repetitions. */
export function history<T>(query: RuleQuery, pick: (items: Item[]) => T): T[] {
  const seen: T[] = []
  query.dataArr.subscribe((items) => {
    const value = pick(items)
    if (seen.length === 0 || !isDeepStrictEqual(seen.at(-1), value)) seen.push(value)
  })
  return seen
}

/** Answers requests until none is open. Returns them in order. Throws if they never end. */
export async function drain(
  platform: FakePlatform,
  serve: (request: FakeRequest) => void,
  most = 60,
): Promise<string[]> {
  const all: string[] = []
  await settle()
  while (platform.requests.length > 0) {
    const request = platform.request()
    all.push(asked(request))
    if (all.length > most) throw new Error(`more than ${most} requests: ${all.join(", ")}`)
    serve(request)
    await settle()
  }
  return all
}

/** Answers requests for some seconds, which includes delayed reads. Returns them in order. */
export async function atRest(platform: FakePlatform, serve: (request: FakeRequest) => void): Promise<string[]> {
  const all: string[] = []
  for (let i = 0; i < 4; i++) {
    all.push(...(await drain(platform, serve)))
    platform.advance(1500)
  }
  all.push(...(await drain(platform, serve)))
  return all
}
