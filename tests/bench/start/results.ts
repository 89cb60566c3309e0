// The samples of starting, taken in turns, and the cases that they make. A version that cannot start is a failure of its
// rows; anything else that cannot ends the bench.
import { type CaseResult, type Failure, messageOf, type Row } from "../harness/measure"
import { rotated, spreadOf } from "../harness/statistics"
import type { Subject } from "./sample"

export const PEERS = "peer stack"

/** What is started. */
export interface Starter {
  /** Its name in the tables. */
  contender: string
  subject: Subject
  /** The path of its bundle. */
  script: string
  /** The index of the build whose WebAssembly it compiles: 0 is this version. */
  build: number
}

/** The times in ns of one starter, by step. */
interface Taken {
  starter: Starter
  steps: Map<string, number[]>
  failure?: string
}

export type Samples = readonly Taken[]

/** Samples all starters in turns. One round before does not count. `start` resolves with the ms of each step. */
export async function sampleAll(
  starters: readonly Starter[],
  rounds: number,
  start: (starter: Starter) => Promise<Record<string, number>>,
): Promise<Samples> {
  const taken = starters.map((starter): Taken => ({ starter, steps: new Map() }))
  for (let round = 0; round <= rounds; round++) {
    for (const each of rotated(taken, round)) {
      if (each.failure !== undefined) continue
      try {
        const steps = await start(each.starter)
        if (round > 0) add(each, steps)
      } catch (error) {
        if (each.starter.build === 0) throw error
        each.failure = messageOf(error)
      }
    }
  }
  return taken
}

function add({ steps }: Taken, more: Record<string, number>): void {
  for (const [step, ms] of Object.entries(more)) steps.set(step, [...(steps.get(step) ?? []), ms * 1e6])
}

/** The samples as cases. */
export function casesOf(samples: Samples): CaseResult[] {
  const caseOf = (name: string, step: string): CaseResult => {
    const subject = step === "compile" ? "compile" : "ours"
    const wanted = samples.filter(({ starter }) => starter.subject === subject || starter.subject === "peers")
    const rows = wanted.flatMap(({ starter, steps, failure }): Row[] => {
      const times = steps.get(step)
      if (!times || failure !== undefined) return []
      return [{ contender: starter.contender, samples: times, ...spreadOf(times) }]
    })
    const failures = wanted.flatMap(({ starter, failure }): Failure[] =>
      failure === undefined ? [] : [{ contender: starter.contender, reason: failure }],
    )
    return { group: "start", name, rows, ...(failures.length > 0 && { failures }) }
  }
  return [
    { ...caseOf("import to ready", "total"), budget: { peer: PEERS, ratio: 1 } },
    caseOf("import alone", "import"),
    caseOf("make: the first runtime with its core, or the stack", "make"),
    caseOf("fetch and compile the core alone", "compile"),
    { ...caseOf("second runtime", "second"), budget: { ns: 300_000 } },
  ]
}
