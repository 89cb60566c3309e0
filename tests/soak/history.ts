// The states of the database, read twice a second, and how far a list is behind them: for each row that it shows
// differently, how long ago its state was true, or since when it is wrong, whichever is less. A wrong order counts from
// when it was first seen.
import type { Item } from "./record"

/** A list, and what it should show. */
export interface Watched {
  name: string
  /** Whether a row belongs to the list. */
  includes(row: Item): boolean
  /** The rows that it shows; undefined before the first read. */
  shown(): readonly Item[] | undefined
  /** Whether it may be a part of the whole list. Then rows after its last one are not missing. */
  isPaged?: boolean
  /** Whether the rows are in the database's order. */
  isOrdered: boolean
  /** Ids or names of rows that its own page is changing: these may show the old or the new state. */
  changing?: ReadonlySet<string>
}

/** How far behind a list is. */
export interface Behind {
  /** In ms. */
  age: number
  /** What is wrong; empty if nothing is. */
  detail: string
}

const ABSENT = "not there"

interface State {
  row: Item | undefined
  from: number
}

/** How long past states are kept, in ms. */
const RETENTION = 180_000

export class History {
  /** The rows of the database, in order. */
  #rows: readonly Item[] = []
  readonly #states = new Map<string, State[]>()

  get rows(): readonly Item[] {
    return this.#rows
  }

  /** Records the state of the database at `at`. */
  add(rows: readonly Item[], at: number): void {
    const there = new Set(rows.map(({ _id }) => _id))
    for (const row of rows) this.#enter(row._id, row, at)
    for (const id of this.#states.keys()) if (!there.has(id)) this.#enter(id, undefined, at)
    this.#rows = rows
  }

  /** When `project` of a row last stopped being `text`; undefined if it is that now, or never was. */
  endOf(id: string, text: string, project: (row: Item | undefined) => string): number | undefined {
    const states = this.#states.get(id) ?? [{ row: undefined, from: 0 }]
    for (let n = states.length - 2; n >= 0; n--) {
      if (project(states[n]?.row) === text) return states[n + 1]?.from
    }
    // The row did not exist before its first state.
    return text === ABSENT ? states[0]?.from : undefined
  }

  #enter(id: string, row: Item | undefined, at: number): void {
    const states = this.#states.get(id) ?? []
    const last = states.at(-1)
    if (last && textOf(last.row) === textOf(row)) {
      if (row === undefined && states.length === 1) this.#states.delete(id)
    } else states.push({ row, from: at })
    while (states.length > 1 && (states[1] as State).from < at - RETENTION) states.shift()
    if (!(states.length === 1 && states[0]?.row === undefined)) this.#states.set(id, states)
  }
}

/** Compares one list with the database, again and again. */
export class Watch {
  readonly list: Watched
  readonly #history: History
  /** Rows that were wrong at the last comparison, and since when. */
  readonly #wrongSince = new Map<string, number>()
  /** When each row was last right. */
  #lastLook = 0

  constructor(list: Watched, history: History) {
    this.list = list
    this.#history = history
  }

  /** Compares the list with the database. */
  look(at: number): Behind {
    const shown = this.list.shown()
    if (shown === undefined) return this.#judge(new Map([["the list", "it has not been read"]]), new Map(), at)
    const [wrong, ages] = [new Map<string, string>(), new Map<string, number>()]
    this.#compareRows(shown, wrong, ages)
    if (wrong.size === 0) this.#compareOrder(shown, wrong)
    return this.#judge(wrong, ages, at)
  }

  #compareRows(shown: readonly Item[], wrong: Map<string, string>, ages: Map<string, number>): void {
    const { list } = this
    const project = (row: Item | undefined) => (row && list.includes(row) ? textOf(row) : ABSENT)
    const expected = this.#expected(shown)
    const shows = new Map(shown.map((item) => [item._id, item]))
    if (shows.size < shown.length) wrong.set("the list", "it shows a row twice")
    for (const id of new Set([...expected.keys(), ...shows.keys()])) {
      const [is, should] = [textOf(shows.get(id)), project(expected.get(id))]
      if (is === should || this.#isChanging(shows.get(id) ?? expected.get(id))) continue
      wrong.set(id, `${id} is ${is}, and should be ${should}`)
      const end = this.#history.endOf(id, is, project)
      if (end !== undefined) ages.set(id, end)
    }
  }

  /** The rows that it should show, in their order. */
  #expected(shown: readonly Item[]): Map<string, Item> {
    const rows = this.#history.rows.filter((row) => this.list.includes(row))
    if (!this.list.isPaged) return new Map(rows.map((row) => [row._id, row]))
    const ids = new Set(shown.map(({ _id }) => _id))
    const end = rows.findLastIndex(({ _id }) => ids.has(_id))
    return new Map(rows.slice(0, end + 1).map((row) => [row._id, row]))
  }

  #compareOrder(shown: readonly Item[], wrong: Map<string, string>): void {
    if (!this.list.isOrdered) return
    const own = shown.filter((item) => !this.#isChanging(item))
    const isWrong = own.findIndex((item, n) => n > 0 && item.createdAt < (own[n - 1] as Item).createdAt)
    if (isWrong >= 0)
      wrong.set("the order", `${own[isWrong]?._id} shows behind ${own[isWrong - 1]?._id}, which is younger`)
  }

  #isChanging(item: Item | undefined): boolean {
    const { changing } = this.list
    return item !== undefined && changing !== undefined && (changing.has(item._id) || changing.has(item.name))
  }

  #judge(wrong: Map<string, string>, ends: Map<string, number>, at: number): Behind {
    for (const id of this.#wrongSince.keys()) if (!wrong.has(id)) this.#wrongSince.delete(id)
    let worst: Behind = { age: 0, detail: "" }
    for (const [id, detail] of wrong) {
      // It was right at the last comparison, or the shown state was true in between.
      const since = this.#wrongSince.get(id) ?? Math.max(this.#lastLook, ends.get(id) ?? at)
      const end = ends.get(id)
      // The state that it now shows is newer: the list follows, however far behind.
      const from = end !== undefined && end > since ? end : since
      this.#wrongSince.set(id, from)
      if (at - from >= worst.age) worst = { age: at - from, detail }
    }
    this.#lastLook = at
    return worst
  }
}

function textOf(item: Item | undefined): string {
  return item ? `${JSON.stringify(item.name)}${item.isCompleted ? " ✓" : ""} of ${item.updatedAt}` : ABSENT
}
