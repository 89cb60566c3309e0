// The two clocks of the backend and its clients. The real one looks up the platform's timers at each call, so it follows
// fake timers of a test runner. The virtual one stands still until the test moves it.
import type { TimersDriver } from "raclette-wasm"

/** The longest delay of setTimeout. */
export const MAX_DELAY = 2 ** 31 - 1

/** Timers longer than this, in milliseconds, do not keep the process alive: a test may not dispose of its runtime. */
const NEAR = 10_000

/** Start of the virtual clock, in milliseconds since 1970. */
const BEGINNING = Date.UTC(2026, 0, 1)

export interface Clock extends TimersDriver {
  /** True if only the test moves it. */
  readonly isMoved: boolean
}

interface NodeTimer {
  unref?(): void
}

/** Test runners use @sinonjs/fake-timers, which marks its functions with `clock`. */
function isFake(timer: unknown): boolean {
  return (timer as { clock?: unknown }).clock !== undefined
}

/** The platform's timers, or the test runner's fake ones. */
export class RealClock implements Clock {
  #last = 0
  #ahead = 0

  get isMoved(): boolean {
    return isFake(globalThis.setTimeout)
  }

  /**
   * Whole milliseconds, as fake timers count them: sums of fractions may be a tiny bit more, which rounds up to one more
   * millisecond. Never goes back, also when a test runner's clock starts again.
   */
  now(): number {
    const now = Math.floor(performance.now())
    this.#ahead = Math.max(this.#ahead, this.#last - now)
    this.#last = now + this.#ahead
    return this.#last
  }

  wallClock(): number {
    return Date.now()
  }

  set(callback: () => void, ms: number): unknown {
    // setTimeout would fire at once.
    if (ms > MAX_DELAY) return undefined
    // Fake timers drop fractions: they would fire too early, again and again.
    const timer = setTimeout(callback, Math.ceil(Math.max(ms, 0)))
    if (ms > NEAR) (timer as NodeTimer).unref?.()
    return timer
  }

  clear(timer: unknown): void {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  }
}

interface Task {
  at: number
  run: () => void
}

/** Time that a test moves. */
export class VirtualClock implements Clock {
  readonly isMoved = true
  #now = 0
  /** In insertion order. */
  readonly #tasks = new Set<Task>()

  now(): number {
    return this.#now
  }

  wallClock(): number {
    return BEGINNING + this.#now
  }

  set(callback: () => void, ms: number): unknown {
    const task = { at: this.#now + Math.max(ms, 0), run: callback }
    this.#tasks.add(task)
    return task
  }

  clear(timer: unknown): void {
    this.#tasks.delete(timer as Task)
  }

  /** Moves by `ms`. Calls `settle` before the first and after each task. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let task = this.#dueBy(end); task; task = this.#dueBy(end)) {
      this.#tasks.delete(task)
      this.#now = Math.max(this.#now, task.at)
      task.run()
      await settle()
    }
    this.#now = end
  }

  #dueBy(end: number): Task | undefined {
    let first: Task | undefined
    for (const task of this.#tasks) if (task.at <= end && (!first || task.at < first.at)) first = task
    return first
  }
}

/** The real setTimeout; undefined if it was replaced before the import. */
const platformTimeout = isFake(globalThis.setTimeout) ? undefined : globalThis.setTimeout

/** Length of the promise chains that settle within one task. */
const HOPS = 30

/** Lets promise reactions run, as at the end of a task, without a timer. */
export async function hops(): Promise<void> {
  for (let i = 0; i < HOPS; i++) await undefined
}

/** Waits for a real task of the platform, also with fake timers, where possible. */
export async function task(): Promise<void> {
  await hops()
  if (platformTimeout) await new Promise<void>((resolve) => platformTimeout(resolve, 0))
  await hops()
}
