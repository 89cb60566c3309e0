// The order in which things happen in a runtime, as numbers that only grow. It says what a clock cannot: whether an
// answer may know of something, since its request began later.

export class LogicalClock {
  /** The moment of now. */
  now = 0
  /** When the event came that is dispatched now: what its listeners begin is later, whichever comes first. 0: none is. */
  event = 0
  /** Requests under way, and when each began. */
  readonly #requests = new Map<number, number>()
  readonly #answers = new WeakMap<object, number>()

  /** The next moment. */
  next(): number {
    return ++this.now
  }

  began(fetch: number): void {
    this.#requests.set(fetch, this.next())
  }

  /** A request is over; `answer`: what it brought. */
  ended(fetch: number, answer?: unknown): void {
    const began = this.#requests.get(fetch)
    this.#requests.delete(fetch)
    if (began !== undefined && typeof answer === "object" && answer !== null) this.#answers.set(answer, began)
  }

  /** When the request began that brought `answer`; 0 where that is not known. */
  of(answer: unknown): number {
    return this.#answers.get(answer as object) ?? 0
  }
}
