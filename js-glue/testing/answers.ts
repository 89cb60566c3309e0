// Answers of the backend: the part of `Response` that a JSON client uses. jsdom has no Response, and reading the platform's
// own takes extra tasks, which tests would have to wait for.

const REASONS: Record<number, string> = {
  200: "OK",
  201: "Created",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Payload Too Large",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
}

/** An answer with a status, made by `reply()`. */
export class Reply {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Record<string, string>,
  ) {}
}

/**
 * An answer with a status. Return or throw it in a handler, or pass it to `backend.answer`. With a status of 400 or more, a
 * string becomes the `message` of an error body. Any other `body` (JSON, none or a ReadableStream) is sent as it is.
 */
export function reply(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`raclette-wasm/testing: reply() takes a status from 200 to 599, and was given ${status}`)
  }
  const isMessage = status >= 400 && (typeof body === "string" || body === undefined)
  return new Reply(status, isMessage ? errorOf(status, body) : body, headers)
}

/** Converts a `Response` of the platform to a reply. Returns any other value as it is. */
export async function replyFrom(given: unknown): Promise<unknown> {
  const { status, headers, text } = given as Partial<Response>
  if (given instanceof Reply || typeof status !== "number" || typeof text !== "function") return given
  const own: Record<string, string> = {}
  headers?.forEach((value, name) => {
    own[name] = value
  })
  const body = await (given as Response).text()
  try {
    return new Reply(status, body === "" ? undefined : JSON.parse(body), own)
  } catch {
    return reply(status, body, own)
  }
}

/** The error body of a Fastify backend. */
export function errorOf(status: number, message = REASONS[status] ?? "") {
  return { statusCode: status, error: REASONS[status] ?? "Error", message }
}

/** The part of `Headers` that clients read. Names are case-insensitive. */
class AnswerHeaders extends Map<string, string> {
  // @ts-expect-error As in Headers: null for a missing name.
  override get(name: string): string | null {
    return super.get(name.toLowerCase()) ?? null
  }

  override has(name: string): boolean {
    return super.has(name.toLowerCase())
  }
}

function isStream(body: unknown): body is ReadableStream {
  return typeof (body as { getReader?: unknown } | null | undefined)?.getReader === "function"
}

/** The value that `fetch` resolves with. */
export class Answer {
  readonly ok: boolean
  readonly statusText: string
  readonly headers: AnswerHeaders
  readonly type = "basic"
  readonly redirected = false
  readonly #stream: ReadableStream | undefined
  readonly #text: string

  constructor(
    readonly url: string,
    readonly status: number,
    content: unknown,
    headers: Record<string, string>,
  ) {
    this.ok = status < 300
    this.statusText = REASONS[status] ?? ""
    this.#stream = isStream(content) ? content : undefined
    this.#text = this.#stream || content === undefined ? "" : JSON.stringify(content)
    const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    this.headers = new AnswerHeaders([["content-type", "application/json; charset=utf-8"], ...own])
  }

  /** Null on platforms without streams. */
  get body(): ReadableStream | null {
    if (this.#stream) return this.#stream
    if (typeof ReadableStream === "undefined" || typeof TextEncoder === "undefined") return null
    const bytes = new TextEncoder().encode(this.#text)
    return new ReadableStream({
      start(controller) {
        controller.enqueue(bytes)
        controller.close()
      },
    })
  }

  async text(): Promise<string> {
    return this.#text
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.#text)
  }

  clone(): Answer {
    return this
  }
}
