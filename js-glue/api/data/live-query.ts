// Live queries: applies the events of an entity. An event is applied once for all queries that show its items. If its
// payload cannot tell what a query must show, the query refetches.
import { changeIn } from "./items"
import type { OperationSpec } from "./operation"
import type { QueryParams } from "./query-params"
import type { QueryView } from "./query-view"
import type { Revalidation } from "./revalidation"

/** The query that follows. */
export interface Following {
  readonly disposed: boolean
  readonly operation: OperationSpec
  readonly params: Pick<QueryParams, "isKnown">
  readonly view: Pick<QueryView, "mayConcern">
  readonly state: { readonly response: unknown }
  /** Makes one change of all that `change` does. */
  change(change: () => void): void
  /** How it reads again by itself. */
  readonly revalidation: Pick<Revalidation, "refresh" | "soon">
}

export class LiveQuery {
  readonly #query: Following

  constructor(query: Following) {
    this.#query = query
  }

  /** An event came. Before it was executed the query follows nothing. */
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
