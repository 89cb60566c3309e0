// The contracts of the drivers: how the runtime reaches the world outside (connections, requests, clocks, the page's
// life, storage) and how that answers. A driver knows nothing of who calls it, so that a test or a platform may bring
// its own. Drivers answer only with new inputs, never from within a call of theirs.
import type { StorageDriver } from "./storage"

/** What a connection runs over. */
export type TransportName = "websocket" | "polling"

/** What a transport tells. `closed` comes exactly once, and last. After `close()` nothing is told. */
export interface TransportEvents {
  opened(): void
  text(frame: string): void
  binary(frame: ArrayBuffer): void
  /** After `pause()`: everything that was on its way is through. */
  paused(): void
  closed(detail: string): void
}

/** One connection: frames both ways, and nothing known of what they mean. */
export interface Transport {
  sendText(text: string): void
  sendBinary(bytes: Uint8Array | Blob): void
  /** Sends what waits, lets what is on its way arrive, asks for no more, and then tells `paused`. */
  pause(): void
  /** From now on the session's own address is `url`; one request carries at most `maxPayload` bytes (0: no limit). */
  identify(url: string, maxPayload: number): void
  close(): void
}

/** What the user wants of a transport, where it can. */
export interface TransportOptions {
  /** Headers of its requests. A browser's WebSocket takes none. */
  extraHeaders?: Record<string, string>
  /** Cookies also for another origin. A browser's WebSocket always sends them. */
  withCredentials?: boolean
}

/** Opens a connection; see drivers/websocket.ts and drivers/polling.ts for those that ship. */
export type OpenTransport = (name: TransportName, url: string, events: TransportEvents) => Transport

/** One HTTP request. */
export interface FetchRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
  /** What the user wants handed to `fetch` beside these; its `body` in place of one of ours. */
  init: RequestInit
  /** Hand the body of a good answer over as a stream, unread. */
  isStream: boolean
}

/** What an answer says beside its status and body. */
export interface AnswerDetails {
  /** Milliseconds in which the server wants no more requests of its kind; default: 0. */
  retryAfter?: number
  /** The number up to which what the server's events tell of is in the answer; default: 0, it does not say. */
  commit?: number
  /** Of a stream: resolves once nothing more comes of it, however it ended. It can be aborted until then. */
  over?: Promise<void>
}

/** The end of a request; exactly one of these is called, none after it was aborted. */
export interface FetchEvents {
  answered(status: number, body: unknown, more?: AnswerDetails): void
  /** The answer's body is no JSON; `text` is what came. */
  malformed(status: number, text: string, retryAfter?: number): void
  failed(detail: string): void
}

/** Starts a request and returns the function that aborts it; see drivers/fetch.ts. */
export type StartFetch = (request: FetchRequest, events: FetchEvents) => () => void

/** Timers and clocks, replaceable for tests. */
export interface TimersDriver {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Milliseconds since 1970, for log entries. */
  wallClock(): number
  /** Calls back once, `ms` milliseconds from now. Returns what `clear` takes. */
  set(callback: () => void, ms: number): unknown
  /** Takes a timer back; one that has fired is fine. */
  clear(timer: unknown): void
}

/** What happens to the page or the machine; see `Life` of wasm/core/include/raclette/input.h. */
export type LifecycleEvent = "online" | "offline" | "visible" | "hide" | "show" | "hidden"

/** Tells what happens to the page until the returned function is called; see drivers/lifecycle.ts. */
export type LifecycleDriver = (notify: (event: LifecycleEvent) => void) => () => void

/**
 * Resolves once this page holds the lock `what`, with the function that releases it. Never rejects. See drivers/page-locks.ts.
 */
export type AcquireLock = (what: string) => Promise<() => void>

/** All that the runtime needs from outside. */
export interface Drivers {
  openTransport: OpenTransport
  startFetch: StartFetch
  timers: TimersDriver
  watchLifecycle: LifecycleDriver
  /** What keeps an identity's mutations that wait for the network; see drivers/storage.ts. */
  storage: (identity: string | undefined) => StorageDriver
  /** Turns among those that share what a user has here. Default: nobody else is there. */
  acquireLock?: AcquireLock | undefined
}
