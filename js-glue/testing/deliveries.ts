// What is under way between clients and backend. Each delivery is a turn of its own: what comes of it (a promise that
// settles, a callback that asks for more) happens before the next one, as between tasks of a browser. Turns need no timers,
// so nothing here stands still when a test runner fakes them. Order: what was posted first comes first.
import { type Clock, hops, task } from "./clock"

/** So many deliveries in a row, and the platform gets a turn, so that a loop can be interrupted by a test's time limit. */
const IN_A_ROW = 50

/** So many requests and frames of clients within one `settled()`, and it is a loop. */
const ENDLESS = 1000

export class Deliveries {
  readonly #clock: Clock
  readonly #queue: (() => void)[] = []
  #isWorking = false
  /** How much was delivered, how much of it came from clients, and how often anything changed here. */
  #delivered = 0
  #asked = 0
  #changes = 0
  /** What waits for the clock, and what for a handler of the test. */
  #late = 0
  #handling = 0
  #wake: (() => void)[] = []
  #settling: Promise<void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Delivers in a turn of its own, `ms` milliseconds from now. Returns what takes it back. */
  post(run: () => void, ms = 0): () => void {
    let isOver = false
    const deliver = () => {
      if (!isOver) run()
    }
    const cancel = ms > 0 ? this.#later(deliver, ms) : this.#enqueue(deliver)
    return () => {
      isOver = true
      cancel?.()
    }
  }

  /** What a client sends, in a turn of its own. */
  ask(run: () => void): void {
    this.#asked++
    this.post(run)
  }

  /** `work` belongs to what is under way. */
  async handle<T>(work: () => Promise<T>): Promise<T> {
    this.#handling++
    try {
      return await work()
    } finally {
      this.#handling--
      this.#changed()
    }
  }

  /** Within `handle`: waits for something of the test's, which is not under way. */
  async standBy<T>(work: Promise<T>): Promise<T> {
    this.#handling--
    this.#changed()
    try {
      return await work
    } finally {
      this.#handling++
    }
  }

  /** See `settled` of TestBackend; all who wait do it together. `what` says what was asked for last, where it never ends. */
  settled(what: () => string): Promise<void> {
    this.#settling ??= this.#settle(what)
    return this.#settling
  }

  async #settle(what: () => string): Promise<void> {
    const begin = this.#asked
    for (let seen = -1; seen !== this.#changes || this.#isUnderWay; ) {
      seen = this.#changes
      await task()
      if (this.#asked - begin > ENDLESS) {
        this.#settling = undefined
        throw new Error(`raclette-wasm/testing: it never settles, each answer or event brings about another. ${what()}`)
      }
      if (seen === this.#changes && this.#isUnderWay) await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
    this.#settling = undefined
  }

  get #isUnderWay(): boolean {
    return this.#queue.length > 0 || this.#handling > 0 || (this.#late > 0 && !this.#clock.isMoved)
  }

  #later(deliver: () => void, ms: number): () => void {
    const over = () => {
      this.#late--
      this.#changed()
    }
    let timer: unknown = this.#clock.set(() => {
      timer = undefined
      this.#enqueue(deliver)
      over()
    }, ms)
    this.#late++
    return () => {
      if (timer === undefined) return
      this.#clock.clear(timer)
      timer = undefined
      over()
    }
  }

  #enqueue(deliver: () => void): void {
    this.#queue.push(deliver)
    this.#changed()
    if (!this.#isWorking) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    while (this.#queue.length > 0) {
      await (++this.#delivered % IN_A_ROW === 0 ? task() : hops())
      try {
        this.#queue.shift()?.()
      } catch (error) {
        // Told by the test runner; what else is under way goes on.
        void Promise.reject(error)
      }
      this.#changed()
    }
    this.#isWorking = false
  }

  #changed(): void {
    this.#changes++
    const wake = this.#wake
    this.#wake = []
    for (const resolve of wake) resolve()
  }
}
