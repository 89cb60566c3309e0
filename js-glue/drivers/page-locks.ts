// Turns among the pages of one origin, by Web Locks: what a page does in its turn, no other page does at the same time.
// Nobody can hold up the others for ever. A turn ends by itself after LIMIT, whatever its page still does; and a page
// that waits for longer than that takes its turn by force, since whoever holds it must be frozen, or stopped in a
// debugger. A page waits in two halves, so that one that was frozen itself first learns what happened meanwhile, and
// none waits as long as another, so that two do not take the same turn. And the next turn begins a moment after the end
// of the one before: what was written to localStorage takes its own way to the processes of other pages, and a lock is
// there before it after 1 in 15 writes in Chromium. A moment later that is rare; IndexedDB alone never shows it.
import type { AcquireLock, TimersDriver } from "../types/drivers"

/** As much of Web Locks as is used here; a page that was not loaded over HTTPS has none. */
export type LockApi = Pick<LockManager, "request">

/** How long a turn may last, in milliseconds. */
const LIMIT = 10_000

/** How long after its end the next turn begins, in milliseconds. */
const REST = 50

/** Turns under the locks whose names begin with `name`; undefined where there are no locks, and so no turns. */
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
      // The browser refuses locks here; or the turn was taken by force, and has begun long ago.
      .catch(() => {
        timers.clear(timer)
        begin(() => {})
      })
  })
}
