// Reads all lists twice a second during a run, and reports lists that were out of date for longer than allowed, outside
// of faults that concern them.
import { setTimeout as pause } from "node:timers/promises"
import { History, Watch, type Watched } from "./history"
import type { Row } from "./record"
import type { Scope, Timeline } from "./timeline"
import type { Violation } from "./violation"

/** How long a page may be out of date outside of faults, in ms. */
export const LIMIT = 15_000
/** The interval of comparisons, in ms. */
const INTERVAL = 500

export interface WatchedList {
  scope: Scope
  list: Watched
}

export class Watching {
  readonly violations: Violation[] = []
  /** The longest time that a page was out of date outside of faults, in ms. */
  worst = { age: 0, where: "no list" }
  looks = 0
  readonly #timeline: Timeline
  readonly #read: () => Promise<Row[]>
  readonly #history = new History()
  readonly #watches: { scope: Scope; watch: Watch }[]
  readonly #told = new Set<Watch>()
  #isOver = false
  #over: Promise<void> = Promise.resolve()

  /** `read` returns the rows of the database. */
  constructor(lists: readonly WatchedList[], read: () => Promise<Row[]>, timeline: Timeline) {
    this.#read = read
    this.#timeline = timeline
    this.#watches = lists.map(({ scope, list }) => ({ scope, watch: new Watch(list, this.#history) }))
  }

  begin(): void {
    this.#over = this.#run()
  }

  end(): Promise<void> {
    this.#isOver = true
    return this.#over
  }

  /** The lists that differ from the database now. */
  async compare(): Promise<Violation[]> {
    const at = Date.now()
    this.#history.add(await this.#read(), at)
    return this.#watches.flatMap(({ watch }) => {
      const { detail } = watch.look(Date.now())
      return detail === "" ? [] : [{ what: "a list differs from the database", where: watch.list.name, at, detail }]
    })
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await pause(INTERVAL)
      // Without the database, the right state of a page is unknown.
      const rows = await this.#read().catch(() => undefined)
      if (rows) this.#look(rows)
    }
  }

  #look(rows: Row[]): void {
    this.looks++
    const at = Date.now()
    this.#history.add(rows, at)
    for (const { scope, watch } of this.#watches) {
      const { age, detail } = watch.look(at)
      const outside = Math.min(age, at - this.#timeline.quietSince(scope))
      if (outside > this.worst.age) this.worst = { age: outside, where: `${watch.list.name}: ${detail}` }
      if (outside <= LIMIT || this.#told.has(watch)) continue
      this.#told.add(watch)
      const what = `a page was wrong for longer than ${LIMIT / 1000} s outside of a fault`
      this.violations.push({ what, where: watch.list.name, at, detail })
    }
  }
}
