// Frames on their way in: copies the head of a text frame into the core's memory, asks what to do with it, and
// parses arguments only if somebody listens. Most frames are events, which the core knows by their head alone, without
// the time; for what is none it is asked again. The last heads are kept with what they mean: of a frame that begins with one
// of them the core is only told, and says whether that still holds. The text of a binary packet waits here for its attachments, and an event
// that comes before its session (a server that recovers one sends what was missed first) for the session.
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

/** Takes the events of one namespace. */
export interface EventReceiver {
  /** `args`: behind the event's name. `plan`, `version`: who hears it. `replyId`: -1 where the server wants no answer. */
  event(plan: number, version: number, args: unknown[], replyId: number): void
  /** `refusal`: what the server said beside its reason when it refused last. */
  setStatus(effect: StatusEffect, refusal: unknown): void
}

/** Where frames lead. */
export interface FrameHost {
  /** By the number of their namespace. */
  readonly receivers: readonly (EventReceiver | undefined)[]
  /** What waits already: an event comes behind it. */
  readonly jobs: Jobs
  ack(ack: number, args: unknown[]): void
  /** The answer to `ack` cannot be read. */
  ackRefused(ack: number, detail: string): void
  /** The frame's arguments cannot be read. */
  refused(connection: number, detail: string): void
  /** The server refused the session of a namespace; `payload`: why, as JSON. */
  connectError(nspId: number, payload: string): void
}

/** A text frame that waits: for its attachments, or for its session. */
interface Held {
  text: string
  attachments: ArrayBuffer[]
  /** The last argument is the server's offset. */
  hasOffset: boolean
}

/** The head of an event, up to its name's closing quote, and what it means. */
interface KnownHead {
  readonly text: string
  readonly plan: number
  readonly version: number
  readonly nspId: number
  readonly argsOffset: number
  /** It had one argument, last time. */
  hasOne: boolean
}

/** So many heads are kept. */
const MOST_KNOWN = 4

/** Of a frame that is dealt with at once. */
const NONE: readonly ArrayBuffer[] = []
const QUOTE = 34
const BACKSLASH = 92

export class Frames {
  readonly #core: CoreModule
  readonly #runtime: number
  readonly #host: FrameHost
  readonly #timers: Pick<TimersDriver, "now" | "wallClock">
  /** Where heads go: it never moves. */
  readonly #head: number
  /** Where routes are told: neither does that. */
  readonly #route: number
  #held: Held | undefined
  readonly #early = new Map<number, Held[]>()
  readonly #known: KnownHead[] = []
  /** Which of them is replaced next. */
  #oldest = 0
  /** The plans of the last heads that are not kept: one that comes again is. */
  readonly #seen: number[] = []

  constructor(core: CoreModule, runtime: number, timers: Pick<TimersDriver, "now" | "wallClock">, host: FrameHost) {
    this.#core = core
    this.#head = core.rac_scratch(SCRATCH_UNITS) >>> 1
    this.#route = core.rac_route() >>> 2
    this.#runtime = runtime
    this.#timers = timers
    this.#host = host
  }

  /** Takes a text frame. True: the core has effects to drain, or another earliest timer. */
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

  /** What becomes of a frame whose head is known, and what it means still the same. */
  #again(connection: number, route: number, frame: string, known: KnownHead): boolean {
    const isBusy = (route & RouteFlag.busy) !== 0
    const hasOffset = this.#hasOffset(route, frame)
    if ((route & ROUTE_KIND_MASK) === RouteKind.nothing) return isBusy
    const { plan, version, nspId, argsOffset, hasOne } = known
    let args: unknown[]
    try {
      args = decodeBehindName(frame, argsOffset, hasOne ? known.text.length : frame.length)
    } catch (error) {
      this.#host.refused(connection, messageOf(error))
      return true
    }
    known.hasOne = args.length === 1
    if (hasOffset) args.pop()
    this.#tell(nspId, plan, version, args, -1, isBusy)
    return isBusy
  }

  /** Keeps a head that the core knows, of `length` units, and that came not long ago as well. */
  #note(length: number): void {
    const plan = this.#word(RouteWords.plan)
    const version = this.#word(RouteWords.planVersion)
    const at = this.#head
    if (!this.#seen.includes(plan)) {
      this.#seen.unshift(plan)
      this.#seen.length = Math.min(this.#seen.length, MOST_KNOWN)
      return
    }
    // Made of its units: a slice of the frame would keep all of that in memory.
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

  /** What becomes of a frame of which the head stands in the core's memory and does not tell by itself. */
  #ask(connection: number, frame: string, length: number): number {
    const now = this.#timers.now()
    const wall = this.#timers.wallClock()
    const route = this.#core.rac_text_frame(this.#runtime, connection, length, frame.length, wall, now)
    if ((route & ROUTE_KIND_MASK) !== RouteKind.needAll) return route
    const units = this.#copy(frame, 0, Math.min(frame.length, MAX_HEAD))
    return this.#core.rac_text_frame(this.#runtime, connection, units, frame.length, wall, now)
  }

  /** The same for a binary frame. */
  binary(connection: number, frame: ArrayBuffer): boolean {
    const route = this.#core.rac_binary_frame(this.#runtime, connection, this.#timers.now())
    this.#held?.attachments.push(frame)
    const held = this.#held
    if ((route & ROUTE_KIND_MASK) === RouteKind.hold) return (route & RouteFlag.busy) !== 0
    this.#held = undefined
    if (!held) return (route & RouteFlag.busy) !== 0
    return this.#take(connection, route, held.text, held.attachments, held.hasOffset)
  }

  /** Hands out the events that came before their session, frame by frame, and forgets them. */
  release(nspId: number): (string | ArrayBuffer)[] {
    const frames = this.#early.get(nspId) ?? []
    this.#early.delete(nspId)
    return frames.flatMap(({ text, attachments }) => [text, ...attachments])
  }

  /** The connection is gone. */
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
        const args = this.#read(connection, route, text, attachments)
        if (!args) return true
        if (hasOffset) args.pop()
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

  /** A word of the last route. */
  #word(which: RouteWords): number {
    return this.#core.HEAP32[this.#route + which] as number
  }

  /** The arguments of an event or ack; undefined: they cannot be read, and the core was told. */
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

  /** Gives an event or ack to whom it is for. */
  #deliver(route: number, args: unknown[], isBusy: boolean): void {
    if ((route & ROUTE_KIND_MASK) === RouteKind.ack) {
      this.#host.ack(this.#word(RouteWords.ack), args)
      return
    }
    const plan = this.#word(RouteWords.plan)
    const version = this.#word(RouteWords.planVersion)
    const high = this.#word(RouteWords.replyIdHigh)
    const replyId = high < 0 ? -1 : high * 2 ** 32 + (this.#word(RouteWords.replyIdLow) >>> 0)
    args.shift()
    this.#tell(this.#word(RouteWords.nspId), plan, version, args, replyId, isBusy)
  }

  /** Tells of an event: now, or behind what waits. */
  #tell(nspId: number, plan: number, version: number, args: unknown[], replyId: number, isBusy: boolean): void {
    const receiver = this.#host.receivers[nspId]
    if (!receiver) return
    const { jobs } = this.#host
    // Bound rather than closed over: what a closure holds would be allocated for every event.
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
   * Copies up to the second quote that no backslash precedes: the closing one of an event's name. A longer head is cut;
   * the core asks for more where that is not enough.
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

  /** Copies `frame` from `from` (or from its start, where that is before it) to `end`. Returns how many units. */
  #copy(frame: string, from: number, end: number): number {
    const start = Math.max(from, 0)
    const at = this.#core.rac_scratch(end - start) >>> 1
    const units = this.#core.HEAPU16
    for (let i = start; i < end; i++) units[at + i - start] = frame.charCodeAt(i)
    return end - start
  }
}
