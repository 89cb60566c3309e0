// Dispatches incoming frames. Copies the head of a text frame into the core's memory, asks the core for its route, and
// parses the arguments only if there are listeners. Most frames are events, which the core recognizes from the head
// alone, without the time. For other frames a second call follows. The last heads are cached with their meaning: if a
// frame begins with a cached head, the core only confirms that the meaning still holds.
//
// Two kinds of frames wait here. The text of a binary packet waits for its attachments. An event that arrives before
// its session waits for the session: a server that recovers a session sends the missed events first.
import {
  type CoreModule,
  MAX_HEAD,
  MAX_TAIL,
  ROUTE_KIND_MASK,
  RouteFlag,
  RouteKind,
  RouteWords,
  SCRATCH_UNITS,
} from "../core/core-module"
import type { TimersDriver } from "../types/drivers"
import { messageOf } from "../types/errors"
import type { StatusEffect } from "./effects"
import type { Jobs } from "./jobs"
import { decodeArguments, decodeBehindName } from "./payload"

/** Receives the events of one namespace. */
export interface EventReceiver {
  /**
   * `args`: without the event's name; undefined if no listener wants them. `plan`, `version`: the listeners. `replyId`:
   * -1 if the server wants no ack.
   */
  event(plan: number, version: number, args: unknown[] | undefined, replyId: number): void
  /** `refusal`: the data that the server sent with its last refusal. */
  setStatus(effect: StatusEffect, refusal: unknown): void
}

/** The targets of frames. */
export interface FrameHost {
  /** Receivers by namespace number. */
  readonly receivers: readonly (EventReceiver | undefined)[]
  /** Pending jobs. An event queues behind them. */
  readonly jobs: Jobs
  ack(ack: number, args: unknown[]): void
  /** The arguments of the ack `ack` cannot be parsed. */
  ackRefused(ack: number, detail: string): void
  /** The frame's arguments cannot be parsed. */
  refused(connection: number, detail: string): void
  /** The server refused the session of a namespace. `payload`: the error, as JSON. */
  connectError(nspId: number, payload: string): void
}

/** A text frame that waits for its attachments or its session. */
interface Held {
  text: string
  attachments: ArrayBuffer[]
  /** Whether the last argument is the server's offset. */
  hasOffset: boolean
}

/** The head of an event, up to the closing quote of its name, and its meaning. */
interface KnownHead {
  readonly text: string
  readonly plan: number
  readonly version: number
  readonly nspId: number
  readonly argsOffset: number
  /** Whether the last event with this head had one argument. */
  hasOne: boolean
}

/** Maximum number of cached heads. */
const MOST_KNOWN = 4

/** The attachments of a frame that is delivered at once. */
const NONE: readonly ArrayBuffer[] = []
const QUOTE = 34
const BACKSLASH = 92

export class Frames {
  readonly #core: CoreModule
  readonly #runtime: number
  readonly #host: FrameHost
  readonly #timers: Pick<TimersDriver, "now" | "wallClock">
  /** Index of the scratch memory for heads. It never moves. */
  readonly #head: number
  /** Index of the route that the core writes. It never moves. */
  readonly #route: number
  #held: Held | undefined
  readonly #early = new Map<number, Held[]>()
  readonly #known: KnownHead[] = []
  /** Counts replacements; the oldest head is replaced next. */
  #oldest = 0
  /** Plans of recent heads that are not cached. A head is cached when its plan recurs. */
  readonly #seen: number[] = []

  constructor(core: CoreModule, runtime: number, timers: Pick<TimersDriver, "now" | "wallClock">, host: FrameHost) {
    this.#core = core
    this.#head = core.rac_scratch(SCRATCH_UNITS) >>> 1
    this.#route = core.rac_route() >>> 2
    this.#runtime = runtime
    this.#timers = timers
    this.#host = host
  }

  /** Handles a text frame. Returns true if the core has effects to drain, or its earliest timer has changed. */
  text(connection: number, frame: string): boolean {
    for (const known of this.#known) {
      if (frame.lastIndexOf(known.text, 0) !== 0 || frame.length === known.text.length) continue
      const route = this.#core.rac_event_again(this.#runtime, connection, known.plan, known.version)
      if (route === RouteKind.nothing) return false
      if ((route & ROUTE_KIND_MASK) !== RouteKind.needAll) return this.#again(connection, route, frame, known)
      break
    }
    const length = this.#copyHead(frame)
    let route: number = RouteKind.needAll
    if (length < frame.length) route = this.#core.rac_event_frame(this.#runtime, connection, length)
    if (route === RouteKind.nothing) return false
    if (route & RouteFlag.isKnown) this.#note(length)
    if ((route & ROUTE_KIND_MASK) === RouteKind.needAll) route = this.#ask(connection, frame, length)
    return this.#take(connection, route, frame, NONE, this.#hasOffset(route, frame))
  }

  /** Handles a frame whose head is cached and still has the same meaning. */
  #again(connection: number, route: number, frame: string, known: KnownHead): boolean {
    const isBusy = (route & RouteFlag.busy) !== 0
    const hasOffset = this.#hasOffset(route, frame)
    if ((route & ROUTE_KIND_MASK) === RouteKind.nothing) return isBusy
    const { plan, version, nspId, argsOffset, hasOne } = known
    let args: unknown[] | undefined
    if ((route & RouteFlag.isBare) === 0) {
      try {
        args = decodeBehindName(frame, argsOffset, hasOne ? known.text.length : frame.length)
      } catch (error) {
        this.#host.refused(connection, messageOf(error))
        return true
      }
      known.hasOne = args.length === 1
      if (hasOffset) args.pop()
    }
    this.#tell(nspId, plan, version, args, -1, isBusy)
    return isBusy
  }

  /** Caches a head of `length` units that the core knows, if its plan was seen recently. */
  #note(length: number): void {
    const plan = this.#word(RouteWords.plan)
    const version = this.#word(RouteWords.planVersion)
    const at = this.#head
    if (!this.#seen.includes(plan)) {
      this.#seen.unshift(plan)
      this.#seen.length = Math.min(this.#seen.length, MOST_KNOWN)
      return
    }
    // Built from its units: a slice of the frame would keep the whole frame in memory.
    const text = String.fromCharCode(...this.#core.HEAPU16.subarray(at, at + length))
    const nspId = this.#word(RouteWords.nspId)
    const argsOffset = this.#word(RouteWords.argsOffset)
    const same = this.#known.findIndex((known) => known.text === text)
    const known = { text, plan, version, nspId, argsOffset, hasOne: false }
    this.#known[same < 0 ? this.#oldest++ % MOST_KNOWN : same] = known
  }

  #hasOffset(route: number, frame: string): boolean {
    if ((route & RouteFlag.wantsTail) === 0) return false
    return this.#core.rac_text_tail(this.#runtime, this.#copy(frame, frame.length - MAX_TAIL, frame.length)) === 1
  }

  /** Asks for the route of a frame whose head is in the core's memory but is not enough by itself. */
  #ask(connection: number, frame: string, length: number): number {
    const now = this.#timers.now()
    const wall = this.#timers.wallClock()
    const route = this.#core.rac_text_frame(this.#runtime, connection, length, frame.length, wall, now)
    if ((route & ROUTE_KIND_MASK) !== RouteKind.needAll) return route
    const units = this.#copy(frame, 0, Math.min(frame.length, MAX_HEAD))
    return this.#core.rac_text_frame(this.#runtime, connection, units, frame.length, wall, now)
  }

  /** Handles a binary frame. Returns the same as `text()`. */
  binary(connection: number, frame: ArrayBuffer): boolean {
    const route = this.#core.rac_binary_frame(this.#runtime, connection, this.#timers.now())
    this.#held?.attachments.push(frame)
    const held = this.#held
    if ((route & ROUTE_KIND_MASK) === RouteKind.hold) return (route & RouteFlag.busy) !== 0
    this.#held = undefined
    if (!held) return (route & RouteFlag.busy) !== 0
    return this.#take(connection, route, held.text, held.attachments, held.hasOffset)
  }

  /** Returns the events that arrived before their session, as frames, and forgets them. */
  release(nspId: number): (string | ArrayBuffer)[] {
    const frames = this.#early.get(nspId) ?? []
    this.#early.delete(nspId)
    return frames.flatMap(({ text, attachments }) => [text, ...attachments])
  }

  /** Forgets the packet that waits for attachments: the connection is gone. */
  reset(): void {
    this.#held = undefined
  }

  #take(
    connection: number,
    route: number,
    text: string,
    attachments: readonly ArrayBuffer[],
    hasOffset: boolean,
  ): boolean {
    const isBusy = (route & RouteFlag.busy) !== 0
    switch (route & ROUTE_KIND_MASK) {
      case RouteKind.event:
      case RouteKind.ack: {
        const isBare = (route & RouteFlag.isBare) !== 0
        const args = isBare ? undefined : this.#read(connection, route, text, attachments)
        if (!args && !isBare) return true
        if (hasOffset) args?.pop()
        this.#deliver(route, args, isBusy)
        return isBusy
      }
      case RouteKind.hold:
        this.#held = { text, attachments: [], hasOffset }
        return isBusy
      case RouteKind.early:
        this.#keepEarly({ text, attachments: [...attachments], hasOffset })
        return isBusy
      case RouteKind.connectError:
        this.#host.connectError(this.#word(RouteWords.nspId), text.slice(this.#word(RouteWords.argsOffset)))
        return true
      default:
        return isBusy
    }
  }

  #keepEarly(held: Held): void {
    const nspId = this.#word(RouteWords.nspId)
    const frames = this.#early.get(nspId) ?? []
    this.#early.set(nspId, frames)
    frames.push(held)
  }

  /** Returns a word of the last route. */
  #word(which: RouteWords): number {
    return this.#core.HEAP32[this.#route + which] as number
  }

  /** Parses the arguments of an event or ack. Returns undefined, after telling the core, if they cannot be parsed. */
  #read(connection: number, route: number, text: string, attachments: readonly ArrayBuffer[]): unknown[] | undefined {
    try {
      return decodeArguments(text, this.#word(RouteWords.argsOffset), attachments)
    } catch (error) {
      if ((route & ROUTE_KIND_MASK) === RouteKind.ack)
        this.#host.ackRefused(this.#word(RouteWords.ack), messageOf(error))
      this.#host.refused(connection, messageOf(error))
      return undefined
    }
  }

  /** Delivers an event or ack. */
  #deliver(route: number, args: unknown[] | undefined, isBusy: boolean): void {
    if (args && (route & ROUTE_KIND_MASK) === RouteKind.ack) {
      this.#host.ack(this.#word(RouteWords.ack), args)
      return
    }
    const plan = this.#word(RouteWords.plan)
    const version = this.#word(RouteWords.planVersion)
    const high = this.#word(RouteWords.replyIdHigh)
    const replyId = high < 0 ? -1 : high * 2 ** 32 + (this.#word(RouteWords.replyIdLow) >>> 0)
    args?.shift()
    this.#tell(this.#word(RouteWords.nspId), plan, version, args, replyId, isBusy)
  }

  /** Delivers an event now, or queues it behind pending jobs. */
  #tell(
    nspId: number,
    plan: number,
    version: number,
    args: unknown[] | undefined,
    replyId: number,
    isBusy: boolean,
  ): void {
    const receiver = this.#host.receivers[nspId]
    if (!receiver) return
    const { jobs } = this.#host
    // `bind` instead of a closure: the closure's variables would be allocated for every event.
    if (isBusy || jobs.hasToWait) {
      jobs.add(receiver.event.bind(receiver, plan, version, args, replyId))
      return
    }
    jobs.isCalling = true
    try {
      receiver.event(plan, version, args, replyId)
    } finally {
      jobs.isCalling = false
    }
  }

  /**
   * Copies the frame up to the second quote without a backslash before it, which ends the event's name. A longer head
   * is cut; the core asks for more if it needs more.
   */
  #copyHead(frame: string): number {
    const longest = Math.min(frame.length, SCRATCH_UNITS)
    const at = this.#head
    const units = this.#core.HEAPU16
    let quotes = 0
    let previous = 0
    for (let i = 0; i < longest; i++) {
      const unit = frame.charCodeAt(i)
      units[at + i] = unit
      if (unit === QUOTE && previous !== BACKSLASH && ++quotes === 2) return i + 1
      previous = unit
    }
    return longest
  }

  /** Copies `frame` from `from` (at least 0) to `end`. Returns the number of units. */
  #copy(frame: string, from: number, end: number): number {
    const start = Math.max(from, 0)
    const at = this.#core.rac_scratch(end - start) >>> 1
    const units = this.#core.HEAPU16
    for (let i = start; i < end; i++) units[at + i - start] = frame.charCodeAt(i)
    return end - start
  }
}
