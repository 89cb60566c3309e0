// What a client sees as `WebSocket`: the part of the standard's interface that the runtime uses. What is said either way
// arrives in a turn of its own, in its order; nothing arrives before `open` or after `close`.
import type { WebSocketLike } from "raclette-wasm"
import type { Deliveries } from "./deliveries"

/** The server's end of a connection. */
export interface Peer {
  opened(): void
  /** A frame of the client: a text, or a binary value. */
  receive(frame: unknown): void
  /** The client closed it. */
  gone(): void
}

/** What of a connection the server works with. */
export interface Line {
  send(frame: string): void
  /** It ends: with 1000, as told; with 1006, as one that breaks. */
  close(code: number, reason?: string): void
  /** From now on nothing comes through either way. */
  silence(): void
}

/** Where connections go. */
export interface Host {
  readonly deliveries: Deliveries
  /** How late a frame of the server arrives, in milliseconds. */
  frameDelay(lastAt: number): { ms: number; at: number }
  /** Undefined where nobody can connect. */
  accept(line: Line, url: string): Peer | undefined
}

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/** The class of connections to one backend. */
export function webSocketOf(host: Host): WebSocketLike {
  return class WebSocket extends ClientSocket {
    constructor(url: string) {
      super(host, url)
    }
  }
}

class ClientSocket {
  static readonly CONNECTING = CONNECTING
  static readonly OPEN = OPEN
  static readonly CLOSING = CLOSING
  static readonly CLOSED = CLOSED

  readyState = CONNECTING
  binaryType = "blob"
  readonly bufferedAmount = 0
  readonly extensions = ""
  readonly protocol = ""
  readonly url: string
  onopen: ((event: object) => void) | null = null
  onmessage: ((event: object) => void) | null = null
  onerror: ((event: object) => void) | null = null
  onclose: ((event: object) => void) | null = null
  readonly #host: Host
  readonly #peer: Peer | undefined
  #isSilent = false
  /** When the frame arrives that was sent last. */
  #lastAt = 0

  constructor(host: Host, url: string) {
    this.#host = host
    this.url = url
    this.#peer = host.accept(this.#line(), url)
    this.#arrive(() => (this.#peer ? this.#open() : this.#fail()))
  }

  send(frame: unknown): void {
    if (this.readyState === CONNECTING) throw new Error("The WebSocket is not open yet")
    if (this.readyState !== OPEN) return
    this.#host.deliveries.ask(() => {
      if (!this.#isSilent) this.#peer?.receive(frame)
    })
  }

  close(): void {
    if (this.readyState >= CLOSING) return
    this.readyState = CLOSING
    this.#host.deliveries.post(() => {
      this.#peer?.gone()
      this.#closed(1005, "")
    })
  }

  #line(): Line {
    return {
      send: (data) => this.#arrive(() => this.readyState === OPEN && this.onmessage?.({ type: "message", data })),
      // Also of one that is silent: the network tells so much.
      close: (code, reason = "") => this.#arrive(() => this.#closed(code, reason), true),
      silence: () => {
        this.#isSilent = true
      },
    }
  }

  #arrive(run: () => void, always = false): void {
    const { ms, at } = this.#host.frameDelay(this.#lastAt)
    this.#lastAt = at
    this.#host.deliveries.post(() => {
      if (always || !this.#isSilent) run()
    }, ms)
  }

  #open(): void {
    if (this.readyState !== CONNECTING) return
    this.readyState = OPEN
    this.onopen?.({ type: "open" })
    this.#peer?.opened()
  }

  #fail(): void {
    if (this.readyState !== CONNECTING) return
    this.readyState = CLOSED
    this.onerror?.({ type: "error", message: "the backend of the test is down" })
    this.onclose?.({ type: "close", code: 1006, reason: "", wasClean: false })
  }

  #closed(code: number, reason: string): void {
    if (this.readyState === CLOSED) return
    this.readyState = CLOSED
    this.onclose?.({ type: "close", code, reason, wasClean: code !== 1006 })
  }
}
