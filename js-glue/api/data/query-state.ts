// The state of one query: one immutable value that `reduce` replaces. Unchanged parts keep their identity, and an
// action without effect returns the same state.
import type { RacletteError } from "../../types/errors"
import type { Item } from "./item"
import type { Params } from "./params"
import { share } from "./share"

export interface QueryState {
  /** The items that are shown, with what is only assumed of them. */
  readonly items: Item[]
  /** The body of the last answer that was good. */
  readonly response: unknown
  readonly isLoading: boolean
  readonly hasMore: boolean
  /** Why the last execution failed; undefined after a good one. */
  readonly error: RacletteError | undefined
  /** The params that were asked for last, the query's own before. */
  readonly asked: Params
}

export type QueryAction =
  /** The core was told to ask for these params. */
  | { type: "asked"; params: Params }
  /** A good answer came, which shows. `hasMore`: undefined where it holds no list. */
  | { type: "answered"; response: unknown; hasMore: boolean | undefined }
  /** An execution failed, and that shows. */
  | { type: "failed"; error: RacletteError }
  /** Other items are to be shown, whoever brought them. */
  | { type: "shown"; items: Item[] }
  /** An execution began or ended. `isLoading`: one is under way. */
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
