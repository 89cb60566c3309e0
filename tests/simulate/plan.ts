// The steps of a run as data: actions of the user, actions of others, and faults, each with the time until the next.
// They are drawn from the seed before the run. Each step is independent, so a subset of a run's steps is a run too. So
// failing runs can be shrunk.
import { mix, Random } from "./random"
import type { Settings } from "./settings"

/** The user's actions. */
const ACTS = {
  read: 7,
  next: 4,
  create: 9,
  update: 8,
  delete: 4,
  emit: 3,
  ask: 3,
  wait: 1,
  abort: 2,
  glance: 2,
  renew: 1,
  leave: 1,
  join: 2,
  "try queued": 1,
  "drop queued": 1,
  others: 12,
  hide: 1,
  show: 2,
  open: 3,
}

/** The faults. */
const FAULTS = {
  condition: 8,
  fine: 5,
  cut: 3,
  silence: 1,
  offline: 2,
  online: 4,
  sleep: 1,
  clock: 1,
  restart: 2,
  reload: 3,
  close: 2,
  crash: 1,
  cache: 1,
  revoke: 1,
  slow: 1,
  switch: 1,
}

export type Act = keyof typeof ACTS
export type Fault = keyof typeof FAULTS

export interface Step {
  /** Its index in the plan of the seed. */
  index: number
  kind: Act | Fault
  /** The index of a page's place. */
  slot: number
  /** A random number that chooses among existing objects. */
  n: number
  /** If mutations commute: the step that created the item which this one changes. */
  target?: number
  /** The time until the next step, in ms. */
  wait: number
}

/** The maximum number of open pages. */
export const SLOTS = 3

export function isFault({ kind }: Step): boolean {
  return kind in FAULTS
}

const KINDS = [...weighted(ACTS), ...weighted(FAULTS)] as (Act | Fault)[]
/** Kinds of steps that would make the result of mutations depend on their timing, or lose them. */
const NOT_COMMUTING = new Set<Act | Fault>(["drop queued", "switch", "abort"])

export function drawPlan(seed: number, length: number, { commutes }: Settings): Step[] {
  const random = new Random(mix(seed, "plan"))
  const kinds = commutes ? KINDS.filter((kind) => !NOT_COMMUTING.has(kind)) : KINDS
  const steps: Step[] = []
  /** For each place, the creations of its current page. */
  const created: number[][] = Array.from({ length: SLOTS }, () => [])
  for (let index = 0; index < length; index++) {
    const step: Step = {
      index,
      kind: random.pick(kinds),
      slot: random.pick([0, 0, 0, 1, 1, 2]),
      n: random.between(0, 9999),
      wait: waitOf(random),
    }
    const own = created[step.slot] as number[]
    if (step.kind === "create") own.push(index)
    if (step.kind === "reload" || step.kind === "close" || step.kind === "crash") own.length = 0
    if (commutes && own.length > 0) step.target = own[step.n % own.length] as number
    steps.push(step)
  }
  return steps
}

/** Mostly short, so that things overlap. */
function waitOf(random: Random): number {
  const draw = random.next()
  if (draw < 0.45) return random.between(0, 60)
  if (draw < 0.8) return random.between(0, 1000)
  if (draw < 0.95) return random.between(1000, 6000)
  return random.between(6000, 70_000)
}

function weighted(weights: Record<string, number>): string[] {
  return Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind))
}
