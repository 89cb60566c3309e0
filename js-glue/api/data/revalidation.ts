// Reads that a query makes by itself: after an event, when an arriving item contradicts known data, or to confirm a
// guess. They run at once, soon, or after a second, when a replica has caught up. Several reasons share one read. While
// the query is not active, it is only noted that a read is due.
import type { ExecuteResult } from "../../types"
import type { Context } from "../base/context"
import type { Item } from "./item"
import type { OperationSpec } from "./operation"

/** Milliseconds until an older version is asked for again, and between two reads that confirm what was guessed. */
const DELAY = 1000

/** The query that reads. */
export interface Revalidated {
  readonly disposed: boolean
  readonly operation: Pick<OperationSpec, "type">
  /** Whether somebody looks at it, or executed it just now. */
  readonly isInUse: boolean
  readonly context: { readonly timers: Context["timers"]; readonly pump: Pick<Context["pump"], "now" | "followsEvent"> }
  execute(params: undefined): Promise<ExecuteResult<Item>>
}

export class Revalidation {
  readonly #query: Revalidated
  /** Items in doubt, as long as the timer runs. */
  #doubted = new Set<string>()
  #timer: unknown
  #confirmation: unknown
  /** When the last read began that confirms something. */
  #confirmedAt = Number.NEGATIVE_INFINITY
  /** Whether a read is under way, and another has to follow on it. */
  #isReading = false
  #isNext = false
  /** Whether a read is made once somebody looks. */
  #isDue = false

  constructor(query: Revalidated) {
    this.#query = query
  }

  /** Executes the query. */
  refresh(): void {
    if (this.#isInUse()) void this.#execute()
  }

  /** Somebody looks again. */
  resume(): void {
    if (!this.#isDue) return
    this.#isDue = false
    this.refresh()
  }

  /** Reads at once: what comes up in the same task is one read, what comes up during one is another. */
  now(): void {
    if (!this.#isInUse()) return
    this.#isNext = true
    if (!this.#isReading) void this.#readOn()
  }

  /** Reads at once, unless that was done less than a second ago: then when the second is over. */
  soon(): void {
    if (this.#isNext || this.#confirmation !== undefined || !this.#isInUse()) return
    const { timers, pump } = this.#query.context
    const wait = this.#confirmedAt + DELAY - pump.now()
    const confirm = () => {
      this.#confirmation = undefined
      this.#confirmedAt = pump.now()
      this.now()
    }
    if (wait > 0) this.#confirmation = timers.set(confirm, wait)
    else confirm()
  }

  /** Reads a second later, unless it is settled by then. */
  later(ids: Iterable<string>): void {
    if (this.#query.disposed) return
    for (const id of ids) this.#doubted.add(id)
    this.#timer ??= this.#query.context.timers.set(() => {
      if (this.#acceptOlder()) this.now()
    }, DELAY)
  }

  end(): void {
    const { timers } = this.#query.context
    for (const timer of [this.#timer, this.#confirmation]) if (timer !== undefined) timers.clear(timer)
    this.#confirmation = undefined
    this.#acceptOlder()
    this.#isNext = false
  }

  /** It keeps to the pauses that the server wants. */
  #execute(): Promise<unknown> {
    const { pump } = this.#query.context
    const before = pump.followsEvent
    pump.followsEvent = true
    const execution = this.#query.execute(undefined)
    pump.followsEvent = before
    return execution
  }

  #isInUse(): boolean {
    const { isInUse, disposed } = this.#query
    if (!disposed && !isInUse) this.#isDue = true
    return !disposed && isInUse
  }

  #acceptOlder(): boolean {
    const doubted = this.#doubted
    this.#doubted = new Set()
    this.#timer = undefined
    return this.#query.operation.type.acceptOlder(doubted)
  }

  async #readOn(): Promise<void> {
    this.#isReading = true
    await undefined
    while (this.#isNext) {
      this.#isNext = false
      await this.#execute()
    }
    this.#isReading = false
  }
}
