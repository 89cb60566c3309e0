// What the queries of one `$data` share.
import type { PluginConfig, QueryOptions } from "../../types"
import type { Context, Registrations } from "../base/context"
import type { Executions } from "./executions"
import type { OperationSpec } from "./operation"

/** The plugin whose `$data` creates the query. */
export interface PluginScope {
  pluginKey: string
  config: PluginConfig | undefined
  /** `id`: the end of the query's id. Default: a random text. */
  queryId(entity: string, operation: string, id?: string | false): string
}

/** What the core knew of a query when it removed its entry; see QueryRetired of effect.h. */
export interface Retired {
  readonly due: boolean
  readonly seen: number
}

/** A query, as its entry in the core sees it. */
export interface Placed {
  /** The query's number in the core. 0 if it has no entry. */
  readonly handle: number
  readonly operation: OperationSpec
  /** The options that the core needs. */
  readonly settings: QueryOptions
}

/** The owner of the queries of one runtime. */
export interface QueryHost {
  readonly context: Context
  readonly executions: Executions
  /** The default of the option `notify`. */
  readonly notify: boolean
  /** Creates the query's entry in the core. Returns its number. */
  enter(query: Placed): number
  /** Continues a retired query where it stopped. */
  resume(query: Placed, retired: Retired): void
  /** Updates the query's options in the core. */
  configure(query: Placed): void
  /** The query has no entry in the core any more, and nothing of it is in flight. */
  gone(query: Placed): void
}

export interface QueryScope extends PluginScope {
  host: QueryHost
  /** Disposes of the queries when it ends. */
  owner: Registrations
}
