// Live following: what an event of the entity means for a query. What it tells is taken once, for all queries that show
// the items; where it cannot tell what this one has to show, the query asks the server.
import type { ExecuteResult } from "../../types"
import type { Item } from "./item"
import { changeIn } from "./items"
import type { OperationSpec } from "./operation"
import type { QueryParams } from "./query-params"
import type { QueryView } from "./query-view"

/** The query that follows. */
export interface Following {
  readonly disposed: boolean
  readonly operation: OperationSpec
  readonly params: Pick<QueryParams, "isKnown">
  readonly view: Pick<QueryView, "mayConcern">
  readonly state: { readonly response: unknown }
  /** Makes one change of all that `change` does. */
  change(change: () => void): void
  execute(params: undefined): Promise<ExecuteResult<Item>>
  /** Reads again, by one read for all that is to be confirmed within a second. */
  confirm(): void
}

export class LiveQuery {
  readonly #query: Following

  constructor(query: Following) {
    this.#query = query
  }

  /** An event came. Before it was executed the query follows nothing. */
  heard(payload: unknown): void {
    const query = this.#query
    if (query.disposed || !query.params.isKnown) return
    const change = changeIn(payload)
    if (!change) {
      void query.execute(undefined)
      return
    }
    query.change(() => query.operation.type.hear(payload as object, change))
    if (query.state.response === undefined) void query.execute(undefined)
    else if (
      query.view.mayConcern(change.items.filter((item) => !change.deleted.includes(query.operation.type.idOf(item))))
    )
      query.confirm()
  }
}
