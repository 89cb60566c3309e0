// Connection state recovery, as Socket.IO's in-memory adapter has it: each event carries an offset, sessions that were lost
// are kept, and a client that comes back with both gets what it missed.
import type { Clock } from "./clock"

/** How long a client may be away, in milliseconds. */
const MAX_ABSENCE = 120_000

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

export interface SentEvent {
  offset: string
  namespace: string
  args: unknown[]
  /** The one session that it is for. Default: all of the namespace. */
  sid?: string | undefined
}

export interface KeptSession {
  pid: string
  sid: string
  namespace: string
}

export class MissedEvents {
  readonly #clock: Clock
  #sent: SentEvent[] = []
  readonly #kept = new Map<string, KeptSession & { until: number }>()
  #lastOffset = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Writes an event down. Returns the offset that it goes out with. */
  add(event: Omit<SentEvent, "offset">): string {
    this.#lastOffset = Math.max(this.#lastOffset + 1, Math.floor(this.#clock.wallClock()))
    let offset = ""
    for (let left = this.#lastOffset; left > 0; left = Math.floor(left / DIGITS.length)) {
      offset = DIGITS.charAt(left % DIGITS.length) + offset
    }
    this.#sent.push({ ...event, offset })
    return offset
  }

  keep(session: KeptSession): void {
    this.#kept.set(session.pid, { ...session, until: this.#clock.now() + MAX_ABSENCE })
  }

  /** The session of a client that comes back, and what it missed; undefined where it begins anew. */
  restore(namespace: string, { pid, offset }: { pid?: unknown; offset?: unknown }) {
    const kept = this.#kept.get(String(pid))
    const at = this.#sent.findIndex((event) => event.offset === offset)
    if (!kept || kept.namespace !== namespace || at < 0 || kept.until < this.#clock.now()) return undefined
    this.#kept.delete(kept.pid)
    const { sid } = kept
    const isFor = (event: SentEvent) => event.namespace === namespace && (event.sid ?? sid) === sid
    return { session: kept, missed: this.#sent.slice(at + 1).filter(isFor) }
  }

  /** Forgets all of it. */
  clear(): void {
    this.#sent = []
    this.#kept.clear()
  }
}
