// The queue of work to do after the core has returned, oldest first: user callbacks and observable changes of state. No
// frame of the core is on the stack when a job runs. Callbacks queue and never nest: the effects of a callback run
// after it has returned, so a hundred thousand of them need no more stack than one. Changes of state do not wait for
// earlier callbacks: the callback that causes a change sees the new state at once.

export type Job = () => void

/** Maximum nesting of changes, if an observer of one causes another. */
const MAX_DEPTH = 20

export class Jobs {
  readonly #jobs: (Job | undefined)[] = []
  /** Index of the next job. `shift()` would be O(n) per job. */
  #done = 0
  /** Indexes of the jobs that are changes of state, and how many of them were made or skipped. */
  readonly #changes: number[] = []
  #changed = 0
  #depth = 0
  #isOver = false
  /** Whether a callback is running. */
  isCalling = false

  /** Whether a new job has to queue behind another. */
  get hasToWait(): boolean {
    return this.isCalling || this.#jobs.length > 0
  }

  /** Adds a call of user code. */
  add(job: Job): void {
    this.#jobs.push(job)
  }

  /** Adds a change of state. */
  addChange(job: Job): void {
    this.#changes.push(this.#jobs.length)
    this.#jobs.push(job)
  }

  /** Runs the waiting jobs and those that they add. Within a callback, runs only changes of state. */
  run(): void {
    if (this.#jobs.length === 0) return
    if (this.isCalling) {
      this.#change()
      return
    }
    this.isCalling = true
    try {
      while (this.#done < this.#jobs.length) {
        // A callback may have disposed of the runtime: later jobs are dropped.
        if (this.#isOver) return
        this.#jobs[this.#done++]?.()
      }
    } finally {
      this.isCalling = false
    }
    this.#jobs.length = this.#done = this.#changes.length = this.#changed = 0
  }

  /** Drops all jobs, now and in future. */
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
