// The Socket.IO side: connections, the sessions of their namespaces, and event delivery. A connection counts as entering
// until its first session is accepted or refused. Events that the test emits wait for entering connections.
import type { Clock } from "./clock"
import { Connection, type Session } from "./connection"
import type { Deliveries } from "./deliveries"
import { MissedEvents } from "./missed"
import { ACK, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, encodePacket } from "./packets"
import type { ClientEmit, Credentials, EmitHandler, TakeBack } from "./types"
import type { Host, Line, Peer } from "./web-socket"

/** The part of the backend that the sockets use. */
export interface SocketsHost {
  readonly clock: Clock
  readonly deliveries: Deliveries
  readonly heartbeat: { pingInterval: number; pingTimeout: number; sends: boolean }
  readonly recovers: boolean
  isDown(): boolean
  frameLatency(): number
  refusalOf(credentials: Credentials): Promise<string | undefined>
}

/** The first event of each session, with the commit number. */
const CONNECTED = "raclette--connected"

/** The event by which a client sends a renewed token. */
const AUTH = "raclette--auth"

export class Sockets implements Host {
  emits: ClientEmit[] = []
  /** The CONNECT_ERROR payload while clients are refused. */
  rejection: { message: string; data?: unknown } | undefined
  /** True once any client has connected. */
  wasUsed = false
  commit: number
  readonly #host: SocketsHost
  readonly #missed: MissedEvents
  readonly #connections = new Set<Connection>()
  #handlers: { event: string; namespace: string; handler: EmitHandler }[] = []
  #whenIn: (() => void)[] = []
  #whenConnected: (() => void)[] = []
  #count = 0

  constructor(host: SocketsHost) {
    this.#host = host
    this.#missed = new MissedEvents(host.clock)
    this.commit = host.clock.wallClock() * 1000
  }

  get deliveries(): Deliveries {
    return this.#host.deliveries
  }

  frameDelay(lastAt: number): { ms: number; at: number } {
    const now = this.#host.clock.now()
    const at = Math.max(lastAt, now + this.#host.frameLatency())
    return { ms: Math.ceil(at - now), at }
  }

  accept(line: Line): Peer | undefined {
    this.wasUsed = true
    if (this.#host.isDown()) return undefined
    const connection = new Connection(line, this.#host, `engine-${++this.#count}`, {
      packet: (packet) => {
        if (packet.type === CONNECT) void this.#connect(connection, packet.namespace, packet.data)
        else if (packet.type === DISCONNECT) this.#leave(connection, packet.namespace, false)
        else if (packet.type === EVENT)
          void this.#received(connection, packet.namespace, packet.id, packet.data as unknown[])
      },
      over: () => this.#over(connection),
    })
    this.#connections.add(connection)
    return connection
  }

  get clients(): number {
    return [...this.#connections].filter(({ sessions }) => sessions.size > 0).length
  }

  /** Calls `run` once no connection is entering. */
  whenIn(run: () => void): void {
    if ([...this.#connections].some(({ isEntering }) => isEntering)) this.#whenIn.push(run)
    else run()
  }

  connected(): Promise<void> {
    return new Promise((resolve) => {
      if (this.clients > 0) resolve()
      else this.#whenConnected.push(resolve)
    })
  }

  /** Emits an event to all sessions of a namespace. */
  broadcast(namespace: string, args: unknown[]): void {
    this.commit++
    this.#send({ namespace, args })
  }

  onEmit(event: string, handler: EmitHandler, namespace = "/"): TakeBack {
    const entry = { event, handler, namespace }
    this.#handlers.unshift(entry)
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== entry)
    }
  }

  /** Breaks all connections. `forgets`: their sessions cannot be recovered. */
  drop(forgets = false): void {
    for (const connection of [...this.#connections]) connection.close(1006)
    if (forgets) this.#missed.clear()
  }

  disconnect(): void {
    for (const connection of [...this.#connections]) {
      for (const namespace of [...connection.sessions.keys()]) {
        connection.send(encodePacket({ type: DISCONNECT, namespace }))
        this.#leave(connection, namespace, false)
      }
    }
  }

  silence(): void {
    for (const connection of this.#connections) connection.silence()
  }

  clear(): void {
    this.emits = []
    this.#handlers = []
    this.rejection = undefined
  }

  async #connect(connection: Connection, namespace: string, data: unknown): Promise<void> {
    const { pid, offset, ...credentials } = (data ?? {}) as Credentials
    const refusal = this.rejection ?? (await this.#refusalOf(credentials))
    if (connection.isOver) return
    if (refusal) connection.send(encodePacket({ type: CONNECT_ERROR, namespace, data: refusal }))
    else this.#enter(connection, namespace, { pid, offset })
    connection.isEntering = false
    this.#entered()
  }

  async #refusalOf(credentials: Credentials): Promise<{ message: string; data: unknown } | undefined> {
    const message = await this.deliveries.handle(() => this.#host.refusalOf(credentials))
    return message === undefined ? undefined : { message, data: { code: "UNAUTHORIZED" } }
  }

  #enter(connection: Connection, namespace: string, known: { pid: unknown; offset: unknown }): void {
    const { recovers } = this.#host
    const restored = recovers ? this.#missed.restore(namespace, known) : undefined
    const { sid, pid }: Session = restored?.session ?? {
      sid: `session-${++this.#count}`,
      pid: `private-${this.#count}`,
    }
    connection.sessions.set(namespace, { sid, pid })
    connection.send(encodePacket({ type: CONNECT, namespace, data: recovers ? { sid, pid } : { sid } }))
    for (const { args, offset } of restored?.missed ?? []) this.#event(connection, namespace, [...args, offset])
    if (namespace === "/") this.#send({ namespace, args: [CONNECTED, { commit: this.commit }], sid })
    for (const resolve of this.#whenConnected.splice(0)) resolve()
  }

  #send(event: { namespace: string; args: unknown[]; sid?: string }): void {
    const { namespace, args, sid } = event
    const all = this.#host.recovers ? [...args, this.#missed.add(event)] : args
    for (const connection of this.#connections) {
      const session = connection.sessions.get(namespace)
      if (session && (sid ?? session.sid) === session.sid) this.#event(connection, namespace, all)
    }
  }

  #event(connection: Connection, namespace: string, args: unknown[]): void {
    connection.send(encodePacket({ type: EVENT, namespace, data: args }))
  }

  async #received(
    connection: Connection,
    namespace: string,
    id: number | undefined,
    [event, ...args]: unknown[],
  ): Promise<void> {
    if (!connection.sessions.has(namespace)) return
    const answer = (data: unknown[]) => {
      if (id !== undefined && connection.sessions.has(namespace))
        connection.send(encodePacket({ type: ACK, namespace, id, data }))
    }
    if (event === AUTH) {
      const message = await this.deliveries.handle(() => this.#host.refusalOf(args[0] as Credentials))
      return answer([message === undefined ? { ok: true } : { ok: false, code: "UNAUTHORIZED", message }])
    }
    this.emits.push({ event: String(event), args, namespace })
    const found = this.#handlers.find((one) => one.event === event && one.namespace === namespace)
    if (!found) return
    const value = await this.deliveries.handle(async () => found.handler(...args))
    answer(value === undefined ? [] : [value])
  }

  #leave(connection: Connection, namespace: string, isKept: boolean): void {
    const session = connection.sessions.get(namespace)
    connection.sessions.delete(namespace)
    if (session && isKept) this.#missed.keep({ ...session, namespace })
  }

  #over(connection: Connection): void {
    for (const namespace of [...connection.sessions.keys()]) this.#leave(connection, namespace, true)
    this.#connections.delete(connection)
    connection.isEntering = false
    this.#entered()
  }

  #entered(): void {
    if (this.#whenIn.length === 0) return
    const waiting = this.#whenIn
    this.#whenIn = []
    for (const run of waiting) this.whenIn(run)
  }
}
