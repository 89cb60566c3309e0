// A logical clock: numbers that only grow, in the order in which things happen in a runtime. It tells whether an answer
// can include a change, because the request began after it. A wall clock cannot tell that.

export class LogicalClock {
  /** The current time. */
  now = 0
  /** When the event that is being dispatched arrived. Whatever its listeners begin is later. 0: no event. */
  event = 0
  /** Requests in flight, and when each began. */
  readonly #requests = new Map<number, number>()

  /** Advances the clock and returns the new time. */
  next(): number {
    return ++this.now
  }

  began(fetch: number): void {
    this.#requests.set(fetch, this.next())
  }

  /** A request has ended. Returns when it began, or 0 if unknown. */
  ended(fetch: number): number {
    const began = this.#requests.get(fetch)
    this.#requests.delete(fetch)
    return began ?? 0
  }
}
