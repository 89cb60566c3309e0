// Events that several nodes share through a Redis stream. Socket.IO's Redis Streams adapter carries them. This file
// adds what is missing for a client to get each event exactly once, whichever node it connects to:
// - Every event goes through the stream, also to clients of the node that sends it. So all clients get all events in
//   the order of the stream, and the offset of the last event tells which are missing.
// - A session is persisted in Redis when it starts, not when it ends. So sessions of a killed node can be recovered.
// - A node may find that the stream has lost entries that it had not read: Redis lost data, or the node hung while more
//   entries were added than the stream holds. Then no session is recovered: all clients reconnect and refetch.
// The adapter's private parts that this uses are listed in `StreamAdapter`. If an update changes them,
// tests/interop/nodes.test.ts and redis-away.test.ts fail.
import { createAdapter } from "@socket.io/redis-streams-adapter"
import type { FastifyBaseLogger } from "fastify"
import type { Redis } from "ioredis"
import type { Server, Socket } from "socket.io"
import { commitOfOffset, isCounted } from "./commits"
import type { OutgoingEvent } from "./outbox-table"
import {
  type BroadcastOptions,
  type Events,
  HISTORY_LENGTH,
  isRecipient,
  type RestoredState,
  resetSession,
  type SocketInternals,
  sendPackets,
} from "./recovery"
import { isReady } from "./redis"

/** How often sessions are persisted again in Redis, in ms. Far below the time for which they can be recovered. */
const RENEWAL_INTERVAL = 30_000
/** COUNT of each XREAD. */
const READ_COUNT = 100
/** How often a starting node publishes a heartbeat until it receives one, in ms. */
const PROBE_INTERVAL = 50
const SESSION_KEY = "sio:session:"
const STREAM = "socket.io"
/** The uid of published events. It is no node's own, so that every node handles them. */
const STREAM_UID = "stream"

// Types of the adapter's messages, and of Socket.IO's packets.
const HEARTBEAT = 2
const BROADCAST = 3
const EVENT = 2

interface Packet {
  type: number
  data: unknown[]
}

interface Message {
  uid: string
  nsp: string
  type: number
  data?: { packet: Packet; opts: BroadcastOptions & { rooms: string[]; except: string[] } }
}

interface Session {
  sid: string
  pid: string
  rooms: string[]
  data: object
}

/** Private parts of the adapter, which its types omit. */
interface StreamAdapter {
  broadcast(packet: Packet, opts: BroadcastOptions): Promise<void>
  doPublish(message: Message): Promise<string>
  onMessage(message: Message, offset: string): void
  restoreSession(pid: string, offset: string): Promise<Session & { missedPackets: unknown[][] }>
  persistSession(session: Session): void
  on(event: "join-room" | "leave-room", listener: (room: string, sid: string) => void): void
}

/** The reply to `XREAD`: per stream its entries, each with its id first. */
type XreadReply = [stream: string, entries: [id: string, fields: string[]][]][] | null

/** Compares two stream ids: -1, 0 or 1. */
export function compareOffsets(a: string, b: string): number {
  const [[aTime = 0, aSequence = 0], [bTime = 0, bSequence = 0]] = [a.split("-").map(Number), b.split("-").map(Number)]
  return Math.sign(aTime - bTime || aSequence - bSequence)
}

/** The events of the namespace `/`, as one of several nodes sends and receives them. */
export class SharedEvents implements Events {
  readonly #redis: Redis
  readonly #log: FastifyBaseLogger
  readonly #io: Server
  readonly #adapter: StreamAdapter
  /** The last events that this node received. */
  readonly #history: { offset: string; message: Message }[] = []
  /**
   * Restored sessions that have events which this node has not received yet: socket id to the last of their offsets.
   */
  readonly #ahead = new Map<string, string>()
  /** The offset of the last message that this node received; undefined before the first. */
  #lastOffset: string | undefined
  /** The offset of the last event, or from which on this node receives all. */
  #lastEventOffset: string | undefined
  /** `#lastOffset` when the connection to Redis was lost. */
  #offsetAtDisconnect: string | undefined
  /** Resolves when this node knows whether Redis lost entries. Entries read before that are held back. */
  #resumed: Promise<void> = Promise.resolve()
  /** The `run_id` of the Redis server. A restarted server may have lost entries of the stream. */
  #runId = ""
  #timer: NodeJS.Timeout | undefined

  constructor(io: Server, redis: Redis, log: FastifyBaseLogger) {
    this.#io = io
    this.#redis = redis
    this.#log = log
    this.#watchReads()
    const options = { streamName: STREAM, sessionKeyPrefix: SESSION_KEY, blockTimeInMs: 1000, readCount: READ_COUNT }
    io.adapter(createAdapter(redis, options) as never)
    this.#adapter = io.of("/").adapter as unknown as StreamAdapter
    this.#catchRejections()
    this.#routeThroughStream()
    this.#bindSessionsToRun()
    this.#persistSessions()
  }

  /** Resolves when this node receives what is published. */
  async ready(): Promise<void> {
    this.#runId = await runIdOf(this.#redis)
    while (this.#lastOffset === undefined) {
      await this.#publishHeartbeat()
      await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL))
    }
    let resolveResumed: (() => void) | undefined
    this.#redis.on("close", () => {
      this.#offsetAtDisconnect ??= this.#lastOffset
      if (resolveResumed) return
      this.#resumed = new Promise((resolve) => {
        resolveResumed = resolve
      })
    })
    this.#redis.on("ready", async () => {
      await this.#resume().catch((error) =>
        this.#report(error, "The Redis stream could not be checked for lost entries"),
      )
      if (!isReady(this.#redis)) return
      resolveResumed?.()
      resolveResumed = undefined
    })
  }

  /** See commits.ts. All nodes of one stream have the same numbers. */
  get commit(): number | undefined {
    return this.#lastEventOffset === undefined ? undefined : commitOfOffset(this.#lastEventOffset)
  }

  async position(): Promise<string> {
    const [last] = await this.#redis.xrevrange(STREAM, "+", "-", "COUNT", 1)
    return last?.[0] ?? "0-0"
  }

  missed(socket: Socket, { position, packets }: RestoredState): unknown[][] | undefined {
    const lastOwn = packets.at(-1)?.at(-1)
    const upTo = typeof lastOwn === "string" && compareOffsets(lastOwn, position) > 0 ? lastOwn : position
    const [oldest] = this.#history
    const isTruncated = this.#history.length === HISTORY_LENGTH
    if (oldest && isTruncated && compareOffsets(oldest.offset, upTo) > 0) return undefined
    if (this.#lastOffset && compareOffsets(upTo, this.#lastOffset) > 0) this.#ahead.set(socket.id, upTo)
    return this.#history.flatMap(({ offset, message: { data } }) => {
      return data && compareOffsets(offset, upTo) > 0 && isRecipient(socket, data.opts) ? [data.packet.data] : []
    })
  }

  /**
   * Bypasses the stream, which is for events that other clients may get. The offset is that of the last known event.
   */
  emitWithOffset(socket: Socket, name: string, payload: object): void {
    sendPackets(socket, [[name, payload, this.#ahead.get(socket.id) ?? this.#lastOffset]])
  }

  /** Publishes an event to all clients of all nodes, or to those in its rooms. Rejects if Redis did not accept it. */
  async publish({ channel, payload, rooms = [] }: OutgoingEvent): Promise<void> {
    await this.#publish({ type: EVENT, data: [channel, payload] }, { rooms: new Set(rooms), except: new Set() })
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Redis is back: persists the sessions again, or resets all if Redis may have lost events. */
  async #resume(): Promise<void> {
    const before = this.#offsetAtDisconnect
    const [run, there] = await Promise.all([
      runIdOf(this.#redis),
      before === undefined ? [] : this.#redis.xrange(STREAM, before, before),
    ])
    const isWhole = run === this.#runId && there.length > 0
    this.#runId = run
    this.#offsetAtDisconnect = undefined
    if (isWhole) for (const socket of this.#io.of("/").sockets.values()) this.#persist(socket)
    else {
      this.#resetAllSessions("Redis was restarted or lost stream entries")
      await this.#publishHeartbeat()
    }
  }

  /** Publishes a message without an event, so that nodes have an offset that is in the stream. */
  async #publishHeartbeat(): Promise<void> {
    await this.#adapter.doPublish({ uid: STREAM_UID, nsp: "/", type: HEARTBEAT })
  }

  #resetAllSessions(reason: string): void {
    const sockets = [...this.#io.of("/").sockets.values()]
    this.#log.warn({ clients: sockets.length }, `${reason}: disconnecting all clients, which reconnect and refetch`)
    // Lost events have no number, so numbers from before cannot be compared with later ones.
    this.#lastEventOffset = undefined
    for (const socket of sockets) resetSession(socket)
  }

  /**
   * Detects entries that were trimmed before this node read them. Redis trims a stream from its beginning. So if the
   * entry read last still exists after the next read, none in between was trimmed. Only a full batch needs the check: a
   * node that missed entries finds more than it reads at a time.
   */
  #watchReads(): void {
    const redis = this.#redis
    const duplicate = redis.duplicate.bind(redis)
    redis.duplicate = (override) => {
      const copy = duplicate(override)
      const read = copy.xread.bind(copy) as (...args: unknown[]) => Promise<XreadReply>
      const xread = async (...args: unknown[]) => {
        const answer = await read(...args)
        await this.#resumed
        const last = String(args.at(-1))
        const isFull = (answer?.[0]?.[1].length ?? 0) >= READ_COUNT
        if (isFull && last !== "$" && (await copy.xrange(STREAM, last, last)).length === 0) {
          this.#resetAllSessions("This node hung while more events were sent than the Redis stream holds")
        }
        return answer
      }
      return Object.assign(copy, { xread })
    }
  }

  /** Logs an error, at debug level while Redis is unreachable, which is logged already. */
  #report(error: unknown, message: string): void {
    if (isReady(this.#redis)) this.#log.error(error, message)
    else this.#log.debug(error, message)
  }

  /** The adapter does not handle rejections of these commands. */
  #catchRejections(): void {
    const redis = this.#redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    for (const [command, message] of [
      ["set", "A session could not be stored in Redis: if its client loses the connection, it refetches"],
      ["publish", "A request to the other nodes could not be sent through Redis"],
    ] as const) {
      const send = redis[command]?.bind(redis)
      redis[command] = async (...args) => send?.(...args).catch((error) => this.#report(error, message))
    }
  }

  /** Puts the `run_id` into session keys: a session is recovered only from the run of Redis that stored it. */
  #bindSessionsToRun(): void {
    const adapter = this.#adapter
    const { persistSession, restoreSession } = adapter
    adapter.persistSession = (session) => {
      persistSession.call(adapter, { ...session, pid: this.#keyOf(session.pid) })
    }
    adapter.restoreSession = async (pid, offset) => {
      return { ...(await restoreSession.call(adapter, this.#keyOf(pid), offset)), pid }
    }
  }

  #keyOf(pid: string): string {
    return `${this.#runId}:${pid}`
  }

  async #publish(packet: Packet, opts: Parameters<StreamAdapter["broadcast"]>[1]): Promise<void> {
    const data = { packet, opts: { ...opts, rooms: [...opts.rooms], except: [...opts.except] } }
    await this.#adapter.doPublish({ uid: STREAM_UID, nsp: "/", type: BROADCAST, data })
  }

  #routeThroughStream(): void {
    const adapter = this.#adapter
    const { broadcast, onMessage } = adapter
    adapter.broadcast = (packet, opts) => {
      if (opts.flags?.local) return broadcast.call(adapter, packet, opts)
      return this.#publish(packet, opts).catch((error) =>
        this.#report(error, "An event could not be published to Redis: it is lost"),
      )
    }
    adapter.onMessage = (message, offset) => {
      this.#lastOffset = offset ?? this.#lastOffset
      this.#lastEventOffset ??= this.#lastOffset
      if (message.type === BROADCAST && message.data) {
        if (isCounted(message.data.packet, message.data.opts.flags)) this.#lastEventOffset = offset
        for (const [sid, upTo] of this.#ahead) {
          if (compareOffsets(offset, upTo) <= 0) message.data.opts.except.push(sid)
          else this.#ahead.delete(sid)
        }
        this.#history.push({ offset, message })
        if (this.#history.length > HISTORY_LENGTH) this.#history.shift()
      }
      onMessage.call(adapter, message, offset)
    }
  }

  #persistSessions(): void {
    const keep = (socket: Socket) => this.#persist(socket)
    const { sockets } = this.#io.of("/")
    this.#io.on("connection", (socket) => {
      keep(socket)
      socket.on("disconnect", (reason) => {
        this.#ahead.delete(socket.id)
        const { pid } = socket as unknown as SocketInternals
        if (reason === "client namespace disconnect" || reason === "server namespace disconnect") {
          const key = SESSION_KEY + this.#keyOf(pid)
          this.#redis.del(key).catch((error) => this.#report(error, "A session could not be deleted from Redis"))
        }
      })
    })
    for (const change of ["join-room", "leave-room"] as const) {
      this.#adapter.on(change, (_room, sid) => {
        const socket = sockets.get(sid)
        if (socket?.connected) keep(socket)
      })
    }
    this.#timer = setInterval(() => sockets.forEach(keep), RENEWAL_INTERVAL)
  }

  #persist(socket: Socket): void {
    const { pid } = socket as unknown as SocketInternals
    this.#adapter.persistSession({ sid: socket.id, pid, rooms: [...socket.rooms], data: socket.data })
  }
}

/** The `run_id` of a Redis server, which changes with each start. */
async function runIdOf(redis: Redis): Promise<string> {
  return /^run_id:(\w+)/m.exec(await redis.info("server"))?.[1] ?? ""
}
