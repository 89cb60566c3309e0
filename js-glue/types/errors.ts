// RacletteError and the one table of messages. Each message says what happened and what to do about it; a detail in
// brackets says where. The core names codes by number, in the order of wasm/core/include/raclette/error.h: a test
// compares the two tables. docs/errors.md has a section for each code.

const sentences = {
  OK: "No error.",
  ENGINE_BAD_PACKET: "The server sent an invalid Engine.IO packet; reconnecting.",
  ENGINE_BAD_HANDSHAKE:
    "The Engine.IO handshake is invalid: are `url` and `socket.path` those of a Socket.IO server, 3.0 or later?",
  SOCKET_BAD_PACKET: "The server sent an invalid Socket.IO packet or event name.",
  SOCKET_BAD_ATTACHMENTS: "The binary attachments do not match their packet; reconnecting.",
  SOCKET_BAD_PAYLOAD: "The payload is not valid JSON; reconnecting.",
  FRAME_TOO_LARGE: "The server sent a control packet of more than 64 kB; reconnecting.",
  PING_TIMEOUT: "No ping within pingInterval + pingTimeout; reconnecting.",
  CONNECT_TIMEOUT: "Not connected within `socket.timeout`; reconnecting.",
  TRANSPORT_FAILED: "The connection could not be opened: is the backend running at `url`?",
  TRANSPORT_CLOSED: "The connection was lost; reconnecting.",
  SERVER_CLOSED: "The server closed the connection; reconnecting.",
  SERVER_DISCONNECTED: "The server ended the session; call `connect()` if it stays closed.",
  CLIENT_DISCONNECTED: "`disconnect()` was called; `connect()` reconnects.",
  CONNECT_REJECTED: "The server rejected the connection: check what `auth` returns, then call `connect()`.",
  AUTH_FAILED: "No accepted credentials: check `auth`.",
  RECONNECT_FAILED: "`socket.reconnectionAttempts` are used up; `connect()` tries again.",
  SOCKET_DISCONNECTED: "The session ended before the answer: emit again, or set `retries`.",
  ACK_TIMEOUT: "No answer within `timeout`: does the server call the ack?",
  BAD_ARGUMENT: "Invalid argument.",
  BAD_CONFIG: "Invalid options or plugin config.",
  UNKNOWN_ENTITY: "The plugin's config has no such entity.",
  UNKNOWN_OPERATION: "The entity has no such operation.",
  MISSING_PARAM: "The operation's target needs this param: set it in `params`.",
  BAD_PATTERN: "Invalid pattern: `/` separates segments, `*` matches within one, `**` must be a whole one.",
  EVENT_NOT_ALLOWED: "`eventbus.whitelist` does not allow this event.",
  RESERVED_EVENT: "Socket.IO reserves this event name: choose another.",
  DISPOSED: "Already disposed: make a new one with `usePluginApi` or `createRuntime`.",
  ABORTED: "Aborted by your code, or by `reset()`.",
  REQUEST_TIMEOUT: "No answer within the query's `timeout`: raise it, or set `retry`.",
  NETWORK_ERROR: "The request failed: is the backend running, and does it allow this origin?",
  HTTP_ERROR: "The server answered with an error: see `details`.",
  BAD_RESPONSE:
    "The answer is incomplete or not JSON of the form { body: { items } }, an array of objects, or an object: see `details.body`.",
  WAIT_TIMEOUT: "No such event within `timeout`.",
  LISTENER_THREW: "A listener threw; the others were still called.",
  WASM_LOAD_FAILED: "The compiled core could not be loaded.",
  BUFFER_FULL:
    "The buffer is full (`socket.bufferMaxCount`, `socket.bufferMaxBytes`), or a million objects are in use: dispose of some.",
  EMIT_EXPIRED: "An emit was dropped: not connected within `socket.bufferTimeToLive`.",
  STORAGE_FAILED: "Storing queued mutations failed; they are sent while this page is open.",
} as const

/** Code of a RacletteError. */
export type ErrorCode = keyof typeof sentences

/** The codes by their number in the core. */
export const errorCodes = /* @__PURE__ */ Object.keys(sentences) as ErrorCode[]

/** The number of a code in the core. */
export function codeNumber(code: ErrorCode): number {
  return errorCodes.indexOf(code)
}

/** Every failure of raclette-wasm, thrown or as state. */
export class RacletteError extends Error {
  override readonly name = "RacletteError"
  /** Which failure: see docs/errors.md. Stable, for code to check. */
  readonly code: ErrorCode
  /** More data, for example `status` and `body` of an HTTP answer. */
  readonly details: Record<string, unknown>

  constructor(
    code: ErrorCode,
    detail = "",
    { cause, details = {} }: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(detail === "" ? sentences[code] : `${sentences[code]} (${detail})`, { cause })
    this.code = code
    this.details = details
  }
}

/** The error of a core call; undefined for OK. */
export function errorOf(answer: { code: number; text: string }): RacletteError | undefined {
  if (answer.code === 0) return undefined
  return new RacletteError(errorCodes[answer.code] ?? "BAD_ARGUMENT", answer.text)
}

/** Throws the error of a core call. Returns the answer if there is none. */
export function check<T extends { code: number; text: string }>(answer: T): T {
  const error = errorOf(answer)
  if (error) throw error
  return answer
}

/** The message of any thrown value. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return "without text"
  }
}
