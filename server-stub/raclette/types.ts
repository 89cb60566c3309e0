// The vocabulary of the stub: what a plugin is, what a route object holds, what goes over the wire.
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox"
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  onRequestHookHandler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify"
import type { Server as SocketServer } from "socket.io"
import type { Database } from "./database"
import type { OutgoingEvent } from "./outbox"

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

/**
 * Whom the events of a route reach: `"user"`, the sockets of the user who asked; room names; or a function that tells
 * room names from the payload and the request. No rooms: nobody.
 */
export type BroadcastRooms = "user" | string[] | ((payload: Payload, request: FastifyRequest) => string[])

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
  register(fastify: PluginFastifyInstance): void | Promise<void>
}

declare module "fastify" {
  interface FastifyInstance {
    /** An `onRequest` hook that lets only requests with a valid token through, else 401. */
    authenticate: onRequestHookHandler
    /**
     * Sends an event of this plugin to every authenticated client, or to those in any of `rooms`; within an operation,
     * after its commit.
     */
    emit(channelKey: string, payload: Payload, rooms?: string[]): void
    /** Sends an event at once. Resolves when it is on its way to every node; rejects if it did not get there. */
    publish(event: OutgoingEvent): Promise<void>
    /** Whether `publish` may succeed now. */
    canPublish(): boolean
    io: SocketServer
    database: Database
  }
  interface FastifyContextConfig {
    /** What the route's operation does. */
    type?: OperationType
    /** Channel keys on which the operation's payload is broadcast after success. */
    broadcastChannels?: string[]
    /** Limits who hears of it. Default: every authenticated client. */
    broadcastRooms?: BroadcastRooms
  }
}

declare module "@fastify/jwt" {
  interface FastifyJWT {
    payload: User
    user: User
  }
}
