// Fake Web Locks, as the pages of one origin share them: exclusive, in the order of the requests, with `signal` and
// `steal`. A frozen page gets no results of its requests.
type Work = (lock: object) => unknown

interface Request {
  page: string
  work: Work
  resolve(value: unknown): void
  reject(reason: unknown): void
}

export class PageLocks {
  readonly held = new Map<string, Request>()
  readonly waiting = new Map<string, Request[]>()
  readonly #frozen = new Set<string>()

  /** The `navigator.locks` of `page`. */
  of(page: string): Pick<LockManager, "request"> {
    const request = (name: string, options: LockOptions, work: Work) => this.#request(page, name, options, work)
    return { request } as unknown as Pick<LockManager, "request">
  }

  freeze(page: string): void {
    this.#frozen.add(page)
  }

  #request(page: string, name: string, { signal, steal }: LockOptions, work: Work): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request: Request = { page, work, resolve, reject }
      if (steal) {
        const robbed = this.held.get(name)
        this.held.delete(name)
        if (robbed && !this.#frozen.has(robbed.page)) robbed.reject(new DOMException("it was stolen", "AbortError"))
        this.#grant(name, request)
        return
      }
      const queue = this.waiting.get(name) ?? []
      this.waiting.set(name, queue)
      queue.push(request)
      signal?.addEventListener("abort", () => {
        if (!queue.includes(request)) return
        queue.splice(queue.indexOf(request), 1)
        reject(signal.reason)
      })
      this.#next(name)
    })
  }

  #next(name: string): void {
    if (this.held.has(name)) return
    const request = this.waiting.get(name)?.shift()
    if (request) this.#grant(name, request)
  }

  #grant(name: string, request: Request): void {
    this.held.set(name, request)
    if (this.#frozen.has(request.page)) return
    // Asynchronous, as from another process: never during the call of `request`.
    const done = Promise.resolve().then(() => request.work({ name }))
    const end = () => {
      if (this.held.get(name) !== request) return
      this.held.delete(name)
      this.#next(name)
    }
    done.then(request.resolve, request.reject).then(end)
  }
}
