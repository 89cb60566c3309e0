// Params for lists that are read in pages: for the next page, and for all shown items at once, which some servers
// refuse or limit. Other params mean another list, which starts with its first page.
import type { Item } from "./item"
import type { Params } from "./params"
import { share } from "./share"
import type { News } from "./verdict"

/** The answer to one request. */
export interface Page {
  readonly items: readonly Item[]
  readonly news: News
}

/** The point that a page follows on: the reach and the number of removals of the shown list. */
export interface Behind {
  readonly from: number
  readonly removals: number
}

/** A list of which more than the first page has been read. */
export class Pages {
  /** Whether the server refuses to return more than one page at once. */
  isCapped = false
  readonly #params: Params

  /** `params`: the params of the list. */
  constructor(params: Params) {
    this.#params = params
  }

  /** Whether `params` request the same list. */
  isOf(params: Params): boolean {
    return share(this.#params, params) === this.#params
  }

  /** The params of a request for `count` items after the first `reach`, or for as many as the server returns. */
  from(reach: number, count: number): Params {
    const { limit, ...rest } = this.next(reach)
    const most = this.raises(reach, count) ? this.#most(reach, count) : limit
    return most === undefined ? rest : { ...rest, limit: most }
  }

  /** Whether the request needs another `limit` than the list's own. Without one, the server decides. */
  raises(reach: number, count: number): boolean {
    const { limit } = this.#params
    const size = Number(limit ?? 0)
    return !this.isCapped && size >= 0 && (limit !== undefined || reach > 0) && this.#most(reach, count) !== size
  }

  /** At least a page, except to complete a page. */
  #most(reach: number, count: number): number {
    return reach === 0 ? Math.max(Number(this.#params.limit ?? 0), count) : count
  }

  /** The params of the page after the first `reach` items. `cursor`: the result of the user's `nextParams`. */
  next(reach: number, cursor?: Params): Params {
    return { ...this.#params, ...(cursor ?? (reach > 0 && { offset: reached(this.#params, reach) })) }
  }
}

/** How far into the server's list `shown` items extend. */
export function reached({ offset }: Params, shown: number): number {
  return (Number(offset) || 0) + shown
}
