// The contracts of the drivers, through which the runtime uses the platform: connections, requests, clocks, page lifecycle,
// locks and storage. A driver does not know its caller, so tests and platforms can bring their own. Drivers answer with
// callbacks, never from within the call that they answer.
import type { StorageDriver } from "./storage"

/** The kinds of transport. */
export type TransportName = "websocket" | "polling"

/** Callbacks of a transport. `closed` is called once, as the last one. After `close()` none is called. */
export interface TransportEvents {
  opened(): void
  text(frame: string): void
  binary(frame: ArrayBuffer): void
  /** After `pause()`: no frame is in flight any more. */
  paused(): void
  closed(detail: string): void
}

/** One connection. It transports frames without knowing their meaning. */
export interface Transport {
  sendText(text: string): void
  sendBinary(bytes: Uint8Array | Blob): void
  /** Sends buffered frames, waits for those in flight, stops polling, then calls `paused`. */
  pause(): void
  /** Sets the URL of the session and the maximum size of a request in bytes (0: no limit). */
  identify(url: string, maxPayload: number): void
  close(): void
}

/** User options for transports. */
export interface TransportOptions {
  /** Headers of its requests. A browser's WebSocket takes none. */
  extraHeaders?: Record<string, string>
  /** Cookies also for another origin. A browser's WebSocket always sends them. */
  withCredentials?: boolean
}

/** Opens a connection; see drivers/websocket.ts and drivers/polling.ts. */
export type OpenTransport = (name: TransportName, url: string, events: TransportEvents) => Transport

/** One HTTP request. */
export interface FetchRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
  /** More options for `fetch` from the user. Its `body` replaces ours. */
  init: RequestInit
  /** Pass the body of a successful answer on as a stream. */
  isStream: boolean
}

/** Details of an answer beside its status and body. */
export interface AnswerDetails {
  /** `Retry-After` in milliseconds. Default: 0. */
  retryAfter?: number
  /** Commit number: the answer contains the changes of all events up to it. Default: 0, unknown. */
  commit?: number
  /** For a stream: resolves when the stream has ended in any way. */
  over?: Promise<void>
}

/** Callbacks of a request. Exactly one is called, or none after an abort. */
export interface FetchEvents {
  answered(status: number, body: unknown, more?: AnswerDetails): void
  /** The body is not JSON; `text` is the body. */
  malformed(status: number, text: string, retryAfter?: number): void
  failed(detail: string): void
}

/** Starts a request. Returns a function that aborts it. See drivers/fetch.ts. */
export type StartFetch = (request: FetchRequest, events: FetchEvents) => () => void

/** Timers and clocks. Tests can replace them. */
export interface TimersDriver {
  /** Milliseconds of a monotonic clock. */
  now(): number
  /** Milliseconds since 1970. */
  wallClock(): number
  /** Calls `callback` once, in `ms` milliseconds. Returns the argument for `clear`. */
  set(callback: () => void, ms: number): unknown
  /** Cancels a timer. Does nothing if it has fired. */
  clear(timer: unknown): void
}

/** Lifecycle events of the page; see `LifecycleEvent` in wasm/core/include/raclette/input.h. */
export type LifecycleEvent = "online" | "offline" | "visible" | "hide" | "show" | "hidden"

/** Calls `notify` for each lifecycle event until the returned function is called. See drivers/lifecycle.ts. */
export type LifecycleDriver = (notify: (event: LifecycleEvent) => void) => () => void

/**
 * Resolves once this page holds the lock `what`, with the function that releases it. Never rejects. See drivers/page-locks.ts.
 */
export type AcquireLock = (what: string) => Promise<() => void>

/** All drivers of a runtime. */
export interface Drivers {
  openTransport: OpenTransport
  startFetch: StartFetch
  timers: TimersDriver
  watchLifecycle: LifecycleDriver
  /** Makes the storage for an identity's queued mutations; see drivers/storage.ts. */
  storage: (identity: string | undefined) => StorageDriver
  /** Locks shared by the pages of an origin. Default: no locks. */
  acquireLock?: AcquireLock | undefined
}
