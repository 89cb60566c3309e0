// What the pump needs from the outside, as contracts: the drivers fulfil them without knowing who calls.

/** Opens a connection; see drivers/websocket.ts for the one that ships. */
export type OpenTransport = (
  url: string,
  events: {
    opened(): void
    text(frame: string): void
    binary(frame: ArrayBuffer): void
    closed(detail: string): void
  },
) => { sendText(text: string): void; sendBinary(bytes: Uint8Array): void; close(): void }

/** Starts a request and returns the function that aborts it; see drivers/fetch.ts. */
export type StartFetch = (
  request: { method: string; url: string; headers: Headers; body: string | undefined; init: RequestInit },
  events: {
    answered(status: number, body: unknown): void
    malformed(status: number, text: string): void
    failed(detail: string): void
  },
) => () => void

export interface Timers {
  now(): number
  wallClock(): number
  set(callback: () => void, ms: number): unknown
  clear(timer: unknown): void
}

export interface Drivers {
  openTransport: OpenTransport
  startFetch: StartFetch
  timers: Timers
}
