// The HTTP side of the backend. Steps of a request: record it, wait for hold rules, check credentials, apply answer and fail
// rules or run the operation, then deliver the answer and emit the events. A mutation with an `Idempotency-Key` runs once.
import { Answer, errorOf, Reply, reply, replyFrom } from "./answers"
import type { Deliveries } from "./deliveries"
import { isObject, isPayload, type Outcome, perform } from "./operations"
import type { Match, Operation, Routes } from "./routes"
import { type AnswerRule, type Asked, paramsFor, type Rules, replyOf } from "./rules"
import type { Table } from "./store"
import type { BackendRequest, Credentials, Handling, Item, ItemParts, Payload } from "./types"

/** The part of the backend that the API uses. */
export interface ApiHost {
  readonly routes: Routes
  readonly rules: Rules
  readonly deliveries: Deliveries
  /** Prefix of all routes, without a trailing slash. */
  readonly base: string
  /** Why requests fail; undefined while the backend is up. */
  readonly outage: string | undefined
  tableOf(operation: Operation): Table
  latencyOf(request: BackendRequest): number
  /** Why credentials are refused; undefined if they are accepted. */
  refusalOf(credentials: Credentials): Promise<string | undefined>
  /** The number of the last event. */
  commit(): number
  broadcast(channel: string, args: unknown[]): void
}

/** Outcome of a request. */
interface Result {
  status: number
  body: unknown
  headers: Record<string, string>
  /** Payload of the events that follow. */
  payload?: Payload
}

/** A request and its route. */
interface Inquiry {
  record: BackendRequest
  asked: Asked
  match: Match | undefined
  operation: Operation | undefined
}

/** Thrown for a request that gets no answer. */
class Lost extends Error {}

export class Api {
  requests: BackendRequest[] = []
  readonly #host: ApiHost
  /** Answers by credentials and idempotency key. */
  #kept = new Map<string, { signature: string; result: Promise<Result> }>()

  constructor(host: ApiHost) {
    this.#host = host
  }

  /** The `fetch` option for `createRuntime`. */
  readonly fetch = (address: unknown, init: RequestInit = {}): Promise<Answer> => {
    const url = String(isObject(address) && typeof address.url === "string" ? address.url : address)
    if (/[?&]transport=polling\b/.test(url)) {
      const why = this.#host.outage ?? "the backend in memory speaks over its WebSocket alone"
      return Promise.reject(new TypeError(`raclette-wasm/testing: ${why}`))
    }
    return this.#answered(this.#inquiryOf(url, init), init.signal ?? undefined)
  }

  clear(): void {
    this.requests = []
    this.#kept = new Map()
  }

  /** Executes an operation as another client. Throws an Error if it is refused. */
  async execute(operation: Operation, given: ItemParts): Promise<Payload> {
    const { placeholders, kind, fullName } = operation
    const all = Object.entries(given)
    const params = Object.fromEntries(
      all.filter(([name]) => placeholders.includes(name)).map(([name, value]) => [name, String(value)]),
    )
    const rest: Item = Object.fromEntries(all.filter(([name]) => !placeholders.includes(name)))
    const record = recordOf({ operation: operation.name, method: "", url: "", path: "", params })
    record.body = Array.isArray(given) ? given : rest
    if (kind === "read") record.query = rest as BackendRequest["query"]
    const asked = { method: "", path: "", operations: [operation] }
    const result = await this.#resultOf({ record, asked, match: undefined, operation })
    if (result.status < 300 && isPayload(result.body)) {
      this.#broadcast(operation, result.payload)
      return result.body
    }
    const { message } = (result.body ?? {}) as { message?: string }
    throw new Error(`raclette-wasm/testing: ${fullName} was answered with ${result.status}: ${message ?? "no payload"}`)
  }

  #inquiryOf(url: string, init: RequestInit): Inquiry {
    const { pathname: whole, searchParams } = new URL(url, "http://localhost")
    const { base } = this.#host
    const pathname = whole.startsWith(`${base}/`) ? whole.slice(base.length) : whole
    const method = (init.method ?? "GET").toUpperCase()
    const match = this.#host.routes.match(method, pathname)
    const operation = match?.route.operations[0]
    const record = recordOf({ operation: operation?.name, method, url, path: pathname, params: match?.params ?? {} })
    record.headers = headersOf(init.headers)
    record.body = bodyOf(init.body, record.headers)
    for (const name of new Set(searchParams.keys())) {
      const values = searchParams.getAll(name)
      record.query[name] = values.length > 1 ? values : (values[0] as string)
    }
    this.requests.push(record)
    return { record, match, operation, asked: { method, path: pathname, operations: match?.route.operations ?? [] } }
  }

  /** Resolves when the answer arrives. Rejects if the request fails or is aborted. */
  #answered(inquiry: Inquiry, signal: AbortSignal | undefined): Promise<Answer> {
    const { deliveries } = this.#host
    const { record } = inquiry
    return new Promise((resolve, reject) => {
      const abort = () => {
        record.isAborted = record.status === undefined
        reject(abortError())
      }
      if (signal?.aborted) return abort()
      signal?.addEventListener("abort", abort, { once: true })
      const arrive = (end: () => void) => {
        const ms = this.#host.latencyOf(record) + this.#host.rules.delayFor(inquiry.asked)
        deliveries.post(() => {
          signal?.removeEventListener("abort", abort)
          end()
        }, ms)
      }
      deliveries.ask(() => {
        const work = deliveries.handle(() => this.#handle(inquiry))
        work.then(
          (result) => {
            arrive(() => {
              if (!record.isAborted) record.status = result.status
              resolve(new Answer(record.url, result.status, result.body, result.headers))
            })
            this.#broadcast(inquiry.operation, result.payload)
          },
          (error: unknown) => arrive(() => reject(error instanceof Lost ? new TypeError(error.message) : error)),
        )
      })
    })
  }

  #broadcast(operation: Operation | undefined, payload: Payload | undefined): void {
    if (payload) for (const { name } of operation?.channels ?? []) this.#host.broadcast(name, [payload])
  }

  async #handle(inquiry: Inquiry): Promise<Result> {
    const { rules, deliveries } = this.#host
    for (const hold of rules.holdsFor(inquiry.asked)) {
      hold.waiting++
      await deliveries.standBy(hold.gate)
      hold.waiting--
    }
    // Aborted, or from before the last `reset()`.
    const isGone = inquiry.record.isAborted || !this.requests.includes(inquiry.record)
    const why = isGone ? "its client waits no longer" : this.#host.outage
    if (why) throw new Lost(`raclette-wasm/testing: ${why}`)
    const refusal = await this.#host.refusalOf(tokenOf(inquiry.record))
    if (refusal !== undefined) return resultOf(reply(401, refusal))
    const [rule] = rules.answersFor(inquiry.asked)
    if (rule?.failure) return this.#fail(inquiry, rule)
    return this.#once(inquiry.record, () => this.#resultOf(inquiry))
  }

  async #fail(inquiry: Inquiry, rule: AnswerRule): Promise<Result> {
    const { failure = {}, scope } = rule
    rule.timesLeft--
    if (failure.done) {
      const done = await this.#once(inquiry.record, () => this.#resultOf(inquiry))
      this.#broadcast(inquiry.operation, done.payload)
    }
    const answer = replyOf(failure, scope, errorOf)
    if (!answer) throw new Lost(failure.message ?? `The test lets the network fail for ${scope.name}`)
    return resultOf(answer)
  }

  /** Runs the first request with an idempotency key. Later ones get the same answer and emit no events. */
  async #once(record: BackendRequest, run: () => Promise<Result>): Promise<Result> {
    const key = record.headers["idempotency-key"]
    if (key === undefined || record.method === "GET") return run()
    const name = `${record.headers.authorization} ${key}`
    const signature = `${record.method} ${record.url} ${JSON.stringify(record.body)}`
    const kept = this.#kept.get(name)
    if (kept) {
      const { payload: _broadcast, ...known } = await kept.result
      if (kept.signature !== signature)
        return resultOf(reply(422, `This Idempotency-Key was used for ${kept.signature}`))
      if (known.status < 500) return known
    }
    const result = run()
    this.#kept.set(name, { signature, result })
    return result
  }

  /** Applies the answer rules, else the default behaviour. Never rejects. */
  async #resultOf({ record, asked, operation }: Inquiry): Promise<Result> {
    const { rules } = this.#host
    const isRead = operation?.kind === "read"
    const commit: Record<string, string> = isRead ? { "raclette-commit": String(this.#host.commit()) } : {}
    try {
      for (const rule of rules.answersFor(asked)) {
        if (!rule.handler) continue
        rule.timesLeft--
        const given = await rule.handler(this.#handlingOf({ ...record, params: paramsFor(rule, record) }, operation))
        if (given !== undefined && given !== null) return resultOf(await replyFrom(given), operation)
      }
      if (!operation) return resultOf(reply(404, this.#unknown(record)))
      return resultOf(this.#perform(record, operation), operation, commit)
    } catch (error) {
      const refusal = await replyFrom(error)
      if (refusal instanceof Reply) return resultOf(refusal, operation)
      const message = error instanceof Error ? error.message : String(error)
      return resultOf(reply(500, message))
    }
  }

  #handlingOf(record: BackendRequest, operation: Operation | undefined): Handling {
    return {
      ...record,
      proceed: async (changes = {}) => {
        if (operation) return this.#perform(record, operation, changes).payload
        throw new Error(
          `raclette-wasm/testing: proceed() does what an operation does, and ${record.method} ${record.path} is none`,
        )
      },
    }
  }

  #perform(record: BackendRequest, operation: Operation, changes: ItemParts = {}): Outcome {
    return perform(operation, this.#host.tableOf(operation), record, changes as Item)
  }

  #unknown({ method, path }: BackendRequest): string {
    return `There is no ${method} ${path}. The backend of the test knows: ${this.#host.routes.describe()}`
  }
}

function recordOf(known: Pick<BackendRequest, "operation" | "method" | "url" | "path" | "params">): BackendRequest {
  return { ...known, query: {}, headers: {}, body: undefined, status: undefined, isAborted: false }
}

/** The result for a reply, an outcome, a payload, or items. */
function resultOf(given: unknown, operation?: Operation, headers: Record<string, string> = {}): Result {
  if (given instanceof Reply) {
    const isBroadcast = given.status < 300 && isPayload(given.body)
    return { ...given, ...(isBroadcast && { payload: given.body as Payload }) }
  }
  const { status, payload } = outcomeOf(given, operation)
  return { status, body: payload, headers, ...(isPayload(payload) && { payload }) }
}

function outcomeOf(given: unknown, operation: Operation | undefined): { status: number; payload: unknown } {
  const outcome = given as Outcome
  if (isObject(given) && typeof given.status === "number" && isPayload(given.payload)) return outcome
  const status = operation?.kind === "create" ? 201 : 200
  if (!operation || isPayload(given)) return { status, payload: given }
  const items = (Array.isArray(given) ? given : [given]) as Item[]
  return { status, payload: { type: operation.type, body: { items } } satisfies Payload }
}

function headersOf(given: RequestInit["headers"]): Record<string, string> {
  const headers: Record<string, string> = {}
  const add = (value: string, name: string) => {
    headers[name.toLowerCase()] = value
  }
  if (typeof (given as Headers | undefined)?.forEach === "function" && !Array.isArray(given))
    (given as Headers).forEach(add)
  else for (const [name, value] of Array.isArray(given) ? given : Object.entries(given ?? {})) add(value, name)
  return headers
}

function bodyOf(body: unknown, headers: Record<string, string>): unknown {
  if (typeof body !== "string") return body ?? undefined
  if (!/\bjson\b/.test(headers["content-type"] ?? "json")) return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function tokenOf({ headers }: BackendRequest): Credentials {
  const [, token] = /^Bearer (.*)$/i.exec(headers.authorization ?? "") ?? []
  return token === undefined ? {} : { token }
}

function abortError(): Error {
  const message = "The request was aborted"
  if (typeof DOMException !== "undefined") return new DOMException(message, "AbortError")
  return Object.assign(new Error(message), { name: "AbortError" })
}
