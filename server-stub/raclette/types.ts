// The vocabulary of the stub: what a plugin is, who asks, and what goes over the wire. It imports nothing of the stub, and
// is what plugins written for raclette.js import as `@raclettejs/types`. What a module adds to Fastify's own types is
// declared in that module.
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify"

export const dataRead = "dataRead" as const
/** The answer of a read, as raclette.js' example names it: a read on GET. */
export const dataPush = "dataPush" as const
export const dataCreate = "dataCreate" as const
export const dataUpdate = "dataUpdate" as const
export const dataDelete = "dataDelete" as const
export const dataHardDelete = "dataHardDelete" as const
export const dataMove = "dataMove" as const
export const dataRestore = "dataRestore" as const

/** What an operation does to data: one of these words, or one of the plugin's own. */
export type OperationType =
  | typeof dataRead
  | typeof dataPush
  | typeof dataCreate
  | typeof dataUpdate
  | typeof dataDelete
  | typeof dataHardDelete
  | typeof dataMove
  | typeof dataRestore
  // Any other, and the words above are still completed.
  | (string & {})

const MUTATIONS = new Set<string>([dataCreate, dataUpdate, dataDelete, dataHardDelete, dataMove, dataRestore])

/** Whether an operation only reads: its type says so, or says nothing of it, as `dataPush` or an unknown word, and its method does. */
export function isRead(type: OperationType, method: string): boolean {
  return type === dataRead || (!MUTATIONS.has(type) && (method === "GET" || method === "HEAD"))
}

/** The answer of an operation, and the payload of its events. */
export interface Payload<T = unknown> {
  type: OperationType
  body: {
    items: T[]
    prevVersion?: T
    deleted?: string[]
    /** More items follow on these. */
    hasMore?: boolean
  }
}

/** What a service is told of the request that it works for. */
export interface ClientPayloadRequestData {
  /** The type of the payload. */
  type: OperationType
  /** Whether the service is to emit its events. */
  broadcast: boolean
  /** The project that the request is about. Default: none. */
  project?: string
}

/** {@link Payload} in the words of raclette.js, where its items' array is named. */
export type ClientPayload<Items = unknown> = Payload<Items extends readonly (infer Item)[] ? Item : Items>
export type FrontendPayload<Items = unknown> = ClientPayload<Items>
export type FrontendPayloadRequestData = ClientPayloadRequestData

/** The user behind a token. */
export interface User {
  _id: string
  name: string
  /** Names of the projects that the user is a member of. Default: none. */
  projects?: string[]
  /** The login that the token came of. */
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

/** What a plugin is told of itself. */
export interface PluginOptions {
  /** Its key, `<author>__<name>`. */
  key: string
  name: string
  author: string
  /** What stands before its routes; empty for nothing. */
  routePrefix: string
}

/** Registers what a plugin has; the whole plugin where its folder is named `<author>__<name>`, as in raclette.js. */
export type PluginEntry = (fastify: PluginFastifyInstance, options: PluginOptions) => void | Promise<void>

/** A plugin: who wrote it, and what it registers. */
export interface RaclettePlugin {
  name: string
  author: string
  /** Path before all routes of the plugin. Default: none, or `/plugin/<author>/<name>` with `pluginPrefix` of the app. */
  routePrefix?: string
  /** The entities whose mutations wait for the network: their `offlineMode` in the generated config. Default: none. */
  offlineMode?: string[]
  /** The types of its entities, by the entities' names in paths. Default: an entity's type is its name. */
  entityMapping?: Record<string, string>
  register: PluginEntry
}
