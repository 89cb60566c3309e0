// The plan of faults, drawn from the seed before the run. Faults come in waves; the pauses in between are longer than a
// page may be out of date, so that lasting damage shows. Every kind occurs before any occurs again.
import { mix, Random } from "../simulate/random"
import { type FaultKind, KINDS } from "./timeline"

export const NODES = 3
/** The number of client groups. Each connects through its own line. */
export const LINES = 3

/** The time before the first fault, in ms. */
const WARM_UP = 3000
const WAVE = 18_000
/** The duration of a wave and the pause after it, in ms. */
export const CYCLE = 42_000
/** The time that a run needs after the last pause to settle, in ms. */
const SETTLING = 15_000
/** How long a client may take to notice a dead connection, in ms: pingInterval, pingTimeout, and a margin. */
const UNNOTICED = 50_000

export interface PlannedFault {
  /** In ms from the beginning. */
  at: number
  kind: FaultKind
  /** In ms. */
  lasts: number
  node: number
  line: number
}

export interface Plan {
  faults: PlannedFault[]
  /** When the load ends, in ms from the beginning. */
  ends: number
}

/** The plan of a run of `length` ms. */
export function drawPlan(seed: number, length: number): Plan {
  const random = new Random(mix(seed, "faults"))
  const cycles = Math.max(1, Math.floor((length - SETTLING) / CYCLE))
  const ends = Math.max(CYCLE, length - SETTLING)
  const faults: PlannedFault[] = []
  let deck: FaultKind[] = []
  for (let cycle = 0; cycle < cycles; cycle++) {
    const begin = WARM_UP + cycle * CYCLE
    for (let at = begin; at < begin + WAVE; at += random.between(1200, 4500)) {
      if (deck.length === 0) deck = shuffled(random)
      faults.push(drawFault(random, deck.pop() as FaultKind, at))
    }
    // A fault that clients notice only by missing pings: it concerns them until after the pause.
    if (cycle % 3 === 1 && begin + WAVE + UNNOTICED < ends) {
      faults.push({ ...drawFault(random, "line silent", begin + WAVE), lasts: UNNOTICED })
    }
  }
  return { faults, ends }
}

function drawFault(random: Random, kind: FaultKind, at: number): PlannedFault {
  const [least, most] = DURATIONS[kind]
  return {
    at,
    kind,
    lasts: random.between(least, most),
    node: random.between(0, NODES - 1),
    line: random.between(0, LINES - 1),
  }
}

/** How long a fault lasts, in ms, without the time that a service then takes to start. */
const DURATIONS: Record<FaultKind, [least: number, most: number]> = {
  kill: [200, 3000],
  deploy: [0, 0],
  stop: [1000, 9000],
  "redis restart": [100, 4000],
  "redis stop": [500, 7000],
  "redis cut": [0, 0],
  "postgres restart": [100, 2500],
  "postgres crash": [100, 1500],
  "line silent": [1000, 9000],
  "line half-open": [2000, 9000],
  "line stalled": [500, 6000],
}

function shuffled(random: Random): FaultKind[] {
  const deck: FaultKind[] = [...KINDS]
  for (let n = deck.length - 1; n > 0; n--) {
    const other = random.between(0, n)
    ;[deck[n], deck[other]] = [deck[other] as FaultKind, deck[n] as FaultKind]
  }
  return deck
}
