// Sends requests. Adds the user's config and credentials to the core's request, passes it to the fetch driver, and
// reports the end to the core.

import type { StartFetch } from "../types/drivers"
import { type ErrorCode, messageOf } from "../types/errors"
import { isAnswer } from "./answer"
import type { Credentials, CredentialsObject } from "./credentials"
import type { FetchEffect } from "./effects"
import type { OutgoingPayload } from "./payload"

/** How the user of a query wants its requests to be made. */
export interface RequestOptions {
  /** Options for `fetch`, except headers and body, which belong to each request. */
  init: RequestInit
  isStream: boolean
  /** Accepts any successful answer, even one that cannot be shown. */
  takesAny: boolean
  /** Accepts a successful answer without a body. Otherwise it counts as cut off, unless its status allows no body. */
  takesEmpty: boolean
}

/** For queries without special options. */
export const PLAIN: RequestOptions = { init: {}, isStream: false, takesAny: false, takesEmpty: false }

/** The body of a request. */
export type RequestBody = Pick<OutgoingPayload, "text" | "upload">

/**
 * Receives the end of a request; see FetchDone and FetchFailed of input.h. `response`: undefined if there is no body.
 */
export interface RequestEnds {
  done(fetch: number, status: number, response: unknown, retryAfter: number, commit: number): void
  failed(fetch: number, code: ErrorCode, status: number, response: unknown, retryAfter: number): void
}

/** Number of characters of a non-JSON body that are kept for the error. */
const SNIPPET = 200

/** Maximum bytes of bodies in flight with `keepalive`. `fetch` refuses more. Fetch Standard, 4.5. */
const KEPT_ALIVE_BYTES = 64 * 1024

const KEY_HEADER = "idempotency-key"

interface Running {
  abort: () => void
  /** Whether it is on the wire. */
  isSent: boolean
  sentWith: CredentialsObject | undefined
  readonly options: RequestOptions
  /** Number of bytes of its body that count for `keepalive`. */
  keptAlive: number
}

export class Requests {
  readonly #running = new Map<number, Running>()
  /** Options by query. Queries with plain options have no entry. */
  readonly #options = new Map<number, RequestOptions>()
  /** Streams that continue after the answer, with the query of each. */
  readonly #streams = new Map<Running, number>()
  #keptAlive = 0
  readonly #startFetch: StartFetch
  readonly #credentials: Credentials
  readonly #ends: RequestEnds

  constructor(startFetch: StartFetch, credentials: Credentials, ends: RequestEnds) {
    this.#startFetch = startFetch
    this.#credentials = credentials
    this.#ends = ends
  }

  /** Sets how the requests of a query are made. `PLAIN` resets it, also when the query is gone. */
  setOptions(query: number, options: RequestOptions): void {
    if (options === PLAIN) this.#options.delete(query)
    else this.#options.set(query, options)
  }

  /** `start` will be called for this request, unless it is aborted first. */
  expect({ fetch, query }: FetchEffect): void {
    const options = this.#options.get(query) ?? PLAIN
    const { sentWith } = this.#running.get(fetch) ?? {}
    this.#running.set(fetch, { abort() {}, isSent: false, sentWith, options, keptAlive: 0 })
  }

  /** Sends an expected request with the options of the query's user. */
  start(effect: FetchEffect, body: RequestBody | undefined): void {
    const running = this.#running.get(effect.fetch)
    if (!running) return
    const { known } = this.#credentials
    if (known && !effect.renewAuth) {
      this.#go(effect, running, known, body)
      return
    }
    const asked = effect.renewAuth
      ? this.#credentials.after(running.sentWith, "the server answered 401")
      : this.#credentials.get()
    asked.then(
      (credentials) => this.#go(effect, running, credentials, body),
      (error: unknown) => this.#fail(effect.fetch, running, "AUTH_FAILED", messageOf(error)),
    )
  }

  #go(effect: FetchEffect, running: Running, credentials: CredentialsObject, payload: RequestBody | undefined): void {
    if (this.#running.get(effect.fetch) !== running) return
    running.sentWith = credentials
    try {
      const words = wordsOf(effect.variant)
      const body = payload?.upload ? undefined : (payload?.text ?? words.body)
      const headers = headersFor(words.headers, body, effect.key, credentials)
      this.#send(effect, running, headers, body, payload?.upload)
    } catch (error) {
      const detail = `invalid header or \`auth\` token: ${messageOf(error)}`
      this.#fail(effect.fetch, running, "BAD_ARGUMENT", detail)
    }
  }

  #send(
    { fetch, query, method, url }: FetchEffect,
    running: Running,
    headers: Record<string, string>,
    body: string | undefined,
    upload: RequestInit["body"],
  ): void {
    const { isStream, takesAny, takesEmpty } = running.options
    const init = this.#initOf(running, upload, body)
    const { done, failed } = this.#ends
    // After a 401, the core may repeat the request under the same number, so the credentials are kept.
    const answer = (settle: () => void) => {
      if (this.#running.get(fetch) !== running) return
      this.#over(running)
      settle()
      if (this.#running.get(fetch) === running) this.#running.delete(fetch)
    }
    const malformed = (status: number, text: string, retryAfter = 0) => {
      const code = status >= 400 ? "HTTP_ERROR" : "BAD_RESPONSE"
      answer(() => failed(fetch, code, status, text.slice(0, SNIPPET), retryAfter))
    }
    running.isSent = true
    running.abort = this.#startFetch(
      { method, url, headers, body, init, isStream },
      {
        answered: (status, response, { retryAfter = 0, commit = 0, over } = {}) => {
          const isCutOff = response === undefined && !takesEmpty && method !== "HEAD" && status !== 204
          if (status < 400 && (isCutOff || !(takesAny || isAnswer(response)))) {
            return malformed(status, textOf(response))
          }
          if (over) this.#streams.set(running, query)
          over?.then(() => this.#streams.delete(running))
          answer(() => done(fetch, status, response, retryAfter, commit))
        },
        malformed,
        failed: (detail) => this.#fail(fetch, running, "NETWORK_ERROR", detail),
      },
    )
  }

  abort(fetch: number): void {
    const running = this.#running.get(fetch)
    if (!running) return
    this.#over(running)
    running.abort()
    this.#running.delete(fetch)
  }

  /** Aborts the streams of one query, or of all queries. */
  abortStreams(query?: number): void {
    for (const [{ abort }, of] of this.#streams) if (of === (query ?? of)) abort()
  }

  /** The user has changed. Requests that wait for credentials are never sent. */
  reset(): void {
    this.abortStreams()
    for (const [fetch, running] of [...this.#running]) {
      if (!running.isSent) this.#fail(fetch, running, "ABORTED", "")
    }
  }

  abortAll(): void {
    for (const fetch of [...this.#running.keys()]) this.abort(fetch)
    this.abortStreams()
  }

  /** Options for `fetch`. A mutation outlives the page, as far as browsers allow. */
  #initOf(running: Running, upload: RequestInit["body"], body: string | undefined): RequestInit {
    const { init, takesEmpty, isStream } = running.options
    if (upload || !takesEmpty || isStream) return upload ? { ...init, body: upload } : init
    const bytes = new Blob([body ?? ""]).size
    if (this.#keptAlive + bytes > KEPT_ALIVE_BYTES) return init
    running.keptAlive = bytes
    this.#keptAlive += bytes
    return { keepalive: true, ...init }
  }

  #over(running: Running): void {
    this.#keptAlive -= running.keptAlive
    running.keptAlive = 0
  }

  #fail(fetch: number, running: Running, code: ErrorCode, detail: string): void {
    if (this.#running.get(fetch) !== running) return
    this.#over(running)
    this.#running.delete(fetch)
    this.#ends.failed(fetch, code, 0, detail, 0)
  }
}

/** The JSON text of an answer. JSON may be nested deeper than the stack allows. */
function textOf(answer: unknown): string {
  try {
    return JSON.stringify(answer) ?? ""
  } catch {
    return "deeply nested JSON"
  }
}

/** What a variant says about its request; see `variantOf` of operation.ts. */
function wordsOf(variant: string): { headers: [string, string][]; body: string | undefined } {
  const [headers, body] = variant === "" ? [[]] : JSON.parse(variant)
  return { headers, body: body ?? undefined }
}

/** Tokens that a header can carry: bytes, except those that would end the header. */
const TOKEN = /^[\t\x20-\x7e\x80-\xff]*$/

/** The headers of a request, with lower-case names. The user's headers override ours. Throws for invalid ones. */
function headersFor(
  own: [string, string][],
  body: string | undefined,
  key: string,
  { token }: CredentialsObject,
): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" }
  if (body !== undefined) headers["content-type"] = "application/json"
  if (key !== "") headers[KEY_HEADER] = key
  if (typeof token === "string") headers.authorization = `Bearer ${token.trim()}`
  for (const [name, value] of own) headers[name] = value
  if (!TOKEN.test(headers.authorization ?? "")) throw new TypeError("a header cannot carry these characters")
  return headers
}
