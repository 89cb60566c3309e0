// The long-polling driver: frames over HTTP. One GET is always in flight; its answer contains the server's frames.
// Frames to send go out by POST, one request at a time, to keep their order. Frames in one body are separated by
// U+001E; a binary frame is written as `b` and base64. The driver does not parse packets.
// Source: Engine.IO protocol v4, "HTTP long-polling" and "Payload".
import type { Transport, TransportEvents, TransportOptions } from "../types/drivers"
import { messageOf } from "../types/errors"

type Frame = string | Uint8Array | Blob

const SEPARATOR = "\x1e"
const UNKNOWN_SESSION = "Session ID unknown"
const ADVICE = "; the server restarted, or the load balancer needs sticky sessions"
/** Number of bytes that are encoded to base64 at once, a multiple of 3: a call takes a limited number of arguments. */
const CHUNK = 3 * 8192
/** Maximum characters of a last body that may outlive the page: browsers allow 64 kB, at up to 3 bytes each. */
const MAX_KEEPALIVE = 20000
/** Milliseconds that frames in flight have left after `close()`, in case something swallows them. */
const LINGER = 3000

/** How servers acknowledge a send. The page of a captive portal or a single-page fallback proves no delivery. */
const DELIVERED = /^(ok)?\s*$/i

/** Starts to poll `url`. Never throws: a failure is reported by `closed`. */
export function openPolling(
  fetchFunction: typeof fetch,
  url: string,
  options: TransportOptions,
  events: TransportEvents,
): Transport {
  const polling = new Polling(fetchFunction, url, options, events)
  queueMicrotask(() => polling.start())
  return polling
}

class Polling implements Transport {
  readonly #fetch: typeof fetch
  readonly #options: TransportOptions
  readonly #events: TransportEvents
  readonly #controller = new AbortController()
  #url: string
  #maxPayload = 0
  #queue: Frame[] = []
  #isPolling = false
  #isPosting = false
  #isPausing = false
  #isOver = false
  #linger: ReturnType<typeof setTimeout> | undefined

  constructor(fetchFunction: typeof fetch, url: string, options: TransportOptions, events: TransportEvents) {
    this.#fetch = fetchFunction
    this.#url = url
    this.#options = options
    this.#events = events
  }

  start(): void {
    if (this.#isOver) return
    this.#events.opened()
    void this.#poll()
  }

  sendText(text: string): void {
    this.#enqueue(text)
  }

  sendBinary(bytes: Uint8Array | Blob): void {
    this.#enqueue(bytes)
  }

  pause(): void {
    this.#isPausing = true
    this.#settlePause()
  }

  identify(url: string, maxPayload: number): void {
    this.#url = url
    this.#maxPayload = maxPayload
  }

  /** First sends what is in flight or waiting, if possible: the session ends with its poll. */
  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#isPosting) this.#linger = setTimeout(() => this.#controller.abort(), LINGER)
    else this.#controller.abort()
  }

  async #poll(): Promise<void> {
    this.#isPolling = true
    while (!this.#isPausing && !this.#isOver) {
      const body = await this.#request("poll", { method: "GET" })
      if (body === undefined) return
      for (const frame of body.split(SEPARATOR)) this.#deliver(frame)
    }
    this.#isPolling = false
    this.#settlePause()
  }

  #deliver(frame: string): void {
    if (this.#isOver) return
    const bytes = frame.startsWith("b") ? decodeBase64(frame.slice(1)) : undefined
    if (bytes) this.#events.binary(bytes)
    else if (frame.startsWith("b")) this.#fail("a binary frame is not base64")
    else this.#events.text(frame)
  }

  #enqueue(frame: Frame): void {
    if (this.#isOver) return
    this.#queue.push(frame)
    if (this.#isPosting) return
    this.#isPosting = true
    queueMicrotask(() => void this.#post())
  }

  async #post(): Promise<void> {
    while (this.#queue.length > 0) {
      const body = await this.#takeBody()
      if (body === "") break
      const answer = await this.#request("send", {
        method: "POST",
        body,
        headers: { "content-type": "text/plain;charset=UTF-8" },
        keepalive: this.#isOver && body.length < MAX_KEEPALIVE,
      })
      if (answer === undefined) break
      if (!DELIVERED.test(answer)) {
        this.#fail(`the send was answered, but not by the Socket.IO server: ${answer.slice(0, 200)}`)
        break
      }
    }
    this.#isPosting = false
    clearTimeout(this.#linger)
    if (this.#isOver) this.#controller.abort()
    this.#settlePause()
  }

  /** Returns as many frames as fit into one request, at least one. Empty after a read failure, which was reported. */
  async #takeBody(): Promise<string> {
    const parts: string[] = []
    let size = 0
    for (let frame = this.#queue[0]; frame !== undefined; frame = this.#queue[0]) {
      const text = typeof frame === "string" ? frame : await encodeBinary(frame)
      if (text instanceof Error) {
        if (parts.length === 0) this.#fail(`a Blob could not be read: ${text.message}`)
        break
      }
      size += byteLength(text) + 1
      if (this.#maxPayload > 0 && parts.length > 0 && size > this.#maxPayload) break
      this.#queue.shift()
      parts.push(text)
    }
    return parts.join(SEPARATOR)
  }

  /** Returns the answer's text, or undefined after a failure, which was reported. */
  async #request(what: string, init: RequestInit): Promise<string | undefined> {
    try {
      const response = await this.#fetch(this.#url, this.#init(init))
      const text = await response.text()
      if (response.ok) return text
      const advice = text.includes(UNKNOWN_SESSION) ? ADVICE : ""
      this.#fail(`the ${what} was answered with ${response.status}: ${text.slice(0, 200)}${advice}`)
    } catch (error) {
      this.#fail(messageOf(error))
    }
    return undefined
  }

  #init(init: RequestInit): RequestInit {
    const { extraHeaders, withCredentials } = this.#options
    return {
      ...init,
      signal: this.#controller.signal,
      cache: "no-store",
      ...(withCredentials !== undefined && { credentials: withCredentials ? "include" : "same-origin" }),
      headers: { ...extraHeaders, ...(init.headers as Record<string, string>) },
    }
  }

  #settlePause(): void {
    if (this.#isPausing && !this.#isPolling && !this.#isPosting && !this.#isOver) this.#events.paused()
  }

  #fail(detail: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#queue = []
    this.#controller.abort()
    this.#events.closed(detail)
  }
}

/** Returns the frame of binary data, or why a Blob could not be read. */
async function encodeBinary(data: Uint8Array | Blob): Promise<string | Error> {
  const bytes = data instanceof Uint8Array ? data : await data.arrayBuffer().catch((error: Error) => error)
  return bytes instanceof Error ? bytes : `b${encodeBase64(new Uint8Array(bytes))}`
}

function encodeBase64(bytes: Uint8Array): string {
  let text = ""
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK)))
  }
  return text
}

/** Returns the bytes, or undefined if the text is not base64. */
function decodeBase64(text: string): ArrayBuffer | undefined {
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return undefined
  }
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes.buffer
}

/** Length in UTF-8. */
function byteLength(text: string): number {
  return new Blob([text]).size
}
