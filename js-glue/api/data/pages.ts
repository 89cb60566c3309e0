// Reading on: what follows on the items that are shown, and all of them at once. Other params are another list, of which
// nothing was read on yet.
import type { Params } from "./params"
import { share } from "./share"

/** A list of which more than the first page was read. */
export class Pages {
  readonly #params: Params

  /** `params`: the list's. */
  constructor(params: Params) {
    this.#params = params
  }

  /** Whether `params` ask for the same list. */
  isOf(params: Params): boolean {
    return share(this.#params, params) === this.#params
  }

  /** The params of the page behind the `shown` items. */
  next(shown: number): Params {
    return { ...this.#params, offset: reached(this.#params, shown) }
  }

  /** The params of one request for all of the `shown` items. */
  whole(shown: number): Params {
    const { limit } = this.#params
    return typeof limit === "number" ? { ...this.#params, limit: Math.max(limit, shown) } : this.#params
  }
}

/** How far into the server's list `shown` items reach. */
export function reached({ offset }: Params, shown: number): number {
  return (Number(offset) || 0) + shown
}
