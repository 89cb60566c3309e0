// What a test says to the backend in memory, and what it is told.
import type { PluginConfig, RuntimeOptions } from "raclette-wasm"

/** Any text, in a union whose literals an editor still offers. */
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
 * `todo.create`, or `pacifico__todo:todo.create` where two plugins have one of that name. Rules also take `todo.*`, `*`, and
 * a route that no config has: `POST /auth/refresh`.
 */
export type OperationName<Configs extends readonly PluginConfig[]> = OperationOf<Configs[number]> | AnyName

/** `todoCreated`, `pacifico__todo:todoCreated`, or the name on the wire. */
export type ChannelName<Configs extends readonly PluginConfig[]> = ChannelOf<Configs[number]> | AnyName

/** `todo`, or `pacifico__todo:todo`. */
export type EntityName<Configs extends readonly PluginConfig[]> = EntityOf<Configs[number]> | AnyName

/** An item, as plain data. */
export type Item = Record<string, unknown>

/** An item of which what is missing is filled in: its id, its times. */
export type ItemParts = object

/** What an operation answers, and what its channels carry. */
export interface Payload {
  type: string
  body: { items: Item[]; prevVersion?: Item; deleted?: unknown[]; hasMore?: boolean }
}

/** What a client shows when it connects: its `auth`, or of a request what its `Authorization` holds, as `token`. */
export type Credentials = Record<string, unknown>

/** Milliseconds, or a function that says how many for each request; it is called without one for frames of the connection. */
export type Latency = number | ((request?: BackendRequest) => number)

export interface BackendOptions<Configs extends readonly PluginConfig[] = readonly PluginConfig[]> {
  /** The generated configs: routes and channels are theirs. */
  plugins: Configs
  /** What there is at the start, by entity: items, or parts of them. Default: nothing. */
  items?: Partial<Record<EntityName<Configs>, readonly ItemParts[]>>
  /** What an item has that a create says nothing of, by entity: an object, or a function of the params. Default: nothing. */
  defaults?: Partial<Record<EntityName<Configs>, ItemParts | ((params: Item) => ItemParts)>>
  /** Paths of operations whose target is a function that cannot be read: `{ "todo.part": "/todo/:_id/:part" }`. */
  paths?: Record<string, string>
  /** The address that the runtime is given; its path stands before all routes. Default: that of localhost. */
  url?: string
  /** Default of the entities' `idKey`, for the runtime as well. Default: `_id`, or `id` where `items` have that. */
  idKey?: string
  /** Default of the entities' `versionKey`, for the runtime as well. Default: `updatedAt`. */
  versionKey?: string
  /**
   * `real`: the platform's timers, those of a test runner included. `virtual`: time stands still until `advance()`.
   * Default: `real`.
   */
  clock?: "real" | "virtual"
  /** How late answers and frames of the backend arrive. Default: 0, which needs no timer. */
  latency?: Latency
  /**
   * Who is let in: true; or false, or a sentence that says why not, which is a 401 and a CONNECT_ERROR. Default: everybody.
   */
  authorize?: (credentials: Credentials) => boolean | string | Promise<boolean | string>
  /** A client that comes back gets the events that it missed. Default: true. */
  recovery?: boolean
  /** Milliseconds between pings. Default: none are sent and none are missed, so that a test may move any clock. */
  pingInterval?: number
  /** How long the pong to a ping may take. Default: 20000. */
  pingTimeout?: number
}

/** One request as it came. */
export interface BackendRequest {
  /** `todo.create`; undefined where no config has the route. */
  operation: string | undefined
  method: string
  /** The whole address. */
  url: string
  /** Without the query string, and what `url` of createBackend has for a path. */
  path: string
  /** What stood for the placeholders of the path. */
  params: Record<string, string>
  /** What the query string says; a name that stands in it several times has all its values. */
  query: Record<string, string | string[]>
  /** By their names in lower case. */
  headers: Record<string, string>
  /** JSON is parsed; a body of another kind is as it was given. */
  body: unknown
  /** The status that it was answered with; undefined as long as there is no answer, and where it failed. */
  status: number | undefined
  /** The client gave it up. */
  isAborted: boolean
}

/** What a handler is called with. */
export interface Handling extends BackendRequest {
  /** Does what the backend does by itself, with `changes` over what the client sent; resolves with its payload. */
  proceed(changes?: ItemParts): Promise<unknown>
}

/**
 * Answers a request: by items, an item or a payload; by `reply()` or a `Response`, which may be thrown as well; or by
 * nothing, and the backend does it by itself.
 */
export type Handler = (request: Handling) => unknown

/** Ends a rule; a second call does nothing. */
export type TakeBack = () => void

/** How requests fail. */
export interface Failure {
  /** The status of the answer. Default: none, the network is gone: `fetch` rejects. */
  status?: number
  /** The answer's `message`. Default: a sentence that names the rule. */
  message?: string
  /** All of the answer, in place of `{ statusCode, error, message }`. */
  body?: unknown
  /** For example `{ "retry-after": "2" }`. */
  headers?: Record<string, string>
  /** So many requests, then no more. Default: all. */
  times?: number
  /** The operation is done, its channels tell of it, and only its answer is lost. Default: false. */
  done?: boolean
}

/** Requests that wait. */
export interface Hold {
  /** How many wait. */
  readonly waiting: number
  /** Lets them go on, and holds no more. */
  release(): void
}

/** An event that a client emitted. */
export interface ClientEmit {
  event: string
  args: unknown[]
  namespace: string
}

/** Hears events of clients; what it returns, or resolves with, answers an emit that wants an answer. */
// biome-ignore lint/suspicious/noExplicitAny: what clients emit is the test's to know
export type EmitHandler = (...args: any[]) => unknown

/** What `createRuntime` is given. */
export interface ClientOptions<Configs extends readonly PluginConfig[]>
  extends Required<Pick<RuntimeOptions, "url" | "fetch" | "WebSocket" | "timers" | "storage">> {
  plugins: Configs
  idKey?: string
  versionKey?: string
}

/** A backend in memory. */
export interface TestBackend<Configs extends readonly PluginConfig[] = readonly PluginConfig[]> {
  /** For `createRuntime(backend.options)`, or `createRuntime({ ...backend.options, auth })`. */
  readonly options: ClientOptions<Configs>

  /** What there is of an entity, without what was deleted. Copies, in the order of their creation. */
  items<T = Item>(entity: EntityName<Configs>): T[]
  /**
   * Does an operation as another client would: items change, channels tell of it. Resolves with its payload when that has
   * settled; rejects where the operation is refused.
   */
  execute(operation: OperationName<Configs>, params?: ItemParts): Promise<Payload>
  /**
   * Tells of something on one channel. An item, or several, or the id of what is gone: that has happened at the backend,
   * whose items change, and the payload is made of it. A payload `{ type, body }`, and any other value: it is told as it
   * is, and nothing changes. Where a client is about to connect it waits for that. Resolves when it has settled.
   */
  emit(channel: ChannelName<Configs>, payload?: unknown): Promise<void>
  /** Sends an event of any name and arguments to the clients of a namespace, `/` by default. */
  send(event: string, args?: readonly unknown[], options?: { namespace?: string }): Promise<void>

  /**
   * Answers an operation, or another route, by a handler or by what `reply()` makes. Rules with `times` go first, one after
   * the other; of those without, the one that came last.
   */
  answer(operation: OperationName<Configs>, answer: Handler | object, options?: { times?: number }): TakeBack
  /** Lets an operation fail. It stands among the rules of `answer`. */
  fail(operation: OperationName<Configs>, failure?: Failure): TakeBack
  /** Lets an operation wait until `release()`. What waits holds up neither `settled()` nor other requests. */
  hold(operation: OperationName<Configs>): Hold
  /** Answers an operation so many milliseconds later, beside what `latency` says. */
  delay(operation: OperationName<Configs>, ms: number): TakeBack
  /** How late answers and frames arrive. */
  latency: Latency

  /** All requests since the start or `reset()`, in their order. */
  readonly requests: readonly BackendRequest[]
  /** Those of one operation. */
  requestsOf(operation: OperationName<Configs>): BackendRequest[]
  /** What clients emitted. */
  readonly emits: readonly ClientEmit[]
  /** Hears an event of clients. Without it, an emit is recorded, and gets no answer. */
  onEmit(event: string, handler: EmitHandler, options?: { namespace?: string }): TakeBack

  /** How many clients are connected. */
  readonly clients: number
  /** Resolves when a client is connected: at once, or when the next one is. */
  connected(): Promise<void>
  /** Connections break without a word, as when a network is lost; clients come back by themselves. */
  drop(): void
  /** The server ends the sessions, as Socket.IO's `socket.disconnect()`. */
  disconnect(): void
  /** Nothing comes through either way, and nobody is told: a dead connection, until `drop()` or the next ping. */
  silence(): void
  /** Refuses clients with CONNECT_ERROR until `accept()`. Those that are connected stay. */
  reject(message?: string, data?: unknown): void
  /** Ends `reject()`. */
  accept(): void
  /** The backend is gone: connections break, requests fail, nobody can connect. */
  goDown(): void
  /** Ends `goDown()`. Items are still there, sessions are not. */
  goUp(): void

  /**
   * Resolves when nothing more happens by itself: no request or frame is under way, and what came of them is done. With
   * real timers it waits for answers that are late. With a clock that the test moves, `virtual` or the test runner's, it
   * does not wait for what only time brings.
   */
  settled(): Promise<void>
  /** Moves the virtual clock, step by step, and lets all that comes of it settle. */
  advance(ms: number): Promise<void>
  /** As it was made: items as at the start; rules, records and late answers are gone. Connections stay. */
  reset(): void
  /** Ends all connections; a request from then on fails and says so. */
  dispose(): void
}
