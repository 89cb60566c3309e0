// What the pump needs from the outside, as contracts: the drivers fulfil them without knowing who calls.
import type { StorageDriver, TransportName } from "../api/types"
import type { Transport, TransportEvents } from "../drivers/transport"

/** Opens a connection; see drivers/websocket.ts and drivers/polling.ts for those that ship. */
export type OpenTransport = (name: TransportName, url: string, events: TransportEvents) => Transport

/** Starts a request and returns the function that aborts it; see drivers/fetch.ts. */
export type StartFetch = (
  request: {
    method: string
    url: string
    headers: Record<string, string>
    body: string | undefined
    init: RequestInit
    isStream: boolean
  },
  events: {
    answered(status: number, body: unknown, over?: Promise<void>): void
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

/** Tells what happens to the page until the returned function is called; see drivers/lifecycle.ts. */
export type WatchLifecycle = (tell: (event: "online" | "offline" | "visible" | "hide" | "show") => void) => () => void

export interface Drivers {
  openTransport: OpenTransport
  startFetch: StartFetch
  timers: Timers
  watchLifecycle: WatchLifecycle
  /** Keeps mutations that wait for the network; see drivers/storage.ts. */
  storage: StorageDriver
}
