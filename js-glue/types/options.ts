// The options of createRuntime. The comments of RuntimeOptions and SocketOptions are also the tables of docs/options.md.
import type { PluginConfig } from "./config"
import type { LifecycleDriver, TimersDriver, TransportName } from "./drivers"
import type { RacletteError } from "./errors"
import type { LogLevel, LogSink } from "./log"
import type { StorageDriver } from "./storage"
import type { ApiTypes, NoTypes } from "./typed"

/**
 * Credentials: an object, or a function that the runtime calls whenever it needs them. The function returns an object or a
 * promise of one, or calls its argument with an object, as in socket.io-client; the first result counts. See docs/log-in.md.
 */
export type Auth = Record<string, unknown> | ((cb: AuthCallback) => AuthReturn | Promise<AuthReturn>)

/** An object; or nothing, which is what the callback returns. */
type AuthReturn = Record<string, unknown> | ReturnType<AuthCallback>

/** The argument of an `auth` function: takes the credentials, and says why the runtime asks for them. */
export interface AuthCallback {
  /** Takes the credentials. A second call does nothing. */
  (credentials: object): void
  /** Why the server refused the last credentials; undefined if it did not. */
  readonly reason?: string
}

/** A user's id, undefined for nobody; or a function that returns it, or a promise of it. */
export type Identity = IdentityValue | (() => IdentityValue | Promise<IdentityValue>)
type IdentityValue = string | number | null | undefined

/** Options of the connection, with the names of socket.io-client. Times are in milliseconds. */
export interface SocketOptions {
  /** Transports to try, in this order. If one fails to open, the next one follows. Default: `["websocket", "polling"]`. */
  transports?: TransportName[]
  /** Upgrade from polling to WebSocket if the server offers it. Default: true. */
  upgrade?: boolean
  /** After a successful upgrade, start the next connection with WebSocket. Default: false. */
  rememberUpgrade?: boolean
  /** Continue polling while the page is hidden. Otherwise the session closes after 10 s and reopens when the page is visible. Default: false. */
  openWhenHidden?: boolean
  /** Headers of the connection's requests. A browser's WebSocket sends none. */
  extraHeaders?: Record<string, string>
  /** Send cookies to another origin when polling. If not set, `fetchOptions` of createRuntime decides. Default: none. */
  withCredentials?: boolean
  /** Path of the server's Socket.IO endpoint. Default: `/socket.io/`. */
  path?: string
  /** End the path with a slash, whether you gave one or not. Default: true. */
  addTrailingSlash?: boolean
  /** The namespace of `$data` and of the plugins' `$socket`. Default: `/`. */
  namespace?: string
  /** Added to the query string of the handshake: an object, or its text (`a=b&c=d`). */
  query?: string | Record<string, string | number | boolean>
  /** Connect as soon as the runtime exists. Default: true. */
  autoConnect?: boolean
  /** Reconnect after a lost connection. Default: true. */
  reconnection?: boolean
  /** Reconnect also after the server ended the session. Default: true. */
  reconnectAfterServerDisconnect?: boolean
  /** Number of attempts before the status is `closed`. Default: Infinity. */
  reconnectionAttempts?: number
  /** Pause before the first attempt; it doubles with each attempt. Default: 1000. */
  reconnectionDelay?: number
  /** Longest pause between two attempts. Default: 5000. */
  reconnectionDelayMax?: number
  /** Spreads each pause by this factor, 0 to 1, in both directions. Default: 0.5. */
  randomizationFactor?: number
  /** Limit for opening a connection, and for the answer of `auth`. Default: 20000. */
  timeout?: number
  /** Limit for `emitWithAck` without a limit of its own. Callbacks wait without a limit. Default: Infinity. */
  ackTimeout?: number
  /** Maximum number of binary values in one emit. A server closes the connection if an emit has more than its own limit. Default: 10. */
  maxAttachments?: number
  /** Refusals in a row, by the server or by an `auth` that throws, before the status is `rejected`. Network failures do not count. Default: 3. */
  authAttempts?: number
  /** Maximum number of emits that wait for a connection. Default: 1000. */
  bufferMaxCount?: number
  /** Maximum size in bytes, approximately, of the emits that wait for a connection. Default: 10000000. */
  bufferMaxBytes?: number
  /** How long an emit may wait for a connection. Default: Infinity. */
  bufferTimeToLive?: number
}

/** A constructor of the browser's WebSocket shape; `ws` fits. */
export type WebSocketLike = new (url: string) => unknown

/** Defaults of every `fetch`: `credentials`, `headers`, `mode` and so on. */
export type FetchDefaults = Omit<RequestInit, "body" | "method" | "signal">

/** The same for every request, or a function that is called for each request and may return a promise. */
export type FetchOptions = FetchDefaults | (() => FetchDefaults | undefined | Promise<FetchDefaults | undefined>)

/** The options of createRuntime. All of them are optional. */
export interface RuntimeOptions<
  Configs extends readonly PluginConfig[] = readonly PluginConfig[],
  Types extends ApiTypes = NoTypes,
> {
  /**
   * Address of the backend: its origin, and a path if the backend is below one. In a page it may be relative (`/backend`) or
   * without a scheme (`api.example.org:8080`). Required outside of a page. Default: the page's origin.
   */
  url?: string
  /** Generated configs, one for each plugin. Default: none. */
  plugins?: Configs
  /** Types of items, payloads and bus events, for the compiler only: `types: {} as { items: { todo: Todo } }`. */
  types?: Types
  /**
   * Credentials: an object, or a function that returns one. Its `token` is sent with every request, all of it with CONNECT.
   * Default: none.
   */
  auth?: Auth
  /**
   * The user to whom queued mutations belong, for instance the user's id, or a function (async or not) that returns it.
   * Default: none.
   */
  identity?: Identity
  /** The field that identifies an item, for entities whose config names none. Default: `_id`, else `id`. */
  idKey?: string
  /** The field with an item's version, for entities whose config names none. Default: `updatedAt`. */
  versionKey?: string
  /** Decides whether an item belongs to a list, for entities whose config has no `match`. Default: none. */
  // biome-ignore lint/suspicious/noExplicitAny: the entities' types are the user's
  match?: (item: any, params: Record<string, unknown>) => unknown
  /** The order of lists, for entities whose config has no `sort`. Default: none. */
  // biome-ignore lint/suspicious/noExplicitAny: the entities' types are the user's
  sort?: (a: any, b: any) => number
  /** The connection; see SocketOptions. */
  socket?: SocketOptions
  /** `whitelist`: patterns of the events that may be emitted. Default: all. */
  eventbus?: { whitelist?: string[] }
  /**
   * `level`: entries above it are dropped; 1 if not set. `sink`: a function, or several, that receive the entries; the console
   * if not set. `packets`: print every frame of the connection, including tokens.
   */
  log?: { level?: LogLevel; sink?: LogSink | readonly LogSink[]; packets?: boolean }
  /** Default of the queries' option `notify`. Default: true. */
  notifications?: boolean
  /** Called with each error that has no caller: a listener that threw, an invalid frame. */
  onError?: (error: RacletteError) => void
  /** Where the compiled core comes from. A relative `url` starts from the page. Default: the file beside this module, else a copy in the package. */
  wasm?: { url?: string | URL; bytes?: BufferSource; module?: WebAssembly.Module }
  /** The WebSocket class. Node 20 has none: pass that of `ws`. Default: the platform's. */
  WebSocket?: WebSocketLike
  /**
   * Passed to `fetch` with every request to the backend, also with polling: `{ credentials: "include" }`, `{ headers }`, or a
   * function that is called for each request. The `config` of a query, the token of `auth` and `socket.extraHeaders` win over
   * it. Default: none.
   */
  fetchOptions?: FetchOptions
  /** Replaces `fetch`. It is called with an address and an `init` whose `headers` are a plain object. Default: the platform's. */
  fetch?: typeof fetch
  /** Replaces timers and clocks, for tests. Default: the platform's. */
  timers?: TimersDriver
  /** Replaces the page's events (hidden, visible, online and so on), for tests. Default: the page's own. */
  lifecycle?: LifecycleDriver
  /**
   * Where queued mutations are stored: a storage, or a function that returns one for each identity. Default: IndexedDB, else
   * memory.
   */
  storage?: StorageDriver | ((identity: string | undefined) => StorageDriver)
}
