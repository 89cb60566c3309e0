// Frames on their way in: copies the head of a text frame into the core's memory, asks what to do with it, and
// parses arguments only if somebody listens. The text of a binary packet waits here for its attachments.
import { type CoreModule, Route } from "./core-module"
import { messageOf } from "./errors"
import { decodeArguments } from "./payload"

/** What becomes of a frame. */
export interface FrameEvents {
  /** An event: `args[0]` is its name. `replyId`: -1 where the server wants no answer. */
  event(plan: number, version: number, args: unknown[], replyId: number): void
  ack(ack: number, args: unknown[]): void
  /** The answer to `ack` cannot be read. */
  ackRefused(ack: number, detail: string): void
  /** The frame's arguments cannot be read. */
  refused(connection: number, detail: string): void
}

const QUOTE = 34
const BACKSLASH = 92
/** Heads are cut here; the core asks for more where that is not enough. */
const LONGEST_HEAD = 512

export class Frames {
  readonly #core: CoreModule
  readonly #runtime: number
  readonly #events: FrameEvents
  #held: { text: string; attachments: ArrayBuffer[] } | undefined

  constructor(core: CoreModule, runtime: number, events: FrameEvents) {
    this.#core = core
    this.#runtime = runtime
    this.#events = events
  }

  text(connection: number, frame: string, now: number): void {
    const core = this.#core
    let route = core._rac_text_frame(this.#runtime, connection, this.#copyHead(frame), frame.length, now)
    if (route === Route.nothing) return
    if (route === Route.needAll) {
      this.#copy(frame)
      route = core._rac_text_frame(this.#runtime, connection, frame.length, frame.length, now)
    }
    if (route === Route.hold) this.#held = { text: frame, attachments: [] }
    else if (route !== Route.nothing) this.#deliver(connection, route, frame, [])
  }

  binary(connection: number, frame: ArrayBuffer, now: number): void {
    const route = this.#core._rac_binary_frame(this.#runtime, connection, now)
    this.#held?.attachments.push(frame)
    if (route === Route.hold) return
    const held = this.#held
    this.#held = undefined
    if (route !== Route.nothing && held) this.#deliver(connection, route, held.text, held.attachments)
  }

  /** The connection is gone. */
  reset(): void {
    this.#held = undefined
  }

  #deliver(connection: number, route: number, frame: string, attachments: ArrayBuffer[]): void {
    const words = this.#core.HEAP32
    const at = this.#core._rac_route() >>> 2
    const field = (index: number) => words[at + index] as number
    const ack = field(4)
    const replyId = field(6) < 0 ? -1 : field(6) * 2 ** 32 + (field(5) >>> 0)
    let args: unknown[]
    try {
      args = decodeArguments(frame, field(1), attachments)
    } catch (error) {
      if (route === Route.ack) this.#events.ackRefused(ack, messageOf(error))
      this.#events.refused(connection, messageOf(error))
      return
    }
    if (route === Route.ack) this.#events.ack(ack, args)
    else this.#events.event(field(2), field(3), args, replyId)
  }

  /** Copies up to the second quote that no backslash precedes: the closing one of an event's name. */
  #copyHead(frame: string): number {
    const longest = Math.min(frame.length, LONGEST_HEAD)
    const at = this.#core._rac_scratch(longest) >>> 1
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

  #copy(frame: string): void {
    const at = this.#core._rac_scratch(frame.length) >>> 1
    const units = this.#core.HEAPU16
    for (let i = 0; i < frame.length; i++) units[at + i] = frame.charCodeAt(i)
  }
}
