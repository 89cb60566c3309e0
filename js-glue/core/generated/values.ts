// Values that the compiled core and the binding share: sizes, names and their numbers, places in memory.
// Generated from the C++ side by `npm run generate`: an edit belongs there.

import type { SocketStatus } from "../../types"
import type { LifecycleEvent, TransportName } from "../../types/drivers"

/** So many UTF-16 units of the scratch area, and no more, have a place that never moves. */
export const SCRATCH_UNITS = 512

/** A frame is answered with the number of its RouteKind, in these bits, and with flags above them. */
export const ROUTE_KIND_MASK = 7

/** So many bits of an operation's answer are flags. */
export const OPERATION_FLAG_BITS = 2

/**
 * As much of a frame as `textFrame` looks at, and so all of it that ever has to be copied: what says no more by then is
 * refused, or has no name that anybody could listen to.
 */
export const MAX_HEAD = 65536

/** As much of a frame's end as `textTail` looks at. */
export const MAX_TAIL = 80

/** Names the bus or the scope of all plugins where a plugin's number is asked for. */
export const ALL_PLUGINS = 0xffffffff

/** What a namespace's session is. */
export const socketStatuses = [
  "connecting",
  "connected",
  "reconnecting",
  "rejected",
  "closed",
] as const satisfies readonly SocketStatus[]

/** What a connection runs over: frames both ways, or HTTP long-polling (Engine.IO protocol v4, "Transports"). */
export const transportNames = ["websocket", "polling"] as const satisfies readonly TransportName[]

/** What happens to the page or the machine. */
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
 * Beside a route's kind: `wantsTail`, the frame's end is wanted; `busy`, there are effects to drain, or the earliest
 * timer is another than was told last; `isKnown`, see FrameRoute.
 */
export enum RouteFlag {
  wantsTail = 8,
  busy = 16,
  isKnown = 32,
}

/** Beside an operation's number, which stands above them. */
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
 * Who executes a query. What follows from an event of the server keeps to the pauses that the server asked for, and to
 * those before a request is made again; the user's own wish ends the latter. What is asked for in pages: `next` is
 * behind what shows and says nothing of it, `rest` is a later part of what shows, which is as old as its first.
 */
export enum Caller {
  user = 0,
  event = 1,
  next = 2,
  rest = 3,
}

/** The last route, a word each. The reply id stands in two halves, both -1 where the server wants no answer. */
export enum RouteWords {
  argsOffset = 0,
  plan = 1,
  planVersion = 2,
  ack = 3,
  replyIdLow = 4,
  replyIdHigh = 5,
  nspId = 6,
}

/** What a control call answered beside its code, a word each: a value, and where a text stands and how long it is. */
export enum AnswerWords {
  value = 0,
  text = 1,
  length = 2,
}

/** How a query behaves; what its user may set. */
export interface QuerySettings {
  /** Share reads, and reuse an answer for a while. */
  useCache?: boolean
  /** Announce how a mutation ended. */
  notify?: boolean
  /** Execute again after a reconnect that lost events. */
  refetchOnReconnect?: boolean
  /** Execute again when the page is looked at again. */
  refetchOnFocus?: boolean
  /** Milliseconds for one request; 0: no limit. */
  timeout?: number
  /** How often a request that failed for a while (no network, no answer in time, 408, 429, 5xx) is made again. */
  retry?: number
  /** Milliseconds that executions wait for more of them; all then share one request. */
  debounce?: number
  /** Milliseconds from one answer to the next execution; 0: none. */
  refetchInterval?: number
  /** At the interval also while the page is hidden. */
  refetchIntervalInBackground?: boolean
  /**
   * Execute again by itself, for any of these reasons; false: not until it is true again, and then at once if it is
   * due.
   */
  active?: boolean
  /** Nobody looks at it, and nobody is known to come back: it is retired, see QueryRetired. */
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
