// Params for lists that are read in pages: of the next page, and of all shown items at once, which some servers refuse
// or limit. Other params are another list, which starts with its first page.
import type { Item } from "./item"
import type { Params } from "./params"
import { share } from "./share"
import type { News } from "./verdict"

/** What one request brought. */
export interface Page {
  readonly items: readonly Item[]
  readonly news: News
}

/** Behind what pages follow: what was shown when it reached so far, and so many items had left it. */
export interface Behind {
  readonly from: number
  readonly removals: number
}

/** A list of which more than the first page is read. */
export class Pages {
  /** The server refuses to give more than a page at once. */
  isCapped = false
  readonly #params: Params

  /** `params`: the list's. */
  constructor(params: Params) {
    this.#params = params
  }

  /** Whether `params` ask for the same list. */
  isOf(params: Params): boolean {
    return share(this.#params, params) === this.#params
  }

  /** The params of a request for `count` items behind the first `reach`, or for as many as the server gives. */
  from(reach: number, count: number): Params {
    const { limit, ...rest } = this.next(reach)
    const most = this.raises(reach, count) ? this.#most(reach, count) : limit
    return most === undefined ? rest : { ...rest, limit: most }
  }

  /** Whether another `limit` is asked for than the list's own. The server gives as much as it likes where there is none. */
  raises(reach: number, count: number): boolean {
    const { limit } = this.#params
    const size = Number(limit ?? 0)
    return !this.isCapped && size >= 0 && (limit !== undefined || reach > 0) && this.#most(reach, count) !== size
  }

  /** No less than a page, but where the rest of one is missing. */
  #most(reach: number, count: number): number {
    return reach === 0 ? Math.max(Number(this.#params.limit ?? 0), count) : count
  }

  /** The params of the page behind the first `reach` items; `cursor`: what the user's `nextParams` says of it. */
  next(reach: number, cursor?: Params): Params {
    return { ...this.#params, ...(cursor ?? (reach > 0 && { offset: reached(this.#params, reach) })) }
  }
}

/** How far into the server's list `shown` items reach. */
export function reached({ offset }: Params, shown: number): number {
  return (Number(offset) || 0) + shown
}
