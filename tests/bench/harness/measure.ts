// Measures cases. All contenders of a case are prepared at the same time and alternate, in a different order each
// round, so that disturbances of the machine affect all. A sample repeats its operation until the clock's resolution is
// negligible. A contender that may fail, and does, takes part no longer, and the result says why.
import { type Budget, type Case, type Contender, OURS, type Run } from "./cases"
import { guarded } from "./guard"
import { rotated, type Spread, spreadOf } from "./statistics"

/** The times of one contender, in nanoseconds per operation. */
export interface Row extends Spread {
  contender: string
  samples: number[]
  /** The contender's remark. */
  note?: string
}

/** A contender that could not do the task. */
export interface Failure {
  contender: string
  reason: string
}

/** The outcome of one case. */
export interface CaseResult {
  group: string
  name: string
  rows: Row[]
  /** Those that may fail, and did. */
  failures?: Failure[]
  budget?: Budget
}

export interface Effort {
  /** The number of samples per contender, after one round that does not count. */
  rounds: number
  /** The minimum duration of a sample, in ms. */
  sampleMs: number
  /** The warm-up of each contender. Default: none. */
  warmUp?: WarmUp
}

/**
 * How long a contender runs before it is measured. Engines compile code after a number of calls, which take longer on a
 * slow machine. So the warm-up takes at least `ms`, and goes on until there were `operations`, but not beyond `longest`.
 */
interface WarmUp {
  /** In ms. */
  ms: number
  operations: number
  /** In ms. */
  longest: number
}

/** The effort of a measurement. */
export const effortOf = (quick: boolean): Effort =>
  quick
    ? { rounds: 3, sampleMs: 2 }
    : { rounds: 7, sampleMs: 20, warmUp: { ms: 500, operations: 20_000, longest: 2000 } }

/** The longest step of a contender that may fail, in ms. */
const LONGEST_STEP = 30_000

interface Entrant {
  contender: Contender
  run?: Run
  times: number
  samples: number[]
  /** Why it takes part no longer. */
  failure?: string
}

/** Measures one case. Throws what a contender's `check` throws, with the names of both in front. */
export async function measureCase(one: Case, { rounds, sampleMs, warmUp }: Effort): Promise<CaseResult> {
  const entrants = one.contenders.map((contender): Entrant => ({ contender, times: 1, samples: [] }))
  try {
    await inTurn(entrants, async (each) => {
      each.run = await each.contender.prepare()
    })
    await inTurn(entrants, async (each) => {
      const start = performance.now()
      await calibrate(one, each, sampleMs)
      if (warmUp) await warm(one, each, start, warmUp)
    })
    for (let round = 0; round <= rounds; round++) {
      await inTurn(rotated(entrants, round), async (each) => {
        const perOperation = ((await sample(one, each)) * 1e6) / each.times / (one.per ?? 1)
        if (round > 0) each.samples.push(perOperation)
      })
    }
    return resultOf(one, entrants)
  } finally {
    endAll(entrants)
  }
}

function endAll(entrants: readonly Entrant[]): void {
  for (const { contender, run } of entrants) {
    try {
      run?.end()
    } catch (error) {
      if (!contender.mayFail) throw error
    }
  }
}

/** Lets each that still takes part do a step. */
async function inTurn(entrants: readonly Entrant[], step: (each: Entrant) => Promise<void>): Promise<void> {
  for (const each of entrants.filter(({ failure }) => failure === undefined)) {
    if (!each.contender.mayFail) {
      await step(each)
      continue
    }
    try {
      await guarded(() => step(each), LONGEST_STEP)
    } catch (error) {
      each.failure = messageOf(error)
    }
  }
}

function resultOf({ group, name, budget }: Case, entrants: readonly Entrant[]): CaseResult {
  const rows = entrants.flatMap(({ contender, run, samples, failure }): Row[] => {
    if (failure !== undefined) return []
    const note = run?.note?.()
    return [{ contender: contender.name, samples, ...spreadOf(samples), ...(note && { note }) }]
  })
  const failures = entrants.flatMap(({ contender, failure }): Failure[] =>
    failure === undefined ? [] : [{ contender: contender.name, reason: failure }],
  )
  return { group, name, rows, ...(failures.length > 0 && { failures }), ...(budget && { budget }) }
}

/** What an error says. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

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

/** Whether the budget holds; undefined if there is none, or no time to judge. */
export function holds({ budget, rows }: CaseResult): boolean | undefined {
  if (!budget) return undefined
  if ("ns" in budget) {
    const ours = rows.find(({ contender }) => contender === OURS)
    return ours && ours.median <= budget.ns
  }
  const ratio = ratioTo(budget.peer, rows)
  return ratio === undefined ? undefined : ratio <= budget.ratio
}

async function warm(one: Case, each: Entrant, start: number, { ms, operations, longest }: WarmUp): Promise<void> {
  for (let done = 0; ; done += each.times) {
    const took = performance.now() - start
    if (took >= longest || (took >= ms && done >= operations)) return
    await sample(one, each)
  }
}

/**
 * Finds how often the operation has to be repeated. Twice in a row it has to take long enough:
 * once may be the machine's doing.
 */
async function calibrate(one: Case, each: Entrant, sampleMs: number): Promise<void> {
  for (;;) {
    const took = Math.min(await sample(one, each), await sample(one, each))
    if (took >= sampleMs) return
    const wanted = took > 0 ? (each.times * sampleMs * 1.2) / took : each.times * 10
    each.times = Math.ceil(Math.min(Math.max(wanted, each.times * 1.2), each.times * 10))
  }
}

async function sample(one: Case, { contender, run, times }: Entrant): Promise<number> {
  if (!run) throw new Error(`${contender.name} is not prepared`)
  const start = performance.now()
  const running = run.run(times)
  if (running) await running
  const took = performance.now() - start
  await new Promise((resolve) => setTimeout(resolve))
  try {
    run.check()
  } catch (error) {
    throw new Error(`${one.group}, ${one.name}: ${contender.name} is wrong: ${messageOf(error)}`)
  }
  return took
}
