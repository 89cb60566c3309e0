// The types of raclette-wasm/testing: what createBackend takes, and what the backend in memory can do.
import type { PluginConfig, RuntimeOptions } from "raclette-wasm"

/** Any string. In a union, editors still suggest the literals. */
type AnyName = string & Record<never, never>

type OperationOf<Config> = Config extends PluginConfig
  ? {
      [Entity in keyof Config["data"] & string]: `${Entity}.${keyof Config["data"][Entity]["operations"] & string}`
    }[keyof Config["data"] & string]
  : never

type ChannelsOf<Operation> = Operation extends { readonly channels: readonly { readonly channelKey: infer Key }[] }
  ? Key & string
  : never

type ChannelOf<Config> = Config extends PluginConfig
  ? {
      [Entity in keyof Config["data"]]: ChannelsOf<
        Config["data"][Entity]["operations"][keyof Config["data"][Entity]["operations"]]
      >
    }[keyof Config["data"]]
  : never

type EntityOf<Config> = Config extends PluginConfig ? keyof Config["data"] & string : never

/**
 * `todo.create`, or `pacifico__todo:todo.create` if two plugins have an operation of that name. Rules also take `todo.*`,
 * `*`, and a route that is in no config, such as `POST /auth/refresh`.
 */
export type OperationName<Configs extends readonly PluginConfig[]> = OperationOf<Configs[number]> | AnyName

/** `todoCreated`, `pacifico__todo:todoCreated`, or the event name on the wire. */
export type ChannelName<Configs extends readonly PluginConfig[]> = ChannelOf<Configs[number]> | AnyName

/** `todo`, or `pacifico__todo:todo`. */
export type EntityName<Configs extends readonly PluginConfig[]> = EntityOf<Configs[number]> | AnyName

/** An item, as plain data. */
export type Item = Record<string, unknown>

/** Part of an item. The backend fills in the rest, such as id and times. */
export type ItemParts = object

/** The payload of an operation: its HTTP answer and the payload of its events. */
export interface Payload {
  type: string
  body: { items: Item[]; prevVersion?: Item; deleted?: unknown[]; hasMore?: boolean }
}

/** The credentials of a client: its `auth` when it connects, or `{ token }` from the `Authorization` header of a request. */
export type Credentials = Record<string, unknown>

/** Milliseconds, or a function that returns them for each request. For frames it is called without an argument. */
export type Latency = number | ((request?: BackendRequest) => number)

export interface BackendOptions<Configs extends readonly PluginConfig[] = readonly PluginConfig[]> {
  /** The generated configs. They define the routes and channels. */
  plugins: Configs
  /** Items at the start, by entity. Missing fields are filled in. Default: none. */
  items?: Partial<Record<EntityName<Configs>, readonly ItemParts[]>>
  /** Default fields of created items, by entity: an object, or a function of the params. Default: none. */
  defaults?: Partial<Record<EntityName<Configs>, ItemParts | ((params: Item) => ItemParts)>>
  /** Paths of operations whose target function needs real params: `{ "todo.part": "/todo/:_id/:part" }`. */
  paths?: Record<string, string>
  /** `url` for the runtime. Its path is the prefix of all routes. Default: `http://localhost`. */
  url?: string
  /** Default `idKey` of the entities, also for the runtime. Default: `_id`, or `id` if `items` have one. */
  idKey?: string
  /** Default `versionKey` of the entities, also for the runtime. Default: `updatedAt`. */
  versionKey?: string
  /**
   * `real` uses the platform's timers, including fake timers of a test runner. With `virtual`, time stands still until
   * `advance()`.
   * Default: `real`.
   */
  clock?: "real" | "virtual"
  /** Delay of answers and frames. Default: 0, which needs no timer. */
  latency?: Latency
  /**
   * Returns true to accept the credentials, or false or a message to refuse them with 401 and CONNECT_ERROR. Default: accepts
   * everybody.
   */
  authorize?: (credentials: Credentials) => boolean | string | Promise<boolean | string>
  /** Connection state recovery: a client that reconnects gets the events that it missed. Default: true. */
  recovery?: boolean
  /** Milliseconds between pings. Default: no pings, so a test can move any clock without a ping timeout. */
  pingInterval?: number
  /** Milliseconds to wait for a pong. Default: 20000. */
  pingTimeout?: number
}

/** A request that the backend received. */
export interface BackendRequest {
  /** `todo.create`; undefined if no config has the route. */
  operation: string | undefined
  method: string
  /** The full URL. */
  url: string
  /** Without the query string and without the path of the backend's `url`. */
  path: string
  /** Values of the path's placeholders. */
  params: Record<string, string>
  /** The query string. A repeated name has an array of values. */
  query: Record<string, string | string[]>
  /** Names are in lower case. */
  headers: Record<string, string>
  /** Parsed JSON, or any other body as it was sent. */
  body: unknown
  /** Status of the answer; undefined before it, and for a request that failed. */
  status: number | undefined
  /** True if the client aborted it. */
  isAborted: boolean
}

/** Argument of a handler. */
export interface Handling extends BackendRequest {
  /** Runs the default behaviour, with `changes` merged over the client's params. Resolves with the payload. */
  proceed(changes?: ItemParts): Promise<unknown>
}

/**
 * Answers a request. Return items, an item, a payload, a `reply()` or a `Response`, or throw one of the last two. Return
 * nothing for the default behaviour.
 */
export type Handler = (request: Handling) => unknown

/** Removes a rule. A second call does nothing. */
export type TakeBack = () => void

/** How requests fail. */
export interface Failure {
  /** Status of the answer. Default: none; `fetch` rejects as without a network. */
  status?: number
  /** `message` of the answer. Default: a text that names the rule. */
  message?: string
  /** The whole body, instead of `{ statusCode, error, message }`. */
  body?: unknown
  /** For example `{ "retry-after": "2" }`. */
  headers?: Record<string, string>
  /** Number of requests that fail. Default: all. */
  times?: number
  /** The operation succeeds and its events are emitted, but the answer is lost. Default: false. */
  done?: boolean
}

/** A rule that holds requests back. */
export interface Hold {
  /** Number of requests that wait. */
  readonly waiting: number
  /** Lets them continue and removes the rule. */
  release(): void
}

/** An event from a client. */
export interface ClientEmit {
  event: string
  args: unknown[]
  namespace: string
}

/** Listener for events from clients. Its return value, or what that resolves with, is the acknowledgement. */
// biome-ignore lint/suspicious/noExplicitAny: what clients emit is the test's to know
export type EmitHandler = (...args: any[]) => unknown

/** Options for `createRuntime`. */
export interface ClientOptions<Configs extends readonly PluginConfig[]>
  extends Required<Pick<RuntimeOptions, "url" | "fetch" | "WebSocket" | "timers" | "storage">> {
  plugins: Configs
  /** WebSocket alone: the backend does not support polling. */
  socket: { transports: ["websocket"] }
  idKey?: string
  versionKey?: string
}

/** A backend in memory. */
export interface TestBackend<Configs extends readonly PluginConfig[] = readonly PluginConfig[]> {
  /** For `createRuntime(backend.options)`, or `createRuntime({ ...backend.options, auth })`. */
  readonly options: ClientOptions<Configs>

  /** Copies of the items of an entity, in the order of creation, without deleted ones. */
  items<T = Item>(entity: EntityName<Configs>): T[]
  /**
   * Executes an operation as another client would: items change and events are emitted. Resolves with the payload once
   * everything has settled. Rejects if the operation is refused.
   */
  execute(operation: OperationName<Configs>, params?: ItemParts): Promise<Payload>
  /**
   * Emits an event on one channel. Given an item, several items, or the id of a deleted item, the backend applies the change
   * to its items and makes the payload. Any other value, including a payload `{ type, body }`, is emitted as it is, and
   * no items change. Waits for clients that are connecting. Resolves once everything has settled.
   */
  emit(channel: ChannelName<Configs>, payload?: unknown): Promise<void>
  /** Emits any event with any arguments to the clients of a namespace. Default: `/`. */
  send(event: string, args?: readonly unknown[], options?: { namespace?: string }): Promise<void>

  /**
   * Answers an operation or another route with a handler or a `reply()`. Rules with `times` apply first, in the order of
   * their creation. Of the others, the latest applies.
   */
  answer(operation: OperationName<Configs>, answer: Handler | object, options?: { times?: number }): TakeBack
  /** Makes an operation fail. Ordered with the rules of `answer`. */
  fail(operation: OperationName<Configs>, failure?: Failure): TakeBack
  /** Holds an operation back until `release()`. Held requests block neither `settled()` nor other requests. */
  hold(operation: OperationName<Configs>): Hold
  /** Delays the answers of an operation by `ms` milliseconds, in addition to `latency`. */
  delay(operation: OperationName<Configs>, ms: number): TakeBack
  /** Delay of answers and frames. */
  latency: Latency

  /** All requests since the start or the last `reset()`, in order. */
  readonly requests: readonly BackendRequest[]
  /** The requests of one operation. */
  requestsOf(operation: OperationName<Configs>): BackendRequest[]
  /** Events that clients emitted. */
  readonly emits: readonly ClientEmit[]
  /** Adds a listener for an event from clients. Without one, an emit is recorded and not acknowledged. */
  onEmit(event: string, handler: EmitHandler, options?: { namespace?: string }): TakeBack

  /** Number of connected clients. */
  readonly clients: number
  /** Resolves once a client is connected. */
  connected(): Promise<void>
  /** Breaks all connections, like a lost network. Clients reconnect by themselves. */
  drop(): void
  /** Disconnects all sessions, like Socket.IO's `socket.disconnect()`. */
  disconnect(): void
  /** Drops all frames in both directions without closing: a dead connection, until `drop()` or the next ping. */
  silence(): void
  /** Refuses new sessions with CONNECT_ERROR until `accept()`. Connected clients stay connected. */
  reject(message?: string, data?: unknown): void
  /** Ends `reject()`. */
  accept(): void
  /** Simulates a backend that is down: connections break, requests fail, and nobody can connect. */
  goDown(): void
  /** Ends `goDown()`. Items are kept, sessions are lost. */
  goUp(): void

  /**
   * Resolves once no request or frame is in flight and everything that follows from them is done. With real timers it also
   * waits for delayed answers. With a virtual clock or fake timers it does not wait for timers.
   */
  settled(): Promise<void>
  /** Moves the virtual clock from timer to timer, and lets everything settle after each. */
  advance(ms: number): Promise<void>
  /** Restores the initial items and removes rules, records and delayed answers. Connections stay open. */
  reset(): void
  /** Closes all connections. Later requests fail with a message that says so. */
  dispose(): void
}
