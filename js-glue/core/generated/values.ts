// Values that the compiled core and the binding share: sizes, names and their numbers, places in memory.
// Generated from the C++ side by `npm run generate`: an edit belongs there.

import type { SocketStatus } from "../../types"
import type { LifecycleEvent, TransportName } from "../../types/drivers"

/** The number of UTF-16 units of the scratch area that have a fixed address. Longer texts get memory that may move. */
export const SCRATCH_UNITS = 512

/** The bits of a frame's answer that hold its RouteKind. The bits above are flags. */
export const ROUTE_KIND_MASK = 7

/** The number of flag bits in an operation's answer. */
export const OPERATION_FLAG_BITS = 2

/** Maximum units of a frame that `textFrame` reads. Packets with a longer head are refused. */
export const MAX_HEAD = 65536

/** Maximum units at the end of a frame that `textTail` reads. */
export const MAX_TAIL = 80

/** Stands for all plugins, or the global bus, instead of a plugin's number. */
export const ALL_PLUGINS = 0xffffffff

/** Status of a namespace's session. */
export const socketStatuses = [
  "connecting",
  "connected",
  "reconnecting",
  "rejected",
  "closed",
] as const satisfies readonly SocketStatus[]

/** The transports of Engine.IO v4. */
export const transportNames = ["websocket", "polling"] as const satisfies readonly TransportName[]

/** Lifecycle events of the page. */
export const lifecycleEvents = [
  "online",
  "offline",
  "visible",
  "hide",
  "show",
  "hidden",
] as const satisfies readonly LifecycleEvent[]

/** What to do with a frame. */
export enum RouteKind {
  nothing = 0,
  needAll = 1,
  event = 2,
  ack = 3,
  hold = 4,
  early = 5,
  connectError = 6,
}

/**
 * Flags of a route. `wantsTail`: the core wants the frame's end. `busy`: there are effects to drain, or the earliest
 * timer has changed. `isKnown`, `isBare`: see FrameRoute.
 */
export enum RouteFlag {
  wantsTail = 8,
  busy = 16,
  isKnown = 32,
  isBare = 64,
}

/** Flags of an operation. Its number is in the bits above them. */
export enum OperationFlag {
  isRead = 1,
  hasBody = 2,
}

/** A part of a channel's name. */
export enum NamePart {
  channel = 0,
  key = 1,
  prefix = 2,
}

/**
 * Who executes a query. An execution that follows from an event waits for Retry-After and for the delay of a retry; one
 * by the user ends the delay. Pages: `next` reads what follows on the shown items, and `rest` a later part of the shown
 * items, which counts as old as the first part.
 */
export enum Caller {
  user = 0,
  event = 1,
  next = 2,
  rest = 3,
}

/** The last route, one word per field. The reply id has two halves, both -1 if the server wants no acknowledgement. */
export enum RouteWords {
  argsOffset = 0,
  plan = 1,
  planVersion = 2,
  ack = 3,
  replyIdLow = 4,
  replyIdHigh = 5,
  nspId = 6,
}

/** The rest of a control call's answer, one word per field: a value, and the address and length of a text. */
export enum AnswerWords {
  value = 0,
  text = 1,
  length = 2,
}

/** Settings of a query. */
export interface QuerySettings {
  /** Share requests with equal reads, and reuse an answer for a while. */
  useCache?: boolean
  /** Announce the outcome of a mutation. */
  notify?: boolean
  /** Refetch after a reconnect that lost events. */
  refetchOnReconnect?: boolean
  /** Refetch when the page becomes visible. */
  refetchOnFocus?: boolean
  /** Milliseconds for each request; 0: no limit. */
  timeout?: number
  /** Number of retries after a transient failure (no network, timeout, 408, 429, 5xx). */
  retry?: number
  /** Milliseconds to wait for further executions; all share one request. */
  debounce?: number
  /** Milliseconds from one answer to the next execution; 0: none. */
  refetchInterval?: number
  /** Continue the interval while the page is hidden. */
  refetchIntervalInBackground?: boolean
  /** Refetch for any of these reasons. While false, a refetch is only noted, and happens when it becomes true. */
  active?: boolean
  /** Remove the query when it has been idle for a while; see QueryRetired. */
  retires?: boolean
}

/** Writes them, a double each from `at` on; those that are left out have their defaults. */
export function writeQuerySettings(cells: Float64Array, at: number, settings: QuerySettings): void {
  cells[at] = Number(settings.useCache ?? true)
  cells[at + 1] = Number(settings.notify ?? true)
  cells[at + 2] = Number(settings.refetchOnReconnect ?? true)
  cells[at + 3] = Number(settings.refetchOnFocus ?? true)
  cells[at + 4] = settings.timeout === undefined ? 30000 : settings.timeout
  cells[at + 5] = settings.retry === undefined ? 0 : settings.retry
  cells[at + 6] = settings.debounce === undefined ? 0 : settings.debounce
  cells[at + 7] = settings.refetchInterval === undefined ? 0 : settings.refetchInterval
  cells[at + 8] = Number(settings.refetchIntervalInBackground ?? false)
  cells[at + 9] = Number(settings.active ?? true)
  cells[at + 10] = Number(settings.retires ?? false)
}
