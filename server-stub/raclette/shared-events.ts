// Events shared by several nodes, by a Redis stream. Socket.IO's adapter carries them; what it leaves open is closed
// here, so that a client misses nothing and hears nothing twice, whichever node it is at or comes back to:
// - Every event goes through the stream, also to the clients of the node that sends it, so that all clients hear all
//   events in the order of the stream, and the offset of the last one says which are missing.
// - A session is kept in Redis from its beginning, not from its end, so that those of a node that was killed can be
//   recovered elsewhere.
// - A node may find that the stream no longer has what it had not read yet: Redis was away and comes back without it, or
//   the node stood still while more went by than the stream holds. No session is recovered over that: clients are made
//   to come back, and read anew.
// What it uses of the adapter's private parts is in `StreamAdapter`; tests/interop/nodes.test.ts and redis-away.test.ts
// fail where an update changes them.
import { createAdapter } from "@socket.io/redis-streams-adapter"
import type { FastifyBaseLogger } from "fastify"
import type { Redis } from "ioredis"
import type { Server, Socket } from "socket.io"
import { counts, numberOfOffset } from "./commits"
import type { OutgoingEvent } from "./outbox-table"
import {
  type Audience,
  beginAnew,
  type Events,
  isFor,
  type Known,
  REMEMBERED,
  type SessionSocket,
  sendAll,
} from "./recovery"
import { isThere } from "./redis"

/** How often sessions are renewed in Redis, in ms; far below the time for which they can be recovered. */
const RENEWAL = 30_000
/** How many entries of the stream are read at a time. */
const READ = 100
/** How often a node asks whether it hears the stream when it starts, in ms. */
const PROBE = 50
const SESSION_KEY = "sio:session:"
const STREAM = "socket.io"
/** As whom events are published: as no node, so that every node takes them from the stream. */
const NOBODY = "stream"

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
  data?: { packet: Packet; opts: Audience & { rooms: string[]; except: string[] } }
}

interface Session {
  sid: string
  pid: string
  rooms: string[]
  data: object
}

/** What the adapter has, and its types hide. */
interface StreamAdapter {
  broadcast(packet: Packet, opts: Audience): Promise<void>
  doPublish(message: Message): Promise<string>
  onMessage(message: Message, offset: string): void
  restoreSession(pid: string, offset: string): Promise<Session & { missedPackets: unknown[][] }>
  persistSession(session: Session): void
  on(event: "join-room" | "leave-room", listener: (room: string, sid: string) => void): void
}

/** What `XREAD` answers: of each stream its entries, each with its id first. */
type Read = [stream: string, entries: [id: string, fields: string[]][]][] | null

/** -1, 0 or 1, as offset `a` is before, the same as, or after `b`. */
export function compareOffsets(a: string, b: string): number {
  const [[aTime = 0, aPlace = 0], [bTime = 0, bPlace = 0]] = [a.split("-").map(Number), b.split("-").map(Number)]
  return Math.sign(aTime - bTime || aPlace - bPlace)
}

/** The sharing of one node: of the events of the namespace `/`. */
export class SharedEvents implements Events {
  readonly #redis: Redis
  readonly #log: FastifyBaseLogger
  readonly #io: Server
  readonly #adapter: StreamAdapter
  /** The last events that this node heard, with their offsets as last arguments. */
  readonly #heard: { offset: string; message: Message }[] = []
  /** Sessions that know events which this node has not heard yet, and up to which offset. */
  readonly #ahead = new Map<string, string>()
  /** The offset of the last message that this node heard; undefined before the first. */
  #last: string | undefined
  /** That of the last event, or from where on this node hears all. */
  #lastEvent: string | undefined
  /** That of when Redis was lost. */
  #lastBefore: string | undefined
  /** Over when it is known what was lost while Redis was away: what came after that is told then. */
  #isKnown: Promise<void> = Promise.resolve()
  /** Which run of the Redis server this is: another one may have forgotten what was in the stream. */
  #run = ""
  #timer: NodeJS.Timeout | undefined

  constructor(io: Server, redis: Redis, log: FastifyBaseLogger) {
    this.#io = io
    this.#redis = redis
    this.#log = log
    this.#watchReads()
    const options = { streamName: STREAM, sessionKeyPrefix: SESSION_KEY, blockTimeInMs: 1000, readCount: READ }
    io.adapter(createAdapter(redis, options) as never)
    this.#adapter = io.of("/").adapter as unknown as StreamAdapter
    this.#holdRejections()
    this.#takeAllFromTheStream()
    this.#bindSessionsToRun()
    this.#keepSessions()
  }

  /** Resolves when this node hears what is published. */
  async ready(): Promise<void> {
    this.#run = await runOf(this.#redis)
    while (this.#last === undefined) {
      await this.#beat()
      await new Promise((resolve) => setTimeout(resolve, PROBE))
    }
    let known: (() => void) | undefined
    this.#redis.on("close", () => {
      this.#lastBefore ??= this.#last
      if (known) return
      this.#isKnown = new Promise((resolve) => {
        known = resolve
      })
    })
    this.#redis.on("ready", async () => {
      await this.#resume().catch((error) => this.#report(error, "What Redis still has could not be read"))
      if (!isThere(this.#redis)) return
      known?.()
      known = undefined
    })
  }

  /** See commits.ts: the nodes of one stream have the same numbers. */
  get commit(): number | undefined {
    return this.#lastEvent === undefined ? undefined : numberOfOffset(this.#lastEvent)
  }

  async mark(): Promise<string> {
    const [last] = await this.#redis.xrevrange(STREAM, "+", "-", "COUNT", 1)
    return last?.[0] ?? "0-0"
  }

  rest(socket: Socket, { mark, packets }: Known): unknown[][] | undefined {
    const lastOwn = packets.at(-1)?.at(-1)
    const upTo = typeof lastOwn === "string" && compareOffsets(lastOwn, mark) > 0 ? lastOwn : mark
    const [oldest] = this.#heard
    const mayHaveForgotten = this.#heard.length === REMEMBERED
    if (oldest && mayHaveForgotten && compareOffsets(oldest.offset, upTo) > 0) return undefined
    if (this.#last && compareOffsets(upTo, this.#last) > 0) this.#ahead.set(socket.id, upTo)
    return this.#heard.flatMap(({ offset, message: { data } }) => {
      return data && compareOffsets(offset, upTo) > 0 && isFor(socket, data.opts) ? [data.packet.data] : []
    })
  }

  /** By this node alone: the stream is for what others may hear. The offset is that of the last event that it knows of. */
  greet(socket: Socket, name: string, payload: object): void {
    sendAll(socket, [[name, payload, this.#ahead.get(socket.id) ?? this.#last]])
  }

  /** Sends an event to every client of every node, or to those in its rooms; rejects if Redis did not take it. */
  async publish({ channel, payload, rooms = [] }: OutgoingEvent): Promise<void> {
    await this.#publish({ type: EVENT, data: [channel, payload] }, { rooms: new Set(rooms), except: new Set() })
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Redis is back: sessions are kept in it again, or begin anew if it may have lost events. */
  async #resume(): Promise<void> {
    const before = this.#lastBefore
    const [run, there] = await Promise.all([
      runOf(this.#redis),
      before === undefined ? [] : this.#redis.xrange(STREAM, before, before),
    ])
    const isWhole = run === this.#run && there.length > 0
    this.#run = run
    this.#lastBefore = undefined
    if (isWhole) for (const socket of this.#io.of("/").sockets.values()) this.#keep(socket)
    else {
      this.#letAllBeginAnew("Redis may have lost events")
      await this.#beat()
    }
  }

  /** Publishes what nobody hears, so that nodes have an offset that is in the stream. */
  async #beat(): Promise<void> {
    await this.#adapter.doPublish({ uid: NOBODY, nsp: "/", type: HEARTBEAT })
  }

  #letAllBeginAnew(reason: string): void {
    const sockets = [...this.#io.of("/").sockets.values()]
    this.#log.warn({ clients: sockets.length }, `${reason}: clients come back, and read anew`)
    // What may have been lost has no number: none from before is comparable with those to come.
    this.#lastEvent = undefined
    for (const socket of sockets) beginAnew(socket)
  }

  /**
   * Lets the connections that read the stream notice what they missed. Entries are taken away from the beginning of the
   * stream alone: where the one that was read last is there after the next were read, none lies between them. A node that
   * missed any finds more waiting than it reads at a time.
   */
  #watchReads(): void {
    const redis = this.#redis
    const duplicate = redis.duplicate.bind(redis)
    redis.duplicate = (override) => {
      const copy = duplicate(override)
      const read = copy.xread.bind(copy) as (...args: unknown[]) => Promise<Read>
      const xread = async (...args: unknown[]) => {
        const answer = await read(...args)
        await this.#isKnown
        const last = String(args.at(-1))
        const isFull = (answer?.[0]?.[1].length ?? 0) >= READ
        if (isFull && last !== "$" && (await copy.xrange(STREAM, last, last)).length === 0) {
          this.#letAllBeginAnew("This node stood still while more events went by than the stream holds")
        }
        return answer
      }
      return Object.assign(copy, { xread })
    }
  }

  /** Logs what went wrong; while Redis is away, the log says so already. */
  #report(error: unknown, message: string): void {
    if (isThere(this.#redis)) this.#log.error(error, message)
    else this.#log.debug(error, message)
  }

  /** The adapter does not wait for the answers to these. */
  #holdRejections(): void {
    const redis = this.#redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
    for (const [command, message] of [
      ["set", "A session was not kept"],
      ["publish", "A question to all nodes was not sent"],
    ] as const) {
      const send = redis[command]?.bind(redis)
      redis[command] = async (...args) => send?.(...args).catch((error) => this.#report(error, message))
    }
  }

  /** Lets a session be recovered only from the run of Redis in which it was kept. */
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
    return `${this.#run}:${pid}`
  }

  async #publish(packet: Packet, opts: Parameters<StreamAdapter["broadcast"]>[1]): Promise<void> {
    const data = { packet, opts: { ...opts, rooms: [...opts.rooms], except: [...opts.except] } }
    await this.#adapter.doPublish({ uid: NOBODY, nsp: "/", type: BROADCAST, data })
  }

  #takeAllFromTheStream(): void {
    const adapter = this.#adapter
    const { broadcast, onMessage } = adapter
    adapter.broadcast = (packet, opts) => {
      if (opts.flags?.local) return broadcast.call(adapter, packet, opts)
      return this.#publish(packet, opts).catch((error) => this.#report(error, "An event was not sent"))
    }
    adapter.onMessage = (message, offset) => {
      this.#last = offset ?? this.#last
      this.#lastEvent ??= this.#last
      if (message.type === BROADCAST && message.data) {
        if (counts(message.data.packet, message.data.opts.flags)) this.#lastEvent = offset
        for (const [sid, upTo] of this.#ahead) {
          if (compareOffsets(offset, upTo) <= 0) message.data.opts.except.push(sid)
          else this.#ahead.delete(sid)
        }
        this.#heard.push({ offset, message })
        if (this.#heard.length > REMEMBERED) this.#heard.shift()
      }
      onMessage.call(adapter, message, offset)
    }
  }

  #keepSessions(): void {
    const keep = (socket: Socket) => this.#keep(socket)
    const { sockets } = this.#io.of("/")
    this.#io.on("connection", (socket) => {
      keep(socket)
      socket.on("disconnect", (reason) => {
        this.#ahead.delete(socket.id)
        const { pid } = socket as unknown as SessionSocket
        if (reason === "client namespace disconnect" || reason === "server namespace disconnect") {
          const key = SESSION_KEY + this.#keyOf(pid)
          this.#redis.del(key).catch((error) => this.#report(error, "A session was not ended"))
        }
      })
    })
    for (const change of ["join-room", "leave-room"] as const) {
      this.#adapter.on(change, (_room, sid) => {
        const socket = sockets.get(sid)
        if (socket?.connected) keep(socket)
      })
    }
    this.#timer = setInterval(() => sockets.forEach(keep), RENEWAL)
  }

  #keep(socket: Socket): void {
    const { pid } = socket as unknown as SessionSocket
    this.#adapter.persistSession({ sid: socket.id, pid, rooms: [...socket.rooms], data: socket.data })
  }
}

/** The id that a Redis server gives itself at each start. */
async function runOf(redis: Redis): Promise<string> {
  return /^run_id:(\w+)/m.exec(await redis.info("server"))?.[1] ?? ""
}
