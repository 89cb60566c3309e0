// The Socket.IO server on the app's own HTTP server. A client is let in only with a valid token in its handshake; one
// without gets a CONNECT_ERROR that says so.
import type { Socket } from "node:net"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { Server } from "socket.io"
import { closeForGood } from "./closing"
import { CONNECTED } from "./commits"
import { joinWrites } from "./joint-writes"
import { LocalEvents } from "./local-events"
import { SharedEvents } from "./nodes"
import type { OutgoingEvent } from "./outbox-table"
import { atMost } from "./patience"
import { type Events, Sessions } from "./recovery"
import { isThere } from "./redis"
import { loginRoom } from "./rooms"
import { dropSlowClients } from "./slow-clients"
import { enterRooms, followToken } from "./socket-tokens"

/** How long a client that lost its connection may take to get the events that it missed, in milliseconds. */
const RECOVERY = 2 * 60 * 1000

/** How long clients may take to hear that the server ends, in ms. */
const GOODBYE = 500

/** What nodes tell each other of a login that has ended, with until when that has to be known. */
const LOGIN_ENDED = "raclette:loginEnded"

export interface SocketOptions {
  /** How long a connection may take to CONNECT, in milliseconds. Default: 10,000. */
  connectTimeout?: number
  /** How many bytes may wait for a client that does not read. Default: 16 MiB. */
  clientBuffer?: number
}

declare module "fastify" {
  interface FastifyInstance {
    io: Server
    /** Sends an event at once. Resolves when it is on its way to every node; rejects if it did not get there. */
    publish(event: OutgoingEvent): Promise<void>
    /** Whether `publish` may succeed now. */
    canPublish(): boolean
  }
}

/** An error that reaches the client in CONNECT_ERROR. */
class HandshakeError extends Error {
  readonly data = { code: "UNAUTHORIZED" }
}

/** Decorates the app with `io` and `publish`. With the app's `redis`, the nodes at that server share their events. */
export default plugin(
  async (fastify, options: SocketOptions) => {
    const { redis, log } = fastify
    const io = openServer(fastify, options)
    const sendAll = joinWrites(io)
    const shared = redis && new SharedEvents(io, redis, log)
    const events = shared ?? new LocalEvents(io)
    fastify.decorate("commit", () => events.commit)
    letIn(fastify, io, events)
    endWithLogins(fastify, io)
    fastify.decorate("io", io)
    fastify.decorate("canPublish", () => !redis || isThere(redis))
    fastify.decorate("publish", async (event: OutgoingEvent) => {
      // For Socket.IO, to no rooms means to everybody.
      if (event.rooms?.length === 0) return
      if (shared) return shared.publish(event)
      const target = event.rooms ? io.to(event.rooms) : io
      target.emit(event.channel, event.payload)
    })
    // Before the HTTP server stops, so that its connections do not keep it open.
    const connections = openConnections(fastify)
    fastify.addHook("preClose", async () => {
      // Else its engine would throw away what it has not handed on.
      sendAll()
      await atMost(GOODBYE, io.close())
      for (const connection of connections) connection.destroy()
    })
    if (shared) {
      await shared.ready()
      fastify.addHook("onClose", async () => shared.close())
    }
  },
  { name: "raclette-sockets", dependencies: ["raclette-auth", "raclette-redis"] },
)

function openServer(fastify: FastifyInstance, options: SocketOptions): Server {
  const { connectTimeout = 10_000, clientBuffer = 16 * 1024 * 1024 } = options
  const io = new Server(fastify.server, {
    serveClient: false,
    connectTimeout,
    cors: { origin: true },
    connectionStateRecovery: { maxDisconnectionDuration: RECOVERY, skipMiddlewares: false },
  })
  closeForGood(io)
  dropSlowClients(io, clientBuffer, (address, waiting) => {
    fastify.log.warn({ address, waiting }, "a client did not read what it was sent, and was dropped")
  })
  return io
}

/** The connections of the HTTP server, WebSockets too. */
function openConnections({ server }: FastifyInstance): Set<Socket> {
  const connections = new Set<Socket>()
  server.on("connection", (connection: Socket) => {
    connections.add(connection)
    connection.once("close", () => connections.delete(connection))
  })
  return connections
}

/** Ends the sockets of a login that has ended, and tells the other nodes of it. */
function endWithLogins({ redis, endedLogins }: FastifyInstance, io: Server): void {
  io.on(LOGIN_ENDED, (login: string, until: number) => endedLogins.learn(login, until))
  endedLogins.onEnd((login, until, isMine) => {
    if (redis && isMine) io.serverSideEmit(LOGIN_ENDED, login, until)
    io.local.in(loginRoom(login)).disconnectSockets(true)
  })
}

/** Lets clients in that have a valid token, into the rooms of its claims, until it expires. */
function letIn(fastify: FastifyInstance, io: Server, events: Events): void {
  const sessions = new Sessions(io, events, (token) => fastify.verifyToken(token))
  io.use((socket, next) => {
    const { token } = socket.handshake.auth
    try {
      socket.data.user = fastify.verifyToken(String(token ?? ""))
      next()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      next(new HandshakeError(token ? `the token is not valid: ${reason}` : "the handshake's auth holds no token"))
    }
  })
  io.on("connection", (socket) => {
    enterRooms(socket)
    if (!sessions.enter(socket)) return
    followToken(socket, (token) => fastify.verifyToken(token))
    // It says from where on the client hears all.
    events.greet(socket, CONNECTED, { commit: events.commit })
  })
}
