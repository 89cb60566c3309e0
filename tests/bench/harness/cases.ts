// The bench's types. A case is one task, which each contender does in its own way. What `prepare` creates lives until
// `end`. `check` runs after each sample and throws on wrong counts or deliveries, so that no contender is fast by
// skipping work.

/** Our name in every table. */
export const OURS = "raclette-wasm"

/** A prepared contender. */
export interface Run {
  /** Performs the task `times` times. */
  run(times: number): void | Promise<void>
  /** Throws unless all runs so far had the right effect. */
  check(): void
  /** A remark for the table. */
  note?(): string
  end(): void
}

export interface Contender {
  /** `OURS`, or a peer's name. */
  name: string
  prepare(): Run | Promise<Run>
}

/** Our time must not exceed `ratio` times that of `peer`. */
export interface Budget {
  peer: string
  ratio: number
}

export interface Case {
  /** Heading in the table. */
  group: string
  name: string
  contenders: Contender[]
  budget?: Budget
  /** The number of operations per run, if more than one. */
  per?: number
}

/** The platform of a suite. */
export interface Platform {
  wasmUrl: string
  quick: boolean
}

/** Makes the cases of a suite; called in the page, or in Node. */
export type MakeCases = (platform: Platform) => Case[]

/** Throws, naming `what`, unless both are the same JSON. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what}: ${String(is).slice(0, 200)} instead of ${String(should).slice(0, 200)}`)
}
