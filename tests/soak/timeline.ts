// The timeline of faults: start and end of each, also of times when the machine was too busy. Checks use it to decide
// whether a page had a reason to be behind. Times are in ms since 1970.

/** Whom a fault affects: all clients, or those of one line. */
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

/** A process got no CPU time for so long that the checks cannot judge that time. */
export const STARVED = "starved"

export interface Fault {
  kind: FaultKind | typeof STARVED
  what: string
  scope: Scope
  from: number
  /** Infinity while it lasts. */
  to: number
}

/** Faults after which docs/backend.md allows a duplicate event: its sender dies, hangs, or gets no reply. */
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

  /** Records a fault that starts at `from`. Call the returned function when it ends. */
  begin(kind: Fault["kind"], what: string, scope: Scope, from = Date.now()): () => void {
    const fault: Fault = { kind, what, scope, from, to: Number.POSITIVE_INFINITY }
    this.faults.push(fault)
    return () => {
      fault.to = Date.now()
    }
  }

  /** When the last fault that affects `scope` ended: Infinity during one, 0 if there was none. */
  quietSince(scope: Scope): number {
    return Math.max(0, ...this.faults.filter((fault) => concerns(fault, scope)).map(({ to }) => to))
  }

  /** Whether a fault between two times allows a duplicate event. */
  mayDouble(from: number, to: number): boolean {
    return this.faults.some((fault) => DOUBLING.includes(fault.kind) && fault.from <= to && fault.to >= from)
  }

  /** The number of faults of each kind. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { kind } of this.faults) if (kind !== STARVED) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return counts
  }

  /** The total time in which the machine was too busy, in ms. */
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
