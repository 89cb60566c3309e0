// RacletteError and the sentences behind the core's codes. The codes come from the core by number, in the order of
// wasm/core/include/raclette/error.h (a test holds the two tables against each other); what is said about them to
// a reader is said here, once: what happened, and what to do.

const sentences = {
  OK: "Nothing is wrong.",
  ENGINE_BAD_PACKET: "The server sent a frame that is no Engine.IO packet; the connection was closed and is retried.",
  ENGINE_BAD_HANDSHAKE:
    "The server's handshake is unusable: is `url` (and `socket.path`) that of a Socket.IO server, 3.0 or later?",
  SOCKET_BAD_PACKET:
    "The server sent a message that is no Socket.IO packet, and the connection was closed and is retried; or an event without a usable name, which was dropped.",
  SOCKET_BAD_ATTACHMENTS:
    "The binary attachments of a packet do not fit what it announced; the connection was closed and is retried.",
  SOCKET_BAD_PAYLOAD: "An event's payload is not valid JSON; the connection was closed and is retried.",
  FRAME_TOO_LARGE: "The server sent a control packet beyond 64 kB; the connection was closed and is retried.",
  PING_TIMEOUT: "The server was not heard of for longer than it promised; the connection is retried.",
  CONNECT_TIMEOUT: "The connection was not there within `socket.timeout`; it is retried.",
  TRANSPORT_FAILED: "The connection could not be opened: is the backend running at `url`?",
  TRANSPORT_CLOSED: "The connection was lost; it is retried.",
  SERVER_CLOSED: "The server closed the connection; it is retried.",
  SERVER_DISCONNECTED: "The server ended the session; it is retried.",
  CLIENT_DISCONNECTED: "`disconnect()` was called; `connect()` opens the connection again.",
  CONNECT_REJECTED: "The server refused the connection: check what `auth` returns, then call `connect()`.",
  AUTH_FAILED: "The `auth` function of createRuntime failed.",
  RECONNECT_FAILED: "`socket.reconnectionAttempts` are used up; `connect()` starts again.",
  SOCKET_DISCONNECTED: "The session ended before there was an answer.",
  ACK_TIMEOUT: "The server did not answer in time.",
  BAD_ARGUMENT: "An argument is of the wrong kind.",
  BAD_CONFIG: "The options or a plugin's config are malformed.",
  UNKNOWN_ENTITY: "The plugin's config has no such entity.",
  UNKNOWN_OPERATION: "The entity has no such operation.",
  MISSING_PARAM: "A placeholder of the operation's target has no usable value in `params`.",
  BAD_PATTERN:
    "The pattern is malformed: segments part at `/`, `*` stands for any run within one, `**` for any number of them.",
  EVENT_NOT_ALLOWED: "The event is outside `eventbus.whitelist`.",
  RESERVED_EVENT: "The event's name belongs to the protocol: choose another.",
  DISPOSED: "It was disposed of, and takes no more calls: make a new one, by `usePluginApi` or `createRuntime`.",
  ABORTED: "The request was aborted.",
  REQUEST_TIMEOUT: "The server did not answer within the query's `timeout`.",
  NETWORK_ERROR: "The request did not reach the server: is the backend running, and does it allow this origin?",
  HTTP_ERROR: "The server answered with an error.",
  BAD_RESPONSE:
    "The server's answer was cut off, is no JSON, or none that a query can show: { body: { items } }, an array of objects, or an object.",
  WAIT_TIMEOUT: "No such event came within `timeout`.",
  LISTENER_THREW: "A listener threw; the others were called all the same.",
  WASM_LOAD_FAILED: "The compiled core could not be loaded.",
  BUFFER_FULL:
    "Too much waits for a connection already (see `socket.bufferMaxCount` and `socket.bufferMaxBytes`), or there are a million of its kind.",
  EMIT_EXPIRED: "An emit waited for a connection for longer than `socket.bufferTimeToLive`, and was dropped.",
  STORAGE_FAILED:
    "Something is wrong with the storage of what waits for the network; what this page has is sent while it is open.",
} as const

/** Code of a RacletteError. */
export type ErrorCode = keyof typeof sentences

/** The codes by their number in the core. */
export const errorCodes = /* @__PURE__ */ Object.keys(sentences) as ErrorCode[]

/** The number of a code in the core. */
export function codeNumber(code: ErrorCode): number {
  return errorCodes.indexOf(code)
}

/** What every failure of raclette-wasm is, thrown or as state. */
export class RacletteError extends Error {
  override readonly name = "RacletteError"
  /** Which failure, from a fixed table; see docs/errors.md. */
  readonly code: ErrorCode
  /** What there is beside the message: `status` and `body` of an answer, a field's path, and so on. */
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

/** Error for an answer of the core, or undefined if it says OK. */
export function errorOf(answer: { code: number; text: string }): RacletteError | undefined {
  if (answer.code === 0) return undefined
  return new RacletteError(errorCodes[answer.code] ?? "BAD_ARGUMENT", answer.text)
}

/** Throws what `errorOf` says. */
export function check<T extends { code: number; text: string }>(answer: T): T {
  const error = errorOf(answer)
  if (error) throw error
  return answer
}

/** What a caught value says, whatever was thrown. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return "without text"
  }
}
