// Effects of the core, read from its memory: eight words each and a block of UTF-8, as wasm/bindings/effects.cpp
// writes them. All of a batch is read before any is carried out, since carrying one out may enter the core again.

import type { CoreModule } from "../core/core-module"
import { textOf } from "../core/embind"
import type { SocketStatus, TransportName } from "../types"
import { type ErrorCode, errorCodes } from "../types/errors"

export type Effect =
  | { kind: "openTransport"; connection: number; transport: TransportName; url: string }
  | { kind: "closeTransport"; connection: number }
  | { kind: "sendPacket"; connection: number; payload: number; head: string }
  | { kind: "releasePayload"; payload: number }
  | { kind: "askAuth"; request: number; space: number; reason: string }
  | ({ kind: "statusChanged" } & StatusEffect)
  | { kind: "ackFailed"; ack: number; code: ErrorCode }
  | ({ kind: "startFetch" } & FetchEffect)
  | { kind: "abortFetch"; fetch: number }
  | { kind: "queryLoading"; query: number; execution: number }
  | ({ kind: "querySettled" } & SettledEffect)
  | { kind: "releaseResponse"; response: number }
  | { kind: "listenerExpired"; listener: number }
  | { kind: "reportError"; code: ErrorCode; detail: string }
  | { kind: "pauseTransport"; connection: number }
  | { kind: "identifyTransport"; connection: number; maxPayload: number; url: string }
  | { kind: "earlyFrames"; space: number; connection: number; keep: boolean }
  | { kind: "bufferChanged"; count: number; bytes: number }
  | { kind: "keepMutation"; query: number; execution: number; order: number; key: string }
  | { kind: "forgetMutation"; key: string }
  | { kind: "emitOver"; emit: number }

/** The status of a namespace changed; `text`: with `connected` the session's id, else what went wrong. */
export interface StatusEffect {
  space: number
  status: SocketStatus
  code: ErrorCode
  text: string
  recovered: boolean
}

/** A request to make. `key`: its Idempotency-Key, the same in every try of one; empty where it needs none. */
export interface FetchEffect {
  fetch: number
  query: number
  body: number
  renewAuth: boolean
  key: string
  method: string
  url: string
}

/** One execution of a query ended. `apply`: it shows; `loading`: a newer one is still under way; `announce`: a mutation's end. */
export interface SettledEffect {
  query: number
  execution: number
  code: ErrorCode
  status: number
  response: number
  apply: boolean
  loading: boolean
  announce: boolean
}

const WORDS = 8
const transports: TransportName[] = ["websocket", "polling"]
const statuses: SocketStatus[] = ["connecting", "connected", "reconnecting", "rejected", "closed"]

type Reader = (word: (index: number) => number, text: string) => Effect

const code = (number: number): ErrorCode => errorCodes[number & 0xff] ?? "BAD_ARGUMENT"

// In the order of the alternatives of `Effect` in wasm/core/include/raclette/effect.h.
const readers: Reader[] = [
  (w, url) => ({ kind: "openTransport", connection: w(1), transport: transports[w(2)] ?? "websocket", url }),
  (w) => ({ kind: "closeTransport", connection: w(1) }),
  (w, head) => ({ kind: "sendPacket", connection: w(1), payload: w(2), head }),
  (w) => ({ kind: "releasePayload", payload: w(1) }),
  (w, reason) => ({ kind: "askAuth", request: w(1), space: w(2), reason }),
  (w, text) => ({
    kind: "statusChanged",
    space: w(1),
    status: statuses[w(2)] ?? "closed",
    code: code(w(3)),
    recovered: w(4) === 1,
    text,
  }),
  (w) => ({ kind: "ackFailed", ack: w(1), code: code(w(2)) }),
  (w, text) => ({
    kind: "startFetch",
    fetch: w(1),
    query: w(2),
    body: w(3),
    renewAuth: (w(4) & 1) === 1,
    method: text.slice(0, w(4) >>> 1),
    key: text.slice(w(4) >>> 1, (w(4) >>> 1) + w(5)),
    url: text.slice((w(4) >>> 1) + w(5)),
  }),
  (w) => ({ kind: "abortFetch", fetch: w(1) }),
  (w) => ({ kind: "queryLoading", query: w(1), execution: w(2) }),
  (w) => ({
    kind: "querySettled",
    query: w(1),
    execution: w(2),
    code: code(w(3)),
    status: w(3) >>> 8,
    response: w(4),
    apply: (w(5) & 1) !== 0,
    loading: (w(5) & 2) !== 0,
    announce: (w(5) & 4) !== 0,
  }),
  (w) => ({ kind: "releaseResponse", response: w(1) }),
  (w) => ({ kind: "listenerExpired", listener: w(1) }),
  (w, detail) => ({ kind: "reportError", code: code(w(1)), detail }),
  (w) => ({ kind: "pauseTransport", connection: w(1) }),
  (w, url) => ({ kind: "identifyTransport", connection: w(1), maxPayload: w(2), url }),
  (w) => ({ kind: "earlyFrames", space: w(1), connection: w(2), keep: w(3) === 1 }),
  (w) => ({ kind: "bufferChanged", count: w(1), bytes: w(2) }),
  (w, key) => ({ kind: "keepMutation", query: w(1), execution: w(2), order: w(3), key }),
  (_, key) => ({ kind: "forgetMutation", key }),
  (w) => ({ kind: "emitOver", emit: w(1) }),
]

const NONE: readonly Effect[] = []

/** Takes the effects of a runtime since the last call, in order. */
export function drainEffects(module: CoreModule, runtime: number): readonly Effect[] {
  const count = module.rac_drain(runtime)
  if (count === 0) return NONE
  const effects: Effect[] = []
  const words = module.HEAPU32
  const first = module.rac_words(runtime) >>> 2
  const text = module.rac_text(runtime)
  let at = first
  const word = (index: number) => words[at + index] as number
  for (; at < first + count * WORDS; at += WORDS) {
    const start = text + word(6)
    const read = readers[word(0)]
    if (read) effects.push(read(word, textOf(module, start, word(7))))
  }
  return effects
}
