// The effects of the core: what each carries, and how it is read where wasm/bindings/effects.cpp wrote it.
// Generated from the C++ side by `npm run generate`: an edit belongs there.

import type { SocketStatus } from "../../types"
import type { TransportName } from "../../types/drivers"
import { type ErrorCode, errorCodes } from "../../types/errors"
import { socketStatuses, transportNames } from "./values"

/** What each effect carries. */
export interface Effects {
  /** Open a transport to `url`. Answer with TransportOpened or TransportClosed. */
  openTransport: {
    connection: number
    kind: TransportName
    url: string
  }
  /** Close the transport. No more inputs are expected from it. */
  closeTransport: {
    connection: number
  }
  /** Send a text frame of `head` and the payload's text (if any), then the payload's attachments as binary frames. */
  sendPacket: {
    connection: number
    head: string
    payload: number
  }
  releasePayload: {
    payload: number
  }
  /**
   * Call the user's `auth` and answer with AuthReady or AuthFailed. `reason`: why the last credentials were refused.
   */
  askAuth: {
    request: number
    /** The namespace to connect. */
    nspId: number
    reason: string
    /** The previous call did not answer in time: call again instead of waiting for it. */
    anew: boolean
  }
  statusChanged: {
    nspId: number
    status: SocketStatus
    /** OK, or the reason of the status. */
    code: ErrorCode
    /** The server's message or other details; with `connected` the session id. */
    text: string
    /** With `connected`: the session was recovered, so no event was missed. */
    recovered: boolean
  }
  /** An ack fails: ACK_TIMEOUT, SOCKET_DISCONNECTED, EMIT_EXPIRED, ABORTED or DISPOSED. */
  ackFailed: {
    ack: number
    code: ErrorCode
  }
  /** Send a request and answer with FetchDone or FetchFailed. */
  startFetch: {
    fetch: number
    /** The query whose `config` applies to the request. */
    query: number
    method: string
    url: string
    body: number
    /** The server answered 401: use new credentials. */
    renewAuth: boolean
    /** Idempotency-Key of a mutation that may be retried, the same in every try; else empty. */
    key: string
    /** `variant` of `setRequest` at the time of this request. */
    variant: string
  }
  abortFetch: {
    fetch: number
  }
  /** An execution of the query started. */
  queryLoading: {
    query: number
    execution: number
    /** It only confirms what is shown: do not show it as loading. */
    quiet: boolean
  }
  /** One execution ended. */
  querySettled: {
    query: number
    execution: number
    code: ErrorCode
    /** HTTP status, or 0. */
    status: number
    response: number
    /** False: a newer execution has already answered, so this result is not shown. */
    apply: boolean
    /** A newer execution is still in flight. */
    loading: boolean
    /** A mutation with `notify`. */
    announce: boolean
    /** It was sent more than once: what it was answered may be as old as the first try. */
    repeated: boolean
  }
  releaseResponse: {
    response: number
  }
  /** The core removed a listener whose lifetime ended. */
  listenerExpired: {
    listener: number
  }
  /** Report an error that has no caller. */
  reportError: {
    code: ErrorCode
    detail: string
  }
  /** Send buffered frames, wait for those in flight, stop polling, and answer with TransportPaused. */
  pauseTransport: {
    connection: number
  }
  /**
   * Use `url`, which contains the session id, for polling from now on. `maxPayload`: maximum bytes of a request; 0: no
   * limit.
   */
  identifyTransport: {
    connection: number
    url: string
    maxPayload: number
  }
  /**
   * Deliver the events that arrived before CONNECT of this namespace (RouteKind::early) again, as frames of
   * `connection`; or drop them if not `keep`.
   */
  earlyFrames: {
    nspId: number
    connection: number
    keep: boolean
  }
  /** Number of buffered emits, and bytes of their payloads. */
  bufferChanged: {
    count: number
    bytes: number
  }
  /**
   * Store the mutation of this execution under `key`, so a later runtime can restore it (Runtime::restore). Sent again
   * with the same key whenever the mutation is sent or fails.
   */
  persistMutation: {
    query: number
    execution: number
    /** Position in the queue. */
    order: number
    key: string
    /** Number of times this runtime has sent it. */
    tries: number
    /** Error of the last try; OK if there is none, or it was reported before. */
    code: ErrorCode
    /** HTTP status, or 0. */
    status: number
    /** The body of the answer. The core keeps the handle. */
    response: number
  }
  /** Remove the stored mutation: it is done or was dropped. */
  removeMutation: {
    key: string
  }
  /** A buffered emit without an ack is done: sent, expired or cancelled. */
  emitOver: {
    emit: number
  }
  /**
   * The core removed an idle query that `retires`. To execute it again, create it again and pass these fields to
   * `resumeQuery`.
   */
  queryRetired: {
    query: number
    /** It must be refetched when it becomes active. */
    due: boolean
    /** Number of the last change that its answer contains. */
    seen: number
  }
  /**
   * The reconnection attempt changed. `attempt`: its number; 0 while connected or not wanted. `wait`: milliseconds
   * until it starts; 0 while it runs.
   */
  attemptChanged: {
    attempt: number
    wait: number
  }
  /** The fastest of the last round trips, in milliseconds, at least 1. */
  latencyChanged: {
    latency: number
  }
}

/** An effect, one of those named or any. */
export type Effect<Type extends keyof Effects = keyof Effects> = {
  [One in Type]: { type: One } & Effects[One]
}[Type]

/** Reads an effect's fields in their order: `word` and `text` go on to the next at every call. */
export type EffectReader = (word: () => number, text: () => string) => Effect

/** By the number of the effect's kind. */
export const effectReaders: readonly EffectReader[] = [
  (word, text) => ({
    type: "openTransport",
    connection: word(),
    kind: transportNames[word()] as TransportName,
    url: text(),
  }),
  (word) => ({
    type: "closeTransport",
    connection: word(),
  }),
  (word, text) => ({
    type: "sendPacket",
    connection: word(),
    head: text(),
    payload: word(),
  }),
  (word) => ({
    type: "releasePayload",
    payload: word(),
  }),
  (word, text) => ({
    type: "askAuth",
    request: word(),
    nspId: word(),
    reason: text(),
    anew: word() === 1,
  }),
  (word, text) => ({
    type: "statusChanged",
    nspId: word(),
    status: socketStatuses[word()] as SocketStatus,
    code: errorCodes[word()] as ErrorCode,
    text: text(),
    recovered: word() === 1,
  }),
  (word) => ({
    type: "ackFailed",
    ack: word(),
    code: errorCodes[word()] as ErrorCode,
  }),
  (word, text) => ({
    type: "startFetch",
    fetch: word(),
    query: word(),
    method: text(),
    url: text(),
    body: word(),
    renewAuth: word() === 1,
    key: text(),
    variant: text(),
  }),
  (word) => ({
    type: "abortFetch",
    fetch: word(),
  }),
  (word) => ({
    type: "queryLoading",
    query: word(),
    execution: word(),
    quiet: word() === 1,
  }),
  (word) => ({
    type: "querySettled",
    query: word(),
    execution: word(),
    code: errorCodes[word()] as ErrorCode,
    status: word(),
    response: word(),
    apply: word() === 1,
    loading: word() === 1,
    announce: word() === 1,
    repeated: word() === 1,
  }),
  (word) => ({
    type: "releaseResponse",
    response: word(),
  }),
  (word) => ({
    type: "listenerExpired",
    listener: word(),
  }),
  (word, text) => ({
    type: "reportError",
    code: errorCodes[word()] as ErrorCode,
    detail: text(),
  }),
  (word) => ({
    type: "pauseTransport",
    connection: word(),
  }),
  (word, text) => ({
    type: "identifyTransport",
    connection: word(),
    url: text(),
    maxPayload: word(),
  }),
  (word) => ({
    type: "earlyFrames",
    nspId: word(),
    connection: word(),
    keep: word() === 1,
  }),
  (word) => ({
    type: "bufferChanged",
    count: word(),
    bytes: word(),
  }),
  (word, text) => ({
    type: "persistMutation",
    query: word(),
    execution: word(),
    order: word(),
    key: text(),
    tries: word(),
    code: errorCodes[word()] as ErrorCode,
    status: word(),
    response: word(),
  }),
  (_word, text) => ({
    type: "removeMutation",
    key: text(),
  }),
  (word) => ({
    type: "emitOver",
    emit: word(),
  }),
  (word) => ({
    type: "queryRetired",
    query: word(),
    due: word() === 1,
    seen: word(),
  }),
  (word) => ({
    type: "attemptChanged",
    attempt: word(),
    wait: word(),
  }),
  (word) => ({
    type: "latencyChanged",
    latency: word(),
  }),
]
