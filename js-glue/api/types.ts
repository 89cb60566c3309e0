// The public types of raclette-wasm, in one place and free of code: what a user reads after the README.
// Every other file of the binding is checked against these, so a type here never promises what the code
// does not do.

/** A value that can be read at any time and watched. `subscribe` calls back at once with the value of now. */
export interface Ref<T> {
  /** The value of now. Inside an effect of `@preact/signals-core` that shares this copy, reading it subscribes. */
  readonly value: T
  /** Calls `listener` with the value of now and with every later one. Returns the function that ends it. */
  subscribe(listener: (value: T) => void): () => void
}

/** Ends a registration. Calling it again does nothing. */
export type Unsubscribe = () => void

/** Connection status of `$socket`. `rejected`: the server refused the credentials; `connect()` starts again. */
export type SocketStatus = "connecting" | "connected" | "reconnecting" | "rejected" | "closed"

/** What every `$socket` listener gets beside the payload. */
export interface SocketEvent {
  /** The event name on the wire, for example `plugin_pacifico__todo--todoCreated`. */
  channel: string
  /** The logical name, for example `todoCreated`. */
  channelKey: string
  /** What stands before the key, for example `plugin_pacifico__todo`; empty where the name has no prefix. */
  prefix: string
  /** All arguments of the event; `args[0]` is the payload. */
  args: unknown[]
  /** Answers the server; only there if it wants an answer. */
  reply?: (...answer: unknown[]) => void
}

/** A listener of `$socket`. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the backend's; a user narrows it in place.
export type SocketListener<T = any> = (payload: T, event: SocketEvent) => void

/** What an operation of the backend sends to every client, and what it answers over HTTP. */
export interface BroadcastPayload<T = Record<string, unknown>> {
  type: string
  body: { items?: T[]; prevVersion?: unknown; deleted?: string[] }
}

/** Options of `$socket.on`. */
export interface SocketOnOptions {
  /** Ends the registration when it aborts. */
  signal?: AbortSignal
  /** Ends the registration after the first event. Default: false. */
  once?: boolean
}

/** Options of `waitFor`, for `$socket` and `$eventbus`. */
export interface WaitOptions<T> {
  /** Milliseconds until the promise rejects with `WAIT_TIMEOUT`. Default: no limit. */
  timeout?: number
  /** Rejects the promise with the signal's reason when it aborts. */
  signal?: AbortSignal
  /** Only a payload for which this returns true counts. */
  filter?: (payload: T) => boolean
}

/** How an emit is sent. */
export interface SendOptions {
  /** Milliseconds for the answer, after which its ack ends with `ACK_TIMEOUT`; with `retries`, for each try. Default: none. */
  timeout?: number
  /**
   * How often it may be sent again: when there was no answer in time, and when the session was lost. Each emit then
   * carries an id as its last argument, the same in every try, so that the server can drop doubles. Default: 0.
   */
  retries?: number
  /** Drop it if there is no connection. Default: false. */
  volatile?: boolean
  /** Takes the emit back when it aborts, as far as that can be; its ack ends with the signal's reason. */
  signal?: AbortSignal
}

/** The two ways to send an event. */
export interface Emitters {
  /**
   * Sends an event to the server. A function as last argument is called with the server's answer; under a `timeout`
   * an error or undefined comes first. Waits for the connection. Throws `BUFFER_FULL` where too much waits already.
   */
  emit(event: string, ...args: unknown[]): void
  /** Sends an event and resolves with the server's answer. Rejects with `SOCKET_DISCONNECTED` if the session ends first. */
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>
}

/** Real-time events of the backend. A plugin's `$socket` hears its own plugin's channels; `runtime.$socket` hears all. */
export interface Socket extends Emitters {
  /** Status of the connection. */
  readonly status: Ref<SocketStatus>
  /** Why the status is what it is, where there is a reason: the code and sentence of the last failure. */
  readonly reason: Ref<{ code: string; message: string } | undefined>
  /** The session goes on where the one before was lost: nothing was missed. */
  readonly recovered: Ref<boolean>
  /** Emits of the whole runtime that wait for a connection, and about how many bytes they are. */
  readonly buffered: Ref<{ count: number; bytes: number }>
  /** The id that the server gave to this session; undefined while there is none. */
  readonly id: string | undefined
  /** Calls `listener` for each event on `channelKey`, in the order of registration. Throws `BAD_ARGUMENT` for a wrong argument. */
  // biome-ignore lint/suspicious/noExplicitAny: see SocketListener
  on<T = any>(channelKey: string, listener: SocketListener<T>, options?: SocketOnOptions): Unsubscribe
  /** As `on`, for one event. */
  // biome-ignore lint/suspicious/noExplicitAny: see SocketListener
  once<T = any>(channelKey: string, listener: SocketListener<T>, options?: SocketOnOptions): Unsubscribe
  /** Removes one listener, or every listener of this scope on `channelKey`. Returns how many were removed. */
  off(channelKey: string, listener?: SocketListener): number
  /** Calls `listener` for each event that this scope hears. */
  onAny(listener: SocketListener): Unsubscribe
  /** Resolves with the payload of the next event on `channelKey`. */
  // biome-ignore lint/suspicious/noExplicitAny: see SocketListener
  waitFor<T = any>(channelKey: string, options?: WaitOptions<T>): Promise<T>
  /** The events on `channelKey` from now on, in order, none skipped. Ends when the signal aborts or the loop is left. */
  // biome-ignore lint/suspicious/noExplicitAny: see SocketListener
  events<T = any>(channelKey: string, options?: { signal?: AbortSignal }): AsyncIterableIterator<T>
  /** Calls `listener` with every event that this client emits, whoever does so, and its arguments. */
  onAnyOutgoing(listener: (event: string, ...args: unknown[]) => void): Unsubscribe
  /** `emit` and `emitWithAck` with a time limit, with tries, cancellable, or not worth waiting for a connection. */
  sending(options: SendOptions): Emitters
  /** `sending({ timeout: ms })`. */
  timeout(ms: number): Emitters
  /** `sending({ volatile: true })`. */
  readonly volatile: Emitters
  /** Takes back all emits that wait for a connection; their acks end with `ABORTED`. */
  clearBuffer(): void
  /** raclette's older form: `$socket.todoCreated.on(listener)`. */
  // biome-ignore lint/suspicious/noExplicitAny: the index signature has to cover the members above
  readonly [channelKey: string]: any
}

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
  /** Milliseconds from one answer to the next execution. Default: none. */
  refetchInterval?: number
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
  /** `stream`: `response` is the answer's `ReadableStream`; nothing is shared, cached or kept. Default: `json`. */
  responseType?: "json" | "stream"
  /** `cors`: the request's `mode`, as `config.mode` says it, too. Default: `none`, the platform's own. */
  mode?: "none" | "cors"
}

/** Arguments of `$data.<entity>.<operation>()`. */
export interface QueryArgs<T = Record<string, unknown>> {
  /** Fill the target's placeholders; the rest becomes the query string (GET, DELETE) or the JSON body. */
  params?: Record<string, unknown>
  /** Used as the query's id instead of a generated one. */
  id?: string | false
  options?: QueryOptions<T>
  /** Handed to `fetch`: headers, credentials, mode and so on. */
  config?: RequestInit
}

/** What `execute()` resolves with. It never rejects: a failure is `error`. */
export interface ExecuteResult<T = Record<string, unknown>> {
  /** The body of the answer as the server sent it. */
  response: unknown
  /** The items of the answer. */
  result: T[] | undefined
  error: RacletteErrorLike | undefined
}

/** The shape of `RacletteError`, for code that does not import the class. */
export interface RacletteErrorLike {
  name: string
  code: string
  message: string
  cause?: unknown
  details?: Record<string, unknown>
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
  readonly error: Ref<RacletteErrorLike | undefined>
  /** Whether there is more to read, where the server says so: `hasMore` or `total` beside the items. */
  readonly hasMore: Ref<boolean>
  /** Executes with `params` merged over the query's own. Never rejects. */
  readonly execute: Execute<T>
  /** Ends what is in flight; its `execute()` resolves with the error `ABORTED`. */
  abort(): void
  /** Aborts and forgets the query; later calls of `execute` resolve with the error `DISPOSED`. */
  dispose(): void
}

/** Executes a query. */
export interface Execute<T = Record<string, unknown>> {
  (params?: Record<string, unknown>): Promise<ExecuteResult<T>>
  /** Reads on: asks for what follows on the items that are shown (`offset`), and adds it to them. */
  next(): Promise<ExecuteResult<T>>
}

export interface QueryInfo {
  id: string
  entity: string
  operation: string
  params: Record<string, unknown>
}

/** `$data.<entity>.<operation>(args)`. */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export type Operation = <T = any>(args?: QueryArgs<T>) => Query<T>
/** Entities of a plugin, each with its operations. */
export type Data = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** Options of `$eventbus.on` and `.once`. */
export interface BusOptions {
  signal?: AbortSignal
  /** `once` only: milliseconds until the listener is removed unheard. Default: 5000. */
  timeout?: number
}

/** Events between parts of one page: synchronous, not stored. Patterns: `*` is one segment, `**` any number, parted at `/`. */
export interface LocalBus {
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  on<T = any>(pattern: string, listener: (payload: T, event: string) => void, options?: BusOptions): Unsubscribe
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  once<T = any>(pattern: string, listener: (payload: T, event: string) => void, options?: BusOptions): Unsubscribe
  /** Calls the listeners, in the order of registration. Throws `EVENT_NOT_ALLOWED` outside the whitelist. */
  emit(event: string, payload?: unknown): void
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  off(pattern: string, listener?: (payload: any, event: string) => void): number
  // biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
  waitFor<T = any>(pattern: string, options?: WaitOptions<T>): Promise<T>
}

/** What a listener of the global bus gets. */
// biome-ignore lint/suspicious/noExplicitAny: a payload's type is the user's
export interface GlobalEvent<T = any> {
  /** The plugin that emitted; `"raclette"` for the runtime itself. */
  sender: string
  data: T
}

/** The plugin's own bus, and `.global`, the one that all plugins share; its listeners get `{ sender, data }`. */
export interface EventBus extends LocalBus {
  readonly global: LocalBus
}

/** 0 error, 1 info, 2 debug. */
export type LogLevel = 0 | 1 | 2
export interface LogEntry {
  level: LogLevel
  /** `plugin/<pluginKey> - <title>`. */
  title: string
  message: unknown
  /** `21.04.2026 - 17:30:40:615`, local time. */
  dateTime: string
}
export type LogSink = (entry: LogEntry) => void
/** Logs `title` with `message`. A function as message is called only if the level is on. */
export interface Log {
  (title: string, message?: unknown, level?: LogLevel): void
  error(title: string, message?: unknown): void
  info(title: string, message?: unknown): void
  debug(title: string, message?: unknown): void
}

/** Generated config of one plugin, as the backend writes it. */
export interface PluginConfig {
  pluginName: string
  author: string
  pluginKey: string
  routePrefix?: string
  data: Record<string, EntityConfig>
}
export interface EntityConfig {
  type: string
  operations: Record<string, OperationConfig>
  /** Mutations wait for the network, in their order and across a reload, instead of failing without it. Default: false. */
  offlineMode?: boolean
}
export interface OperationConfig {
  /** A path with `:name` or `{name}` placeholders, or a function of the params that returns a path. */
  // biome-ignore lint/suspicious/noExplicitAny: params are the operation's own
  target: string | ((params: any) => string)
  /** An HTTP method, in either case. */
  method: string
  channels?: { channel: string; channelKey: string; prefix: string }[]
  storeActionType?: string
}

/** Credentials: an object, or a function that is asked whenever they are needed. `reason` says why they were refused last time. */
export type Auth =
  | Record<string, unknown>
  | ((context: { reason?: string }) => Record<string, unknown> | Promise<Record<string, unknown>>)

/** What a connection runs over. */
export type TransportName = "websocket" | "polling"

/** Options of the connection, named as in socket.io-client. Times in milliseconds. */
export interface SocketOptions {
  /** What to connect by, in this order; the next is tried where one cannot be opened. Default: `["websocket", "polling"]`. */
  transports?: TransportName[]
  /** From polling to WebSocket, where the server offers it. Default: true. */
  upgrade?: boolean
  /** After an upgrade that worked, begin with WebSocket at the next connect. Default: false. */
  rememberUpgrade?: boolean
  /** Headers of the connection's requests. A browser's WebSocket takes none. */
  extraHeaders?: Record<string, string>
  /** Cookies also for another origin, with polling. Default: false. */
  withCredentials?: boolean
  /** Path of the server's Socket.IO endpoint. Default: `/socket.io/`. */
  path?: string
  /** Default: `/`. */
  namespace?: string
  /** Added to the query string of the handshake. */
  query?: Record<string, string>
  /** Connect as soon as the runtime is there. Default: true. */
  autoConnect?: boolean
  /** Default: true. */
  reconnection?: boolean
  /** Reconnect also after the server ended the session. Default: true. */
  reconnectAfterServerDisconnect?: boolean
  /** Default: Infinity. */
  reconnectionAttempts?: number
  /** Default: 1000. */
  reconnectionDelay?: number
  /** Default: 5000. */
  reconnectionDelayMax?: number
  /** 0 to 1. Default: 0.5. */
  randomizationFactor?: number
  /** Limit for opening a connection. Default: 20000. */
  timeout?: number
  /** Refusals by the server, in a row, before the status is `rejected`. Default: 3. */
  authAttempts?: number
  /** How many emits may wait for a connection. Default: 1000. */
  bufferMaxCount?: number
  /** How many bytes they may be, about. Default: 10000000. */
  bufferMaxBytes?: number
  /** How long each may wait. Default: Infinity. */
  bufferTimeToLive?: number
}

/** Tells what happens to the page until the returned function is called. */
export type LifecycleDriver = (tell: (event: "online" | "offline" | "visible" | "hide" | "show") => void) => () => void

/** One namespace of the backend, over the runtime's connection. */
export interface NamespaceHandle {
  /** Hears and sends the namespace's events. */
  readonly $socket: Socket
  connect(): void
  disconnect(): void
}

/** Timers and clocks, replaceable for tests. */
export interface TimersDriver {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Milliseconds since 1970, for log entries. */
  wallClock(): number
  set(callback: () => void, ms: number): unknown
  clear(timer: unknown): void
}

/** A mutation that waits for the network, as a storage keeps it: plain data. */
export interface StoredMutation {
  /** Its idempotency key. */
  key: string
  /** Mutations are made again in the order of this number. */
  order: number
  pluginKey: string
  entity: string
  operation: string
  /** JSON. */
  params: string
  /** The headers of `config`, without credentials. */
  headers: [string, string][]
  options: Pick<QueryOptions, "notify" | "retry" | "timeout"> & { optimistic: boolean }
}

/** Keeps mutations that wait for the network, beyond the life of the page where it can. */
export interface StorageDriver {
  /** What earlier runtimes left behind and no other works on; from now on it is this runtime's. */
  load(): Promise<StoredMutation[]>
  /** Keeps `mutation`, or replaces what has the same key. */
  put(mutation: StoredMutation): Promise<void>
  remove(key: string): Promise<void>
  /** The runtime is gone: what is left may be loaded by another. */
  close(): void
}

/** A constructor of the browser's WebSocket shape; `ws` fits. */
export type WebSocketLike = new (url: string) => unknown

export interface RuntimeOptions {
  /** Origin of the backend. Default: the page's origin. */
  url?: string
  /** Generated configs, one per plugin. */
  plugins?: PluginConfig[]
  auth?: Auth
  socket?: SocketOptions
  /** `whitelist`: patterns of the events that may be emitted. Default: all. */
  eventbus?: { whitelist?: string[] }
  /** Default: level 1, to the console. */
  log?: { level?: LogLevel; sink?: LogSink }
  /** Default of the queries' `notify`. Default: true. */
  notifications?: boolean
  /** Called for every error that has no caller: a listener that threw, a frame that was refused. */
  onError?: (error: RacletteErrorLike) => void
  /** Where the compiled core comes from. Default: the file beside this module. */
  wasm?: { url?: string | URL; bytes?: BufferSource; module?: WebAssembly.Module }
  WebSocket?: WebSocketLike
  fetch?: typeof fetch
  timers?: TimersDriver
  /** Default: the page's own events; none where there is no page. */
  lifecycle?: LifecycleDriver
  /** Where mutations wait for the network. Default: IndexedDB, one database for each backend; else memory. */
  storage?: StorageDriver
}

/** Argument of `usePluginApi` in its long form; what is given replaces what the scope would make. */
export interface PluginApiOptions {
  pluginKey: string
  /** Query ids become `plugin-<pluginKey>-<actionId>-<random>`. */
  actionId?: string
}

/** What a plugin's code works with. */
export interface PluginApi {
  readonly pluginKey: string
  readonly $data: Data
  readonly $socket: Socket
  readonly $eventbus: EventBus
  readonly $log: Log
  /** Removes all that was registered through this scope. */
  dispose(): void
}

export interface Runtime {
  /** The API of one plugin. A key without a config has no entities, but buses, channels and a log. */
  usePluginApi(plugin: string | PluginApiOptions): PluginApi
  /** Hears the events of all plugins. */
  readonly $socket: Socket
  /** The unscoped bus: `on` and `emit` on the global one, with `raclette` as sender. */
  readonly $eventbus: EventBus
  readonly $log: Log
  /** How many mutations wait for the network: those of entities with `offlineMode`. */
  readonly queued: Ref<number>
  /**
   * Another namespace, over the same connection; it is connected once `connect()` is called. `auth`: its own
   * credentials; default: those of the runtime.
   */
  of(namespace: string, options?: { auth?: Auth }): NamespaceHandle
  /** Opens the connection; does nothing where it is open or under way. */
  connect(): void
  /** Closes the connection and stays closed until `connect()`. */
  disconnect(): void
  /** Closes everything and frees the native side. Nothing fires afterwards. */
  dispose(): void
}
