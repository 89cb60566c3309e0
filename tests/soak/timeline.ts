// The timeline of faults: start and end of each, also of times when the machine was too busy. Checks use it to decide
// whether a page had a reason to be behind. Times are in ms since 1970.

/** What a fault concerns: everybody, or the clients of one line. */
export type Scope = "all" | number

export const KINDS = [
  "kill",
  "deploy",
  "stop",
  "redis restart",
  "redis stop",
  "redis cut",
  "postgres restart",
  "postgres crash",
  "line silent",
  "line half-open",
  "line stalled",
] as const

export type FaultKind = (typeof KINDS)[number]

/** A process had no turn for so long that nothing can be said of that time. */
export const STARVED = "starved"

export interface Fault {
  kind: FaultKind | typeof STARVED
  what: string
  scope: Scope
  from: number
  /** Infinity while it goes on. */
  to: number
}

/** Faults after which an event may come twice, by docs/backend.md: who sends it dies, stands still or is not answered. */
const DOUBLING: readonly string[] = [
  "kill",
  "stop",
  "redis restart",
  "redis stop",
  "redis cut",
  "postgres restart",
  "postgres crash",
  STARVED,
]

export class Timeline {
  readonly faults: Fault[] = []

  /** Enters a fault that begins at `from`. What it returns ends it. */
  begin(kind: Fault["kind"], what: string, scope: Scope, from = Date.now()): () => void {
    const fault: Fault = { kind, what, scope, from, to: Number.POSITIVE_INFINITY }
    this.faults.push(fault)
    return () => {
      fault.to = Date.now()
    }
  }

  /** When the last fault that concerns `scope` ended: Infinity while there is one, 0 where there was none. */
  quietSince(scope: Scope): number {
    return Math.max(0, ...this.faults.filter((fault) => concerns(fault, scope)).map(({ to }) => to))
  }

  /** Whether an event may have been sent twice between two moments. */
  mayDouble(from: number, to: number): boolean {
    return this.faults.some((fault) => DOUBLING.includes(fault.kind) && fault.from <= to && fault.to >= from)
  }

  /** How many there were of each kind that is drawn. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { kind } of this.faults) if (kind !== STARVED) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return counts
  }

  /** How long the machine was too busy, in ms. */
  starvedFor(now = Date.now()): number {
    const times = this.faults.filter(({ kind }) => kind === STARVED)
    return times.reduce((sum, { from, to }) => sum + Math.min(to, now) - from, 0)
  }

  /** A line for each, with seconds since `start`. */
  print(start: number): string[] {
    const seconds = (at: number) => (Number.isFinite(at) ? ((at - start) / 1000).toFixed(1) : "…")
    return this.faults.map(({ kind, what, from, to }) => `${seconds(from)}–${seconds(to)} s  ${kind}: ${what}`)
  }
}

function concerns(fault: Fault, scope: Scope): boolean {
  return fault.scope === "all" || scope === "all" || fault.scope === scope
}
