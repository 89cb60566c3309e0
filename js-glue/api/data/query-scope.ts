// What the queries of one $data share.
import type { PluginConfig, QueryOptions } from "../../types"
import type { Context, Registrations } from "../base/context"
import type { Executions } from "./executions"
import type { OperationSpec } from "./operation"

/** The plugin whose $data makes the query. */
export interface PluginScope {
  pluginKey: string
  config: PluginConfig | undefined
  /** `id`: what it ends in; by default a random text. */
  queryId(entity: string, operation: string, id?: string | false): string
}

/** What the core knew of a query when it let go of it; see QueryRetired of effect.h. */
export interface Retired {
  readonly due: boolean
  readonly seen: number
}

/** A query, as far as its place in the core is concerned. */
export interface Placed {
  /** The core's number of it; 0 without a place. */
  readonly handle: number
  readonly operation: OperationSpec
  /** What the core is to know of its options. */
  readonly settings: QueryOptions
}

/** Where the queries of one runtime are. */
export interface QueryHost {
  readonly context: Context
  readonly executions: Executions
  /** Makes the query in the core. Returns its number. */
  enter(query: Placed): number
  /** It goes on where it was retired. */
  resume(query: Placed, retired: Retired): void
  /** The core is told other options of the query. */
  configure(query: Placed): void
  /** The query has no place in the core any more, and nothing of it waits. */
  gone(query: Placed): void
}

export interface QueryScope extends PluginScope {
  host: QueryHost
  /** The queries end with it. */
  owner: Registrations
}
