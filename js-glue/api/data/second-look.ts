// Reads that a query makes because what arrived contradicts what is known, or has to be confirmed: at once, soon, or a
// second later, when a replica has caught up. However much is in doubt, that is one read.
import type { TimersDriver } from "../../types/drivers"
import type { EntityType } from "./store"

/** Milliseconds until an older version is asked for again, and between two reads that confirm what was guessed. */
const A_SECOND = 1000

export class SecondLook {
  readonly #type: EntityType
  readonly #timers: TimersDriver
  readonly #now: () => number
  readonly #read: () => Promise<unknown>
  /** Items in doubt, as long as the timer runs. */
  #doubted = new Set<string>()
  #timer: unknown
  #confirmation: unknown
  /** When the last read began that confirms something. */
  #confirmedAt = Number.NEGATIVE_INFINITY
  /** Whether a read is under way, and another has to follow on it. */
  #isReading = false
  #isDue = false

  /** `now`: the time in milliseconds. */
  constructor(type: EntityType, timers: TimersDriver, now: () => number, read: () => Promise<unknown>) {
    this.#type = type
    this.#timers = timers
    this.#now = now
    this.#read = read
  }

  /** Reads at once: what comes up in the same task is one read, what comes up during one is another. */
  now(): void {
    this.#isDue = true
    if (!this.#isReading) void this.#readOn()
  }

  /** Reads at once, unless that was done less than a second ago: then when the second is over. */
  soon(): void {
    if (this.#isDue || this.#confirmation !== undefined) return
    const wait = this.#confirmedAt + A_SECOND - this.#now()
    const confirm = () => {
      this.#confirmation = undefined
      this.#confirmedAt = this.#now()
      this.now()
    }
    if (wait > 0) this.#confirmation = this.#timers.set(confirm, wait)
    else confirm()
  }

  /** Reads a second later, unless it is settled by then. */
  later(ids: Iterable<string>): void {
    for (const id of ids) this.#doubted.add(id)
    this.#timer ??= this.#timers.set(() => {
      if (this.#ripen()) this.now()
    }, A_SECOND)
  }

  end(): void {
    for (const timer of [this.#timer, this.#confirmation]) if (timer !== undefined) this.#timers.clear(timer)
    this.#ripen()
    this.#isDue = false
  }

  #ripen(): boolean {
    const doubted = this.#doubted
    this.#doubted = new Set()
    this.#timer = undefined
    return this.#type.ripen(doubted)
  }

  async #readOn(): Promise<void> {
    this.#isReading = true
    await undefined
    while (this.#isDue) {
      this.#isDue = false
      await this.#read()
    }
    this.#isReading = false
  }
}
