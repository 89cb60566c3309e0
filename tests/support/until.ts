// Waiting in tests for what another process, a socket or a browser does.
import { vi } from "vitest"
import { DEADLINE } from "./deadlines"

/**
 * Resolves with the first truthy result of `condition`; rejects after DEADLINE.
 *
 * @param interval In ms. With fake timers, each check advances the clock by it. Default: 5.
 */
export function until<T>(condition: () => T | Promise<T>, interval = 5) {
  return vi.waitUntil(condition, { timeout: DEADLINE, interval })
}
