// A query's entry in the core, and whether the query is active. The entry is created when the query is executed or
// follows events. A query is active while its refs are observed, or if its options say so. Some time after the last
// execution of an inactive query, the core removes the entry, and this binding retires the query: it lives while its
// user holds it, still shows changes of its items, and sends no requests. So any number of queries can be executed
// once.
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
  /** The query's number in the core. 0 if it has no entry. */
  handle = 0
  args: QueryArgs<Item>
  readonly params: QueryParams
  abstract readonly view: QueryView
  /** How its next requests are made. */
  wanted: Wanted | undefined
  disposed = false
  protected readonly scope: QueryScope
  /** The refetches that the query makes by itself. Created on first use. */
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

  /** Whether the query, its scope or the runtime is disposed of. */
  get isOver(): boolean {
    return this.disposed || this.scope.owner.disposed || this.context.pump.disposed
  }

  /** Whether it is kept up to date. */
  get isActive(): boolean {
    const { options = {} } = this.args
    return options.active ?? (this.isFollowed || isKeptFresh(options))
  }

  /** Whether it is active or was executed recently. */
  get isInUse(): boolean {
    return this.isActive || (this.handle !== 0 && this.args.options?.active === undefined)
  }

  /** Describes the query, with the params of the last request; before the first one, its own params. */
  get info(): QueryInfo {
    const { entity, operation } = this.operation
    const { asked } = this.state
    return { id: this.#makeId(), entity, operation, params: asked === NOT_ASKED ? this.#own() : asked }
  }

  /** The options that the core needs. A stream may continue after the answer, so it never retires. */
  get settings(): QueryOptions & { retires: boolean } {
    const { options = {} } = this.args
    const { isActive: active, isStream } = this
    return {
      ...options,
      active,
      retires: !active && options.active === undefined && !isStream,
      useCache: !isStream && options.useCache !== false,
      notify: options.notify ?? this.scope.host.notify,
    }
  }

  get isStream(): boolean {
    return isStream(this.args)
  }

  get isStored(): boolean {
    return this.args.options?.useStore !== false && !this.isStream
  }

  /** Creates the entry in the core, unless it exists. */
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

  /** The core has removed the entry. */
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
    // A request with a signal is not shared with other queries.
    const variant = variantOf(wanted, body, options.init.signal ? this.#makeId() : this.isStored)
    const request = path === "" && variant === "" ? params : [path, variant, params].join("\n")
    if (request !== known) {
      check(core.setRequest(runtime, this.handle, path, params, variant))
      pump.setRequestOptions(this.handle, options)
    }
    return request
  }

  /** Removes the entry. */
  protected leave(): void {
    this.#ignoreSignal?.()
    this.scope.host.gone(this)
    this.handle = 0
  }

  protected get signal(): AbortSignal | null | undefined {
    const { config } = this.args
    return config && (toValue(config) as RequestInit | undefined)?.signal
  }

  /** The query may have become active or inactive. A retired query that becomes active may be out of date. */
  #activeChanged(): void {
    if (this.#retired && this.isActive) this.context.guard(() => this.enter(), "the params of a query")
    this.applySettings()
  }

  protected applySettings(): void {
    if (this.handle !== 0) this.scope.host.configure(this)
    if (this.isActive) this.ownRevalidation?.resume()
  }

  /** The query's own params, or none if they cannot be read. */
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
