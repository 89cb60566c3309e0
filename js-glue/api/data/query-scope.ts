// What the queries of one $data have in common.
import type { PluginConfig, QueryOptions } from "../../types"
import type { Context, Registrations } from "../base/context"
import type { Executing, Executions } from "./executions"

/** The plugin whose $data makes the query. */
export interface PluginScope {
  pluginKey: string
  config: PluginConfig | undefined
  queryId(entity: string, operation: string): string
}

/** Where the queries of one runtime are. */
export interface QueryHost {
  readonly context: Context
  readonly executions: Executions
  /** The core is told other options of the query. */
  configure(query: Executing, options: QueryOptions): void
  /** The query is disposed of, and nothing of it waits any more. */
  gone(query: Executing): void
}

export interface QueryScope extends PluginScope {
  host: QueryHost
  /** The queries end with it. */
  owner: Registrations
}
