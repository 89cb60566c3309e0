// The client's `WebSocket`: the part of the standard interface that the runtime uses. Each frame is delivered on its own, in
// order. Nothing arrives before `open` or after `close`.
import type { WebSocketLike } from "raclette-wasm"
import type { Deliveries } from "./deliveries"

/** The server's end of a connection. */
export interface Peer {
  opened(): void
  /** A text or binary frame from the client. */
  receive(frame: unknown): void
  /** The client closed it. */
  gone(): void
}

/** The server's handle of a connection. */
export interface Line {
  send(frame: string): void
  /** Closes it. Code 1006 simulates a broken network. */
  close(code: number, reason?: string): void
  /** Drops all frames in both directions from now on. */
  silence(): void
}

/** The server that connections go to. */
export interface Host {
  readonly deliveries: Deliveries
  /** Delay of a frame from the server, in milliseconds. */
  frameDelay(lastAt: number): { ms: number; at: number }
  /** Undefined if the server is down. */
  accept(line: Line, url: string): Peer | undefined
}

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/** The WebSocket class for one backend. */
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
  /** Arrival time of the last frame. */
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
