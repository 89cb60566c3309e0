// Reads a list page by page. After the first `next()`, executions of the query take turns: each reads either the next
// page or all shown items. A turn requests all items at once. If the server returns fewer, the rest is read page by
// page, and the list changes when the last page has arrived. Executions that wait for the same turn share it.
import type { ExecuteResult } from "../../types"
import type { RacletteError } from "../../types/errors"
import { type Answered, cursorAfter, followsOn } from "./cursor"
import { failure } from "./failures"
import type { Item } from "./item"
import type { Behind, Page, Pages } from "./pages"
import type { Params } from "./params"
import type { QueryView } from "./query-view"
import type { Revalidation } from "./revalidation"

type Resolve = (result: ExecuteResult<Item>) => void

/** The query that reads. */
export interface Reads extends Answered {
  readonly handle: number
  /** Number of its executions in flight. */
  readonly waiting: number
  readonly view: Pick<
    QueryView,
    "find" | "reach" | "size" | "extras" | "removals" | "removalsThen" | "insertions" | "askedAt"
  >
  readonly state: { readonly response: unknown; readonly items: readonly Item[] }
  /** Makes one request. Resolves with the result of the reading. Throws if the request cannot be built. */
  ask(params: Params, reading: Reading): Promise<ExecuteResult<Item>>
  /** The result if the request could not be built. */
  refused(thrown: unknown): ExecuteResult<Item>
  /** Shows the result of a reading. */
  read(reading: Reading, result: ExecuteResult<Item>): void
  /** The refetches that the query makes by itself. */
  readonly revalidation: Pick<Revalidation, "soon">
}

interface Turn {
  readonly adds: boolean
  readonly resolves: Resolve[]
}

/** A turn that waits. */
interface WaitingTurn extends Turn {
  /** An answer to a request that began then is enough instead. Infinity: none is. */
  enough: number
}

/** A turn in progress. */
export interface Reading extends Turn, Behind {
  readonly pages: Page[]
  /** How far into the list it has come. */
  reach: number
  /** The reach at which it is complete. */
  readonly goal: number
  cursor: Params | null | undefined
  /** Number of removals when the answer was known that this reading follows on. */
  readonly left: number
  /** Number of insertions by then whose position in the server's list was known. */
  readonly known: number
}

/** Status codes that do not mean that too much was requested. */
const OTHER_FAILURES = new Set([401, 403, 408, 429])

export class Turns {
  readonly #query: Reads
  readonly #pages: Pages
  #waiting: WaitingTurn[] = []
  #reading: Reading | undefined

  constructor(query: Reads, pages: Pages) {
    this.#query = query
    this.#pages = pages
  }

  get isBusy(): boolean {
    return this.#reading !== undefined || this.#waiting.length > 0
  }

  /** Reads the next page (`adds`) or all shown items, when its turn comes. Resolves with the result of the reading. */
  take(adds: boolean): Promise<ExecuteResult<Item>> {
    return new Promise((resolve) => {
      const last = this.#waiting.at(-1)
      if (last?.adds === adds) {
        last.resolves.push(resolve)
        last.enough = Infinity
      } else this.#waiting.push({ adds, resolves: [resolve], enough: Infinity })
      this.proceed()
    })
  }

  /** Starts the next turn, unless one is in progress. */
  proceed(): void {
    if (this.#reading || this.#query.waiting > 0) return
    const { state, view } = this.#query
    this.#waiting = this.#waiting.filter(({ enough }) => enough > view.askedAt)
    const turn = this.#waiting.shift()
    if (!turn) return
    const cursor = turn.adds ? cursorAfter(this.#query, state.response, state.items) : undefined
    // Without a page to follow on, the next one is the first: it replaces what events have put into the list.
    const reading = this.#begin({ ...turn, adds: turn.adds && (view.reach > 0 || !!cursor) })
    reading.cursor = cursor
    if (cursor !== null) this.#ask(reading)
    else this.#over(reading, this.#end(reading, { response: state.response, result: [], error: undefined }))
  }

  /** Handles an answer that the core requested by itself: the first page. Returns the result if it is complete. */
  receivedUnrequested(page: Page, result: ExecuteResult<Item>): ExecuteResult<Item> | undefined {
    const { began } = page.news
    const enough = result.error ? Infinity : began
    const turn: WaitingTurn = { adds: false, resolves: [], enough }
    if (!this.#reading) return this.received(this.#begin(turn, began), page, result)
    const last = this.#waiting.at(-1)
    if (last?.adds === false) last.enough = Math.max(last.enough, enough)
    else this.#waiting.push(turn)
    return undefined
  }

  /** Handles an answer to a request of `reading`. Returns the result if the reading is complete. */
  received(reading: Reading, page: Page, result: ExecuteResult<Item>): ExecuteResult<Item> | undefined {
    if (reading !== this.#reading) return result
    const goesOn = result.error ? this.#isTooMuch(reading, result) : this.#isIncomplete(reading, page, result)
    if (!goesOn) return this.#end(reading, result)
    this.#ask(reading)
    return undefined
  }

  /** Cancels all turns: another list is requested, or the query ends. */
  cancel(error: RacletteError): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (this.#reading) this.#forget()
    for (const { resolves } of waiting) for (const resolve of resolves) resolve(failure(error))
  }

  /** `began`: when its first request began. Default: now. */
  #begin({ adds, resolves }: Turn, began?: number): Reading {
    const { operation, handle, view } = this.#query
    const from = adds ? view.reach : 0
    const goal = adds ? from + 1 : view.size
    // A change that arrives during the reading is news to all of its pages.
    operation.type.recent.began(-handle, began)
    const [removals, known] = [view.removals, view.insertions - view.extras]
    // Page numbers and some cursors do not account for items removed since.
    const left = adds && this.#query.args.options?.nextParams ? view.removalsThen : removals
    this.#reading = { left, adds, resolves, pages: [], from, reach: from, goal, cursor: undefined, removals, known }
    return this.#reading
  }

  #ask(reading: Reading): void {
    try {
      void this.#query.ask(this.#paramsOf(reading), reading).then((result) => this.#over(reading, result))
    } catch (thrown) {
      this.#forget()
      this.#over(reading, this.#query.refused(thrown))
      this.proceed()
    }
  }

  #paramsOf({ adds, reach, goal, cursor }: Reading): Params {
    const { nextParams } = this.#query.args.options ?? {}
    if (adds || cursor) return this.#pages.next(reach, cursor ?? undefined)
    return this.#pages.from(reach, nextParams ? 0 : goal - reach)
  }

  /** Whether the server refused to return all items at once. If so, they are requested page by page from now on. */
  #isTooMuch({ adds, reach, goal }: Reading, { error }: ExecuteResult<Item>): boolean {
    const status = Number(error?.details?.status)
    const isRefusal = status >= 400 && status < 500 && !OTHER_FAILURES.has(status)
    if (adds || !isRefusal || !this.#pages.raises(reach, goal - reach)) return false
    this.#pages.isCapped = true
    return true
  }

  #isIncomplete(reading: Reading, page: Page, { response }: ExecuteResult<Item>): boolean {
    const { adds, pages, from, goal } = reading
    const query = this.#query
    const { idOf } = query.operation.type
    const known = new Set(pages.flatMap(({ items }) => items.map(idOf)))
    const isNew = page.items.some((item) => !known.has(idOf(item)) && !(adds && query.view.find(idOf(item))))
    pages.push(page)
    reading.reach += page.items.length
    // Items created since may come first in the answer.
    const overlap = query.view.insertions - reading.known
    const isWanted = adds ? !isNew && reading.reach - from <= overlap : isNew && reading.reach < goal
    if (!isWanted || page.items.length === 0) return false
    const shown = pages.flatMap(({ items }) => items)
    reading.cursor = cursorAfter(query, response, shown)
    return reading.cursor === undefined ? (followsOn(query, response, reading.reach, shown) ?? true) : !!reading.cursor
  }

  #end(reading: Reading, result: ExecuteResult<Item>): ExecuteResult<Item> {
    const { adds, pages, left } = reading
    const query = this.#query
    const whole = result.error ? result : { ...result, result: pages.flatMap(({ items }) => items) }
    if (result.error || pages.length > 0) query.read(reading, whole)
    this.#forget()
    // An item that left during the reading has moved others across page borders.
    if (query.view.removals !== left && (adds || pages.length > 1)) query.revalidation.soon()
    this.proceed()
    return whole
  }

  #forget(): void {
    this.#reading = undefined
    this.#query.operation.type.ended(-this.#query.handle)
  }

  #over({ resolves }: Reading, result: ExecuteResult<Item>): void {
    for (const resolve of resolves) resolve(result)
  }
}
