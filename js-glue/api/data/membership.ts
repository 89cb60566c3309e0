// Decides without the server whether an item belongs to a list, and where, by the user's `match` and `sort`. Without
// `match`, a param with the name of a field counts as a filter on that field, except `limit`, `offset` and cursors.
// Such a guess is confirmed by the server.
import type { QueryArgs } from "../../types"
import type { Context } from "../base/context"
import type { Item, ListRules } from "./item"
import type { OperationSpec } from "./operation"
import type { QueryParams } from "./query-params"

/** Whether an item belongs to a list. Undefined if that is unknown. `isSure` is false for a guess. */
export interface Belonging {
  readonly belongs: boolean | undefined
  readonly isSure: boolean
}

/** The query that shows the list. */
export interface Listing {
  readonly operation: OperationSpec
  readonly args: QueryArgs<Item>
  readonly params: Pick<QueryParams, "current" | "isCursor">
  readonly context: Pick<Context, "threw">
}

export class Membership {
  readonly #query: Listing
  readonly #match: ListRules["match"]
  readonly #sort: ListRules["sort"]
  readonly #failed = new Set<string>()

  constructor(query: Listing) {
    const { operation, args } = query
    const { match = operation.rules.match, sort = operation.rules.sort } = (args.options ?? {}) as ListRules
    this.#query = query
    this.#match = match
    this.#sort = sort
  }

  /** Whether the query has a `match`. */
  get isMatched(): boolean {
    return this.#match !== undefined
  }

  /** Whether the query has a `sort`. */
  get isSorted(): boolean {
    return this.#sort !== undefined
  }

  /** Whether an item belongs to the list. */
  of(item: Item): Belonging {
    const match = this.#match
    if (!match) return this.#guess(item)
    const belongs = this.#call("match", () => Boolean(match(item, this.#query.params.current)))
    return { belongs, isSure: belongs !== undefined }
  }

  /** Whether a new version removes an item from the list. `now`: the result of `of` for it. */
  leaves(before: Item, item: Item, now = this.of(item)): boolean {
    const { belongs, isSure } = now
    // A guess that was wrong about an item that the server listed is worthless for its next version.
    return belongs === false && (isSure || this.of(before).belongs === true)
  }

  /** Whether a new version adds an item to the list. `now`: the result of `of` for it. */
  enters(before: Item, item: Item, now = this.of(item)): boolean {
    return now.belongs === true && this.of(before).belongs === false
  }

  /** The index in `list` where an item belongs: after its equals, or at the end. */
  place(list: readonly Item[], item: Item): number {
    let [low, high] = [this.#sort ? 0 : list.length, list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.order(item, list[middle] as Item) < 0) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Below 0 if `a` comes first. 0 if the order is unknown. */
  order(a: Item, b: Item): number {
    const sort = this.#sort
    return (sort && this.#call("sort", () => sort(a, b))) || 0
  }

  #guess(item: Item): Belonging {
    const { params } = this.#query
    let belongs: boolean | undefined = true
    let isSure = true
    for (const [name, value] of Object.entries(params.current)) {
      // An empty list is not sent.
      const isNone = value === undefined || (Array.isArray(value) && value.length === 0)
      if (isNone || name === "limit" || name === "offset" || params.isCursor(name)) continue
      isSure = false
      const fits = fitsField(value, item, name)
      if (fits === false) return { belongs: false, isSure }
      if (fits === undefined) belongs = undefined
    }
    return { belongs, isSure }
  }

  /** Returns the result of the user's function. Undefined if it throws, which is reported once. */
  #call<T>(name: "match" | "sort", call: () => T): T | undefined {
    try {
      return call()
    } catch (cause) {
      const { context, operation } = this.#query
      if (!this.#failed.has(name)) context.threw(cause, `options.${name}`, operation.pluginKey)
      this.#failed.add(name)
      return undefined
    }
  }
}

/** Whether a field has the value of a param, or one of its values. Compared as text, as the server receives it. */
function fitsField(param: unknown, item: Item, name: string): boolean | undefined {
  if (!Object.hasOwn(item, name)) return undefined
  const asText = (value: unknown) => (value instanceof Date ? value.toJSON() : value)
  const [wanted, held] = [param, item[name]].map((value) => [value].flat().map(asText)) as [unknown[], unknown[]]
  if ([...wanted, ...held].some((value) => typeof value === "object" && value !== null)) return undefined
  return wanted.some((one) => held.some((other) => String(one) === String(other)))
}
