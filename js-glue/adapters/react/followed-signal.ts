// A query has one signal for its lifetime, but a component may pass another one at every render. This signal follows
// the latest.

export class FollowedSignal {
  readonly #controller = new AbortController()

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Aborts when `given` aborts. Returns a function that stops following. */
  follow(given: AbortSignal): () => void {
    const abort = () => this.#controller.abort(given.reason)
    if (given.aborted) abort()
    given.addEventListener("abort", abort)
    return () => given.removeEventListener("abort", abort)
  }

  /** False if it is aborted and `given` is not: then a new one is needed. */
  fits(given: AbortSignal): boolean {
    return given.aborted || !this.signal.aborted
  }
}
