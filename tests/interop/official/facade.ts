// Two clients behind one interface: the official socket.io-client, and a runtime that mimics it. Each case of the
// official suite runs with both. A case that the original fails proves nothing.
import { io } from "socket.io-client"
import { onTestFinished } from "vitest"
import { WebSocket } from "ws"
import type {
  Auth,
  Socket as RacletteSocket,
  Runtime,
  SendOptions,
  SocketOptions,
  TimersDriver,
} from "../../../js-glue"
import { startRuntime } from "../harness"

// biome-ignore lint/suspicious/noExplicitAny: arguments of events are anything
type Listener = (...args: any[]) => void

export interface Client {
  readonly id: string | undefined
  readonly connected: boolean
  readonly recovered: boolean
  on(event: string, listener: Listener): void
  off(event: string, listener: Listener): void
  onAny(listener: Listener): void
  offAny(listener: Listener): void
  onAnyOutgoing(listener: Listener): void
  offAnyOutgoing(listener: Listener): void
  emit(event: string, ...args: unknown[]): void
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>
  timeout(ms: number): Pick<Client, "emit" | "emitWithAck">
  volatile: Pick<Client, "emit">
  /** With tries, one after the other; each has `ms` for its answer. */
  retrying(retries: number, ms: number): Pick<Client, "emit" | "connect">
  connect(): void
  disconnect(): void
  /** An attempt that runs is the last one. */
  stopReconnecting(): void
  /** The machine slept for longer than the server waits for. */
  sleep(): void
  namespace(name: string): Client
}

export interface ClientOptions extends SocketOptions {
  auth?: Auth
  /** Timers as they were before anybody replaced those of the platform. */
  useNativeTimers?: boolean
}

export type OpenClient = (url: string, options?: ClientOptions) => Promise<Client>

const quick = { reconnectionDelay: 20, reconnectionDelayMax: 100 }

/** The original. */
export const openOfficial: OpenClient = async (url, options = {}) => {
  const { namespace = "", ...rest } = options
  const socket = io(url + namespace, { ...quick, forceNew: true, ...rest } as never)
  onTestFinished(() => void socket.io._close())
  return officialFace(socket, url)
}

function officialFace(socket: ReturnType<typeof io>, url: string): Client {
  const { io: manager } = socket
  const on = socket.on.bind(socket)
  const isManagers = (event: string) => event.startsWith("reconnect")
  return Object.assign(socket as unknown as Client, {
    on: (event: string, listener: Listener) =>
      void (isManagers(event) ? manager.on(event as "reconnect_attempt", listener) : on(event, listener)),
    retrying: (retries: number, ms: number) => {
      const own = io(url, { ...quick, forceNew: true, retries, ackTimeout: ms, autoConnect: socket.connected })
      onTestFinished(() => void own.disconnect())
      return own as unknown as Client
    },
    stopReconnecting: () => void manager.reconnection(false),
    sleep() {
      Object.assign(manager.engine, { _pingTimeoutTime: Date.now() - 1 })
    },
    namespace: (name: string) => officialFace(manager.socket(name), url),
  })
}

/** A runtime, dressed as one. */
export const openRaclette: OpenClient = async (url, options = {}) => {
  const { auth, autoConnect = true, useNativeTimers, ...socket } = options
  const attempts = new Attempts()
  const clock = clockOf(useNativeTimers ? native : globalThis)
  const runtime = await startRuntime(url, {
    WebSocket: attempts.WebSocket,
    timers: clock.timers,
    ...(auth && { auth }),
    socket: { ...quick, authAttempts: 1, reconnectAfterServerDisconnect: false, ...socket, autoConnect: false },
  })
  const client = new RacletteClient(runtime, runtime.$socket, runtime, { attempts, clock, options })
  if (autoConnect) runtime.connect()
  return client
}

const native = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  performance: { now: performance.now.bind(performance) },
}

/** Timers by those of `platform`, and a clock that can be put on: what is due by then fires after the task. */
function clockOf(
  platform: Pick<typeof globalThis, "setTimeout" | "clearTimeout"> & { performance: { now(): number } },
) {
  let slept = 0
  const pending = new Map<object, { callback: () => void; handle: NodeJS.Timeout }>()
  const start = (timer: object, callback: () => void, ms: number) => {
    const fire = () => {
      pending.delete(timer)
      callback()
    }
    pending.set(timer, { callback, handle: platform.setTimeout(fire, Math.min(ms, 2 ** 31 - 1)) })
  }
  const clear = (timer: object) => {
    platform.clearTimeout(pending.get(timer)?.handle)
    pending.delete(timer)
  }
  const timers: TimersDriver = {
    now: () => platform.performance.now() + slept,
    wallClock: () => Date.now() + slept,
    set(callback, ms) {
      const timer = {}
      start(timer, callback, ms)
      return timer
    },
    clear: (timer) => clear(timer as object),
  }
  return {
    timers,
    sleep() {
      slept += 3_600_000
      for (const [timer, { callback }] of [...pending]) {
        clear(timer)
        start(timer, callback, 0)
      }
    },
  }
}

/** Counts what is opened after the first connection, or after the last that worked. */
class Attempts {
  readonly WebSocket: typeof WebSocket
  readonly listeners = new Set<Listener>()
  #opened = 0

  constructor() {
    const opens = () => this.#opens()
    this.WebSocket = class extends WebSocket {
      constructor(url: string) {
        super(url)
        opens()
      }
    } as typeof WebSocket
  }

  #opens(): void {
    const before = this.#opened++
    if (before > 0) for (const listener of this.listeners) listener(before)
  }

  /** The one that is open works: the next one is an attempt, the first of its row. */
  works(): void {
    this.#opened = 1
  }
}

interface Parts {
  attempts: Attempts
  clock: ReturnType<typeof clockOf>
  options: ClientOptions
}

class RacletteClient implements Client {
  readonly #runtime: Runtime
  readonly #socket: RacletteSocket
  readonly #connection: { connect(): void; disconnect(): void }
  readonly #parts: Parts
  readonly #ends = new Map<Listener, () => void>()

  constructor(
    runtime: Runtime,
    socket: RacletteSocket,
    connection: { connect(): void; disconnect(): void },
    parts: Parts,
  ) {
    this.#runtime = runtime
    this.#socket = socket
    this.#connection = connection
    this.#parts = parts
    socket.status.subscribe((status) => {
      if (status === "connected") parts.attempts.works()
    })
  }

  get id() {
    return this.#socket.id
  }
  get connected() {
    return this.#socket.status.value === "connected"
  }
  get recovered() {
    return this.#socket.recovered.value
  }

  on(event: string, listener: Listener): void {
    this.#ends.set(listener, this.#listen(event, listener))
  }

  off(_event: string, listener: Listener): void {
    this.#ends.get(listener)?.()
  }

  #listen(event: string, listener: Listener): () => void {
    const { status, reason } = this.#socket
    let before = status.value
    const changes = (wanted: (from: string, to: string) => boolean, tell: () => void) =>
      status.subscribe((now) => {
        const from = before
        before = now
        if (from !== now && wanted(from, now)) tell()
      })
    if (event === "connect") return changes((_from, to) => to === "connected", listener)
    if (event === "disconnect")
      return changes(
        (from) => from === "connected",
        () => listener(reason.value?.code),
      )
    if (event === "reconnect_attempt") {
      const { listeners } = this.#parts.attempts
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
    if (event === "reconnect_failed")
      return reason.subscribe((why) => {
        if (why?.code === "RECONNECT_FAILED") listener()
      })
    if (event === "connect_error") return this.#onFailedAttempt(listener)
    return this.#socket.on(event, (_payload, { args, reply }) => listener(...args, ...(reply ? [reply] : [])))
  }

  /** Calls back for every reason that is not the end of a session, or of all attempts. */
  #onFailedAttempt(listener: Listener): () => void {
    const { status, reason } = this.#socket
    let was = status.value
    const ends = [
      status.subscribe((now) => {
        if (now === "connected") was = now
      }),
      reason.subscribe((why) => {
        queueMicrotask(() => {
          const wasConnected = was === "connected"
          was = status.value
          const isOver = ["CLIENT_DISCONNECTED", "RECONNECT_FAILED"].includes(why?.code ?? "")
          if (why && !isOver && !wasConnected) listener(new Error(why.message))
        })
      }),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  onAny(listener: Listener): void {
    this.#ends.set(
      listener,
      this.#socket.onAny((_payload, { channel, args }) => listener(channel, ...args)),
    )
  }
  offAny(listener: Listener): void {
    this.#ends.get(listener)?.()
  }
  onAnyOutgoing(listener: Listener): void {
    this.#ends.set(listener, this.#socket.onAnyOutgoing(listener))
  }
  offAnyOutgoing(listener: Listener): void {
    this.#ends.get(listener)?.()
  }

  emit(event: string, ...args: unknown[]): void {
    const { ackTimeout } = this.#parts.options
    const isTimed = ackTimeout !== undefined && typeof args.at(-1) === "function"
    const emitters = isTimed ? this.#socket.timeout(ackTimeout) : this.#socket
    emitters.emit(event, ...args)
  }
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown> {
    return this.#socket.emitWithAck(event, ...args)
  }
  timeout(ms: number) {
    return this.#socket.timeout(ms)
  }
  get volatile() {
    return this.#socket.volatile
  }
  retrying(retries: number, timeout: number) {
    const sending = this.#socket.sending({ retries, timeout, ordered: true } satisfies SendOptions)
    return { emit: (event: string, ...args: unknown[]) => sending.emit(event, ...args), connect: () => this.connect() }
  }

  connect(): void {
    this.#connection.connect()
  }
  disconnect(): void {
    this.#connection.disconnect()
  }
  stopReconnecting(): void {
    this.disconnect()
  }
  sleep(): void {
    this.#parts.clock.sleep()
  }
  namespace(name: string): Client {
    const space = this.#runtime.of(name)
    space.connect()
    return new RacletteClient(this.#runtime, space.$socket, space, this.#parts)
  }
}
