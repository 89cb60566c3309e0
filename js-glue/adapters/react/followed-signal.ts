// A component may give another signal at every render, and the one of the latest counts. A query takes one for its life:
// this, which follows.

export class FollowedSignal {
  readonly #controller = new AbortController()

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Is aborted when `given` is. Returns what ends that. */
  follow(given: AbortSignal): () => void {
    const abort = () => this.#controller.abort(given.reason)
    if (given.aborted) abort()
    given.addEventListener("abort", abort)
    return () => given.removeEventListener("abort", abort)
  }

  /** Whether it can still follow `given`: what was aborted stays so. */
  fits(given: AbortSignal): boolean {
    return given.aborted || !this.signal.aborted
  }
}
