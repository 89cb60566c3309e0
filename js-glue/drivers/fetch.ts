// The fetch driver. Makes one request and reports its end: an answer with its parsed body (or a stream), or a failure.
// An empty body counts as no body. A body that is not JSON is reported as text.
import type { FetchEvents, FetchRequest } from "../types/drivers"
import { messageOf } from "../types/errors"

/** Starts a request. Returns the function that aborts it. */
export function startFetch(fetchFunction: typeof fetch, request: FetchRequest, events: FetchEvents): () => void {
  const abortion = new Abortion()
  void perform(fetchFunction, request, abortion, events)
  return () => abortion.abort()
}

/** Whether a request is aborted. Its signal is created for a `fetch` that reads it. */
class Abortion {
  aborted = false
  #controller: AbortController | undefined

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.aborted) this.#controller.abort()
    return this.#controller.signal
  }

  abort(): void {
    this.aborted = true
    this.#controller?.abort()
  }
}

async function perform(
  fetchFunction: typeof fetch,
  { method, url, headers, body, init, isStream }: FetchRequest,
  abortion: Abortion,
  events: FetchEvents,
): Promise<void> {
  let response: Response
  let text: string | undefined
  try {
    response = await fetchFunction(url, {
      ...init,
      method,
      headers,
      body: body ?? init.body ?? null,
      get signal() {
        return abortion.signal
      },
      // A user's `fetch` may replace it.
      set signal(value) {
        Object.defineProperty(this, "signal", { value, enumerable: true, configurable: true, writable: true })
      },
    })
    if (!isStream || !response.ok || !response.body) text = await response.text()
  } catch (error) {
    if (!abortion.aborted) events.failed(messageOf(error))
    return
  }
  if (abortion.aborted) return
  if (text === undefined) handOver(response, abortion.signal, events)
  else deliver(response, text, events)
}

/** Parses `Retry-After` (seconds or a date) to milliseconds. 0 if there is none. RFC 9110, section 10.2.3. */
function pauseOf(value: string | null | undefined): number {
  if (!value) return 0
  const seconds = Number(value)
  const pause = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return pause > 0 ? pause : 0
}

function deliver({ status, headers }: Response, text: string, events: FetchEvents): void {
  const retryAfter = status < 400 ? 0 : pauseOf(headers?.get("retry-after"))
  const commit = Number(headers?.get("raclette-commit") ?? 0)
  let body: unknown
  try {
    if (text.trim() !== "") body = JSON.parse(text)
  } catch {
    events.malformed(status, text, retryAfter)
    return
  }
  events.answered(status, body, { retryAfter, commit })
}

/** Wraps the body in a stream whose end is known. When aborted, it fails with an AbortError on all platforms. */
function handOver({ status, body }: Response, signal: AbortSignal, events: FetchEvents): void {
  const { readable, writable } = new TransformStream()
  const over = (body as ReadableStream).pipeTo(writable, { signal }).catch(() => {})
  events.answered(status, readable, { over })
}
