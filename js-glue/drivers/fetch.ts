// The fetch driver: makes one request and tells its end: an answer with its body parsed (or as a stream), or a
// failure. A body that is empty is no body; one that is no JSON is told as its text.

export interface FetchRequest {
  method: string
  url: string
  headers: Headers
  body: string | undefined
  /** What the user wants handed to `fetch` beside these. */
  init: RequestInit
  /** Hand the body of a good answer over as a stream, unread. */
  isStream: boolean
}

/** The end of a request; exactly one of these is called, none after `abort()`. */
export interface FetchEvents {
  /** `over`: of a stream, resolves once nothing more comes of it, however it ended. It can be aborted until then. */
  answered(status: number, body: unknown, over?: Promise<void>): void
  /** The answer's body is no JSON; `text` is what came. */
  malformed(status: number, text: string): void
  failed(detail: string): void
}

/** Starts a request. Returns the function that aborts it. */
export function startFetch(fetchFunction: typeof fetch, request: FetchRequest, events: FetchEvents): () => void {
  const controller = new AbortController()
  const { method, url, headers, body, init, isStream } = request
  const { signal: _signal, ...rest } = init
  const whole = { ...rest, method, headers, body: body ?? null, signal: controller.signal }
  perform(fetchFunction, url, whole, isStream).then(
    (finish) => {
      if (!controller.signal.aborted) finish(events)
    },
    (error: unknown) => {
      if (!controller.signal.aborted) events.failed(error instanceof Error ? error.message : String(error))
    },
  )
  return () => controller.abort()
}

async function perform(
  fetchFunction: typeof fetch,
  url: string,
  init: RequestInit & { signal: AbortSignal },
  isStream: boolean,
) {
  const response = await fetchFunction(url, init)
  const { ok, status } = response
  const stream = isStream && ok && response.body
  if (stream) return (events: FetchEvents) => handOver(status, stream, init.signal, events)
  const text = await response.text()
  return (events: FetchEvents) => {
    if (text === "") return events.answered(status, undefined)
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return events.malformed(status, text)
    }
    events.answered(status, body)
  }
}

/** By a stream of ours, whose end is known; aborted, it fails with an AbortError whatever the platform's does. */
function handOver(status: number, body: ReadableStream, signal: AbortSignal, events: FetchEvents): void {
  const { readable, writable } = new TransformStream()
  const over = body.pipeTo(writable, { signal }).catch(() => {})
  events.answered(status, readable, over)
}
