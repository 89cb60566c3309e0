// Finds the highest level that holds: tries rising levels until one breaks, then levels halfway in between. A level
// counts as broken only if it breaks on every attempt, since other load of the machine may break one.

/** One level that was tried. */
export interface Step<Result> {
  level: number
  result: Result
  holds: boolean
}

/** What a ramp found. */
export interface Ramp<Result> {
  /** In the order in which they were tried. */
  steps: Step<Result>[]
  /** The highest level that held, below the one that broke. */
  held?: Step<Result>
  /** The lowest level that broke; none if all levels held. */
  broke?: Step<Result>
}

export interface RampOptions<Result> {
  /** In rising order. */
  levels: number[]
  /** How often the gap between held and broken is halved. */
  halvings: number
  /** How often a level is tried at most. */
  tries: number
  attempt(level: number): Promise<Omit<Step<Result>, "level">>
}

/** Finds where `attempt` breaks. */
export async function ramp<Result>(options: RampOptions<Result>): Promise<Ramp<Result>> {
  const { levels, halvings, tries, attempt } = options
  const found: Ramp<Result> = { steps: [] }
  const attemptOnce = async (level: number) => {
    const step = { level, ...(await attempt(level)) }
    found.steps.push(step)
    return step
  }
  const tryLevel = async (level: number) => {
    let step = await attemptOnce(level)
    for (let tried = 1; !step.holds && tried < tries; tried++) step = await attemptOnce(level)
    found[step.holds ? "held" : "broke"] = step
    return step.holds
  }
  for (const level of levels) if (!(await tryLevel(level))) break
  for (let i = 0; i < halvings && found.held && found.broke; i++) {
    const between = halfway(found.held.level, found.broke.level)
    if (between <= found.held.level || between >= found.broke.level) break
    await tryLevel(between)
  }
  return found
}

/** The middle, rounded to two digits. */
function halfway(low: number, high: number): number {
  return Number(((low + high) / 2).toPrecision(2))
}
