// Confirmed changes that an answer may lack because its request began earlier: a deleted item must not return, and a
// new one must not vanish. A change is kept only while a read is in flight that began before it.
import { LogicalClock } from "../../runtime/logical-clock"
import type { Arrival } from "./view"

/** What became of some items. */
export interface RecentChange extends Arrival {
  /** Answers to requests that began before this do not know of it. */
  at: number
}

const NONE: readonly RecentChange[] = []

export class RecentChanges {
  /** Executions of reads, the oldest first, and when each began. */
  readonly #underWay = new Map<number, number>()
  #changes: RecentChange[] = []
  readonly #clock: LogicalClock

  constructor(clock = new LogicalClock()) {
    this.#clock = clock
  }

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#changes.length === 0
  }

  clear(): void {
    this.#underWay.clear()
    this.#changes = []
  }

  began(execution: number): void {
    this.#underWay.set(execution, this.#clock.next())
  }

  /** When an execution of a read began that is under way. */
  beganAt(execution: number): number | undefined {
    return this.#underWay.get(execution)
  }

  /** Returns the changes that nobody can miss any more. */
  ended(execution: number): readonly RecentChange[] {
    this.#underWay.delete(execution)
    if (this.isEmpty) return NONE
    const oldest = this.#underWay.values().next().value ?? Number.POSITIVE_INFINITY
    const over = this.#changes.findIndex(({ at }) => at > oldest)
    return this.#changes.splice(0, over < 0 ? this.#changes.length : over)
  }

  /** Keeps a change, known since `at`, if somebody may miss it. Whether it did. */
  note(arrival: Arrival, at: number): boolean {
    if (this.#underWay.size === 0 || (arrival.gone.size === 0 && arrival.items.length === 0)) return false
    this.#changes.push({ ...arrival, at })
    return true
  }

  /** The changes since a request began. */
  since(began: number): readonly RecentChange[] {
    if (this.isEmpty) return NONE
    return this.#changes.filter(({ at }) => at > began)
  }
}
