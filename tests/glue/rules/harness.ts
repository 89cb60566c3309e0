// What the tests of $data's rules share: a runtime whose server is in the test's hand, answers as a backend writes them,
// and types for what the rules name. Options that the public types do not have yet stand here and nowhere else.
import { isDeepStrictEqual } from "node:util"
import type { ExecuteResult, PluginConfig, Query, QueryOptions, RuntimeOptions } from "../../../js-glue/types"
import { connect, eventFrame, type FakePlatform, type FakeRequest, flush, makeRuntime } from "../harness"

/** An item of any entity. */
export type Item = Record<string, unknown>

export type Match = (item: Item, params: Item) => unknown
export type Sort = (a: Item, b: Item) => number

/** Options of a query, with what the rules add. */
export interface RuleQueryOptions extends Omit<QueryOptions<Item>, "cb" | "optimistic" | "nextParams"> {
  cb?: (...args: unknown[]) => unknown
  optimistic?: boolean | ((params: Item, current: Item | undefined) => unknown)
  match?: Match
  sort?: Sort
  nextParams?: (response: unknown, shown: Item[]) => unknown
}

/** Arguments of an operation. `params` and `config` may hold refs, or be one. */
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

/** Options of createRuntime, with what the rules add. */
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

/** The todo plugin; `entity` and `operations` add to what it has, or replace it. `id`: the placeholder of one item. */
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
  /** What was announced on the global bus. */
  notices: { message: string; color: string }[]
  /** An event of the todo plugin with raclette's payload. */
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

// What a backend answers.
export const read = (...items: Item[]) => ({ type: "dataRead", body: { items } })
export const created = (...items: Item[]) => ({ type: "dataCreate", body: { items } })
export const updated = (...items: Item[]) => ({ type: "dataUpdate", body: { items } })
export const deleted = (...ids: unknown[]) => ({ type: "dataDelete", body: { items: [], deleted: ids } })

/** A version: an instant of 2026, in seconds. */
export const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()

/** Lets promises that are already settled run, in several layers. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await flush()
}

/** The oldest open request is answered. */
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

/** What an execution resolved with; it has to be over by now. */
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

/** The JSON that a request sends; an empty object where it sends none. */
export function jsonOf(request: FakeRequest): unknown {
  return JSON.parse(String(bodyOf(request) ?? "{}"))
}

/** What `pick` saw in a query from now on, without repetitions. */
export function history<T>(query: RuleQuery, pick: (items: Item[]) => T): T[] {
  const seen: T[] = []
  query.dataArr.subscribe((items) => {
    const value = pick(items)
    if (seen.length === 0 || !isDeepStrictEqual(seen.at(-1), value)) seen.push(value)
  })
  return seen
}

/** Answers requests until none is open. Returns them in order; throws where there is no end to them. */
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

/** Answers requests for some seconds, so that delayed reads have come and gone. Returns them in order. */
export async function atRest(platform: FakePlatform, serve: (request: FakeRequest) => void): Promise<string[]> {
  const all: string[] = []
  for (let i = 0; i < 4; i++) {
    all.push(...(await drain(platform, serve)))
    platform.advance(1500)
  }
  all.push(...(await drain(platform, serve)))
  return all
}
