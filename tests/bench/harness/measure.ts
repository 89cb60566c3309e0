// Measures cases. All contenders of a case are prepared at the same time and alternate, in a different order each
// round, so that disturbances of the machine affect all. A sample repeats its operation until the clock's resolution is
// negligible.
import { type Budget, type Case, OURS, type Run } from "./cases"
import { rotated, type Spread, spreadOf } from "./statistics"

/** The times of one contender, in nanoseconds per operation. */
export interface Row extends Spread {
  contender: string
  samples: number[]
  /** The contender's remark. */
  note?: string
}

/** The outcome of one case. */
export interface CaseResult {
  group: string
  name: string
  rows: Row[]
  budget?: Budget
}

export interface Effort {
  /** The number of samples per contender, after one round that does not count. */
  rounds: number
  /** The minimum duration of a sample, in ms. */
  sampleMs: number
  /** The warm-up of each contender, in ms, in which engines compile hot code. */
  warmMs: number
}

/** The effort of a measurement. */
export const effortOf = (quick: boolean): Effort =>
  quick ? { rounds: 3, sampleMs: 2, warmMs: 0 } : { rounds: 7, sampleMs: 20, warmMs: 500 }

interface Ready {
  name: string
  run: Run
  times: number
  samples: number[]
}

/** Measures one case. Throws what a contender's `check` throws, with the names of both in front. */
export async function measureCase(one: Case, { rounds, sampleMs, warmMs }: Effort): Promise<CaseResult> {
  const ready: Ready[] = []
  let rows: Row[] = []
  try {
    for (const { name, prepare } of one.contenders) {
      ready.push({ name, run: await prepare(), times: 1, samples: [] })
    }
    for (const each of ready) {
      const end = performance.now() + warmMs
      await calibrate(one, each, sampleMs)
      while (performance.now() < end) await sample(one, each)
    }
    for (let round = 0; round <= rounds; round++) {
      for (const each of rotated(ready, round)) {
        const perOperation = ((await sample(one, each)) * 1e6) / each.times / (one.per ?? 1)
        if (round > 0) each.samples.push(perOperation)
      }
    }
    rows = ready.map(({ name, run, samples }) => {
      const note = run.note?.()
      return { contender: name, samples, ...spreadOf(samples), ...(note && { note }) }
    })
  } finally {
    for (const { run } of ready) run.end()
  }
  return { group: one.group, name: one.name, rows, ...(one.budget && { budget: one.budget }) }
}

/** Measures all of `cases`, one after another. */
export async function measureAll(cases: readonly Case[], effort: Effort): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const one of cases) results.push(await measureCase(one, effort))
  return results
}

/** Our median divided by that of `peer`; undefined if one of them did not run. */
export function ratioTo(peer: string, rows: readonly Row[]): number | undefined {
  const [ours, theirs] = [OURS, peer].map((name) => rows.find(({ contender }) => contender === name))
  return ours && theirs && ours.median / theirs.median
}

/** Whether the budget holds; undefined if there is none. */
export function holds({ budget, rows }: CaseResult): boolean | undefined {
  const ratio = budget && ratioTo(budget.peer, rows)
  return ratio === undefined ? undefined : ratio <= (budget as Budget).ratio
}

/**
 * Finds how often the operation has to be repeated. Twice in a row it has to take long enough:
 * once may be the machine's doing.
 */
async function calibrate(one: Case, each: Ready, sampleMs: number): Promise<void> {
  for (;;) {
    const took = Math.min(await sample(one, each), await sample(one, each))
    if (took >= sampleMs) return
    const wanted = took > 0 ? (each.times * sampleMs * 1.2) / took : each.times * 10
    each.times = Math.ceil(Math.min(Math.max(wanted, each.times * 1.2), each.times * 10))
  }
}

async function sample(one: Case, { name, run, times }: Ready): Promise<number> {
  const start = performance.now()
  const running = run.run(times)
  if (running) await running
  const took = performance.now() - start
  await new Promise((resolve) => setTimeout(resolve))
  try {
    run.check()
  } catch (error) {
    throw new Error(`${one.group}, ${one.name}: ${name} is wrong: ${error instanceof Error ? error.message : error}`)
  }
  return took
}
