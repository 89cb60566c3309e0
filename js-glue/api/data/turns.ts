// Reads a list page by page. After the first `next()`, executions of the query take turns: each reads either the next
// page or all shown items. All items are requested at once; if the server returns fewer, the rest is read page by page,
// and the list changes when the last page has arrived. Executions that wait for the same turn share it.
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
  /** So many of its executions are under way. */
  readonly waiting: number
  readonly view: Pick<QueryView, "find" | "reach" | "size" | "extras" | "removals" | "removalsThen" | "insertions">
  readonly state: { readonly response: unknown; readonly items: readonly Item[] }
  /** Makes one request. Resolves with the result of the reading. Throws where nothing can be asked for. */
  ask(params: Params, reading: Reading): Promise<ExecuteResult<Item>>
  /** The request could not even be built. */
  refused(thrown: unknown): ExecuteResult<Item>
  /** Shows what was read. */
  read(reading: Reading, result: ExecuteResult<Item>): void
  /** How it reads again by itself. */
  readonly revalidation: Pick<Revalidation, "soon">
}

interface Turn {
  readonly adds: boolean
  readonly resolves: Resolve[]
}

/** A turn that is under way. */
export interface Reading extends Turn, Behind {
  readonly pages: Page[]
  /** How far it has come into the list. */
  reach: number
  /** How far it has to come. */
  readonly goal: number
  cursor: Params | null | undefined
  /** How many items had left when what it follows on was known. */
  readonly left: number
  /** How many items had come into the list by then of which it was known where the server has them. */
  readonly known: number
}

/** Failures that say nothing of how much was asked for. */
const OTHER_FAILURES = new Set([401, 403, 408, 429])

export class Turns {
  readonly #query: Reads
  readonly #pages: Pages
  #waiting: Turn[] = []
  #reading: Reading | undefined

  constructor(query: Reads, pages: Pages) {
    this.#query = query
    this.#pages = pages
  }

  get isBusy(): boolean {
    return this.#reading !== undefined || this.#waiting.length > 0
  }

  /** Reads on, or all that is shown, when it is its turn. Resolves with the result of the reading. */
  take(adds: boolean): Promise<ExecuteResult<Item>> {
    return new Promise((resolve) => {
      const last = this.#waiting.at(-1)
      if (last && last.adds === adds) last.resolves.push(resolve)
      else this.#waiting.push({ adds, resolves: [resolve] })
      this.proceed()
    })
  }

  /** Takes the next turn, as soon as nothing is under way. */
  proceed(): void {
    if (this.#reading || this.#query.waiting > 0) return
    const turn = this.#waiting.shift()
    if (!turn) return
    const reading = this.#begin(turn)
    const { state } = this.#query
    if (turn.adds) reading.cursor = cursorAfter(this.#query, state.response, state.items)
    if (reading.cursor !== null) this.#ask(reading)
    else this.#over(reading, this.#end(reading, { response: state.response, result: [], error: undefined }))
  }

  /** An answer to what the core asked by itself: the first page of all. Returns the result, if nothing is missing. */
  receivedUnrequested(page: Page, result: ExecuteResult<Item>): ExecuteResult<Item> | undefined {
    const turn = { adds: false, resolves: [] }
    if (!this.#reading) return this.received(this.#begin(turn), page, result)
    if (this.#waiting.at(-1)?.adds !== false) this.#waiting.push(turn)
    return undefined
  }

  /** The answer to a request of `reading`. Returns the result, if that is over. */
  received(reading: Reading, page: Page, result: ExecuteResult<Item>): ExecuteResult<Item> | undefined {
    if (reading !== this.#reading) return result
    const goesOn = result.error ? this.#isTooMuch(reading, result) : this.#isIncomplete(reading, page, result)
    if (!goesOn) return this.#end(reading, result)
    this.#ask(reading)
    return undefined
  }

  /** Another list is asked for, or none any more. */
  cancel(error: RacletteError): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (this.#reading) this.#forget()
    for (const { resolves } of waiting) for (const resolve of resolves) resolve(failure(error))
  }

  #begin({ adds, resolves }: Turn): Reading {
    const { operation, handle, view } = this.#query
    const from = adds ? view.reach : 0
    const goal = adds ? from + 1 : view.size
    // What becomes of items meanwhile is news to all of its pages.
    operation.type.recent.began(-handle)
    const [removals, known] = [view.removals, view.insertions - view.extras]
    // Page numbers and some cursors do not follow what left since then.
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

  /** Whether the server refused to give all at once: it is asked page by page from now on. */
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
    // What was created since then may stand before what follows.
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
    // An item that left while pages were read has moved others across their borders.
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
