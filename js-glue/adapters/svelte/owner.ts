// What ends with whom. Code in an `$effect` or a `$derived` runs again, and what it made ends then; what a component makes
// ends with the component; what a handler makes is nobody's, and ends with the API that made it.
import { getAbortSignal, onDestroy } from "svelte"
import { fromAction } from "svelte/attachments"

/** A page that is rendered on a server shows what is there at once, and is over: nothing goes on by itself. */
export const isServer = typeof window === "undefined"

/** Aborted when the `$effect` or `$derived` in which this is called runs again or ends; undefined outside of one. */
function currentRun(): AbortSignal | undefined {
  if (isServer) return undefined
  try {
    return getAbortSignal()
  } catch {
    return undefined
  }
}

/** Whether an `$effect`, a `$derived` or a template is at work. */
export const isInRun = (): boolean => currentRun() !== undefined

/**
 * Calls `end` when the run is over in which this is called, if it is in one. Returns whether it is. What takes the place of
 * the run in the same pass is made before.
 */
export function endsWithRun(end: () => void): boolean {
  const run = currentRun()
  run?.addEventListener("abort", end, { once: true })
  return run !== undefined
}

/**
 * The same, or else when the component is over that is being made. Its `onDestroy` is not called if it fails while it is made,
 * or is given up while it awaits; what is attached to it ends in any case.
 */
export function endsWithOwner(end: () => void): void {
  if (isServer) onDestroy(end)
  else if (!endsWithRun(end)) fromAction(() => ({ destroy: end }))(undefined as never)
}
