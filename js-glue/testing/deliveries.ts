// Messages in flight between clients and backend. Each delivery runs on its own: promise reactions and callbacks that follow
// from it run before the next one, as between tasks of a browser. Deliveries need no timers, so fake timers do not stop
// them. They run in the order in which they were posted.
import { type Clock, hops, task } from "./clock"

/** After this many deliveries the platform gets a task, so a test's time limit can interrupt a loop. */
const IN_A_ROW = 50

/** More requests and frames than this within one `settled()` count as an endless loop. */
const ENDLESS = 1000

export class Deliveries {
  readonly #clock: Clock
  readonly #queue: (() => void)[] = []
  #isWorking = false
  /** Number of deliveries, of messages from clients, and of changes of this object. */
  #delivered = 0
  #asked = 0
  #changes = 0
  /** Deliveries that wait for the clock, and handlers of the test that run. */
  #late = 0
  #handling = 0
  #wake: (() => void)[] = []
  #settling: Promise<void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Delivers in `ms` milliseconds. Returns a function that cancels it. */
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

  /** Delivers a message from a client. */
  ask(run: () => void): void {
    this.#asked++
    this.post(run)
  }

  /** Runs `work`; `settled()` waits for it. */
  async handle<T>(work: () => Promise<T>): Promise<T> {
    this.#handling++
    try {
      return await work()
    } finally {
      this.#handling--
      this.#changed()
    }
  }

  /** Within `handle`: waits for the test, without blocking `settled()`. */
  async standBy<T>(work: Promise<T>): Promise<T> {
    this.#handling--
    this.#changed()
    try {
      return await work
    } finally {
      this.#handling++
    }
  }

  /** See TestBackend.settled. `what` describes the last requests, for the error of an endless loop. */
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
        // The test runner reports it. Other deliveries continue.
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
