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
  /** If it fails, only its row says so. Any other failure ends the bench. */
  mayFail?: boolean
  prepare(): Run | Promise<Run>
}

/** Our time must not exceed `ratio` times that of `peer`. */
export interface RelativeBudget {
  peer: string
  ratio: number
}

/** Our time must not exceed `ns`. */
export interface AbsoluteBudget {
  ns: number
}

export type Budget = RelativeBudget | AbsoluteBudget

export interface Case {
  /** Heading in the table. */
  group: string
  name: string
  contenders: Contender[]
  budget?: Budget
  /** The number of operations per run, if more than one. */
  per?: number
}

/** A build of the package, as a page or process reaches it. */
export interface Version {
  /** `OURS`, or that of another version. */
  name: string
  /** URL of its module. */
  script: string
  wasmUrl: string
}

/** What a suite measures. */
export interface Setting {
  /** The version at hand, then those to compare with. */
  versions: Version[]
  quick: boolean
}

/** What the cases of one version need. */
export interface Platform extends Version {
  quick: boolean
}

/** Makes the cases of a suite; called in the page, or in Node. */
export type MakeCases = (platform: Platform) => Case[]

/** The cases of the first version. In each, the others compete too: they do our task with their own module. */
export function casesOf(makeCases: MakeCases, { versions, quick }: Setting): Case[] {
  const [ours = [], ...others] = versions.map((version) => makeCases({ ...version, quick }))
  return ours.map((one, i) => {
    const rivals = others.flatMap((cases, j): Contender[] => {
      const own = cases[i]?.contenders.filter(({ name }) => name === OURS) ?? []
      return own.map((contender) => ({ ...contender, name: versions[j + 1]?.name ?? "", mayFail: true }))
    })
    const contenders = one.contenders.flatMap((each) => (each.name === OURS ? [each, ...rivals] : [each]))
    return { ...one, contenders }
  })
}

/** Throws, naming `what`, unless both are the same JSON. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what}: ${String(is).slice(0, 200)} instead of ${String(should).slice(0, 200)}`)
}
