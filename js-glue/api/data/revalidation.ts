// The refetches that a query makes by itself: after an event, when an arriving item contradicts known data, or to
// confirm a guess. They run at once, soon, or after a second, when a replica has caught up. Several reasons share one
// refetch. While the query is not active, a refetch is only noted as due.
import type { ExecuteResult } from "../../types"
import type { Context } from "../base/context"
import type { Item } from "./item"
import type { OperationSpec } from "./operation"

/** Milliseconds before an item in doubt is read again, and between two refetches that confirm guesses. */
const DELAY = 1000

/** The query that refetches. */
export interface Revalidated {
  readonly disposed: boolean
  readonly operation: Pick<OperationSpec, "type">
  /** Whether the query is active or was executed recently. */
  readonly isInUse: boolean
  readonly context: { readonly timers: Context["timers"]; readonly pump: Pick<Context["pump"], "now" | "followsEvent"> }
  execute(params: undefined): Promise<ExecuteResult<Item>>
}

export class Revalidation {
  readonly #query: Revalidated
  /** Ids of items in doubt, while the timer runs. */
  #doubted = new Set<string>()
  #timer: unknown
  #confirmation: unknown
  /** When the last confirming refetch began. */
  #confirmedAt = Number.NEGATIVE_INFINITY
  /** Whether a refetch is in flight. `#isNext`: whether another has to follow. */
  #isReading = false
  #isNext = false
  /** Whether a refetch is due when the query becomes active. */
  #isDue = false

  constructor(query: Revalidated) {
    this.#query = query
  }

  /** Executes the query. */
  refresh(): void {
    if (this.#isInUse()) void this.#execute()
  }

  /** The query is active again. */
  resume(): void {
    if (!this.#isDue) return
    this.#isDue = false
    this.refresh()
  }

  /** Refetches at once. Calls in the same task share one refetch. Calls during a refetch cause another one. */
  now(): void {
    if (!this.#isInUse()) return
    this.#isNext = true
    if (!this.#isReading) void this.#readOn()
  }

  /** Refetches at once, but at most once a second. */
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

  /** Refetches a second later, unless the doubts are settled by then. */
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

  /** Executes like an event would, so the core keeps the pauses that the server requests. */
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
