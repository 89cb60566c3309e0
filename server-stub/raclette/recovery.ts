// Sessions that go on after a connection was lost. Socket.IO restores a session, and sends what it missed, before any
// middleware sees who has come. Here a session is restored only for a valid token of the user whose it is, with no rooms
// but those that the token allows, and what was missed is sent when the client is let in:
// - A token that is not valid, or another user's, restores nothing: its client is refused, or begins a session of its own.
// - Of a session there is one socket. One whose connection died unseen is ended first: when the server noticed later, it
//   would take the rooms of the socket that came after it.
// - Between what is sent when a client is let in and what it hears from then on there is neither gap nor overlap.
// Of Socket.IO's private parts this uses `_add` of a namespace (who comes, with what), `pid` and `packet` of a socket.
// Where an update takes one of them away, nothing is restored, and tests/server/recovery.test.ts says so.
import { AsyncLocalStorage } from "node:async_hooks"
import { randomUUID } from "node:crypto"
import type { Server, Socket } from "socket.io"
import { roomsOf } from "./rooms"
import { leftOf } from "./socket-tokens"
import type { User } from "./types"

/** How many of the last events a node remembers, for sessions that are being restored. */
export const REMEMBERED = 1000

const EVENT = 2

/** Whom an event is for, as Socket.IO's adapters have it. */
export interface Audience {
  rooms: Iterable<string>
  except: Iterable<string>
  flags?: { local?: boolean; volatile?: boolean } | undefined
}

/** What a session that was restored knows: all up to `mark`, and `packets`. */
export interface Known {
  mark: string
  /** The arguments of each missed event, with its offset at their end. */
  packets: unknown[][]
}

/** The events that the clients of a node hear. */
export interface Events {
  /** See commits.ts. */
  readonly commit: number | undefined
  /** A place among the events: what is missed is read from the adapter after it was marked. */
  mark(): Promise<string>
  /**
   * What a socket that has just been let in misses beyond what it knows. From now on it hears all others, each once.
   * Undefined if so much came meanwhile that not all of it is remembered.
   */
  rest(socket: Socket, known: Known): unknown[][] | undefined
  /** Sends a socket its session's first event, with an offset, so that it can be recovered even if nothing else comes. */
  greet(socket: Socket, name: string, payload: object): void
}

export interface Session {
  sid: string
  pid: string
  rooms: string[]
  data: { user?: User; [known]?: Known }
}

/** How adapters keep sessions. */
interface SessionAdapter {
  persistSession(session: Session): void
  /** Resolves with nothing, or rejects, if there is no such session. */
  restoreSession(pid: string, offset: string): Promise<(Session & { missedPackets: unknown[][] }) | null | undefined>
}

/** A namespace, where somebody has come to it. */
interface Entrance {
  adapter: SessionAdapter
  _add(client: unknown, auth: { token?: unknown }, ...rest: unknown[]): Promise<unknown>
}

/** What a socket has, and its type hides. */
export interface SessionSocket {
  pid: string
  packet(packet: { type: number; data: unknown[] }): void
}

/** Where a restored session keeps what it knows, until it is let in. */
const known = Symbol("known")

/** Sends a socket the arguments of events, offsets and all. */
export function sendAll(socket: Socket, packets: unknown[][]): void {
  for (const data of packets) (socket as unknown as SessionSocket).packet({ type: EVENT, data })
}

/** Closes the connection of a client, which then comes back without what it had. */
export function beginAnew(socket: Socket): void {
  // Its session is kept when it ends, under a name that the client does not know.
  ;(socket as unknown as SessionSocket).pid = randomUUID()
  socket.conn.close()
}

/** Whether an event is for a socket that hears of it later than others. */
export function isFor(socket: Socket, { rooms, except, flags }: Audience): boolean {
  const inAny = (some: string[]) => some.some((room) => socket.rooms.has(room))
  const all = [...rooms]
  return (all.length === 0 || inAny(all)) && !inAny([...except]) && !flags?.volatile
}

/** The sessions of the namespace `/`. `verify`: the user of a token; throws for one that is not valid. */
export class Sessions {
  readonly #events: Events
  readonly #verify: (token: string) => User
  readonly #adapter: SessionAdapter
  /** The sockets that were let in, by the private id of their session. */
  readonly #living = new Map<string, Socket>()
  /** Those of sessions that are being restored. */
  readonly #inRestoration = new Set<string>()

  constructor(io: Server, events: Events, verify: (token: string) => User) {
    this.#events = events
    this.#verify = verify
    const entrance = io.of("/") as unknown as Entrance
    this.#adapter = entrance.adapter
    this.#guard(entrance)
  }

  /** Takes in a socket that was let in, and sends it what it missed. False if it has to begin anew, and does. */
  enter(socket: Socket): boolean {
    const { pid } = socket as unknown as SessionSocket
    this.#living.set(pid, socket)
    socket.once("disconnect", () => {
      if (this.#living.get(pid) === socket) this.#living.delete(pid)
    })
    const data = socket.data as Session["data"]
    const knows = data[known]
    delete data[known]
    if (!knows) return true
    const rest = this.#events.rest(socket, knows)
    if (rest) sendAll(socket, [...knows.packets, ...rest])
    else beginAnew(socket)
    return rest !== undefined
  }

  #guard(entrance: Entrance): void {
    const who = new AsyncLocalStorage<unknown>()
    const add = entrance._add.bind(entrance)
    entrance._add = (client, auth, ...rest) => who.run(auth?.token, () => add(client, auth, ...rest))
    const adapter = this.#adapter
    const restore = adapter.restoreSession.bind(adapter)
    adapter.restoreSession = async (pid, offset) => {
      const user = this.#userOf(who.getStore())
      if (!user || this.#inRestoration.has(pid)) return null
      this.#inRestoration.add(pid)
      try {
        this.#end(pid, user)
        return await this.#restoreFor(user, () => restore(pid, offset))
      } finally {
        this.#inRestoration.delete(pid)
      }
    }
  }

  async #restoreFor(user: User, restore: () => ReturnType<SessionAdapter["restoreSession"]>) {
    const mark = await this.#events.mark()
    const session = await this.#ownOf(user, restore)
    if (!session) return null
    const { missedPackets: packets, data } = session
    // It is restored once: what is kept from now on belongs to nobody, until its client is let in.
    this.#adapter.persistSession({ ...kept(session), data: {} })
    return { ...session, data: { ...data, [known]: { mark, packets } }, missedPackets: [] }
  }

  #userOf(token: unknown): User | undefined {
    try {
      return this.#verify(String(token ?? ""))
    } catch {
      return undefined
    }
  }

  /** Ends a user's socket that still has the session. */
  #end(pid: string, user: User): void {
    const socket = this.#living.get(pid)
    if (socket?.data.user._id !== user._id) return
    // Without what waits for it, which is among what was missed, and in a way that its session can be restored.
    socket.conn.close(true)
    if (socket.connected) socket.disconnect(true)
  }

  /** The session as far as it is the user's; what was missed is what the rooms that both have allow. */
  async #ownOf(user: User, restore: () => ReturnType<SessionAdapter["restoreSession"]>) {
    const session = await restore()
    if (!session) return null
    const owner = session.data.user
    if (!owner || leftOf(owner) <= 0) return null
    if (owner._id !== user._id) {
      this.#adapter.persistSession(kept(session))
      return null
    }
    const allowed = [session.sid, ...roomsOf(user)]
    const rooms = session.rooms.filter((room) => allowed.includes(room))
    if (rooms.length === session.rooms.length) return session
    this.#adapter.persistSession({ ...kept(session), rooms })
    return restore()
  }
}

function kept({ sid, pid, rooms, data }: Session): Session {
  return { sid, pid, rooms, data }
}
