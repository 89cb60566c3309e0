// Live following: what an event of the entity means for a query. What it tells is taken once, for all queries that show
// the items; where it cannot tell what this one has to show, the query asks the server.
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
