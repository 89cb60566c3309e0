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

const QUOTE = 34
const BACKSLASH = 92
/** Heads are cut here; the core asks for more where that is not enough. */
const LONGEST_HEAD = 512

export class Frames {
  readonly #core: CoreModule
  readonly #runtime: number
  readonly #events: FrameEvents
  #held: Held | undefined
  readonly #early = new Map<number, Held[]>()

  constructor(core: CoreModule, runtime: number, events: FrameEvents) {
    this.#core = core
    this.#runtime = runtime
    this.#events = events
  }

  text(connection: number, frame: string, now: number): void {
    const core = this.#core
    let route = core.rac_text_frame(this.#runtime, connection, this.#copyHead(frame), frame.length, now)
    if (route === Route.nothing) return
    if (route === Route.needAll) {
      this.#copy(frame, 0)
      route = core.rac_text_frame(this.#runtime, connection, frame.length, frame.length, now)
    }
    let hasOffset = false
    if (route >= Route.wantsTail) {
      route -= Route.wantsTail
      hasOffset = core.rac_text_tail(this.#runtime, this.#copy(frame, frame.length - LONGEST_TAIL)) === 1
    }
    if (route === Route.nothing) return
    this.#take(connection, route, { text: frame, attachments: [], hasOffset })
  }

  binary(connection: number, frame: ArrayBuffer, now: number): void {
    const route = this.#core.rac_binary_frame(this.#runtime, connection, now)
    this.#held?.attachments.push(frame)
    if (route === Route.hold) return
    const held = this.#held
    this.#held = undefined
    if (route !== Route.nothing && held) this.#take(connection, route, held)
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

  #take(connection: number, route: number, held: Held): void {
    if (route === Route.hold) this.#held = held
    else if (route === Route.early) this.#keepEarly(held)
    else this.#deliver(connection, route, held)
  }

  #keepEarly(held: Held): void {
    const space = this.#field(7)
    const frames = this.#early.get(space) ?? []
    this.#early.set(space, frames)
    frames.push(held)
  }

  /** A field of the last route; see `rac_route` in wasm/bindings/exports.cpp. */
  #field(index: number): number {
    return this.#core.HEAP32[(this.#core.rac_route() >>> 2) + index] as number
  }

  #deliver(connection: number, route: number, { text, attachments, hasOffset }: Held): void {
    const ack = this.#field(4)
    const replyId = this.#field(6) < 0 ? -1 : this.#field(6) * 2 ** 32 + (this.#field(5) >>> 0)
    const [plan, version, space] = [this.#field(2), this.#field(3), this.#field(7)]
    let args: unknown[]
    try {
      args = decodeArguments(text, this.#field(1), attachments)
    } catch (error) {
      if (route === Route.ack) this.#events.ackRefused(ack, messageOf(error))
      this.#events.refused(connection, messageOf(error))
      return
    }
    if (hasOffset) args.pop()
    if (route === Route.ack) this.#events.ack(ack, args)
    else this.#events.event(space, plan, version, args, replyId)
  }

  /** Copies up to the second quote that no backslash precedes: the closing one of an event's name. */
  #copyHead(frame: string): number {
    const longest = Math.min(frame.length, LONGEST_HEAD)
    const at = this.#core.rac_scratch(longest) >>> 1
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
