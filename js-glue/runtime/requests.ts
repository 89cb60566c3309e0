// Requests on the wire: adds the user's config and credentials to what the core asks for, hands it to the fetch
// driver, and tells the core how it ended.

import type { StartFetch } from "../types/drivers"
import { type ErrorCode, messageOf } from "../types/errors"
import { isAnswer } from "./answer"
import type { Credentials, CredentialsObject } from "./credentials"
import type { FetchEffect } from "./effects"
import type { OutgoingPayload } from "./payload"

/** What the query's user wants of its requests. */
export interface RequestOptions {
  /** Handed to `fetch`, but for headers and a body: those are each request's own. */
  init: RequestInit
  isStream: boolean
  /** Every good answer will do, also one that cannot be shown. */
  takesAny: boolean
  /** A good answer without a body is one; else it was cut off, unless its status says that there is none. */
  takesEmpty: boolean
}

/** Of a query whose user wants nothing special. */
export const PLAIN: RequestOptions = { init: {}, isStream: false, takesAny: false, takesEmpty: false }

/** What a request carries. */
export type RequestBody = Pick<OutgoingPayload, "text" | "upload">

/** Takes the end of a request; see FetchDone and FetchFailed of input.h. `response`: undefined for no body. */
export interface RequestEnds {
  done(fetch: number, status: number, response: unknown, retryAfter: number, commit: number): void
  failed(fetch: number, code: ErrorCode, status: number, response: unknown, retryAfter: number): void
}

/** How much of a body that is no JSON is kept for the error. */
const SNIPPET = 200

/** So many bytes of bodies may be on the wire with `keepalive`; beyond, `fetch` refuses. Fetch Standard, 4.5. */
const KEPT_ALIVE_BYTES = 64 * 1024

const KEY_HEADER = "idempotency-key"

interface Running {
  abort: () => void
  /** It is on the wire. */
  isSent: boolean
  sentWith: CredentialsObject | undefined
  readonly options: RequestOptions
  /** Bytes of its body that count for `keepalive`. */
  keptAlive: number
}

export class Requests {
  readonly #running = new Map<number, Running>()
  /** By query; those of most are plain, and not here. */
  readonly #options = new Map<number, RequestOptions>()
  /** Streams that go on behind their answer, and whose query is which. */
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

  /** How a query's requests are made from now on; `PLAIN` also when it is gone. */
  setOptions(query: number, options: RequestOptions): void {
    if (options === PLAIN) this.#options.delete(query)
    else this.#options.set(query, options)
  }

  /** `start` will be called for this request, unless it is aborted before. */
  expect({ fetch, query }: FetchEffect): void {
    const options = this.#options.get(query) ?? PLAIN
    const { sentWith } = this.#running.get(fetch) ?? {}
    this.#running.set(fetch, { abort() {}, isSent: false, sentWith, options, keptAlive: 0 })
  }

  /** Carries out `effect`, which was expected, as the query's user wants it. */
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
    // An answer of 401 may be asked again under the same number, so what it was sent with is kept.
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

  /** Aborts the streams of one query, or all. */
  abortStreams(query?: number): void {
    for (const [{ abort }, of] of this.#streams) if (of === (query ?? of)) abort()
  }

  /** The user is another: what still waits for credentials never gets any. */
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

  /** What is handed to `fetch`: a mutation outlives the page, as far as browsers let what is on the wire do so. */
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

/** JSON may be deeper than the stack. */
function textOf(answer: unknown): string {
  try {
    return JSON.stringify(answer) ?? ""
  } catch {
    return "deeply nested JSON"
  }
}

/** What a variant says of its request; see `variantOf` of operation.ts. */
function wordsOf(variant: string): { headers: [string, string][]; body: string | undefined } {
  const [headers, body] = variant === "" ? [[]] : JSON.parse(variant)
  return { headers, body: body ?? undefined }
}

/** What is sent of `auth`'s token: bytes, but none that would end the header. */
const TOKEN = /^[\t\x20-\x7e\x80-\xff]*$/

/** The headers of a request, by their names in lower case; the user's own come before ours. Throws for what is none. */
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
  Object.assign(headers, Object.fromEntries(own))
  if (!TOKEN.test(headers.authorization ?? "")) throw new TypeError("a header cannot carry these characters")
  return headers
}
