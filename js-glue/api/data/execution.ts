// An execution from its begin to its result, and where a runtime keeps those that are under way.
import type { ExecuteResult } from "../../types"
import type { Context } from "../base/context"
import type { Item } from "./item"
import type { Params } from "./params"
import type { Patch } from "./view"

/** A query, as far as an execution of it is concerned. */
export interface Executing {
  /** The core's number of it. */
  readonly handle: number
}

/** What belongs to one execution that a query's user began. */
export interface Execution {
  query: Executing
  resolve(result: ExecuteResult<Item>): void
  params: Params
  patch: Patch | undefined
  /** It reads on. */
  adds: boolean
}

/** Where the queries of one runtime are. */
export interface QueryHost {
  readonly context: Context
  /** Those under way that a user began. */
  readonly executions: Map<number, Execution>
  /** The query is disposed of, and nothing of it waits any more. */
  gone(query: Executing): void
}
