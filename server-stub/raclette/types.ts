// The vocabulary of the stub: what a plugin is, who asks, and what goes over the wire. It imports nothing of the stub.
// What a module adds to Fastify's own types is declared in that module.
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify"

/** What an operation does to data. */
export type OperationType = "dataRead" | "dataCreate" | "dataUpdate" | "dataDelete"

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

/** A plugin: who wrote it, and what it registers. */
export interface RaclettePlugin {
  name: string
  author: string
  /** Path before all routes of the plugin. Default: none. */
  routePrefix?: string
  /** The entities whose mutations wait for the network: their `offlineMode` in the generated config. Default: none. */
  offlineMode?: string[]
  register(fastify: PluginFastifyInstance): void | Promise<void>
}
