// The shared types of the stub: plugins, users and payloads. Plugins written for raclette.js import this file as
// `@raclettejs/types`. It imports no other file of the stub. Decorators are declared in the modules that add them.
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify"

export const dataRead = "dataRead" as const
/** The type of a read in raclette.js' example; on other methods than GET, a mutation. */
export const dataPush = "dataPush" as const
export const dataCreate = "dataCreate" as const
export const dataUpdate = "dataUpdate" as const
export const dataDelete = "dataDelete" as const
export const dataHardDelete = "dataHardDelete" as const
export const dataMove = "dataMove" as const
export const dataRestore = "dataRestore" as const

/** What an operation does: one of these types, or a word of the plugin's own. */
export type OperationType =
  | typeof dataRead
  | typeof dataPush
  | typeof dataCreate
  | typeof dataUpdate
  | typeof dataDelete
  | typeof dataHardDelete
  | typeof dataMove
  | typeof dataRestore
  // Any other string, without losing the completions above.
  | (string & {})

const MUTATIONS = new Set<string>([dataCreate, dataUpdate, dataDelete, dataHardDelete, dataMove, dataRestore])

/** Whether an operation is a read: by its type, or for `dataPush` and unknown types by its method. */
export function isRead(type: OperationType, method: string): boolean {
  return type === dataRead || (!MUTATIONS.has(type) && (method === "GET" || method === "HEAD"))
}

/** The response of an operation, which is also the payload of its events. */
export interface Payload<T = unknown> {
  type: OperationType
  body: {
    items: T[]
    prevVersion?: T
    deleted?: string[]
    /** Whether more items follow. */
    hasMore?: boolean
  }
}

/** The request's data for services. */
export interface ClientPayloadRequestData {
  /** The type of the payload. */
  type: OperationType
  /** Whether the service should emit its events. */
  broadcast: boolean
  /** The project of the request. Default: none. */
  project?: string
}

/** {@link Payload} by its name in raclette.js, where the type parameter is the array of items. */
export type ClientPayload<Items = unknown> = Payload<Items extends readonly (infer Item)[] ? Item : Items>
export type FrontendPayload<Items = unknown> = ClientPayload<Items>
export type FrontendPayloadRequestData = ClientPayloadRequestData

/** The user behind a token. */
export interface User {
  _id: string
  name: string
  /** Names of the projects that the user is a member of. Default: none. */
  projects?: string[]
  /** The id of the login that issued the token. */
  login?: string
  /** When the token expires, in seconds since 1970. */
  exp?: number
}

/** A Fastify instance within a plugin. */
export type PluginFastifyInstance = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The second argument of `register`. */
export interface PluginOptions {
  /** Its key, `<author>__<name>`. */
  key: string
  name: string
  author: string
  /** The prefix of the plugin's routes. Empty for none. */
  routePrefix: string
}

/**
 * Registers a plugin's routes and services. As in raclette.js, the default export of a folder `<author>__<name>` may be
 * one.
 */
export type PluginEntry = (fastify: PluginFastifyInstance, options: PluginOptions) => void | Promise<void>

export interface RaclettePlugin {
  name: string
  author: string
  /** The prefix of its routes. Default: none, or `/plugin/<author>/<name>` with the app's `pluginPrefix`. */
  routePrefix?: string
  /**
   * The entities with `offlineMode` in the generated config: their mutations are queued while offline. Default: none.
   */
  offlineMode?: string[]
  /** Each entity's type, by the entity's name in paths. Default: its name. */
  entityMapping?: Record<string, string>
  register: PluginEntry
}
