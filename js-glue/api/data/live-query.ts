// Live queries: applies the events of an entity. An event is applied once for all queries that show its items. If the
// payload is not enough to update a query, the query refetches.
import { changeIn } from "./items"
import type { OperationSpec } from "./operation"
import type { QueryParams } from "./query-params"
import type { QueryView } from "./query-view"
import type { Revalidation } from "./revalidation"

/** The query that follows events. */
export interface Following {
  readonly disposed: boolean
  readonly operation: OperationSpec
  readonly params: Pick<QueryParams, "isKnown">
  readonly view: Pick<QueryView, "mayConcern">
  readonly state: { readonly response: unknown }
  /** Runs `change` and publishes its effects as one change. */
  change(change: () => void): void
  /** The refetches that the query makes by itself. */
  readonly revalidation: Pick<Revalidation, "refresh" | "soon">
}

export class LiveQuery {
  readonly #query: Following

  constructor(query: Following) {
    this.#query = query
  }

  /** Handles an event. A query that was never executed ignores it. */
  onEvent(payload: unknown): void {
    const query = this.#query
    if (query.disposed || !query.params.isKnown) return
    const change = changeIn(payload)
    if (!change) {
      query.revalidation.refresh()
      return
    }
    const { type } = query.operation
    query.change(() => type.applyEvent(payload as object, change))
    const left = change.items.filter((item) => !change.deleted.includes(type.idOf(item)))
    if (query.state.response === undefined) query.revalidation.refresh()
    else if (query.view.mayConcern(left)) query.revalidation.soon()
  }
}
