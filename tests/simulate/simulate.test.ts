// The simulator's own tests: a run repeats exactly, whatever ran before it; the steps of a failing run shrink to the
// relevant ones; a planted bug is found and repeats.
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { root } from "../support/process"
import { drawPlan } from "./plan"
import { drawSettings } from "./settings"
import { printSteps, readSteps, shrink } from "./shrink"

const script = new URL("../../scripts/simulator.mjs", import.meta.url).href
const { simulator } = (await import(script)) as { simulator(args: string[]): Promise<[string, string[]]> }

const simulate = async (...given: string[]) => {
  const [command, args] = await simulator(given)
  const { stdout, status } = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 100_000_000 })
  return { stdout, status }
}

describe("a run", () => {
  it("is repeated byte for byte, in another process and after other runs", async () => {
    const alone = await simulate("--seed", "12", "--trace")
    const again = await simulate("--seed", "12", "--trace")
    const after = await simulate("--seed", "11", "--seeds", "2", "--trace")
    const traceOf = (text: string) => text.slice(text.indexOf("\n=== 12\n"), text.lastIndexOf("\n=== end\n"))
    expect(alone.status).toBe(0)
    expect(traceOf(alone.stdout).length).toBeGreaterThan(10_000)
    expect(traceOf(again.stdout)).toBe(traceOf(alone.stdout))
    expect(traceOf(after.stdout)).toBe(traceOf(alone.stdout))
  })

  it("has the same steps for the same seed, and others for another", () => {
    const plan = (seed: number) => JSON.stringify(drawPlan(seed, 200, drawSettings(seed)))
    expect(plan(5)).toBe(plan(5))
    expect(plan(6)).not.toBe(plan(5))
  })
})

describe("a run that fails", () => {
  it("shrinks to the steps that it takes", async () => {
    const steps = Array.from({ length: 200 }, (_, i) => i)
    const culprits = [3, 17, 18, 150]
    const left = await shrink(steps, async (only) => culprits.every((step) => only.includes(step)))
    expect(left).toEqual(culprits)
  })

  it("shrinks to nothing where it takes no step", async () => {
    expect(await shrink([1, 2, 3], async () => true)).toEqual([])
  })

  it("prints its steps as they are read", () => {
    for (const steps of [[], [0], [1, 2, 3, 7], [0, 2, 4, 5]]) {
      expect([...readSteps(printSteps(steps) || "none")]).toEqual(steps)
    }
  })
})

it("every planted fault is found within a minute", async () => {
  const { stdout, status } = await simulate("--faults", "--seed", "20111")
  expect(stdout).not.toContain("NOT FOUND")
  expect(stdout.match(/found in/g)?.length).toBeGreaterThanOrEqual(6)
  expect(status).toBe(0)
})
