// Two clients behind one face: the official socket.io-client as it is, and a runtime dressed as one. So the cases of
// the official suite are asked of both, and a case that the original does not pass proves nothing.
import { io } from "socket.io-client"
import { onTestFinished } from "vitest"
import { WebSocket } from "ws"
import type { Auth, Socket as RacletteSocket, Runtime, SendOptions, SocketOptions } from "../../../js-glue"
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
  /** With tries; each has `ms` for its answer. */
  retrying(retries: number, ms: number): Pick<Client, "emit">
  connect(): void
  disconnect(): void
  namespace(name: string): Client
}

export interface ClientOptions extends SocketOptions {
  auth?: Auth
}

export type OpenClient = (url: string, options?: ClientOptions) => Promise<Client>

const quick = { reconnectionDelay: 20, reconnectionDelayMax: 100 }

/** The original. */
export const openOfficial: OpenClient = async (url, options = {}) => {
  const { auth, namespace = "", ...rest } = options
  const socket = io(url + namespace, { ...quick, forceNew: true, ...rest, ...(auth && { auth }) } as never)
  onTestFinished(() => void socket.io._close())
  return officialFace(socket, url)
}

function officialFace(socket: ReturnType<typeof io>, url: string): Client {
  return Object.assign(socket as unknown as Client, {
    retrying: (retries: number, ms: number) => {
      const own = io(url, { ...quick, forceNew: true, retries, ackTimeout: ms })
      onTestFinished(() => void own.disconnect())
      return own as unknown as Client
    },
    namespace: (name: string) => officialFace(socket.io.socket(name), url),
  })
}

/** A runtime, dressed as one. */
export const openRaclette: OpenClient = async (url, options = {}) => {
  const { auth, autoConnect = true, ...socket } = options
  const runtime = await startRuntime(url, {
    WebSocket,
    ...(auth && { auth }),
    socket: { ...quick, authAttempts: 1, reconnectAfterServerDisconnect: false, ...socket, autoConnect: false },
  })
  const client = new RacletteClient(runtime, runtime.$socket, runtime)
  if (autoConnect) runtime.connect()
  return client
}

class RacletteClient implements Client {
  readonly #runtime: Runtime
  readonly #socket: RacletteSocket
  readonly #connection: { connect(): void; disconnect(): void }
  readonly #ends = new Map<Listener, () => void>()

  constructor(runtime: Runtime, socket: RacletteSocket, connection: { connect(): void; disconnect(): void }) {
    this.#runtime = runtime
    this.#socket = socket
    this.#connection = connection
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
    this.#socket.emit(event, ...args)
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
    return this.#socket.sending({ retries, timeout } satisfies SendOptions)
  }

  connect(): void {
    this.#connection.connect()
  }
  disconnect(): void {
    this.#connection.disconnect()
  }
  namespace(name: string): Client {
    const space = this.#runtime.of(name)
    space.connect()
    return new RacletteClient(this.#runtime, space.$socket, space)
  }
}
