// The object that users of a query get: refs, each a selection of the query's state, and functions. To save memory with
// many queries, functions are bound instead of closures, and all queries share the selections.
import type { Query, QueryInfo, QueryTiming } from "../../types"
import { Selected, type Selection } from "../base/cell"
import type { Item } from "./item"
import { byId } from "./items"
import type { QueryRunner } from "./query-runner"
import { initialState, type QueryState } from "./query-state"

type Shown<T> = Selection<QueryState, T, QueryRunner>

const first = initialState({})

const part = <Part extends keyof QueryState>(part: Part): Shown<QueryState[Part]> => ({
  part,
  initial: first[part],
  of: ({ state }) => state[part],
})

const data: Shown<Record<string, Item>> = {
  part: "items",
  initial: {},
  of: ({ state, operation }) => byId(state.items, operation.type.keys.idKey),
}
const dataArr = part("items")
const response = part("response")
const query: Shown<QueryInfo> = { part: "asked", of: ({ info }) => info }
const isLoading = part("isLoading")
const hasMore = part("hasMore")
const error = part("error")

export function facadeOf(runner: QueryRunner): Query<Item> {
  return new Facade(runner)
}

/** Rarely used members are on the prototype: they take no memory, and listing the members shows only the state. */
class Facade implements Query<Item> {
  readonly data
  readonly dataArr
  readonly response
  readonly query
  readonly isLoading
  readonly hasMore
  readonly error
  readonly execute: Query<Item>["execute"]
  readonly abort
  readonly dispose
  readonly #runner: QueryRunner

  constructor(runner: QueryRunner) {
    this.data = new Selected(runner, data)
    this.dataArr = new Selected(runner, dataArr)
    this.response = new Selected(runner, response)
    this.query = new Selected(runner, query)
    this.isLoading = new Selected(runner, isLoading)
    this.hasMore = new Selected(runner, hasMore)
    this.error = new Selected(runner, error)
    this.execute = Object.assign(runner.execute.bind(runner), { next: runner.next.bind(runner) })
    this.abort = runner.abort.bind(runner)
    this.dispose = runner.dispose.bind(runner)
    this.#runner = runner
  }

  get isRead(): boolean {
    return this.#runner.operation.change === undefined
  }

  configure(options: QueryTiming): void {
    this.#runner.configure(options)
  }
}
