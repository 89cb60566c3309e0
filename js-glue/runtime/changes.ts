// Listeners that were added or have ended, and of which the core does not know yet. A registration costs a call of the
// core, and many end before an event comes. So changes are handed over together: before the next frame, entry or plan,
// after MOST of them, and at the end of the task at the latest. A listener that has ended by then is none of the core's
// business.

/** A listener. */
export interface Change {
  /** Whether it has ended. */
  readonly isOver: boolean
  /** Tells the core. Does nothing if the core knows. */
  tell(): void
}

/** Maximum number of changes that wait. */
const MOST = 256

export class Changes {
  #waiting: Change[] = []
  #isScheduled = false

  add(change: Change): void {
    if (this.#waiting.push(change) === MOST) this.tell()
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.tell()
    })
  }

  /** Hands all of them over. Additions come first: the core forgets names that are left without listeners. */
  tell(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    for (const change of waiting) if (!change.isOver) change.tell()
    for (const change of waiting) if (change.isOver) change.tell()
  }
}
