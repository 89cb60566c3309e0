// The platform's clocks and timers.
import type { TimersDriver } from "../types/drivers"

/** Longest delay that setTimeout takes; a longer one would fire at once. */
const MAX_DELAY = 2 ** 31 - 1

/** Timers of a browser, a worker or Node. */
export const platformTimers: TimersDriver = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  set(callback: () => void, ms: number): unknown {
    // Never too early: fake timers of test runners cut off a fraction, and would fire again and again without getting there.
    return setTimeout(callback, Math.ceil(Math.min(Math.max(ms, 0), MAX_DELAY)))
  },
  clear(timer: unknown): void {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}
