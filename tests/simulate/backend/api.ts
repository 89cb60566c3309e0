// The HTTP routes of the model backend, like the stub's: rows, refusals, stored responses of idempotency keys, commit
// numbers, and refreshed tokens. A response is decided at the moment when its request arrives.
import type { Settings } from "../settings"
import type { Change, EntityName, Payload, Rows } from "./rows"
import type { Tokens } from "./tokens"

export interface ApiRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | undefined
}

export interface ApiAnswer {
  status: number
  body: string
  headers: Record<string, string>
}

/** The outcome of a mutation, by its tag. */
export interface Deed {
  tag: string
  user: string
  key: string | undefined
  status: number
}

const NO_QUERY = new URLSearchParams()

const REASONS: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  409: "Conflict",
  422: "Unprocessable Entity",
}

export class Api {
  /** All done or refused mutations in order, without replayed responses. */
  readonly deeds: Deed[] = []
  readonly #kept = new Map<string, { request: string; answer: ApiAnswer }>()

  constructor(
    readonly settings: Settings,
    readonly rows: Rows,
    readonly tokens: Tokens,
    /** Emits an event to all who may get it. Returns its number. */
    readonly emit: (entity: EntityName, payload: Payload, owner: string) => void,
    readonly commit: () => number,
  ) {}

  handle(request: ApiRequest): ApiAnswer {
    const [pathname, searchParams] = partsOf(request.url)
    if (pathname === "/auth/refresh") return this.#refresh(request)
    const user = this.tokens.userOf(request.headers.authorization?.replace("Bearer ", ""))
    if (user === undefined) return refusal(401, "the token is not valid")
    if (request.method === "GET") return this.#read(pathname, searchParams, user)
    return this.#once(request, user, () => this.#change(request, pathname, searchParams, user))
  }

  /** Refuses a mutation, and stores the refusal for its key. */
  refuse(request: ApiRequest): ApiAnswer {
    const user = this.tokens.userOf(request.headers.authorization?.replace("Bearer ", ""))
    return user === undefined
      ? refusal(401, "the token is not valid")
      : this.#once(request, user, () => refusal(422, "not now"))
  }

  #refresh({ body }: ApiRequest): ApiAnswer {
    const { refreshToken } = JSON.parse(body ?? "{}") as { refreshToken: string }
    const login = this.tokens.refresh(refreshToken)
    return login ? json(200, login) : refusal(401, "the refresh token is spent")
  }

  #read(path: string, query: URLSearchParams, user: string): ApiAnswer {
    const [, entity, id] = path.split("/") as [string, EntityName, string]
    const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined)
    const headers: Record<string, string> = this.settings.hasCommits ? { "raclette-commit": `${this.commit()}` } : {}
    if (id === "all") {
      const filter = {
        done: query.has("done") ? query.get("done") === "true" : undefined,
        isByName: query.get("order") === "name",
        limit: number("limit"),
        offset: number("offset"),
      }
      return json(200, { type: "dataRead", body: this.rows.page(entity, user, filter) }, headers)
    }
    const row = this.rows.find(entity, user, id)
    return row ? json(200, { type: "dataRead", body: { items: [row] } }, headers) : refusal(404, `no ${entity} ${id}`)
  }

  #once(request: ApiRequest, user: string, handle: () => ApiAnswer): ApiAnswer {
    const key = request.headers["idempotency-key"]
    if (key === undefined) return handle()
    const name = `${user} ${key}`
    const signature = `${request.method} ${request.url}`
    const kept = this.#kept.get(name)
    if (kept) return kept.request === signature ? kept.answer : refusal(422, `the key was used for ${kept.request}`)
    const answer = handle()
    this.#kept.set(name, { request: signature, answer })
    return answer
  }

  #change(request: ApiRequest, path: string, query: URLSearchParams, user: string): ApiAnswer {
    const [, entity, id = ""] = path.split("/") as [string, EntityName, string]
    const change = JSON.parse(request.body ?? "{}") as Change & { _id?: string }
    // The values of a form are strings.
    if (typeof change.done === "string") change.done = change.done === "true"
    const tag = change.tag ?? query.get("tag") ?? ""
    const answer = this.#perform(request.method, entity, decodeURIComponent(id), { ...change, tag }, user)
    this.deeds.push({ tag, user, key: request.headers["idempotency-key"], status: answer.status })
    return answer
  }

  #perform(method: string, entity: EntityName, id: string, change: Change & { tag: string }, user: string): ApiAnswer {
    if (change.name?.startsWith("bad"))
      return refusal([400, 409, 422][change.name.length % 3] ?? 400, "the name is bad")
    const payload = this.perform(method, entity, id, change, user)
    if (!payload) return method === "POST" ? refusal(409, "it is there") : refusal(404, `no ${entity} ${id}`)
    return json(method === "POST" ? 201 : 200, payload)
  }

  /** Does a mutation and emits its events, for any user. */
  perform(method: string, entity: EntityName, id: string, change: Change & { tag: string }, user: string) {
    const { rows } = this
    let payload: Payload | undefined
    if (method === "POST") payload = rows.create(entity, user, change)
    else if (method === "PATCH") payload = rows.update(entity, user, id, change)
    else payload = rows.delete(entity, user, id, change.tag)
    if (payload) this.emit(entity, payload, user)
    return payload
  }
}

/** The path and the query of a URL. */
export function partsOf(url: string): [path: string, query: URLSearchParams] {
  const path = url.indexOf("/", "https://".length)
  const query = url.indexOf("?", path)
  return query < 0 ? [url.slice(path), NO_QUERY] : [url.slice(path, query), new URLSearchParams(url.slice(query))]
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): ApiAnswer {
  return { status, body: JSON.stringify(body), headers }
}

export function refusal(status: number, message: string, headers: Record<string, string> = {}): ApiAnswer {
  return json(status, { statusCode: status, error: REASONS[status] ?? "Error", message }, headers)
}
