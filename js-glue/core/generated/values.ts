// What the compiled core and the binding have to agree on: sizes, names and their numbers, places in memory.
// Generated from the C++ side by `npm run boundary`: an edit belongs there.

import type { SocketStatus } from "../../types"
import type { LifeEvent, TransportName } from "../../types/drivers"

/** So many UTF-16 units of the scratch area, and no more, have a place that never moves. */
export const SCRATCH_UNITS = 512

/** A frame is answered with the number of its RouteKind, in these bits, and with flags above them. */
export const ROUTE_KIND_MASK = 7

/** So many bits of an operation's answer are flags. */
export const OPERATION_FLAG_BITS = 2

/** As much of a frame's end as `textTail` looks at. */
export const LONGEST_TAIL = 80

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
export const lifeEvents = ["online", "offline", "visible", "hide", "show"] as const satisfies readonly LifeEvent[]

/** What to do with a frame. */
export enum RouteKind {
  nothing = 0,
  needAll = 1,
  event = 2,
  ack = 3,
  hold = 4,
  early = 5,
}

/**
 * Beside a route's kind: `wantsTail`, the frame's end is wanted; `busy`, there are effects to drain, or the earliest
 * timer is another than was told last. Most frames do without.
 */
export enum RouteFlag {
  wantsTail = 8,
  busy = 16,
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

/** The last route, a word each. The reply id stands in two halves, both -1 where the server wants no answer. */
export enum RouteWords {
  argsOffset = 0,
  plan = 1,
  planVersion = 2,
  ack = 3,
  replyIdLow = 4,
  replyIdHigh = 5,
  space = 6,
}

/** What a control call answered beside its code, a word each: a value, and where a text stands and how long it is. */
export enum AnswerWords {
  value = 0,
  text = 1,
  length = 2,
}
