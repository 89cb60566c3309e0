// The types of $data: what a query takes, and what it gives.
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

/** No list, Map or Set, and no function. */
interface NoContainer {
  readonly [Symbol.iterator]?: never
  readonly bind?: never
}

/**
 * What `execute` takes: a plain object of params, or a body for a mutation. What frameworks and the runtime pass to a
 * callback (an event, a result, a payload) is an object as well, and counts as nothing.
 */
export type ExecuteArgument =
  | (Record<string, unknown> & NoContainer)
  | (object & NoContainer)
  | FormData
  | Blob
  | URLSearchParams

/** What `execute()` resolves with. It never rejects: a failure is `error`. */
export interface ExecuteResult<T = Record<string, unknown>> {
  /** The body of the answer as the server sent it. */
  response: unknown
  /** The items of the answer. */
  result: T[] | undefined
  error: RacletteError | undefined
}

/** One query or mutation: its state as refs, and the functions that drive it. */
export interface Query<T = Record<string, unknown>> {
  /** Items by `_id`. */
  readonly data: Ref<Record<string, T>>
  /** Items in the order of the server. */
  readonly dataArr: Ref<T[]>
  /** The body of the last answer that was good. */
  readonly response: Ref<unknown>
  /** What was asked last: id, entity, operation and params. */
  readonly query: Ref<QueryInfo>
  /** True from `execute()` until the last answer. */
  readonly isLoading: Ref<boolean>
  /** Why the last execution failed; undefined after a good one. */
  readonly error: Ref<RacletteError | undefined>
  /** Whether there is more to read, where the server says so: `hasMore` or `total` beside the items. */
  readonly hasMore: Ref<boolean>
  /**
   * Executes with the argument merged over the query's own `params` as they are now. Without one a read repeats its last
   * argument, and a mutation uses its own params alone. Never rejects: anything else than nothing, a plain object or a
   * body for a mutation is the error `BAD_ARGUMENT`.
   */
  readonly execute: Execute<T>
  /** Ends what is in flight; its `execute()` resolves with the error `ABORTED`. */
  abort(): void
  /** Aborts and forgets the query; later calls of `execute` resolve with the error `DISPOSED`. */
  dispose(): void
  /** Whether it reads: all else changes something. As `configure`, it is not enumerable, and no member of copies. */
  readonly isRead: boolean
  /** Changes these options from now on. What is shown and what is under way stay. */
  configure(options: QueryTiming): void
}

/** Executes a query. */
export interface Execute<T = Record<string, unknown>> {
  /** `event`: what a listener of `$socket` gets, by which its call is known: `$socket.on("todoCreated", execute)`. */
  (argument?: ExecuteArgument, event?: unknown): Promise<ExecuteResult<T>>
  /** Reads on: asks for what follows on the items that are shown (`offset`), and adds it to them. */
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
 * `$data.<entity>.<operation>(args)`: makes a query or mutation. `Item` is what `items` of the types say, else `any`;
 * `getAll<Todo>()` says it in place. `IsRead`: whether it reads, where the config says so. Throws `BAD_ARGUMENT`, and `DISPOSED` after the end of its scope or of the runtime.
 */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export type Operation<Item = any, IsRead extends boolean = any> = (<T = Item>(
  args?: QueryArgs<NoInfer<T>>,
) => Query<T>) & {
  /** For the compiler alone: no operation has it. */
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

/** Names of store actions that say what an operation is; others leave that to its method. */
type Changes = "dataCreate" | "dataUpdate" | "dataDelete" | "dataHardDelete" | "dataMove" | "dataRestore"

/** Whether an operation reads, by its `storeActionType`, else its method; `any` where that is not known. */
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

/** The operations of one entity, whose type is `Key` where it does not say another. */
export type Operations<Entity extends EntityConfig, Types extends ApiTypes = NoTypes, Key = string> = {
  readonly [Name in keyof Entity["operations"]]: Operation<
    ItemOf<Types, TypeOf<Entity, Key>>,
    IsRead<Entity["operations"][Name]>
  >
}

/**
 * Entities of a plugin, each with its operations. One that the config has not throws `UNKNOWN_ENTITY` or
 * `UNKNOWN_OPERATION` when it is called.
 */
export type Data<Config extends PluginConfig = PluginConfig, Types extends ApiTypes = NoTypes> = {
  readonly [Name in EntityName<Config>]: Operations<EntityNamed<Config, Name>, Types, Name>
}
