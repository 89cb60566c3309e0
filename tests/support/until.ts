// Waiting in tests for what another process, a socket or a browser does.
import { vi } from "vitest"
import { DEADLINE } from "./deadlines"

/**
 * Resolves with the first truthy result of `condition`; rejects after DEADLINE. With fake timers, each check advances the
 * clock by 5 ms.
 */
export function until<T>(condition: () => T | Promise<T>) {
  return vi.waitUntil(condition, { timeout: DEADLINE, interval: 5 })
}
