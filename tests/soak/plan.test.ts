// The plan that a seed draws.
import { describe, expect, it } from "vitest"
import { CYCLE, drawPlan } from "./plan"
import { KINDS } from "./timeline"
import { LIMIT } from "./watching"

const MINUTE = 60_000

describe("a plan", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(drawPlan(1, 3 * MINUTE)).toEqual(drawPlan(1, 3 * MINUTE))
    expect(drawPlan(2, 3 * MINUTE)).not.toEqual(drawPlan(1, 3 * MINUTE))
  })

  it("has all kinds of faults in three minutes, and half of them in one", () => {
    for (let seed = 0; seed < 50; seed++) {
      const kinds = (minutes: number) => new Set(drawPlan(seed, minutes * MINUTE).faults.map(({ kind }) => kind)).size
      expect(kinds(3)).toBe(KINDS.length)
      expect(kinds(1)).toBeGreaterThanOrEqual(Math.floor(KINDS.length / 3))
    }
  })

  it("leaves it calm for longer than a page may be wrong, in every cycle", () => {
    for (let seed = 0; seed < 50; seed++) {
      const { faults, ends } = drawPlan(seed, 5 * MINUTE)
      for (let begin = 3000; begin + CYCLE <= ends; begin += CYCLE) {
        const ofCycle = faults.filter(({ at, lasts }) => at >= begin && at < begin + CYCLE && lasts < 50_000)
        const over = Math.max(...ofCycle.map(({ at, lasts }) => at + lasts))
        expect(begin + CYCLE - over).toBeGreaterThan(LIMIT - 3000)
      }
    }
  })
})
