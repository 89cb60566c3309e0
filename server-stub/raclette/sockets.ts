// The Socket.IO server, on the app's own HTTP server. A client needs a valid token in its handshake; otherwise it gets
// a CONNECT_ERROR with the reason.
import type { Socket } from "node:net"
import type { FastifyInstance } from "fastify"
import plugin from "fastify-plugin"
import { Server } from "socket.io"
import { enforceCloseTimeout } from "./close-timeout"
import { CONNECTED } from "./commits"
import { LocalEvents } from "./local-events"
import type { OutgoingEvent } from "./outbox-table"
import { type Events, Sessions } from "./recovery"
import { isReady } from "./redis"
import { loginRoom } from "./rooms"
import { SharedEvents } from "./shared-events"
import { dropSlowClients } from "./slow-clients"
import { acceptNewTokens, joinTokenRooms } from "./socket-tokens"
import { settledWithin } from "./timeout"
import { batchWrites } from "./write-batching"

/** How long after a lost connection a session can be recovered, in ms. */
const MAX_DISCONNECTION = 2 * 60 * 1000

/** How long the close packets to clients may take, in ms. */
const CLOSE_TIMEOUT = 500

/** The server-side event that announces an ended login to other nodes: the login, and when its last token expires. */
const LOGIN_ENDED = "raclette:loginEnded"

export interface SocketOptions {
  /** How long a client may take to send its CONNECT packet, in ms. Default: 10,000. */
  connectTimeout?: number
  /** How many bytes are buffered for a client that does not read, before it is disconnected. Default: 16 MiB. */
  clientBuffer?: number
}

declare module "fastify" {
  interface FastifyInstance {
    io: Server
    /** Sends an event at once. Resolves when all nodes will get it; rejects if Redis did not accept it. */
    publish(event: OutgoingEvent): Promise<void>
    /** Whether `publish()` can succeed now. */
    canPublish(): boolean
  }
}

/** An error for the client's CONNECT_ERROR packet. */
class HandshakeError extends Error {
  readonly data = { code: "UNAUTHORIZED" }
}

/** Decorates the app with `io`, `publish`, `canPublish` and `commit`. With Redis, all nodes share their events. */
export default plugin(
  async (fastify, options: SocketOptions) => {
    const { redis, log } = fastify
    const io = openServer(fastify, options)
    const flushWrites = batchWrites(io)
    const shared = redis && new SharedEvents(io, redis, log)
    const events = shared ?? new LocalEvents(io)
    fastify.decorate("commit", () => events.commit)
    authenticateSockets(fastify, io, events)
    disconnectEndedLogins(fastify, io)
    fastify.decorate("io", io)
    fastify.decorate("canPublish", () => !redis || isReady(redis))
    fastify.decorate("publish", async (event: OutgoingEvent) => {
      // Socket.IO takes an empty list for all sockets.
      if (event.rooms?.length === 0) return
      if (shared) return shared.publish(event)
      const target = event.rooms ? io.to(event.rooms) : io
      target.emit(event.channel, event.payload)
    })
    // Before the HTTP server stops, so that its connections do not keep it open.
    const connections = openConnections(fastify)
    fastify.addHook("preClose", async () => {
      // Closing would discard packets that are not flushed.
      flushWrites()
      await settledWithin(CLOSE_TIMEOUT, io.close())
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
    connectionStateRecovery: { maxDisconnectionDuration: MAX_DISCONNECTION, skipMiddlewares: false },
  })
  enforceCloseTimeout(io)
  dropSlowClients(io, clientBuffer, (address, buffered) => {
    fastify.log.warn({ address, buffered }, "A client did not read its events and was disconnected")
  })
  return io
}

/** The open TCP connections of the HTTP server, including WebSockets. */
function openConnections({ server }: FastifyInstance): Set<Socket> {
  const connections = new Set<Socket>()
  server.on("connection", (connection: Socket) => {
    connections.add(connection)
    connection.once("close", () => connections.delete(connection))
  })
  return connections
}

/** Disconnects the sockets of ended logins, and announces each ended login to the other nodes. */
function disconnectEndedLogins({ redis, endedLogins }: FastifyInstance, io: Server): void {
  io.on(LOGIN_ENDED, (login: string, until: number) => endedLogins.learn(login, until))
  endedLogins.onEnd((login, until, isMine) => {
    if (redis && isMine) io.serverSideEmit(LOGIN_ENDED, login, until)
    io.local.in(loginRoom(login)).disconnectSockets(true)
  })
}

/** Accepts clients with a valid token, joins the rooms of its claims, and disconnects them when it expires. */
function authenticateSockets(fastify: FastifyInstance, io: Server, events: Events): void {
  const sessions = new Sessions(io, events, (token) => fastify.verifyToken(token))
  io.use((socket, next) => {
    const { token } = socket.handshake.auth
    try {
      socket.data.user = fastify.verifyToken(String(token ?? ""))
      next()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      next(new HandshakeError(token ? `Invalid token: ${reason}` : "No token: set `auth.token` in the handshake."))
    }
  })
  io.on("connection", (socket) => {
    joinTokenRooms(socket)
    if (!sessions.add(socket)) return
    acceptNewTokens(socket, (token) => fastify.verifyToken(token))
    // The client gets all events above this number.
    events.emitWithOffset(socket, CONNECTED, { commit: events.commit })
  })
}
