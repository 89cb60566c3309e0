// The platform's clocks and timers.
import type { TimersDriver } from "../types/drivers"

/** Maximum delay of setTimeout. A longer one would fire at once. */
const MAX_DELAY = 2 ** 31 - 1

/** The timers of a browser, a worker or Node. */
export const platformTimers: TimersDriver = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  set(callback: () => void, ms: number): unknown {
    // Never round down: fake timers of test runners cut off fractions, and would fire too early again and again.
    return setTimeout(callback, Math.ceil(Math.min(Math.max(ms, 0), MAX_DELAY)))
  },
  clear(timer: unknown): void {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}
