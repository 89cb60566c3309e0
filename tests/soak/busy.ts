// Detects whether the machine is too busy for conclusions: a timer of this process fires late, or, on Linux, processes
// were runnable but got no CPU time.
import { readFileSync } from "node:fs"
import { STARVED, type Timeline } from "./timeline"

/** The interval of the checks, in ms. */
const INTERVAL = 1000
/** A timer that is later than this means that the machine is too busy, in ms. */
const MAX_DELAY = 1000
/** A process that waited for this share of the time means the same. */
const SHARE = 0.5

/** How long a process has waited for a CPU since it started, in ms; undefined if unknown. */
function waitedOf(pid: number): number | undefined {
  try {
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")
    return Number(waited) / 1e6
  } catch {
    return undefined
  }
}

/** Records in the timeline when this process or one of `pids()` had to wait. Call the returned function to stop. */
export function watchBusyness(timeline: Timeline, pids: () => number[]): () => void {
  let last = Date.now()
  let before = new Map<number, number>()
  let end: (() => void) | undefined
  const timer = setInterval(() => {
    const now = Date.now()
    const waited = new Map([process.pid, ...pids()].map((pid) => [pid, waitedOf(pid) ?? 0]))
    const shares = [...waited].map(([pid, ms]) => (ms - (before.get(pid) ?? ms)) / (now - last))
    const worst = Math.max(...shares)
    const isBusy = worst > SHARE || now - last > INTERVAL + MAX_DELAY
    if (isBusy && !end)
      end = timeline.begin(STARVED, `a process waited for ${Math.round(worst * 100)} % of the time`, "all", last)
    if (!isBusy && end) {
      end()
      end = undefined
    }
    last = now
    before = waited
  }, INTERVAL)
  return () => {
    clearInterval(timer)
    end?.()
  }
}
