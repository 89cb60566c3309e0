// What a transport is to the runtime: frames both ways, and nothing known of what they mean. Drivers fulfil this for
// WebSocket and for HTTP long-polling; a test or a platform may bring its own.

/** What a transport tells. `closed` comes exactly once, and last. After `close()` nothing is told. */
export interface TransportEvents {
  opened(): void
  text(frame: string): void
  binary(frame: ArrayBuffer): void
  /** After `pause()`: everything that was on its way is through. */
  paused(): void
  closed(detail: string): void
}

/** One connection, as the runtime sees it. */
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
