// The WebSocket driver: opens, sends, closes, and tells what happens as events. It knows no packets, and after
// `close()` it tells nothing more.

/** What a connection tells. `closed` comes exactly once, and last. */
export interface TransportEvents {
  opened(): void
  text(frame: string): void
  binary(frame: ArrayBuffer): void
  closed(detail: string): void
}

/** One connection, as the runtime sees it. */
export interface Transport {
  sendText(text: string): void
  sendBinary(bytes: Uint8Array): void
  close(): void
}

/** The part of the WebSocket interface that is used; the browser's and that of `ws` both have it. */
interface Socket {
  binaryType: string
  readyState: number
  send(data: string | Uint8Array): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onerror: ((event: { message?: string }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
}

const OPEN = 1

/** Opens a WebSocket to `url`. Never throws: a failure is `closed`. */
export function openWebSocket(WebSocketClass: unknown, url: string, events: TransportEvents): Transport {
  let socket: Socket
  try {
    socket = new (WebSocketClass as new (url: string) => Socket)(url)
  } catch (error) {
    queueMicrotask(() => events.closed(error instanceof Error ? error.message : String(error)))
    return { sendText() {}, sendBinary() {}, close() {} }
  }
  listen(socket, events)
  const send = (data: string | Uint8Array) => {
    if (socket.readyState === OPEN) socket.send(data)
  }
  return {
    sendText: send,
    sendBinary: send,
    close() {
      silence(socket)
      socket.close()
    },
  }
}

function listen(socket: Socket, events: TransportEvents): void {
  let detail = ""
  socket.binaryType = "arraybuffer"
  socket.onopen = () => events.opened()
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") events.text(data)
    else events.binary(data as ArrayBuffer)
  }
  socket.onerror = (event) => {
    detail = event.message ?? ""
  }
  socket.onclose = ({ code, reason }) => {
    silence(socket)
    events.closed(reason || detail || `WebSocket close code ${code}`)
  }
}

/** From here on nothing is told. `ws` emits an error when it is closed while connecting: that needs a listener. */
function silence(socket: Socket): void {
  socket.onopen = null
  socket.onmessage = null
  socket.onclose = null
  socket.onerror = () => {}
}
