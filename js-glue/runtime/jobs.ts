// The user's callbacks that are to be called, oldest first, each with nothing of the core on the stack. A callback may
// run what is left: what is older never comes after what is newer.

export type Job = () => void

export class Jobs {
  readonly #jobs: Job[] = []
  /** So many of them: taken off one by one, a hundred thousand would move each other. */
  #done = 0
  #isOver = false

  get isEmpty(): boolean {
    return this.#jobs.length === 0
  }

  add(job: Job): void {
    this.#jobs.push(job)
  }

  /** Runs what waits, and what that adds. */
  run(): void {
    while (this.#done < this.#jobs.length) {
      // What a callback disposed of is over for those behind it, too.
      if (this.#isOver) return
      this.#jobs[this.#done++]?.()
    }
    this.#jobs.length = this.#done = 0
  }

  /** Nothing runs any more. */
  end(): void {
    this.#isOver = true
  }
}
