// The two clocks that a backend and its clients live by. The real one looks up the platform's timers at each call, so that
// it follows those that a test runner puts in their place. The virtual one stands still until it is moved.
import type { TimersDriver } from "raclette-wasm"

/** Longest delay that setTimeout takes. */
export const MAX_DELAY = 2 ** 31 - 1

/** What is further away than this keeps no process alive, in milliseconds: a runtime that nobody disposed of watches its connection. */
const NEAR = 10_000

/** When the virtual clock begins, in milliseconds since 1970. */
const BEGINNING = Date.UTC(2026, 0, 1)

export interface Clock extends TimersDriver {
  /** Whether only the test moves it. */
  readonly isMoved: boolean
}

interface NodeTimer {
  unref?(): void
}

/** Test runners replace timers by those of one library, which marks them. */
function isFake(timer: unknown): boolean {
  return (timer as { clock?: unknown }).clock !== undefined
}

/** The platform's timers, and those that a test runner puts in their place. */
export class RealClock implements Clock {
  #last = 0
  #ahead = 0

  get isMoved(): boolean {
    return isFake(globalThis.setTimeout)
  }

  /** Goes on where a test runner's clock begins anew. */
  now(): number {
    const now = performance.now()
    this.#ahead = Math.max(this.#ahead, this.#last - now)
    this.#last = now + this.#ahead
    return this.#last
  }

  wallClock(): number {
    return Date.now()
  }

  set(callback: () => void, ms: number): unknown {
    // Nothing runs for so long, and setTimeout would fire at once.
    if (ms > MAX_DELAY) return undefined
    // Fake timers cut a fraction off: they would fire too early, and again, without end.
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
  /** In the order in which they were set. */
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

  /** Moves by `ms`; before, between and behind tasks `settle` lets happen what comes of them. */
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

/** setTimeout as it was at the import, undefined where it was replaced by then. */
const platformTimeout = isFake(globalThis.setTimeout) ? undefined : globalThis.setTimeout

/** How many promises may settle one after the other within what a task of a browser would do. */
const HOPS = 30

/** Lets promises that are settled run, as behind a task of a browser. No timer is needed for it. */
export async function hops(): Promise<void> {
  for (let i = 0; i < HOPS; i++) await undefined
}

/** A whole task of the platform, whatever a test runner did to timers since; as far as there is one. */
export async function task(): Promise<void> {
  await hops()
  if (platformTimeout) await new Promise<void>((resolve) => platformTimeout(resolve, 0))
  await hops()
}
