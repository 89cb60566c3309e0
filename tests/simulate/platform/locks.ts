// The Web Locks of an origin: exclusive, in the order of the requests, with `signal`, `steal` and `ifAvailable`. A lock is
// given a moment later, as from another process; what a page held or waited for is free when it goes.
// Source: the Web Locks API, https://w3c.github.io/web-locks/
import type { Random } from "../random"
import { abortError } from "./abort"
import type { Clock } from "./clock"
import type { PageLife } from "./life"

type Work = (lock: object | null) => unknown

interface Request {
  name: string
  page: PageLife
  work: Work
  resolve(value: unknown): void
  reject(reason: unknown): void
}

export class VirtualLocks {
  readonly #held = new Map<string, Request>()
  readonly #waiting = new Map<string, Request[]>()

  constructor(
    readonly clock: Clock,
    readonly random: Random,
  ) {}

  request(page: PageLife, name: string, options: LockOptions, work: Work): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request: Request = { name, page, work, resolve, reject }
      if (options.signal?.aborted) reject(options.signal.reason)
      else if (options.steal) this.#steal(request)
      else if (options.ifAvailable) this.#try(request)
      else this.#wait(request, options.signal)
    })
  }

  leave(page: PageLife): void {
    for (const [name, queue] of this.#waiting) {
      this.#waiting.set(
        name,
        queue.filter((request) => request.page !== page),
      )
    }
    for (const [name, request] of [...this.#held]) {
      if (request.page !== page) continue
      this.#held.delete(name)
      this.#next(name)
    }
  }

  heldBy(page: PageLife): number {
    const waiting = [...this.#waiting.values()].flat()
    return [...this.#held.values(), ...waiting].filter((request) => request.page === page).length
  }

  #steal(request: Request): void {
    const robbed = this.#held.get(request.name)
    if (robbed) robbed.page.soon(() => robbed.reject(abortError("it was stolen")))
    this.#grant(request)
  }

  #try(request: Request): void {
    if (this.#held.has(request.name)) request.page.soon(() => settle(request, request.work(null)), this.#delay())
    else this.#grant(request)
  }

  #wait(request: Request, signal: AbortSignal | undefined): void {
    const { name } = request
    const queue = this.#waiting.get(name) ?? []
    this.#waiting.set(name, [...queue, request])
    signal?.addEventListener("abort", () => {
      const waiting = this.#waiting.get(name) ?? []
      if (!waiting.includes(request)) return
      this.#waiting.set(
        name,
        waiting.filter((other) => other !== request),
      )
      request.reject(signal.reason)
    })
    this.#next(name)
  }

  #next(name: string): void {
    const [first, ...others] = this.#waiting.get(name) ?? []
    if (!first || this.#held.has(name)) return
    this.#waiting.set(name, others)
    this.#grant(first)
  }

  #grant(request: Request): void {
    const { name, page, work } = request
    this.#held.set(name, request)
    page.soon(() => settle(request, work({ name }), () => this.#end(request)), this.#delay())
  }

  #end(request: Request): void {
    if (this.#held.get(request.name) !== request) return
    this.#held.delete(request.name)
    this.#next(request.name)
  }

  #delay(): number {
    return this.random.next() * 2
  }
}

function settle({ resolve, reject }: Request, result: unknown, end = () => {}): void {
  Promise.resolve(result).finally(end).then(resolve, reject)
}
