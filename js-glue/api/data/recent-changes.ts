// Confirmed changes that an answer may lack because its request began earlier: a deleted item must not return, and a
// new one must not vanish. A change is kept only while a read is in flight that began before it.
import { LogicalClock } from "../../runtime/logical-clock"
import type { Arrival } from "./view"

/** A confirmed change of some items. */
export interface RecentChange extends Arrival {
  /** Answers to requests that began before this logical time may lack the change. */
  at: number
}

const NONE: readonly RecentChange[] = []

export class RecentChanges {
  /** Executions of reads in flight, and when each began. */
  readonly #underWay = new Map<number, number>()
  #changes: RecentChange[] = []
  readonly #clock: LogicalClock

  constructor(clock = new LogicalClock()) {
    this.#clock = clock
  }

  /** Whether no change is kept. */
  get isEmpty(): boolean {
    return this.#changes.length === 0
  }

  clear(): void {
    this.#underWay.clear()
    this.#changes = []
  }

  began(execution: number, at = this.#clock.next()): void {
    this.#underWay.set(execution, at)
  }

  /** When a read in flight began. */
  beganAt(execution: number): number | undefined {
    return this.#underWay.get(execution)
  }

  /** Returns and drops the changes that no answer can lack any more. */
  ended(execution: number): readonly RecentChange[] {
    this.#underWay.delete(execution)
    if (this.isEmpty) return NONE
    const oldest = Math.min(...this.#underWay.values())
    const over = this.#changes.findIndex(({ at }) => at > oldest)
    return this.#changes.splice(0, over < 0 ? this.#changes.length : over)
  }

  /** Keeps a change, known since `at`, if a read in flight may lack it. Returns whether it does. */
  note(arrival: Arrival, at: number): boolean {
    if (this.#underWay.size === 0 || (arrival.gone.size === 0 && arrival.items.length === 0)) return false
    this.#changes.push({ ...arrival, at })
    return true
  }

  /** The changes made after a request began. */
  since(began: number): readonly RecentChange[] {
    if (this.isEmpty) return NONE
    return this.#changes.filter(({ at }) => at > began)
  }
}
