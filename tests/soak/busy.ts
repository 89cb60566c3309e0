// Detects whether the machine is too busy for conclusions: a timer of this process fires late, or, on Linux, processes
// were runnable but got no CPU time.
import { readFileSync } from "node:fs"
import { STARVED, type Timeline } from "./timeline"

/** From one look to the next, in ms. */
const LOOK = 1000
/** A timer that comes so much later tells, in ms. */
const LATE = 1000
/** A process that waited for so much of the time tells. */
const SHARE = 0.5

/** So many ms a process was ready to run and was not let, since it began; undefined where that is not known. */
function waitedOf(pid: number): number | undefined {
  try {
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")
    return Number(waited) / 1e6
  } catch {
    return undefined
  }
}

/** Enters in the timeline when this process or one of `pids()` had to wait. What it returns ends that. */
export function watchBusyness(timeline: Timeline, pids: () => number[]): () => void {
  let last = Date.now()
  let before = new Map<number, number>()
  let end: (() => void) | undefined
  const timer = setInterval(() => {
    const now = Date.now()
    const waited = new Map([process.pid, ...pids()].map((pid) => [pid, waitedOf(pid) ?? 0]))
    const shares = [...waited].map(([pid, ms]) => (ms - (before.get(pid) ?? ms)) / (now - last))
    const worst = Math.max(...shares)
    const isBusy = worst > SHARE || now - last > LOOK + LATE
    if (isBusy && !end)
      end = timeline.begin(STARVED, `a process waited for ${Math.round(worst * 100)} % of the time`, "all", last)
    if (!isBusy && end) {
      end()
      end = undefined
    }
    last = now
    before = waited
  }, LOOK)
  return () => {
    clearInterval(timer)
    end?.()
  }
}
