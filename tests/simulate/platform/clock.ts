// The time of a run. Events wait in a heap, ordered by time and insertion; nothing else makes anything happen. Before
// an event of a page runs, that page's globals become those that the package sees. All promises that it settles run
// before the next event.
import type { PageLife } from "./life"

/** A scheduled event. */
export interface Task {
  at: number
  readonly order: number
  readonly run: () => void
  /** The page that it concerns. None: the backend or the network. */
  readonly page: PageLife | undefined
  isOver: boolean
}

type Enter = (page: PageLife, run: () => void) => Promise<void>

export class Clock {
  now = 0
  /** The number of past events. */
  count = 0
  readonly #heap: Task[] = []
  readonly #enter: Enter
  #order = 0

  constructor(enter: Enter) {
    this.#enter = enter
  }

  after(ms: number, run: () => void, page?: PageLife): Task {
    const task = { at: this.now + Math.max(ms, 0), order: this.#order++, run, page, isOver: false }
    this.#push(task)
    return task
  }

  cancel(task: Task | undefined): void {
    if (task) task.isOver = true
  }

  /** Runs all events up to a time. */
  async runUntil(end: number): Promise<void> {
    for (let task = this.#heap[0]; task && task.at <= end; task = this.#heap[0]) {
      this.#pop()
      if (task.isOver) continue
      const { page } = task
      if (page && page.awakeAt > Math.max(task.at, this.now)) {
        task.at = page.awakeAt
        this.#push(task)
        continue
      }
      this.now = Math.max(this.now, task.at)
      this.count++
      task.isOver = true
      if (!page) task.run()
      else if (page.isAlive) await this.#enter(page, task.run)
    }
    this.now = Math.max(this.now, end)
  }

  #push(task: Task): void {
    const heap = this.#heap
    let at = heap.push(task) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(task, heap[parent] as Task)) break
      heap[at] = heap[parent] as Task
      at = parent
    }
    heap[at] = task
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child++
      if (!isBefore(heap[child] as Task, last)) break
      heap[at] = heap[child] as Task
      at = child
    }
    heap[at] = last
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
