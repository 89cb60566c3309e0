// The effects of the core: what each carries, and how it is read where wasm/bindings/effects.cpp wrote it.
// Generated from the C++ side by `npm run generate`: an edit belongs there.

import type { SocketStatus } from "../../types"
import type { TransportName } from "../../types/drivers"
import { type ErrorCode, errorCodes } from "../../types/errors"
import { socketStatuses, transportNames } from "./values"

/** What each effect carries. */
export interface Effects {
  /** Open a transport to `url`. */
  openTransport: {
    connection: number
    kind: TransportName
    url: string
  }
  /** Close it; nothing more of this connection is expected. */
  closeTransport: {
    connection: number
  }
  /**
   * Send one text frame, `head` followed by the payload's text (where there is one), then the payload's attachments as
   * binary frames.
   */
  sendPacket: {
    connection: number
    head: string
    payload: number
  }
  releasePayload: {
    payload: number
  }
  /**
   * Ask the user for credentials and answer with AuthReady or AuthFailed. `reason`: why they were refused last time.
   */
  askAuth: {
    request: number
    /** The namespace that is connected. */
    nspId: number
    reason: string
    /** What was asked before took too long: do not wait for that. */
    anew: boolean
  }
  statusChanged: {
    nspId: number
    status: SocketStatus
    /** OK, or why the status is what it is. */
    code: ErrorCode
    /** What the server said, or what went wrong; with `connected` the session's id. */
    text: string
    /** With `connected`: the session goes on where the one before was lost, and nothing was missed. */
    recovered: boolean
  }
  /** An ack ends without an answer: ACK_TIMEOUT, SOCKET_DISCONNECTED, EMIT_EXPIRED or ABORTED. */
  ackFailed: {
    ack: number
    code: ErrorCode
  }
  /** Make a request and answer with FetchDone or FetchFailed. */
  startFetch: {
    fetch: number
    /** The query whose user-given config goes with the request. */
    query: number
    method: string
    url: string
    body: number
    /** The server answered 401 to this request once: ask for credentials anew. */
    renewAuth: boolean
    /** Idempotency-Key of a mutation that may be sent more than once, the same in every try; else empty. */
    key: string
    /** What `setRequest` was told beside the URL: that of this request, whatever the query was told since. */
    variant: string
  }
  abortFetch: {
    fetch: number
  }
  /** An execution of the query began. */
  queryLoading: {
    query: number
    execution: number
    /** It makes sure of what shows, which nobody has to see. */
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
    /** False: a newer execution has answered already, so this one must not show. */
    apply: boolean
    /** A newer execution is still under way. */
    loading: boolean
    /** A mutation whose user wants its end announced. */
    announce: boolean
    /** It was sent more than once: what it was answered may be as old as the first try. */
    repeated: boolean
  }
  releaseResponse: {
    response: number
  }
  /** A listener's time is over: the core has removed it. */
  listenerExpired: {
    listener: number
  }
  /** An error without a caller. */
  reportError: {
    code: ErrorCode
    detail: string
  }
  /** Send what is waiting, let what is on its way arrive, ask for no more, and answer with TransportPaused. */
  pauseTransport: {
    connection: number
  }
  /**
   * From now on polling goes to `url`, which names the session. `maxPayload`: the most bytes that one request may
   * carry; 0: no limit.
   */
  identifyTransport: {
    connection: number
    url: string
    maxPayload: number
  }
  /**
   * The events that came before CONNECT (RouteKind::early) of this namespace: give them in again now, as if they came
   * by `connection` (`keep`), or forget them.
   */
  earlyFrames: {
    nspId: number
    connection: number
    keep: boolean
  }
  /** So many emits, with so many bytes of payload, wait for a session. */
  bufferChanged: {
    count: number
    bytes: number
  }
  /**
   * The mutation of this execution waits for the network: keep what it takes to make it again under `key`, so that a
   * later runtime can (Runtime::restore). The same key is told again whenever it is sent or failed.
   */
  persistMutation: {
    query: number
    execution: number
    /** They are made in the order of this number, also those that were restored. */
    order: number
    key: string
    /** How often it was sent by this runtime. */
    tries: number
    /** Why the last try failed; OK where that is told already, or none did. */
    code: ErrorCode
    /** HTTP status, or 0. */
    status: number
    /** It stays the core's. */
    response: number
  }
  /** It is over, or was taken back. */
  removeMutation: {
    key: string
  }
  /** An emit that waited for a session and wants no answer is over: sent, expired, or taken back. */
  emitOver: {
    emit: number
  }
  /**
   * Nothing of the query has been under way for a while, and its settings say that it retires: the core knows it no
   * longer. Who executes it again makes it anew, and tells `resumeQuery` what this tells.
   */
  queryRetired: {
    query: number
    /** It is to be executed again as soon as somebody looks at it. */
    due: boolean
    /** Up to which change its answer is known to be good. */
    seen: number
  }
  /**
   * The connection is there or is not wanted (`attempt` is 0), or it is to be had back: that attempt is under way, or,
   * with `wait`, made in so many milliseconds.
   */
  attemptChanged: {
    attempt: number
    wait: number
  }
  /** The least that one of the server's last answers took, in milliseconds, at least 1. */
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
