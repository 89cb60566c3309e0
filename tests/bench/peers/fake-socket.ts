// Replaces the global WebSocket, in the page and in Node, and plays the server's part of each handshake. `feed`
// delivers frames as a browser does: through `onmessage`.

type Handler<E> = ((event: E) => void) | null

/** The session lives as long as the bench: no ping is due for eleven days. */
const HANDSHAKE = '0{"sid":"e1","upgrades":[],"pingInterval":500000000,"pingTimeout":500000000,"maxPayload":100000000}'

export class FakeWebSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  /** The one that was opened last. */
  static last: FakeWebSocket | undefined
  readonly url: string
  binaryType = "blob"
  readyState = 0
  onopen: Handler<object> = null
  onmessage: Handler<{ data: string }> = null
  onerror: Handler<object> = null
  onclose: Handler<{ code: number; reason: string }> = null

  constructor(url: string) {
    this.url = url
    FakeWebSocket.last = this
    queueMicrotask(() => {
      this.readyState = 1
      this.onopen?.({})
      if (this.#isSocketIo) this.feed(HANDSHAKE)
    })
  }

  get #isSocketIo(): boolean {
    return this.url.includes("EIO=4")
  }

  /** A text frame comes in. */
  feed(data: string): void {
    this.onmessage?.({ data })
  }

  send(data: unknown): void {
    const text = String(data)
    const answers = this.#isSocketIo ? socketIoAnswers(text) : centrifugeAnswers(text)
    for (const answer of answers) queueMicrotask(() => this.feed(answer))
  }

  close(): void {
    this.readyState = 3
  }
}

function socketIoAnswers(text: string): string[] {
  return text.startsWith("40") ? ['40{"sid":"s1"}'] : []
}

function centrifugeAnswers(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const { id, connect } = JSON.parse(line) as { id?: number; connect?: object }
    if (id === undefined) return []
    return [JSON.stringify(connect ? { id, connect: { client: "c1", version: "6" } } : { id, subscribe: {} })]
  })
}

Object.assign(globalThis, { WebSocket: FakeWebSocket })
