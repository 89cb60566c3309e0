// The types of $data: options and arguments of queries and mutations, and their state.
import type { EntityConfig, OperationConfig, PluginConfig } from "./config"
import type { RacletteError } from "./errors"
import type { Ref } from "./refs"
import type { ApiTypes, EntityName, EntityNamed, ItemOf, NoTypes, TypeOf } from "./typed"

/** Options of one query or mutation. These comments are also the table of docs/data.md. */
export interface QueryOptions<T = Record<string, unknown>> {
  /** Execute at once. Default: false. */
  immediate?: boolean
  /** Called after each execution with the result of `execute()`. */
  cb?: (result: ExecuteResult<T>) => void
  /** Fill `data` and `dataArr`. If false, only `response` is set. Default: true. */
  useStore?: boolean
  /** Share requests with equal queries, and reuse an answer for 1000 ms. Default: true. */
  useCache?: boolean
  /** Announce a mutation's outcome on the global bus as `ui/addToSnackbar`. Default: true. */
  notify?: boolean
  /** Read again after a reconnect that lost events. Default: true. */
  refetchOnReconnect?: boolean
  /** Read again when the user returns to the page. Default: true. */
  refetchOnFocus?: boolean
  /** Milliseconds from one answer to the next execution. Pauses while the page is hidden or offline. Default: none. */
  refetchInterval?: number
  /** Continue `refetchInterval` while the page is hidden. Default: false. */
  refetchIntervalInBackground?: boolean
  /** Read again at events of the entity, or only at those with the listed channelKeys. Payloads are not parsed. Default: false. */
  refetchOnEvent?: boolean | readonly string[]
  /**
   * Keep the query up to date. If false, it does not read again automatically until `configure({ active: true })`, which reads at
   * once if a read is due. Default: true while observed, in a visible component, or with `live`, `immediate`,
   * `refetchInterval` or `refetchOnEvent`.
   */
  active?: boolean
  /** Milliseconds for one request; 0 means no limit. Default: 30000. */
  timeout?: number
  /** How often a request is repeated that failed for a reason that may pass, with growing pauses. Default: 0. */
  retry?: number
  /** Milliseconds to wait for further executions. All of them share the last one's request. Default: none. */
  debounce?: number
  /** Apply the entity's events without a request, as far as their payloads allow. Default: false. */
  live?: boolean
  /** Show a mutation before it is answered: its params lie over the item, or a function returns the item. Default: false. */
  optimistic?: boolean | ((params: Record<string, unknown>, current: T | undefined) => T)
  /**
   * Whether an item belongs to this list. It must change neither argument. Default: `match` of the entity's config or of
   * createRuntime, else a guess by the params.
   */
  match?: (item: T, params: Record<string, unknown>) => unknown
  /**
   * The order of items that live and optimistic changes bring, as for `Array.prototype.sort`. Default: `sort` of the entity's
   * config or of createRuntime, else the end of the list.
   */
  sort?: (a: T, b: T) => number
  /** The params of `execute.next()`, from the last answer and the shown items; nothing if there is no next page. Default: `offset`. */
  nextParams?: (response: unknown, shown: T[]) => Record<string, unknown> | undefined | null | false
  /**
   * `stream` makes `response` a `ReadableStream` (without `byob` readers) that `abort()`, the signal and `dispose()` end; nothing
   * is shared, cached or kept. Default: `json`.
   */
  responseType?: "json" | "stream"
  /** The request's `mode`: `cors`, or `none` for the platform's own. Default: `none`. */
  mode?: "none" | "cors"
}

/** Options that `configure` can change: when a query executes, and how it makes its requests. */
export type QueryTiming = Pick<
  QueryOptions,
  | "active"
  | "debounce"
  | "notify"
  | "refetchInterval"
  | "refetchIntervalInBackground"
  | "refetchOnFocus"
  | "refetchOnReconnect"
  | "retry"
  | "timeout"
>

/** Arguments of `$data.<entity>.<operation>()`. */
export interface QueryArgs<T = Record<string, unknown>> {
  /**
   * Fill the target's placeholders; the rest becomes the query string (GET, HEAD, DELETE) or the JSON body. An object, or a
   * function or a ref of one, with refs, functions and getters at any depth. Their values are read and copied at each
   * `execute()`.
   */
  params?: object
  /** The end of the query's id, `plugin-<pluginKey>-<instanceId>-<entity>-<operation>-<id>`. Default: a random text. */
  id?: string | false
  options?: QueryOptions<T>
  /**
   * Passed to `fetch`: headers (read and copied at each `execute()`), credentials, signal and so on. A mutation sends its
   * `body` instead of params.
   */
  config?: RequestInit
}

/** Excludes arrays, maps, sets and functions. */
interface NoContainer {
  readonly [Symbol.iterator]?: never
  readonly bind?: never
}

/**
 * Argument of `execute`: a plain object of params, or a body for a mutation. Objects that frameworks and the runtime pass to
 * callbacks (events, results, payloads of `$socket`) are allowed and ignored.
 */
export type ExecuteArgument =
  | (Record<string, unknown> & NoContainer)
  | (object & NoContainer)
  | FormData
  | Blob
  | URLSearchParams

/** Result of `execute()`. The promise never rejects; failures are in `error`. */
export interface ExecuteResult<T = Record<string, unknown>> {
  /** Body of the answer, as the server sent it. */
  response: unknown
  /** Items of the answer. */
  result: T[] | undefined
  error: RacletteError | undefined
}

/** A query or mutation: its state as refs, and its functions. */
export interface Query<T = Record<string, unknown>> {
  /** Items by id. */
  readonly data: Ref<Record<string, T>>
  /** Items in the order of the server. */
  readonly dataArr: Ref<T[]>
  /** Body of the last successful answer. */
  readonly response: Ref<unknown>
  /** Id, entity, operation and last params of the query. */
  readonly query: Ref<QueryInfo>
  /** True while an execution is in flight. */
  readonly isLoading: Ref<boolean>
  /** Error of the last execution; undefined after a success. */
  readonly error: Ref<RacletteError | undefined>
  /** True if the server says that there are more items, by `hasMore` or `total` beside the items. */
  readonly hasMore: Ref<boolean>
  /**
   * Executes with the argument merged over the query's current `params`. Without an argument, a read repeats its last one, and
   * a mutation uses its own params only. Never rejects: an invalid argument resolves with the error `BAD_ARGUMENT`.
   */
  readonly execute: Execute<T>
  /** Aborts executions in flight. Their `execute()` resolves with the error `ABORTED`. */
  abort(): void
  /** Aborts and removes the query. Later calls of `execute` resolve with the error `DISPOSED`. */
  dispose(): void
  /** True for a read, false for a mutation. Like `configure`, it is not enumerable, so copies of the query lack it. */
  readonly isRead: boolean
  /** Changes these options. Shown data and requests in flight stay. */
  configure(options: QueryTiming): void
}

/** Executes a query. */
export interface Execute<T = Record<string, unknown>> {
  /** `event`: second argument of a `$socket` listener, so `$socket.on("todoCreated", execute)` works. */
  (argument?: ExecuteArgument, event?: unknown): Promise<ExecuteResult<T>>
  /**
   * Reads the next page (`offset` is the number of shown items) and appends it. Without a page to follow on, reads from the
   * beginning, like `execute()`.
   */
  next(event?: unknown): Promise<ExecuteResult<T>>
}

export interface QueryInfo {
  id: string
  entity: string
  operation: string
  params: Record<string, unknown>
}

declare const isRead: unique symbol

/**
 * `$data.<entity>.<operation>(args)`: creates a query or mutation. `Item` comes from `items` of the types, else `any`; set it in
 * place with `getAll<Todo>()`. `IsRead`: whether it reads, if the config says so. Throws `BAD_ARGUMENT`, and `DISPOSED` once
 * the scope or the runtime is disposed of.
 */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export type Operation<Item = any, IsRead extends boolean = any> = (<T = Item>(
  args?: QueryArgs<NoInfer<T>>,
) => Query<T>) & {
  /** For the type checker only; it does not exist at runtime. */
  readonly [isRead]?: IsRead
}

type ReadsBy<Method> = string extends Method
  ? // biome-ignore lint/suspicious/noExplicitAny: it is either
    any
  : Method extends string
    ? Uppercase<Method> extends "GET" | "HEAD"
      ? true
      : false
    : never

/** Values of `storeActionType` for mutations. */
type Changes = "dataCreate" | "dataUpdate" | "dataDelete" | "dataHardDelete" | "dataMove" | "dataRestore"

/** Whether an operation reads, by its `storeActionType`, else by its method; `any` if unknown. */
export type IsRead<Operation extends OperationConfig> = Operation extends { readonly storeActionType: infer Action }
  ? string extends Action
    ? // biome-ignore lint/suspicious/noExplicitAny: it is either
      any
    : Action extends "dataRead"
      ? true
      : Action extends Changes
        ? false
        : ReadsBy<Operation["method"]>
  : ReadsBy<Operation["method"]>

/** The operations of one entity. Its type defaults to `Key`. */
export type Operations<Entity extends EntityConfig, Types extends ApiTypes = NoTypes, Key = string> = {
  readonly [Name in keyof Entity["operations"]]: Operation<
    ItemOf<Types, TypeOf<Entity, Key>>,
    IsRead<Entity["operations"][Name]>
  >
}

/**
 * The entities of a plugin with their operations. Calling an unknown one throws `UNKNOWN_ENTITY` or `UNKNOWN_OPERATION`.
 */
export type Data<Config extends PluginConfig = PluginConfig, Types extends ApiTypes = NoTypes> = {
  readonly [Name in EntityName<Config>]: Operations<EntityNamed<Config, Name>, Types, Name>
}
