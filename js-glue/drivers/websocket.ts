// The WebSocket driver. Opens, sends, closes, and reports events. It does not parse packets, and reports nothing after
// `close()`.
import type { Transport, TransportEvents, TransportOptions } from "../types/drivers"
import { messageOf } from "../types/errors"

/** The part of the WebSocket interface that is used. The browser's and that of `ws` both have it. */
interface Socket {
  binaryType: string
  readyState: number
  send(data: string | Uint8Array | Blob): void
  close(): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onerror: ((event: { message?: string }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
}

type SocketClass = new (url: string, options?: { headers: Record<string, string> }) => Socket

const OPEN = 1

/** Opens a WebSocket to `url`. Never throws: a failure is reported by `closed`. */
export function openWebSocket(
  WebSocketClass: unknown,
  url: string,
  options: TransportOptions,
  events: TransportEvents,
): Transport {
  let socket: Socket
  try {
    socket = construct(WebSocketClass as SocketClass | undefined, url, options)
  } catch (error) {
    fail(error, events)
    return { sendText() {}, sendBinary() {}, pause() {}, identify() {}, close() {} }
  }
  listen(socket, events)
  const send = (data: string | Uint8Array | Blob) => {
    if (socket.readyState !== OPEN) return
    try {
      socket.send(data)
    } catch (error) {
      silence(socket)
      socket.close()
      fail(error, events)
    }
  }
  return {
    sendText: send,
    sendBinary: send,
    pause: () => queueMicrotask(() => events.paused()),
    identify() {},
    close() {
      silence(socket)
      socket.close()
    },
  }
}

function fail(error: unknown, events: TransportEvents): void {
  queueMicrotask(() => events.closed(messageOf(error)))
}

/** What to do on platforms without WebSocket, such as Node 20. */
export const NO_WEBSOCKET = "this platform has no WebSocket: pass one as `WebSocket`, for example that of `ws`"

/** Passes headers if the platform takes them: `ws` and Node do. A browser throws, and gets no headers. */
function construct(WebSocketClass: SocketClass | undefined, url: string, { extraHeaders }: TransportOptions): Socket {
  if (WebSocketClass === undefined) throw new Error(NO_WEBSOCKET)
  if (extraHeaders === undefined) return new WebSocketClass(url)
  try {
    return new WebSocketClass(url, { headers: extraHeaders })
  } catch {
    return new WebSocketClass(url)
  }
}

function listen(socket: Socket, events: TransportEvents): void {
  let detail = ""
  let hasOpened = false
  socket.binaryType = "arraybuffer"
  socket.onopen = () => {
    hasOpened = true
    events.opened()
  }
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") events.text(data)
    else events.binary(data as ArrayBuffer)
  }
  socket.onerror = (event) => {
    detail = event.message ?? ""
    // A socket that could not be opened is closed: Node 22 fires no `close` event.
    if (hasOpened) return
    silence(socket)
    events.closed(detail || "the WebSocket could not be opened")
  }
  socket.onclose = ({ code, reason }) => {
    silence(socket)
    events.closed(reason || detail || `WebSocket close code ${code}`)
  }
}

/** Stops reporting. `ws` emits an error when it is closed while connecting, which needs a listener. */
function silence(socket: Socket): void {
  socket.onopen = null
  socket.onmessage = null
  socket.onclose = null
  socket.onerror = () => {}
}
