// The network between pages and backend. Only a connection keeps the order of its frames. The fate of a request is
// drawn when it is made: it may be lost before or after the backend handled it, arrive late, be handled twice, or be
// answered by a proxy, a rate limit or a server error.
import type { PageNetwork, VirtualPage } from "../platform/page"
import type { Scene } from "../scene"
import { type ApiAnswer, type ApiRequest, partsOf, refusal } from "./api"
import { isPolling } from "./backend"
import { Line, type PageSocket } from "./line"
import { ReadRules } from "./reads"

/** The fates of requests and connections. */
export type NetworkCondition =
  | "fine"
  | "lossy"
  | "late"
  | "twice"
  | "proxy"
  | "portal"
  | "limit"
  | "fault"
  | "stormy"
  | "refusing"

type Fate =
  | "well"
  | "lost before"
  | "lost after"
  | "hangs"
  | "hangs done"
  | "late"
  | "twice"
  | "502"
  | "504 done"
  | "portal"
  | "limit"
  | "busy"
  | "fault"
  | "refused"

const FATES: Record<NetworkCondition, readonly Fate[]> = {
  fine: ["well"],
  lossy: ["well", "lost before", "lost after"],
  late: ["well", "late", "hangs", "hangs done"],
  twice: ["well", "twice"],
  proxy: ["502", "504 done", "well"],
  portal: ["portal"],
  limit: ["limit", "busy", "well"],
  fault: ["fault", "well"],
  refusing: ["refused", "well", "well"],
  stormy: ["well", "lost before", "lost after", "late", "twice", "502", "504 done", "portal", "busy", "fault"],
}

const PAGE = "<!doctype html><title>Welcome</title>"
const html = (status: number): ApiAnswer => ({ status, body: PAGE, headers: {} })

/** Responses of intermediaries, before the backend gets the request. */
const ANSWERS: Partial<Record<Fate, ApiAnswer>> = {
  "502": html(502),
  portal: html(200),
  limit: refusal(429, "too many requests", { "retry-after": "4" }),
  busy: refusal(503, "busy", { "retry-after": "2" }),
  fault: refusal(500, "a fault"),
}

export class Network implements PageNetwork {
  condition: NetworkCondition = "fine"
  /** The number of requests, without those of connections. */
  readonly requests: { page: VirtualPage; method: string; url: string; tag: string; at: number; fate: Fate }[] = []
  readonly #lines = new Set<Line>()
  /** Polls that never get a response, or one that fails when the backend answers, up to a ping interval later. */
  readonly #doomed = new Set<Exchange>()
  readonly #reads: ReadRules

  constructor(readonly world: Scene) {
    this.#reads = new ReadRules(world)
  }

  /** The `fetch` that the package calls. */
  fetch(page: VirtualPage, url: string, init: RequestInit): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.world, page, resolve, reject)
      const { method = "GET", headers = {}, body, signal } = init
      const request = {
        method,
        url: String(url),
        headers: lowered(headers as Record<string, string>),
        body: body instanceof URLSearchParams ? JSON.stringify(Object.fromEntries(body)) : (body as string),
      }
      if (signal?.aborted) return exchange.fail(signal.reason)
      exchange.follow(signal)
      const fate = this.#fate(request)
      if (isPolling(request)) exchange.polls(request)
      else this.requests.push({ page, method, url: request.url, tag: tagOf(request), at: this.world.clock.now, fate })
      if (method === "GET" && !isPolling(request)) exchange.reads(this.#reads.asks(page, request))
      else page.happens(true)
      this.world.trace(`${page.id} ${method} ${request.url} ${fate}`)
      if (!page.browser.isOnline) exchange.lose(this.#latency())
      else this.#send(exchange, request, fate)
    })
  }

  /** Opens a page's connection. */
  connect(page: VirtualPage, socket: PageSocket, url: string): Line {
    const line = new Line(this.world, page, socket, (over) => this.#lines.delete(over))
    this.#lines.add(line)
    const { backend, settings } = this.world
    const isOpen = page.browser.isOnline && backend.isUp && !settings.isWebSocketBlocked && this.condition !== "portal"
    if (isOpen) line.accept(partsOf(url)[1].get("sid"))
    else line.refuse()
    return line
  }

  /** Breaks a page's connections: both ends notice, or neither. */
  cut(page: VirtualPage | undefined, isSilent: boolean): void {
    for (const line of this.#lines) {
      if (page && line.page !== page) continue
      if (isSilent) line.silence()
      else line.cut()
    }
  }

  /** Ends dead connections, as their ends would detect by timeouts. */
  endSilent(): void {
    for (const line of this.#lines) if (line.isSilent) line.cut()
    for (const poll of this.#doomed) poll.lose(0)
    this.#doomed.clear()
  }

  /** Disconnects a browser: its requests in flight fail. */
  unplug(isUnplugged: (page: VirtualPage) => boolean, isSilent: boolean): void {
    for (const line of this.#lines) {
      if (!isUnplugged(line.page)) continue
      line.silence()
      if (!isSilent) line.cut()
    }
  }

  /** Ends the connections of a closed page, which the backend notices. */
  leave(page: VirtualPage): void {
    for (const line of this.#lines) if (line.page === page) line.hangUp()
    for (const exchange of [...page.requests, ...page.polls] as Exchange[]) exchange.abandon()
  }

  #fate(request: ApiRequest): Fate {
    const { random, settings } = this.world
    const fate = random.pick(FATES[this.condition])
    // A server error is the final outcome of a mutation, which then must not be done.
    if ((fate === "fault" || fate === "refused") && settings.commutes) return "busy"
    // No proxy repeats polls or refreshes: a second poll ends its session, and a second refresh its login.
    const isOnce = isPolling(request) || request.url.includes("/auth/")
    return fate === "twice" && isOnce ? "well" : fate
  }

  #latency(): number {
    return 2 + this.world.random.next() * 40
  }

  #send(exchange: Exchange, request: ApiRequest, fate: Fate): void {
    const { clock, backend, random } = this.world
    const there = this.#latency()
    const back = this.#latency()
    const serve = (then: (answer: ApiAnswer) => void) =>
      clock.after(there, () => (backend.isUp ? backend.handle(request, then) : exchange.answer(html(502), back)))
    if (fate !== "well" && isPolling(request)) this.#doomed.add(exchange)
    const early = ANSWERS[fate]
    if (early) exchange.answer(early, there + back)
    else if (fate === "lost before") exchange.lose(there + back)
    else if (fate === "refused") clock.after(there, () => exchange.answer(backend.api.refuse(request), back))
    else if (fate === "lost after") serve(() => exchange.lose(back))
    else if (fate === "hangs done") serve(() => {})
    else if (fate === "504 done") serve(() => exchange.answer(html(504), back))
    else if (fate === "late") serve((answer) => exchange.answer(answer, back + random.next() * 20_000))
    else if (fate !== "hangs") serve((answer) => exchange.answer(answer, back))
    if (fate !== "twice") return
    clock.after(there + random.next() * 500, () => backend.isUp && backend.handle(request, () => {}))
  }
}

/** A request, until it is answered or aborted. */
class Exchange {
  /** Notifies the backend that the client has disconnected. */
  #cutOff: (() => void) | undefined
  #isOver = false
  #unfollow = () => {}
  /** Called when a read ends. */
  #told: ((status: number) => void) | undefined

  constructor(
    readonly world: Scene,
    readonly page: VirtualPage,
    readonly resolve: (answer: unknown) => void,
    readonly reject: (reason: unknown) => void,
  ) {
    page.requests.add(this)
  }

  /** Whether it is a read. */
  reads(told: (status: number) => void): void {
    this.#told = told
  }

  /** Whether it belongs to a long-polling connection. */
  polls(request: ApiRequest): void {
    this.#cutOff = () => this.world.backend.polling.cutOff(request)
    this.page.requests.delete(this)
    this.page.polls.add(this)
  }

  /** Aborts it. */
  follow(signal: AbortSignal | null | undefined): void {
    if (!signal) return
    const abort = () => this.fail(signal.reason)
    signal.addEventListener("abort", abort)
    this.#unfollow = () => signal.removeEventListener("abort", abort)
  }

  answer({ status, body, headers }: ApiAnswer, ms: number): void {
    const { page } = this
    const arrive = () => {
      if (!this.page.browser.isOnline) return this.fail(new TypeError("Failed to fetch"))
      this.world.note(() => `${this.page.id} < ${status} ${body.slice(0, 2000)}`)
      this.#end(body.startsWith("{") ? status : 0, () =>
        this.resolve({
          status,
          ok: status < 300,
          headers: { get: (name: string) => headers[name] ?? null },
          text: async () => body,
          get body() {
            return streamOf(page, body)
          },
        }),
      )
    }
    this.world.clock.after(ms, arrive, this.page)
  }

  lose(ms: number): void {
    this.world.clock.after(ms, () => this.fail(new TypeError("Failed to fetch")), this.page)
  }

  /** Drops it, since its page is gone. */
  abandon(): void {
    if (this.#cutOff) this.world.clock.after(20, this.#cutOff)
    this.#end(0, () => {})
  }

  fail(reason: unknown): void {
    if (this.#cutOff && !this.#isOver) this.world.clock.after(20, this.#cutOff)
    this.#end(0, () => this.reject(reason))
  }

  #end(status: number, tell: () => void): void {
    if (this.#isOver) return
    if (this.#told) this.#told(status)
    else {
      this.page.happens(true)
      // One answer to a poll may bring several events, each of which changes what was asked for because of the one
      // before.
      if (this.#cutOff) this.world.clock.after(0, () => this.page.happens(true))
    }
    this.#isOver = true
    this.page.requests.delete(this)
    this.page.polls.delete(this)
    this.#unfollow()
    tell()
  }
}

/** A body that arrives in two chunks, unless the network is lost in between. */
function streamOf(page: VirtualPage, body: string): ReadableStream {
  const encoder = new TextEncoder()
  const half = body.length >> 1
  let isOver = false
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(body.slice(0, half)))
      const arrive = () => {
        if (isOver) return
        if (!page.browser.isOnline) return controller.error(new TypeError("network error"))
        controller.enqueue(encoder.encode(body.slice(half)))
        controller.close()
      }
      page.soon(arrive, 40)
    },
    cancel() {
      isOver = true
    },
  })
}

function lowered(headers: Record<string, string>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name in headers) found[name.toLowerCase()] = headers[name] as string
  return found
}

function tagOf({ method, url, body }: ApiRequest): string {
  if (method === "GET") return ""
  return /"tag":"([^"]*)"/.exec(body ?? "")?.[1] ?? /[?&]tag=([^&]*)/.exec(url)?.[1] ?? ""
}
