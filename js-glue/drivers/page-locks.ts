// Mutual exclusion among the pages of one origin, by Web Locks: while one page has its turn, no other page does.
//
// No page can block the others for ever. A turn ends after LIMIT, whatever its page does. A page that has waited for
// longer takes its turn by force, because the holder must be frozen, or paused in a debugger. A page waits in two
// halves, so that a page that was frozen itself first learns what has happened since. Waiting times are random, so that
// two pages do not take the same turn.
//
// The next turn begins a moment after the last one has ended: a write to localStorage reaches other processes
// separately, and arrived after the lock in 1 of 15 cases in Chromium. With the pause that is rare. IndexedDB has no
// such delay.
import type { AcquireLock, TimersDriver } from "../types/drivers"

/** The part of the Web Locks API that is used. Undefined on pages that were not loaded over HTTPS. */
export type LockApi = Pick<LockManager, "request">

/** Maximum duration of a turn, in milliseconds. */
const LIMIT = 10_000

/** Pause between two turns, in milliseconds. */
const REST = 50

/** Creates turns under locks whose names begin with `name`. Returns undefined on platforms without locks. */
export function webLocks(
  name: string,
  timers: TimersDriver,
  locks: LockApi | undefined = globalThis.navigator?.locks,
): AcquireLock | undefined {
  return locks && ((what) => take(locks, `${name} ${what}`, timers))
}

function take(locks: LockApi, name: string, timers: TimersDriver): Promise<() => void> {
  return new Promise((begin) => {
    const waiting = new AbortController()
    let timer: unknown
    const hold = () =>
      new Promise<void>((release) => {
        timers.clear(timer)
        timer = timers.set(release, LIMIT)
        begin(() => {
          timers.clear(timer)
          timers.set(release, REST)
        })
      })
    const half = (1 + Math.random()) * (LIMIT / 2)
    const wait = (then: () => void) => {
      timer = timers.set(then, half)
    }
    wait(() => wait(() => waiting.abort()))
    const request = async (options: LockOptions) => void (await locks.request(name, options, hold))
    const { signal } = waiting
    request({ signal })
      .catch((error) => (signal.aborted ? request({ steal: true }) : Promise.reject(error)))
      // The browser refuses locks here, or the turn was taken by force and began long ago.
      .catch(() => {
        timers.clear(timer)
        begin(() => {})
      })
  })
}
