// The params of a query: the current ones, those that the core has, and the pages read so far. All are plain copies.
// The core is only updated if they have changed. If the update fails, the request is unknown, and nothing is sent.
import type { QueryArgs } from "../../types"
import { badParams } from "./argument"
import type { Item } from "./item"
import type { OperationSpec } from "./operation"
import type { Pages } from "./pages"
import { type Params, splitParams } from "./params"
import { isPlain, plainCopy } from "./plain"
import { share } from "./share"

const NONE: Params = {}

/** The query that makes the request. */
export interface Asking {
  readonly operation: OperationSpec
  readonly args: QueryArgs<Item>
  /** `size`: number of items to request to refetch all that is shown. */
  readonly view: { readonly size: number }
  /**
   * Passes the request to the core, unless it equals `known`, the result of an earlier call. Throws if no request can
   * be built.
   */
  setRequest(path: string, params: string, known: string | undefined): string
}

export class QueryParams {
  /** The current params. */
  current: Params
  /** The params that the core got last. */
  asked: Params
  /** The body of the next request, as JSON. Undefined if it has none. */
  body: string | undefined
  /** The pages read so far. Undefined until more than the first page is read. */
  pages: Pages | undefined
  /** Names of the params that `nextParams` has returned. */
  cursorNames: ReadonlySet<string> | undefined
  /** The last result of a target function. */
  path = ""
  #request: string | undefined
  readonly #given: QueryArgs["params"]
  /** The argument of the last execution that had one. */
  #argument = NONE

  /** `given`: the params that the query was created with. */
  constructor(given: QueryArgs["params"]) {
    this.#given = given
    this.current = this.asked = NONE
  }

  /** The current values of the query's own params. Throws `BAD_ARGUMENT`, and exceptions of functions in them. */
  get own(): Params {
    if (this.#given === undefined) return NONE
    const own = plainCopy(this.#given)
    if (!isPlain(own)) throw badParams(own)
    return own
  }

  /** Whether the core has a request. */
  get isKnown(): boolean {
    return this.#request !== undefined
  }

  /**
   * Sets the current params: the query's own, overridden by `argument`. Without one, the last argument is used again if
   * `isRepeated`. Changed params mean another list. Returns whether they have changed or the core has to be updated.
   */
  take(argument: Params | undefined, isRepeated: boolean): boolean {
    if (argument || !isRepeated) this.#argument = argument ?? NONE
    const { isKnown, current, pages } = this
    // Nothing can have changed.
    if (isKnown && !argument && this.#given === undefined && isRepeated) return pages !== undefined
    const { own } = this
    const params = share(current, own === NONE ? this.#argument : { ...own, ...this.#argument })
    if (!pages?.isOf(params)) this.pages = undefined
    this.current = params
    return !isKnown || params !== current || pages !== undefined
  }

  /** The next executions request all shown items. */
  askWhole(query: Asking): void {
    const isPaged = this.pages && !query.args.options?.nextParams
    this.ask(query, isPaged ? (this.pages as Pages).from(0, query.view.size) : this.current)
  }

  /** The core has lost the request. Passes it again. */
  resend(query: Asking): void {
    if (!this.isKnown) return
    this.#request = undefined
    this.ask(query, this.asked)
  }

  /** Whether a param is a cursor of the user's `nextParams`. */
  isCursor(name: string): boolean {
    return this.cursorNames?.has(name) === true
  }

  /** The next executions use these params. */
  ask(query: Asking, params: Params): void {
    const known = this.#request
    this.#request = undefined
    const { path, params: text, body } = splitParams(query.operation.shape, params)
    this.path = path
    this.body = body && JSON.stringify(body)
    this.#request = query.setRequest(path, text, known)
    this.asked = params
  }
}
