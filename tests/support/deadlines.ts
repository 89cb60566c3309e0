// How long a test may take, and wait. They end only what hangs: a test may take ten times as long on a busy machine as
// alone, and what a test is about is never its duration.

/** Of a test or hook, in ms. */
export const TEST_TIMEOUT = 60_000

/** Of a condition that a test waits for, in ms. Shorter, so that the line that waits in vain is the one that fails. */
export const DEADLINE = 30_000
