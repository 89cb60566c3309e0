// Frames on their way in: copies the head of a text frame into the core's memory, asks what to do with it, and
// parses arguments only if somebody listens. The text of a binary packet waits here for its attachments, and an event
// that comes before its session (a server that recovers one sends what was missed first) for the session.
import { type CoreModule, LONGEST_TAIL, Route } from "./core-module"
import { messageOf } from "./errors"
import { decodeArguments } from "./payload"

/** What becomes of a frame. */
export interface FrameEvents {
  /** An event: `args[0]` is its name. `replyId`: -1 where the server wants no answer. */
  event(space: number, plan: number, version: number, args: unknown[], replyId: number): void
  ack(ack: number, args: unknown[]): void
  /** The answer to `ack` cannot be read. */
  ackRefused(ack: number, detail: string): void
  /** The frame's arguments cannot be read. */
  refused(connection: number, detail: string): void
}

/** A text frame that waits: for its attachments, or for its session. */
interface Held {
  text: string
  attachments: ArrayBuffer[]
  /** The last argument is the server's offset. */
  hasOffset: boolean
}

/** Of a frame that is dealt with at once. */
const NONE: ArrayBuffer[] = []
const QUOTE = 34
const BACKSLASH = 92
/** Heads are cut here; the core asks for more where that is not enough. */
const LONGEST_HEAD = 512

export class Frames {
  readonly #core: CoreModule
  readonly #runtime: number
  readonly #events: FrameEvents
  /** Where heads go: it never moves. */
  readonly #head: number
  /** Where routes are told: neither does that. */
  readonly #route: number
  #held: Held | undefined
  readonly #early = new Map<number, Held[]>()

  constructor(core: CoreModule, runtime: number, events: FrameEvents) {
    this.#core = core
    this.#head = core.rac_scratch(LONGEST_HEAD) >>> 1
    this.#route = core.rac_route() >>> 2
    this.#runtime = runtime
    this.#events = events
  }

  /** Takes a text frame. True: the core has effects to drain, or another earliest timer. */
  text(connection: number, frame: string, now: number): boolean {
    const core = this.#core
    let route = core.rac_text_frame(this.#runtime, connection, this.#copyHead(frame), frame.length, now)
    if (route === Route.nothing) return false
    if ((route & Route.kind) === Route.needAll) {
      this.#copy(frame, 0)
      route = core.rac_text_frame(this.#runtime, connection, frame.length, frame.length, now)
    }
    const wantsTail = (route & Route.wantsTail) !== 0
    const hasOffset =
      wantsTail && core.rac_text_tail(this.#runtime, this.#copy(frame, frame.length - LONGEST_TAIL)) === 1
    return this.#take(connection, route, { text: frame, attachments: NONE, hasOffset })
  }

  /** The same for a binary frame. */
  binary(connection: number, frame: ArrayBuffer, now: number): boolean {
    const route = this.#core.rac_binary_frame(this.#runtime, connection, now)
    this.#held?.attachments.push(frame)
    const held = this.#held
    if ((route & Route.kind) === Route.hold) return (route & Route.busy) !== 0
    this.#held = undefined
    return held ? this.#take(connection, route, held) : (route & Route.busy) !== 0
  }

  /** Gives the events that came before their session in again, as if by `connection`, or forgets them (undefined). */
  release(space: number, connection: number | undefined, now: number): void {
    const frames = this.#early.get(space)
    if (!frames) return
    this.#early.delete(space)
    if (connection === undefined) return
    for (const held of frames) {
      this.text(connection, held.text, now)
      for (const attachment of held.attachments) this.binary(connection, attachment, now)
    }
  }

  /** The connection is gone. */
  reset(): void {
    this.#held = undefined
  }

  #take(connection: number, route: number, frame: Held): boolean {
    const isBusy = (route & Route.busy) !== 0
    switch (route & Route.kind) {
      case Route.event:
      case Route.ack:
        return !this.#deliver(connection, route & Route.kind, frame) || isBusy
      case Route.hold:
        this.#held = { ...frame, attachments: [] }
        return isBusy
      case Route.early:
        this.#keepEarly(frame.attachments === NONE ? { ...frame, attachments: [] } : frame)
        return isBusy
      default:
        return isBusy
    }
  }

  #keepEarly(held: Held): void {
    const space = this.#field(7)
    const frames = this.#early.get(space) ?? []
    this.#early.set(space, frames)
    frames.push(held)
  }

  /** A field of the last route; see `rac_route` in wasm/bindings/exports.cpp. */
  #field(index: number): number {
    return this.#core.HEAP32[this.#route + index] as number
  }

  /** Gives an event or ack to whom it is for. False: its arguments cannot be read, and the core was told. */
  #deliver(connection: number, route: number, { text, attachments, hasOffset }: Held): boolean {
    const ack = this.#field(4)
    const replyId = this.#field(6) < 0 ? -1 : this.#field(6) * 2 ** 32 + (this.#field(5) >>> 0)
    const [plan, version, space] = [this.#field(2), this.#field(3), this.#field(7)]
    let args: unknown[]
    try {
      args = decodeArguments(text, this.#field(1), attachments)
    } catch (error) {
      if (route === Route.ack) this.#events.ackRefused(ack, messageOf(error))
      this.#events.refused(connection, messageOf(error))
      return false
    }
    if (hasOffset) args.pop()
    if (route === Route.ack) this.#events.ack(ack, args)
    else this.#events.event(space, plan, version, args, replyId)
    return true
  }

  /** Copies up to the second quote that no backslash precedes: the closing one of an event's name. */
  #copyHead(frame: string): number {
    const longest = Math.min(frame.length, LONGEST_HEAD)
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

  /** Copies `frame` from `from` on (or from its start, where that is before it). Returns how many units. */
  #copy(frame: string, from: number): number {
    const start = Math.max(from, 0)
    const at = this.#core.rac_scratch(frame.length - start) >>> 1
    const units = this.#core.HEAPU16
    for (let i = start; i < frame.length; i++) units[at + i - start] = frame.charCodeAt(i)
    return frame.length - start
  }
}
