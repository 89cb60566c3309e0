// What createRuntime takes.
import type { PluginConfig } from "./config"
import type { LifecycleDriver, TimersDriver, TransportName } from "./drivers"
import type { RacletteError } from "./errors"
import type { LogLevel, LogSink } from "./log"
import type { StorageDriver } from "./storage"
import type { ApiTypes, NoTypes } from "./typed"

/**
 * Credentials: an object, or a function that is asked whenever they are needed. It answers by what it returns, an object or
 * a promise of one, or by calling its argument with an object, as in socket.io-client; the first answer counts. What it
 * throws for want of a network counts as no refusal; see docs/socket.md.
 */
export type Auth = Record<string, unknown> | ((cb: AuthCallback) => AuthReturn | Promise<AuthReturn>)

/** An object; or nothing, which is what the callback returns. */
type AuthReturn = Record<string, unknown> | ReturnType<AuthCallback>

/** What an `auth` function is called with: takes its answer, and says why it is asked. */
export interface AuthCallback {
  /** Takes the credentials. A second call does nothing. */
  (credentials: object): void
  /** Why the credentials were refused last time; undefined where they were not. */
  readonly reason?: string
}

/** A user's id, undefined for nobody; or a function that returns it, or a promise of it. */
export type Identity = IdentityValue | (() => IdentityValue | Promise<IdentityValue>)
type IdentityValue = string | number | null | undefined

/** Options of the connection, named as in socket.io-client. Times in milliseconds. */
export interface SocketOptions {
  /** What to connect by, in this order; the next is tried where one cannot be opened. Default: `["websocket", "polling"]`. */
  transports?: TransportName[]
  /** From polling to WebSocket, where the server offers it. Default: true. */
  upgrade?: boolean
  /** After an upgrade that worked, begin with WebSocket at the next connect. Default: false. */
  rememberUpgrade?: boolean
  /** Go on polling while the page is hidden, instead of closing the session after 10 s until it is visible. Default: false. */
  openWhenHidden?: boolean
  /** Headers of the connection's requests. A browser's WebSocket takes none. */
  extraHeaders?: Record<string, string>
  /** Cookies also for another origin, with polling; where it says nothing, `fetchOptions` of createRuntime does. Default: none. */
  withCredentials?: boolean
  /** Path of the server's Socket.IO endpoint. Default: `/socket.io/`. */
  path?: string
  /** The path ends in a slash, whether it was given with one or not. Default: true. */
  addTrailingSlash?: boolean
  /** Default: `/`. */
  namespace?: string
  /** Added to the query string of the handshake: an object, or its text (`a=b&c=d`). */
  query?: string | Record<string, string | number | boolean>
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
  /** Limit for opening a connection, and for the answer of `auth`. Default: 20000. */
  timeout?: number
  /** How long `emitWithAck` waits for its answer where nothing else is said; callbacks wait without a limit. Default: Infinity. */
  ackTimeout?: number
  /** How many binary values may be in one emit: a server ends the connection at more than it takes. Default: 10. */
  maxAttachments?: number
  /** Refusals by the server, or failures of `auth` that are none of the network, in a row, before the status is `rejected`. Default: 3. */
  authAttempts?: number
  /** How many emits may wait for a connection. Default: 1000. */
  bufferMaxCount?: number
  /** How many bytes they may be, about. Default: 10000000. */
  bufferMaxBytes?: number
  /** How long each may wait. Default: Infinity. */
  bufferTimeToLive?: number
}

/** A constructor of the browser's WebSocket shape; `ws` fits. */
export type WebSocketLike = new (url: string) => unknown

/** What is handed to `fetch` with every request: `credentials`, `headers`, `mode` and so on. */
export type FetchDefaults = Omit<RequestInit, "body" | "method" | "signal">

/** The same at every request, or a function that is asked at each of them, and may answer by a promise. */
export type FetchOptions = FetchDefaults | (() => FetchDefaults | undefined | Promise<FetchDefaults | undefined>)

/** What createRuntime takes; all of it has a default. */
export interface RuntimeOptions<
  Configs extends readonly PluginConfig[] = readonly PluginConfig[],
  Types extends ApiTypes = NoTypes,
> {
  /**
   * Address of the backend: its origin, and a path if all of it is below one. In a page it may be relative to that
   * (`/backend`) or without a scheme (`api.example.org:8080`). Default: the page's origin.
   */
  url?: string
  /** Generated configs, one per plugin. Default: none. */
  plugins?: Configs
  /** For the compiler alone, never read: what no config knows. `types: {} as { items: { todo: Todo } }`. */
  types?: Types
  /** Credentials of requests and of the connection. Default: none. */
  auth?: Auth
  /**
   * Whose data this is, for instance the user's id: what waits for the network is kept under it, and is never sent for
   * another. A function is asked by `createRuntime`, which waits for it, and rejects with `BAD_CONFIG` where it fails.
   * Default: nobody's in particular; what waits then belongs to whoever uses this backend in this browser.
   */
  identity?: Identity
  /** Default of the entities' `idKey`: the field that tells items apart. Default: `_id`, else `id`. */
  idKey?: string
  /** Default of the entities' `versionKey`: the field that says when an item changed. Default: `updatedAt`. */
  versionKey?: string
  /** Default of the entities' `match`: whether an item belongs to a list. */
  // biome-ignore lint/suspicious/noExplicitAny: the entities' types are the user's
  match?: (item: any, params: Record<string, unknown>) => unknown
  /** Default of the entities' `sort`: the order of lists. */
  // biome-ignore lint/suspicious/noExplicitAny: the entities' types are the user's
  sort?: (a: any, b: any) => number
  /** The connection. */
  socket?: SocketOptions
  /** `whitelist`: patterns of the events that may be emitted. Default: all. */
  eventbus?: { whitelist?: string[] }
  /**
   * `level`: entries above it are dropped; default: 1. `sink`: where the others go; default: the console. `packets`: print
   * what goes over the connection, tokens and all, whatever the level is; default: false.
   */
  log?: { level?: LogLevel; sink?: LogSink | readonly LogSink[]; packets?: boolean }
  /** Default of the queries' `notify`. Default: true. */
  notifications?: boolean
  /** Called for every error that has no caller: a listener that threw, a frame that was refused. */
  onError?: (error: RacletteError) => void
  /** Where the compiled core comes from. Default: the file beside this module. */
  wasm?: { url?: string | URL; bytes?: BufferSource; module?: WebAssembly.Module }
  /** Default: the platform's. Node 20 has none: pass that of `ws`. */
  WebSocket?: WebSocketLike
  /**
   * For every request to the backend, those of a connection that polls as well: `{ credentials: "include" }` for cookies of
   * another origin, `{ headers }`, or a function, for what changes (a CSRF token). What a request says itself goes before it:
   * the `config` of a query, `auth`'s token, `socket.extraHeaders`. Default: none.
   */
  fetchOptions?: FetchOptions
  /** Default: the platform's. It is called with an address and an `init` whose `headers` are a plain object. */
  fetch?: typeof fetch
  /** Default: the platform's. */
  timers?: TimersDriver
  /** Default: the page's own events; none where there is no page. */
  lifecycle?: LifecycleDriver
  /**
   * Where mutations wait for the network: one for all, or a function that gives one for each identity. Default:
   * IndexedDB, one database for each backend and identity; else memory.
   */
  storage?: StorageDriver | ((identity: string | undefined) => StorageDriver)
}
