// Connection state recovery like Socket.IO's in-memory adapter: each event carries an offset, lost sessions are kept, and a
// client that reconnects with both gets the events that it missed.
import type { Clock } from "./clock"

/** How long a lost session is kept, in milliseconds. */
const MAX_ABSENCE = 120_000

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

export interface SentEvent {
  offset: string
  namespace: string
  args: unknown[]
  /** The receiving session. Default: all sessions of the namespace. */
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

  /** Records an event. Returns its offset. */
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

  /** The session of a reconnecting client and the events that it missed; undefined if it cannot be recovered. */
  restore(namespace: string, { pid, offset }: { pid?: unknown; offset?: unknown }) {
    const kept = this.#kept.get(String(pid))
    const at = this.#sent.findIndex((event) => event.offset === offset)
    if (!kept || kept.namespace !== namespace || at < 0 || kept.until < this.#clock.now()) return undefined
    this.#kept.delete(kept.pid)
    const { sid } = kept
    const isFor = (event: SentEvent) => event.namespace === namespace && (event.sid ?? sid) === sid
    return { session: kept, missed: this.#sent.slice(at + 1).filter(isFor) }
  }

  /** Forgets all events and sessions. */
  clear(): void {
    this.#sent = []
    this.#kept.clear()
  }
}
