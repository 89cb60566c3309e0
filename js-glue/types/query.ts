// The types of $data: what a query takes, and what it gives.
import type { EntityConfig, OperationConfig, PluginConfig } from "./config"
import type { RacletteError } from "./errors"
import type { Ref } from "./refs"
import type { ApiTypes, EntityName, EntityNamed, ItemOf, NoTypes, TypeOf } from "./typed"

/** Options of one query or mutation. */
export interface QueryOptions<T = Record<string, unknown>> {
  /** Execute at once. Default: false. */
  immediate?: boolean
  /** Called after every execution that settled, with the result that `execute()` resolves with. */
  cb?: (result: ExecuteResult<T>) => void
  /** Fill `data` and `dataArr`. If false, only `response` is set. Default: true. */
  useStore?: boolean
  /** Share reads, and reuse an answer for 1000 ms. Default: true. */
  useCache?: boolean
  /** Announce the outcome of a mutation on the global bus, `ui/addToSnackbar`. Default: true. */
  notify?: boolean
  /** Execute again after a reconnect that lost events. Default: true. */
  refetchOnReconnect?: boolean
  /** Execute again when the page is looked at again. Default: true. */
  refetchOnFocus?: boolean
  /** Milliseconds from one answer to the next execution. Rests while the page is hidden or offline. Default: none. */
  refetchInterval?: number
  /** The interval goes on while the page is hidden. Default: false. */
  refetchIntervalInBackground?: boolean
  /**
   * Execute again at the entity's events, or at those with these channelKeys of the plugin: once for all that come while a
   * read is under way. The payload is not parsed for it. Default: false.
   */
  refetchOnEvent?: boolean | readonly string[]
  /**
   * Whether it is kept up to date. If not, a read is not executed again by itself (after a gap, on focus, at its interval, or
   * by `live`) until `configure({ active: true })`, which executes it at once if it is due. Default: true with `live`,
   * `immediate`, `refetchInterval` or `refetchOnEvent`, in a component as long as that is shown, else as long as somebody follows
   * one of its refs.
   */
  active?: boolean
  /** Milliseconds that one request may take. Default: 30000; 0: no limit. */
  timeout?: number
  /**
   * How often a request that failed for a while (no network, no answer in time, 408, 429, 5xx) is made again, after 1 s,
   * then twice as long each time, ±50 %. A mutation then carries an `Idempotency-Key`, the same in every try. Default: 0.
   */
  retry?: number
  /** Milliseconds that executions wait for more of them; all then share one request, the last one's. Default: none. */
  debounce?: number
  /**
   * Apply the payloads of the entity's events to what is shown, without a request; where a payload cannot tell, the
   * query executes again. Default: false.
   */
  live?: boolean
  /**
   * A mutation is shown at once, and taken back if it fails. A function makes the item from the params and what is
   * shown of it; by default the params lie over that. Default: false.
   */
  optimistic?: boolean | ((params: Record<string, unknown>, current: T | undefined) => T)
  /**
   * Whether an item belongs to this list, whose params these are. Then optimistic and live changes come and go without a
   * request. Default: `match` of the entity's config or of createRuntime; without one, a param that names a field of the
   * item is a guess, which one read confirms. Neither may be changed.
   */
  match?: (item: T, params: Record<string, unknown>) => unknown
  /**
   * The order of the list, as of `Array.prototype.sort`: where optimistic and live changes show. What the server lists
   * stays as it is. Default: `sort` of the entity's config or of createRuntime; without one, new items show at the end.
   */
  sort?: (a: T, b: T) => number
  /**
   * What `execute.next()` asks for, merged over the query's params: for servers with cursors or page numbers. It gets the
   * last answer and what is shown; nothing means that there is no more. Default: `offset`, as many as are known.
   */
  nextParams?: (response: unknown, shown: T[]) => Record<string, unknown> | undefined | null | false
  /**
   * `stream`: `response` is the answer's `ReadableStream`, which `abort()`, the signal and `dispose()` end while it is read,
   * too; nothing is shared, cached or kept. Default: `json`.
   */
  responseType?: "json" | "stream"
  /** `cors`: the request's `mode`, as `config.mode` says it, too. Default: `none`, the platform's own. */
  mode?: "none" | "cors"
}

/** Options that `configure` changes: what says when a query is executed, and how its requests are made. */
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
   * Fill the target's placeholders; the rest becomes the query string (GET, DELETE) or the JSON body. An object, or a
   * function or a ref of one, with refs, functions and getters in it at any depth: what they hold is read and copied at
   * each `execute()`.
   */
  params?: object
  /** What the query's id ends in: `plugin-<pluginKey>-<instanceId>-<entity>-<operation>-<id>`. Default: a random text. */
  id?: string | false
  options?: QueryOptions<T>
  /**
   * Handed to `fetch`: headers, which are read and copied at each `execute()`, credentials, mode and so on. A mutation
   * sends its `body` in place of params.
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
