// What the user of a query gets: refs, each a selection of the query's state, and functions. There may be very many
// queries: functions are bound, which takes less memory than closures, and selections are the same for all.
import type { Query, QueryInfo } from "../../types"
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
  const execute = runner.execute.bind(runner) as Query<Item>["execute"]
  execute.next = runner.next.bind(runner) as typeof execute.next
  const facade: Omit<Query<Item>, "isRead" | "configure"> = {
    data: new Selected(runner, data),
    dataArr: new Selected(runner, dataArr),
    response: new Selected(runner, response),
    query: new Selected(runner, query),
    isLoading: new Selected(runner, isLoading),
    hasMore: new Selected(runner, hasMore),
    error: new Selected(runner, error),
    execute,
    abort: runner.abort.bind(runner),
    dispose: runner.dispose.bind(runner),
  }
  // Those who show a query list what it has.
  return Object.defineProperties(facade, {
    isRead: { value: runner.operation.change === undefined },
    configure: { value: runner.configure.bind(runner) },
  }) as Query<Item>
}
