// The params of a query: the current ones, the ones that the core has, and the pages read so far. All are plain copies.
// The core is only updated if they changed. If that fails, the request is unknown, and nothing is sent.
import type { QueryArgs } from "../../types"
import { badParams } from "./argument"
import type { Item } from "./item"
import type { OperationSpec } from "./operation"
import type { Pages } from "./pages"
import { type Params, splitParams } from "./params"
import { isPlain, plainCopy } from "./plain"
import { share } from "./share"

const NONE: Params = {}

/** The query that asks. */
export interface Asking {
  readonly operation: OperationSpec
  readonly args: QueryArgs<Item>
  /** `size`: so many items a request for all that is shown has to bring. */
  readonly view: { readonly size: number }
  /**
   * Tells the core, unless `known`, what this returned before, says that it knows. Throws where there is nothing that
   * could be asked for.
   */
  setRequest(path: string, params: string, known: string | undefined): string
}

export class QueryParams {
  /** The params of now. */
  current: Params
  /** The params that the core was told last. */
  asked: Params
  /** What goes into the body of the next request, as JSON; undefined where it has none. */
  body: string | undefined
  /** What reading on knows; undefined as long as nothing but the first page was read. */
  pages: Pages | undefined
  /** The params that `nextParams` has named. */
  cursorNames: ReadonlySet<string> | undefined
  /** What a target that is a function returned last. */
  path = ""
  #request: string | undefined
  readonly #given: QueryArgs["params"]
  /** What the last execution that was given params was given. */
  #argument = NONE

  /** `given`: what the query was made with. */
  constructor(given: QueryArgs["params"]) {
    this.#given = given
    this.current = this.asked = NONE
  }

  /** The query's own params, as they are now. Throws `BAD_ARGUMENT`, and what is thrown by what is in them. */
  get own(): Params {
    if (this.#given === undefined) return NONE
    const own = plainCopy(this.#given)
    if (!isPlain(own)) throw badParams(own)
    return own
  }

  /** Whether it is known what is asked. */
  get isKnown(): boolean {
    return this.#request !== undefined
  }

  /**
   * The params of now are the query's own below `argument`; without one below the last, if that `isRepeated`. Other
   * params than before are another list. Whether they are others, or the core does not know them.
   */
  take(argument: Params | undefined, isRepeated: boolean): boolean {
    if (argument || !isRepeated) this.#argument = argument ?? NONE
    const { isKnown, current, pages } = this
    // Nothing that could have changed.
    if (isKnown && !argument && this.#given === undefined && isRepeated) return pages !== undefined
    const params = share(current, { ...this.own, ...this.#argument })
    if (!pages?.isOf(params)) this.pages = undefined
    this.current = params
    return !isKnown || params !== current || pages !== undefined
  }

  /** The next executions ask for all that is shown. */
  askWhole(query: Asking): void {
    const isPaged = this.pages && !query.args.options?.nextParams
    this.ask(query, isPaged ? (this.pages as Pages).from(0, query.view.size) : this.current)
  }

  /** The core knows no longer what it was told. */
  resend(query: Asking): void {
    if (!this.isKnown) return
    this.#request = undefined
    this.ask(query, this.asked)
  }

  /** Whether a param says where a page begins, by the user's `nextParams`. */
  isCursor(name: string): boolean {
    return this.cursorNames?.has(name) === true
  }

  /** The next executions ask for this. */
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
