// Ownership in Svelte: what an `$effect` or `$derived` creates ends when it runs again, what a component creates ends
// with it, and what a handler creates ends with the API.
import { getAbortSignal, onDestroy } from "svelte"
import { fromAction } from "svelte/attachments"

/** True during server-side rendering. */
export const isServer = typeof window === "undefined"

/** A signal that aborts when the current `$effect` or `$derived` runs again or ends; undefined outside one. */
function currentRun(): AbortSignal | undefined {
  if (isServer) return undefined
  try {
    return getAbortSignal()
  } catch {
    return undefined
  }
}

/** True inside an `$effect`, a `$derived` or a template. */
export const isInRun = (): boolean => currentRun() !== undefined

/**
 * Calls `end` when the current run of an `$effect` or `$derived` is over. Returns false outside one. The next run
 * starts before `end` is called.
 */
export function endsWithRun(end: () => void): boolean {
  const run = currentRun()
  run?.addEventListener("abort", end, { once: true })
  return run !== undefined
}

/**
 * The same, else calls `end` when the current component is destroyed. Attachments are used because `onDestroy` is not
 * called if the component fails during initialisation or is dropped during an `await`.
 */
export function endsWithOwner(end: () => void): void {
  if (isServer) onDestroy(end)
  else if (!endsWithRun(end)) fromAction(() => ({ destroy: end }))(undefined as never)
}
