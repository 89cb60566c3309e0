// What a query asks for: its params of now, what the core was told of them, and how far was read on. The core is told
// only what it does not know; as long as that fails it is not known what would be asked, and nothing is.
import type { OperationSpec } from "./operation"
import { Pages } from "./pages"
import { type Params, splitParams } from "./params"

/** The query that asks. */
export interface Asking {
  readonly operation: OperationSpec
  /** So many items of the server's list are shown. */
  readonly shown: number
  /**
   * Tells the core, unless `known`, what this returned before, says that it knows. Throws where there is nothing that
   * could be asked for.
   */
  tell(path: string, params: string, known: string | undefined): string
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
  #request: string | undefined

  /** `own`: what the query was made with. */
  constructor(own: Params) {
    this.current = this.asked = own
  }

  /** Whether it is known what is asked. */
  get isKnown(): boolean {
    return this.#request !== undefined
  }

  /** These are the params of now; other ones than before are another list. */
  take(params: Params): void {
    if (!this.pages?.isOf(params)) this.pages = undefined
    this.current = params
  }

  /** The next executions ask for all that is shown. */
  askWhole(query: Asking): void {
    this.#ask(query, this.pages?.whole(query.shown) ?? this.current)
  }

  /** The next execution asks for what follows on it. */
  askNext(query: Asking): void {
    this.pages ??= new Pages(this.current)
    this.#ask(query, this.pages.next(query.shown))
  }

  #ask(query: Asking, params: Params): void {
    const known = this.#request
    this.#request = undefined
    const { path, params: text, body } = splitParams(query.operation.shape, params)
    const bodyText = body && JSON.stringify(body)
    this.#request = query.tell(path, text, known)
    this.body = bodyText
    this.asked = params
  }
}
