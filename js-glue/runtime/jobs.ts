// What is to be done once the core is done, oldest first, each with nothing of the core on the stack: the user's callbacks,
// and changes of state that he may watch. Callbacks queue and never nest: what one of them brings about is told when it has
// returned, so that a hundred thousand of them need no more stack than one. But state is what it is at once, also for the
// callback that changed it: a change does not wait for callbacks before it.

export type Job = () => void

/** So deep changes nest, where who watches one brings about another. */
const MAX_DEPTH = 20

export class Jobs {
  readonly #jobs: (Job | undefined)[] = []
  /** So many of them: taken off one by one, a hundred thousand would move each other. */
  #done = 0
  /** Which of them are changes of state, and how many of those were made or passed over. */
  readonly #changes: number[] = []
  #changed = 0
  #depth = 0
  #isOver = false
  /** A callback is being called. */
  isCalling = false

  /** Whether what comes now comes behind something. */
  get hasToWait(): boolean {
    return this.isCalling || this.#jobs.length > 0
  }

  /** A call of the user's code. */
  add(job: Job): void {
    this.#jobs.push(job)
  }

  /** A change of state. */
  addChange(job: Job): void {
    this.#changes.push(this.#jobs.length)
    this.#jobs.push(job)
  }

  /** Runs what waits, and what that adds; from within a callback, only changes of state. */
  run(): void {
    if (this.#jobs.length === 0) return
    if (this.isCalling) {
      this.#change()
      return
    }
    this.isCalling = true
    try {
      while (this.#done < this.#jobs.length) {
        // What a callback disposed of is over for those behind it, too.
        if (this.#isOver) return
        this.#jobs[this.#done++]?.()
      }
    } finally {
      this.isCalling = false
    }
    this.#jobs.length = this.#done = this.#changes.length = this.#changed = 0
  }

  /** Nothing runs any more. */
  end(): void {
    this.#isOver = true
  }

  #change(): void {
    if (this.#depth === MAX_DEPTH) return
    this.#depth++
    while (this.#changed < this.#changes.length && !this.#isOver) {
      const at = this.#changes[this.#changed++] as number
      const job = at < this.#done ? undefined : this.#jobs[at]
      this.#jobs[at] = undefined
      job?.()
    }
    this.#depth--
  }
}
