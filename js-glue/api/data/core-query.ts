// A query's entry in the core, and whether it is active. The entry is created when the query is executed or follows
// events. A query is active while its refs are observed, or if its options say so. The core removes an inactive query
// some time after its last execution, and so does this binding: the query lives as long as its user holds it, still
// shows changes of its items, and sends no requests. So any number of queries can be executed once.
import type { QueryArgs, QueryInfo, QueryOptions, QueryTiming, Unsubscribe } from "../../types"
import { check } from "../../types/errors"
import { Cell } from "../base/cell"
import type { Context, Owned } from "../base/context"
import type { Item } from "./item"
import { type OperationSpec, requestOf, variantOf, type Wanted } from "./operation"
import { isStream } from "./outcome"
import type { Params } from "./params"
import { toValue } from "./plain"
import { type Asking, QueryParams } from "./query-params"
import type { QueryScope, Retired } from "./query-scope"
import { initialState, type QueryState } from "./query-state"
import type { QueryView } from "./query-view"
import type { Revalidation } from "./revalidation"

/** The params of a query that was never executed. */
export const NOT_ASKED: Params = {}

export abstract class CoreQuery extends Cell<QueryState> implements Owned, Asking {
  readonly operation: OperationSpec
  /** The core's number of it; 0 without a place there. */
  handle = 0
  args: QueryArgs<Item>
  readonly params: QueryParams
  abstract readonly view: QueryView
  /** How its next requests are made. */
  wanted: Wanted | undefined
  disposed = false
  protected readonly scope: QueryScope
  /** How it reads again by itself, once it has to. */
  protected ownRevalidation: Revalidation | undefined
  #id: string | undefined
  #retired: Retired | undefined
  #ignoreSignal: Unsubscribe | undefined

  constructor(scope: QueryScope, operation: OperationSpec, args: QueryArgs<Item>) {
    super(initialState(NOT_ASKED))
    this.scope = scope
    this.operation = operation
    this.args = args
    this.params = new QueryParams(args.params)
  }

  abstract abort(): void
  abstract dispose(): void

  get context(): Context {
    return this.scope.host.context
  }

  /** Whether it is over, by its own end or by that of what it belongs to. */
  get isOver(): boolean {
    return this.disposed || this.scope.owner.disposed || this.context.pump.disposed
  }

  /** Whether it is kept up to date. */
  get isActive(): boolean {
    const { options = {} } = this.args
    return options.active ?? (this.isFollowed || isKeptFresh(options))
  }

  /** Whether somebody looks at it, or executed it just now. */
  get isInUse(): boolean {
    return this.isActive || (this.handle !== 0 && this.args.options?.active === undefined)
  }

  /** What was asked last; before, what would be. */
  get info(): QueryInfo {
    const { entity, operation } = this.operation
    const { asked } = this.state
    return { id: this.#makeId(), entity, operation, params: asked === NOT_ASKED ? this.#own() : asked }
  }

  /** What the core is to know of its options. A stream may go on behind its answer. */
  get settings(): QueryOptions & { retires: boolean } {
    const { options = {} } = this.args
    const active = this.isActive
    return { ...options, active, retires: !active && options.active === undefined && !this.isStream }
  }

  get isStream(): boolean {
    return isStream(this.args)
  }

  get isStored(): boolean {
    return this.args.options?.useStore !== false && !this.isStream
  }

  /** Takes its place in the core, unless it has it. */
  enter(): void {
    if (this.handle !== 0) return
    const { scope, signal } = this
    this.handle = scope.host.enter(this)
    scope.owner.own(this)
    this.view.enter()
    if (signal) {
      const abort = () => this.abort()
      signal.addEventListener("abort", abort)
      this.#ignoreSignal = () => signal.removeEventListener("abort", abort)
    }
    if (this.#retired) {
      scope.host.resume(this, this.#retired)
      this.params.resend(this)
    }
  }

  /** The core let go of it. */
  retire(retired: Retired): void {
    this.#retired = retired
    this.scope.owner.release(this)
    this.view.rest()
    this.leave()
  }

  configure(changed: QueryTiming): void {
    if (this.isOver) return
    this.args = { ...this.args, options: { ...this.args.options, ...changed } }
    this.#activeChanged()
  }

  protected override followed(): void {
    const { active } = this.args.options ?? {}
    if (this.isOver || active !== undefined || isKeptFresh(this.args.options)) return
    this.#activeChanged()
  }

  setRequest(path: string, params: string, known: string | undefined): string {
    const { core, runtime, pump } = this.context
    const wanted = requestOf(this.operation, this.args)
    const { options } = wanted
    this.wanted = wanted
    const body = this.operation.change ? undefined : this.params.body
    // A signal is one user's own.
    const variant = variantOf(wanted, body, options.init.signal ? this.#makeId() : this.isStored)
    const request = path === "" && variant === "" ? params : [path, variant, params].join("\n")
    if (request !== known) {
      check(core.setRequest(runtime, this.handle, path, params, variant))
      pump.setRequestOptions(this.handle, options)
    }
    return request
  }

  /** Its place is given back. */
  protected leave(): void {
    this.#ignoreSignal?.()
    this.scope.host.gone(this)
    this.handle = 0
  }

  protected get signal(): AbortSignal | null | undefined {
    return (toValue(this.args.config) as RequestInit | undefined)?.signal
  }

  /** It may be another matter now whether it is active: what retired may be behind by then. */
  #activeChanged(): void {
    if (this.#retired && this.isActive) this.context.guard(() => this.enter(), "the params of a query")
    this.applySettings()
  }

  protected applySettings(): void {
    if (this.handle !== 0) this.scope.host.configure(this)
    if (this.isActive) this.ownRevalidation?.resume()
  }

  /** The query's own params as far as they can be read. */
  #own(): Params {
    try {
      return this.params.own
    } catch {
      return NOT_ASKED
    }
  }

  #makeId(): string {
    const { entity, operation } = this.operation
    this.#id ??= this.scope.queryId(entity, operation, this.args.id)
    return this.#id
  }
}

function isKeptFresh({ live, immediate, refetchInterval = 0, refetchOnEvent }: QueryOptions = {}): boolean {
  return Boolean(live || immediate || refetchInterval > 0 || refetchOnEvent)
}
