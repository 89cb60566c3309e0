// Connection state recovery with authentication. Socket.IO restores a session, and sends its missed events, before any
// middleware runs. Here a session is restored only for a valid token of its user, with only the rooms that the token
// allows, and the missed events are sent after the middlewares:
// - An invalid token, or another user's, restores nothing: the client is refused, or starts a new session.
// - A session has one socket. If its old connection is dead but not yet closed, it is closed first. Otherwise its late
//   disconnect would remove the rooms of the new socket.
// - The missed events and the live events that follow have neither gap nor overlap.
// It uses private parts of Socket.IO: `_add` of a namespace, `pid` and `packet` of a socket. If an update removes one,
// nothing is restored, and tests/server/recovery.test.ts fails.
import { AsyncLocalStorage } from "node:async_hooks"
import { randomUUID } from "node:crypto"
import type { Server, Socket } from "socket.io"
import { roomsOf } from "./rooms"
import { timeToExpiry } from "./socket-tokens"
import type { User } from "./types"

/** How many of the last events a node keeps for sessions that are being restored. */
export const HISTORY_LENGTH = 1000

const EVENT = 2

/** The recipients of an event, as Socket.IO's adapters describe them. */
export interface BroadcastOptions {
  rooms: Iterable<string>
  except: Iterable<string>
  flags?: { local?: boolean; volatile?: boolean } | undefined
}

/** The events that a restored session has: all before `position`, of which it missed `packets`. */
export interface RestoredState {
  position: string
  /** The arguments of each missed event, with its offset at the end. */
  packets: unknown[][]
}

/** The events that a node's clients receive. */
export interface Events {
  /** See commits.ts. */
  readonly commit: number | undefined
  /** The current position in the events. Taken before the missed events are read from the adapter. */
  position(): Promise<string>
  /**
   * The events since `position` that a socket lacks when it connects. From then on it gets each further event once.
   * undefined if there were more than `HISTORY_LENGTH`.
   */
  missed(socket: Socket, restored: RestoredState): unknown[][] | undefined
  /** Emits the first event of a session, with an offset, without which the session could not be recovered. */
  emitWithOffset(socket: Socket, name: string, payload: object): void
}

export interface Session {
  sid: string
  pid: string
  rooms: string[]
  data: { user?: User; [restored]?: RestoredState }
}

/** How adapters store sessions. */
interface SessionAdapter {
  persistSession(session: Session): void
  /** Resolves with null or undefined, or rejects, if there is no such session. */
  restoreSession(pid: string, offset: string): Promise<(Session & { missedPackets: unknown[][] }) | null | undefined>
}

/** Private parts of a namespace, which its type omits. */
interface NamespaceInternals {
  adapter: SessionAdapter
  _add(client: unknown, auth: { token?: unknown }, ...rest: unknown[]): Promise<unknown>
}

/** Private parts of a socket, which its type omits. */
export interface SocketInternals {
  pid: string
  packet(packet: { type: number; data: unknown[] }): void
}

/** The key of the `RestoredState` in a socket's data, until the socket connects. */
const restored = Symbol("restored")

/** Sends events to a socket. Each packet holds the arguments, with the offset at the end. */
export function sendPackets(socket: Socket, packets: unknown[][]): void {
  for (const data of packets) (socket as unknown as SocketInternals).packet({ type: EVENT, data })
}

/** Closes a client's connection in a way that it reconnects with a new session. */
export function resetSession(socket: Socket): void {
  // The adapter persists the session on disconnect: under an id that the client does not know.
  ;(socket as unknown as SocketInternals).pid = randomUUID()
  socket.conn.close()
}

/** Whether a socket that gets an event later than others is one of its recipients. */
export function isRecipient(socket: Socket, { rooms, except, flags }: BroadcastOptions): boolean {
  const inAny = (some: string[]) => some.some((room) => socket.rooms.has(room))
  const all = [...rooms]
  return (all.length === 0 || inAny(all)) && !inAny([...except]) && !flags?.volatile
}

/** The sessions of the namespace `/`. `verify` returns the user of a token, and throws if the token is invalid. */
export class Sessions {
  readonly #events: Events
  readonly #verify: (token: string) => User
  readonly #adapter: SessionAdapter
  /** The connected sockets, by the private id of their session. */
  readonly #sockets = new Map<string, Socket>()
  /** Private ids of the sessions that are being restored. */
  readonly #restoring = new Set<string>()

  constructor(io: Server, events: Events, verify: (token: string) => User) {
    this.#events = events
    this.#verify = verify
    const namespace = io.of("/") as unknown as NamespaceInternals
    this.#adapter = namespace.adapter
    this.#wrapRestore(namespace)
  }

  /** Registers a connected socket and sends its missed events. Returns false if it had to reset the session instead. */
  add(socket: Socket): boolean {
    const { pid } = socket as unknown as SocketInternals
    this.#sockets.set(pid, socket)
    socket.once("disconnect", () => {
      if (this.#sockets.get(pid) === socket) this.#sockets.delete(pid)
    })
    const data = socket.data as Session["data"]
    const state = data[restored]
    delete data[restored]
    if (!state) return true
    const missed = this.#events.missed(socket, state)
    if (missed) sendPackets(socket, [...state.packets, ...missed])
    else resetSession(socket)
    return missed !== undefined
  }

  /** Makes the adapter's `restoreSession` check the token of the handshake. */
  #wrapRestore(namespace: NamespaceInternals): void {
    const tokens = new AsyncLocalStorage<unknown>()
    const add = namespace._add.bind(namespace)
    namespace._add = (client, auth, ...rest) => tokens.run(auth?.token, () => add(client, auth, ...rest))
    const adapter = this.#adapter
    const restore = adapter.restoreSession.bind(adapter)
    adapter.restoreSession = async (pid, offset) => {
      const user = this.#userOf(tokens.getStore())
      if (!user || this.#restoring.has(pid)) return null
      this.#restoring.add(pid)
      try {
        this.#closeOldSocket(pid, user)
        return await this.#restoreFor(user, () => restore(pid, offset))
      } finally {
        this.#restoring.delete(pid)
      }
    }
  }

  async #restoreFor(user: User, restore: () => ReturnType<SessionAdapter["restoreSession"]>) {
    const position = await this.#events.position()
    const session = await this.#restoreOwn(user, restore)
    if (!session) return null
    const { missedPackets: packets, data } = session
    // A session is restored once: without a user in its data, it cannot be restored again before its client connects.
    this.#adapter.persistSession({ ...persistable(session), data: {} })
    return { ...session, data: { ...data, [restored]: { position, packets } }, missedPackets: [] }
  }

  #userOf(token: unknown): User | undefined {
    try {
      return this.#verify(String(token ?? ""))
    } catch {
      return undefined
    }
  }

  /** Closes the user's socket that still has the session. */
  #closeOldSocket(pid: string, user: User): void {
    const socket = this.#sockets.get(pid)
    if (socket?.data.user._id !== user._id) return
    // Discards its buffer, which is among the missed events. This way of closing keeps the session recoverable.
    socket.conn.close(true)
    if (socket.connected) socket.disconnect(true)
  }

  /** Restores the session if it is the user's, limited to the rooms that both the session and the token allow. */
  async #restoreOwn(user: User, restore: () => ReturnType<SessionAdapter["restoreSession"]>) {
    const session = await restore()
    if (!session) return null
    const owner = session.data.user
    if (!owner || timeToExpiry(owner) <= 0) return null
    if (owner._id !== user._id) {
      this.#adapter.persistSession(persistable(session))
      return null
    }
    const allowed = [session.sid, ...roomsOf(user)]
    const rooms = session.rooms.filter((room) => allowed.includes(room))
    if (rooms.length === session.rooms.length) return session
    this.#adapter.persistSession({ ...persistable(session), rooms })
    return restore()
  }
}

function persistable({ sid, pid, rooms, data }: Session): Session {
  return { sid, pid, rooms, data }
}
