// Reads that a query makes because what arrived contradicts what is known: at once, or a second later, when a replica
// has caught up. However much is in doubt, that is one read.
import type { TimersDriver } from "../../types/drivers"
import type { EntityType } from "./store"

/** Milliseconds until an older version is asked for again. */
const A_SECOND = 1000

export class SecondLook {
  readonly #type: EntityType
  readonly #timers: TimersDriver
  readonly #read: () => Promise<unknown>
  /** Items in doubt, as long as the timer runs. */
  #doubted = new Set<string>()
  #timer: unknown
  /** Whether a read is under way, and another has to follow on it. */
  #isReading = false
  #isDue = false

  constructor(type: EntityType, timers: TimersDriver, read: () => Promise<unknown>) {
    this.#type = type
    this.#timers = timers
    this.#read = read
  }

  /** Reads at once: what comes up in the same task is one read, what comes up during one is another. */
  now(): void {
    this.#isDue = true
    if (!this.#isReading) void this.#readOn()
  }

  /** Reads a second later, unless it is settled by then. */
  later(ids: Iterable<string>): void {
    for (const id of ids) this.#doubted.add(id)
    this.#timer ??= this.#timers.set(() => {
      if (this.#ripen()) this.now()
    }, A_SECOND)
  }

  end(): void {
    if (this.#timer !== undefined) this.#timers.clear(this.#timer)
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
