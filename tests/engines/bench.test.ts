// The bench's suites run in Gecko, with results that are all right. In Chromium and Node, tests/bench runs them.
import { expect, it } from "vitest"
import { browsers } from "../bench/harness/browsers"
import { OURS } from "../bench/harness/cases"
import { runInBrowser } from "../bench/harness/platforms"

it("measures a suite in Firefox", async () => {
  const results = await runInBrowser("bus/cases.ts", browsers.firefox, { quick: true })
  expect(results.length).toBeGreaterThan(10)
  for (const { rows } of results) expect(rows[0]?.contender).toBe(OURS)
})
