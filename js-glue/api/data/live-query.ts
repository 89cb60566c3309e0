// Live following: what an event of the entity means for a query. What it tells is taken, for all queries that show the
// items; where it cannot tell what this one has to show, the query asks the server.
import type { ExecuteResult } from "../../types"
import type { Item } from "./item"
import { type Change, changeIn } from "./items"
import { isFiltered, type OperationSpec } from "./operation"
import type { QueryParams } from "./query-params"
import type { QueryView } from "./query-view"

/** The query that follows. */
export interface Following {
  readonly disposed: boolean
  readonly operation: OperationSpec
  readonly params: Pick<QueryParams, "isKnown" | "current">
  readonly view: Pick<QueryView, "find" | "takesNew" | "lookAgain">
  readonly state: { readonly response: unknown }
  /** Makes one change of all that `change` does. */
  change(change: () => void): void
  execute(params: undefined): Promise<ExecuteResult<Item>>
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
    if (!change || !this.#take(change)) void query.execute(undefined)
  }

  /** Shows what the change tells. Whether that was all there is to know. */
  #take({ type, items, deleted, prevVersion }: Change): boolean {
    const { operation, params, view, state } = this.#query
    const isCreation = type === "dataCreate"
    const { type: known } = operation
    const ids = items.map((item) => known.idOf(item))
    const bringsNew = ids.some((id) => view.find(id) === undefined && !deleted.includes(id))
    const held = prevVersion && view.find(known.idOf(prevVersion))
    const missedSome = held !== undefined && (known.compare(held, prevVersion as Item) ?? 0) < 0
    const at = known.moments.next()
    const news = { kind: "event", began: at, at } as const
    if (isCreation && items.some((item) => known.isGone(item, news))) view.lookAgain(new Set(), false)
    this.#query.change(() => known.take(items, deleted, isCreation ? items : [], news))
    // Whether an item that is new here, or that changed, passes the query's own params, only the server can tell.
    const cannotTell = bringsNew && !(isCreation && view.takesNew() && !ids.includes(""))
    const mayFilter = items.length > 0 && isFiltered(operation, params.current)
    return state.response !== undefined && !missedSome && !cannotTell && !mayFilter
  }
}
