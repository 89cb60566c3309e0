// The state of one query: one immutable value that `reduce` replaces. Unchanged parts keep their identity, and an
// action without effect returns the same state.
import type { RacletteError } from "../../types/errors"
import type { Item } from "./item"
import type { Params } from "./params"
import { share } from "./share"

export interface QueryState {
  /** The shown items, including optimistic changes. */
  readonly items: Item[]
  /** The body of the last successful answer. */
  readonly response: unknown
  readonly isLoading: boolean
  readonly hasMore: boolean
  /** The error of the last execution. Undefined if it succeeded. */
  readonly error: RacletteError | undefined
  /** The params of the last request. Before the first one, the query's own. */
  readonly asked: Params
}

export type QueryAction =
  /** The core got these params. */
  | { type: "asked"; params: Params }
  /** A successful answer is shown. `hasMore`: undefined if it contains no list. */
  | { type: "answered"; response: unknown; hasMore: boolean | undefined }
  /** An execution has failed, and the error is shown. */
  | { type: "failed"; error: RacletteError }
  /** The shown items have changed, for any reason. */
  | { type: "shown"; items: Item[] }
  /** An execution has begun or ended. `isLoading`: whether one is in flight. */
  | { type: "loading"; isLoading: boolean }

/** The state of a query that was never executed. `own`: its own params. */
export function initialState(own: Params): QueryState {
  return { items: [], response: undefined, isLoading: false, hasMore: false, error: undefined, asked: own }
}

/** The state after `action`. */
export function reduce(state: QueryState, action: QueryAction): QueryState {
  switch (action.type) {
    case "asked": {
      const asked = share(state.asked, action.params)
      return asked === state.asked ? state : { ...state, asked }
    }
    case "answered": {
      const { response, hasMore = state.hasMore } = action
      const isSame = response === state.response && hasMore === state.hasMore && !state.error
      return isSame ? state : { ...state, response, hasMore, error: undefined }
    }
    case "failed":
      return { ...state, error: action.error }
    case "shown":
      return action.items === state.items ? state : { ...state, items: action.items }
    case "loading":
      return action.isLoading === state.isLoading ? state : { ...state, isLoading: action.isLoading }
  }
}
