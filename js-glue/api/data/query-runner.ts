// One query or mutation. The state machine is in the core. This class turns its outcomes into the state behind the
// user's refs, by actions of `reduce`, with one batch per change. Params, the shown list, executions and live updates
// are separate objects. Because there may be very many queries, shared data belongs to their operation and scope, and
// rarely used objects are created on demand.
import type { SettledEffect } from "../../runtime/effects"
import type { KeptAnswer } from "../../runtime/values"
import type { ExecuteResult, QueryArgs, StoredMutation, Unsubscribe } from "../../types"
import { type ErrorCode, RacletteError } from "../../types/errors"
import { batch } from "../base/state"
import { argumentOf, isUpload, resultOf } from "./argument"
import { CoreQuery, NOT_ASKED } from "./core-query"
import { followsOn } from "./cursor"
import type { Executing, Execution } from "./executions"
import { failure, requestError } from "./failures"
import type { Item } from "./item"
import { itemsOf } from "./items"
import type { Following } from "./live-query"
import { type OperationSpec, storedMutation } from "./operation"
import { endMutation } from "./optimistic"
import { isWithdrawn, itemsFrom, outcomeOf } from "./outcome"
import { type Page, Pages } from "./pages"
import type { Params } from "./params"
import type { QueryScope } from "./query-scope"
import { initialState, type QueryAction, reduce } from "./query-state"
import { QueryView, type Showing } from "./query-view"
import { Revalidation } from "./revalidation"
import { shareAnswer } from "./share"
import { type Reading, type Reads, Turns } from "./turns"
import type { News } from "./verdict"

export class QueryRunner extends CoreQuery implements Executing, Following, Reads, Showing {
  readonly view: QueryView
  waiting = 0
  #ends: Unsubscribe[] | undefined
  /** The order of reads, once the list is read page by page. */
  #turns: Turns | undefined
  /** Whether an execution is in flight, as last reported by the core. */
  #isUnderWay = false
  refusedAt = 0
  /** The last result that was reused. */
  #reused: ExecuteResult<Item> | undefined

  constructor(scope: QueryScope, operation: OperationSpec, args: QueryArgs<Item>) {
    super(scope, operation, args)
    this.view = new QueryView(this, this.isStored)
  }

  execute(given?: unknown, second?: unknown): Promise<ExecuteResult<Item>> {
    return this.#begin(() => {
      const isRead = this.operation.change === undefined
      const argument = argumentOf(given, second, isRead)
      const upload = isUpload(argument) ? argument : undefined
      const isNew = this.params.take(upload ? undefined : (argument as Params | undefined), isRead)
      this.#checkSignal()
      if (!this.params.pages) this.#endTurns("ABORTED", "the query has other params now")
      if (this.#turns) return this.#turns.take(false)
      if (isNew || this.args.config || upload) this.params.askWhole(this)
      return this.scope.host.executions.begin(this, { upload })
    })
  }

  /** Reads the next page. */
  next(): Promise<ExecuteResult<Item>> {
    return this.#begin(() => {
      if (!this.params.isKnown) this.params.take(undefined, true)
      this.params.pages ??= new Pages(this.params.current)
      this.#turns ??= new Turns(this, this.params.pages)
      return this.#turns.take(true)
    })
  }

  /** Executes a stored mutation of an earlier runtime. Throws MISSING_PARAM if its target has changed. */
  restore(key: string): Promise<ExecuteResult<Item>> {
    this.enter()
    this.params.take(undefined, false)
    this.params.askWhole(this)
    return this.#begin(() => this.scope.host.executions.begin(this, { key }))
  }

  ask(params: Params, reading: Reading): Promise<ExecuteResult<Item>> {
    this.params.ask(this, params)
    return this.scope.host.executions.begin(this, { reading })
  }

  /** The record of this execution's mutation. Undefined if it has a body, which is not stored. */
  stored(execution: number): Omit<StoredMutation, "key" | "order"> | undefined {
    const { params, headers, upload } = this.scope.host.executions.find(execution) ?? this.#now
    return upload ? undefined : storedMutation(this.operation, this.args, params, headers)
  }

  began({ reading, patches, isRestored }: Execution): void {
    // Later repetitions, also by the core, request all shown items, not the last page.
    if (reading && !this.args.options?.debounce) this.params.askWhole(this)
    // After the start: a subscriber may execute the query itself, with other params.
    this.change(() => patches.length > 0 && this.operation.type.assume(patches, isRestored))
  }

  reused({ body: response, began }: KeptAnswer): ExecuteResult<Item> {
    const last = this.#reused
    if (last && last.response === response && this.#isShown(response)) return this.#callBack(last)
    const result = resultOf({ response, result: itemsFrom(this, response), error: undefined })
    this.change(() => this.#shows(result, [{ items: result.result ?? [], news: { kind: "reused", began, at: began } }]))
    this.#reused = result
    return this.#callBack(result)
  }

  /** An execution of the user or the core has begun. `quiet`: it does not show as loading. */
  loading(execution: number, quiet: boolean): void {
    const { change, type } = this.operation
    if (this.disposed) return
    if (change === undefined) type.recent.began(execution)
    this.#isUnderWay = true
    if (!quiet) this.#dispatch({ type: "loading", isLoading: true })
  }

  /** The core has settled an execution of the user or of its own. `began`: when its request began; 0 if unknown. */
  settled(effect: SettledEffect, response: unknown, began: number): ExecuteResult<Item> {
    const execution = this.scope.host.executions.settle(effect.execution)
    const result = outcomeOf(this, effect, response)
    let whole: ExecuteResult<Item> | undefined
    // The next turn may begin and even end within this one. The last report counts.
    this.#isUnderWay = effect.loading
    this.change(() => {
      whole = this.#end(effect, result, began, execution)
      this.#dispatch({ type: "loading", isLoading: !this.disposed && (this.#isUnderWay || !!this.#turns?.isBusy) })
    })
    if (whole) execution?.resolve(whole)
    if (whole && !this.disposed) this.#callBack(whole, execution?.calls)
    if (!this.disposed) return result
    // Nobody else would report the error.
    this.left(result)
    return result
  }

  /** An execution has ended whose result is not shown. */
  left({ error }: ExecuteResult<Item>): void {
    if (error && !isWithdrawn(error)) this.context.report(error as RacletteError, this.operation.pluginKey)
    if (this.disposed && this.waiting === 0) this.leave()
  }

  /** The user has changed. Shows nothing until the next execution. */
  clear(): void {
    this.#endTurns("ABORTED", "by `reset()`")
    this.ownRevalidation?.end()
    this.publish(initialState(NOT_ASKED))
  }

  read(reading: Reading, result: ExecuteResult<Item>): void {
    if (this.disposed) return
    if (result.error) this.#fails(result.error)
    else this.#shows(resultOf(result), reading.pages, reading.adds ? reading : undefined)
  }

  /**
   * Publishes the effects of `change` and the requested params as one change. Exceptions of subscribers are reported.
   */
  change(change: () => void): void {
    const changeAll = () => {
      change()
      const params = this.params.asked
      if (params === this.state.asked) return
      this.#dispatch({ type: "asked", params })
      // Equal params keep their identity in the state.
      this.params.asked = this.state.asked
    }
    this.context.guard(() => batch(changeAll), "a subscriber of a query")
  }

  show(items: Item[]): void {
    this.#dispatch({ type: "shown", items })
  }

  get revalidation(): Revalidation {
    if (this.ownRevalidation) return this.ownRevalidation
    const look = new Revalidation(this)
    this.onDispose(() => look.end())
    this.ownRevalidation = look
    return look
  }

  /** Calls `end` when the query or the runtime is disposed of. */
  onDispose(end: Unsubscribe): void {
    this.#ends = [...(this.#ends ?? []), end]
  }

  abort(): void {
    if (this.isOver || this.handle === 0) return
    this.#endTurns("ABORTED", "the query")
    this.scope.host.executions.end(this, false)
  }

  dispose(): void {
    if (this.disposed) return
    const { host, owner } = this.scope
    this.#close()
    if (this.handle === 0) return
    host.executions.end(this, true)
    owner.release(this)
    if (this.waiting === 0) this.leave()
    else {
      host.executions.leave(this)
      this.change(() => this.#dispatch(OVER))
    }
  }

  /** The runtime is disposed of. */
  abandon(): void {
    this.#close()
    this.leave()
    this.change(() => this.#dispatch(OVER))
  }

  /** Most queries have no turns, and creating an error takes longer than an execution. */
  #endTurns(code: ErrorCode, detail: string): void {
    if (!this.#turns) return
    this.#turns.cancel(new RacletteError(code, detail))
    this.#turns = undefined
  }

  #close(): void {
    this.disposed = true
    this.#endTurns("DISPOSED", "the query")
    this.view.dispose()
    for (const end of this.#ends ?? []) end()
  }

  /** The data of an execution that begins now. */
  get #now(): Pick<Execution, "params" | "headers" | "upload"> {
    return { params: this.params.current, headers: this.wanted?.headers ?? [], upload: false }
  }

  #begin(begin: () => Promise<ExecuteResult<Item>>): Promise<ExecuteResult<Item>> {
    if (this.isOver) return Promise.resolve(failure(new RacletteError("DISPOSED", "the query")))
    try {
      this.#checkSignal()
      this.enter()
      return begin()
    } catch (thrown) {
      // The query may have created its entry for nothing.
      this.applySettings()
      return Promise.resolve(this.refused(thrown))
    }
  }

  #checkSignal(): void {
    if (this.signal?.aborted) throw new RacletteError("ABORTED", "its signal is aborted")
  }

  /** Shows that the request could not be built. */
  refused(thrown: unknown): ExecuteResult<Item> {
    const error = requestError(thrown)
    this.refusedAt = this.context.pump.clock.next()
    this.#turns?.cancel(new RacletteError("ABORTED", "a later execution failed"))
    this.change(() => this.#dispatch({ type: "failed", error }))
    return this.#callBack(failure(error))
  }

  /** Ends an execution. Returns its result, or undefined if the reading needs more pages. */
  #end(
    effect: SettledEffect,
    result: ExecuteResult<Item>,
    requested: number,
    execution: Execution | undefined,
  ): ExecuteResult<Item> | undefined {
    const { type, change } = this.operation
    const news = this.#news(requested, effect.repeated, execution)
    const began = execution?.began ?? type.recent.beganAt(effect.execution) ?? 0
    const page = { items: result.result ?? [], news }
    const turns = this.#turns
    let whole: ExecuteResult<Item> | undefined = result
    if (turns && !this.disposed && execution?.reading) whole = turns.received(execution.reading, page, result)
    else if (turns && !this.disposed && !execution)
      whole = effect.apply ? turns.receivedUnrequested(page, result) : undefined
    else if (effect.apply && began >= this.refusedAt && !this.disposed) {
      if (result.error) this.#fails(result.error)
      else this.#shows(result, [page])
    }
    const { params = this.params.current, patches = [] } = execution ?? {}
    if (change) endMutation(this.operation, result, params, patches, this.isStored, news)
    type.ended(effect.execution)
    turns?.proceed()
    return whole
  }

  /** The source of an answer's items. */
  #news(requested: number, isRepeated: boolean, execution: Execution | undefined): News {
    if (!this.operation.change) return { kind: "read", began: requested, at: requested }
    const at = this.context.pump.clock.next()
    const { isRestored = false, began = at } = execution ?? {}
    return { kind: "mutation", began: isRestored ? 0 : began, at, isRepeated: isRestored || isRepeated }
  }

  /** Whether showing the answer once more would change nothing. */
  #isShown(answer: unknown): boolean {
    const { response, error, asked } = this.state
    const isSettled = !error && asked === this.params.asked && this.operation.type.isSettled
    return isSettled && this.view.source === response && shareAnswer(response, answer) === response
  }

  #fails(error: RacletteError): void {
    this.#dispatch({ type: "failed", error })
  }

  /** Shows an answer. `behind`: the reading that follows on the shown list, if it is one. */
  #shows({ response, result }: ExecuteResult<Item>, pages: readonly Page[], behind?: Reading): void {
    const shown = this.isStream ? response : shareAnswer(this.state.response, response)
    let hasMore: boolean | undefined
    if (this.isStored && result) {
      const parts = pages.length === 1 ? [{ ...(pages[0] as Page), items: itemsOf(shown) ?? result }] : pages
      const isNew = this.view.answered(shown, parts, behind)
      hasMore = isNew && (followsOn(this, response, this.view.reach, this.state.items) ?? false)
    }
    this.#dispatch({ type: "answered", response: shown, hasMore })
    if (hasMore !== undefined && this.params.pages && !this.disposed) this.params.askWhole(this)
  }

  #callBack(result: ExecuteResult<Item>, times = 1): ExecuteResult<Item> {
    const { cb } = this.args.options ?? {}
    const call = () => this.context.guard(() => cb?.(result), "options.cb")
    for (let left = cb ? times : 0; left > 0; left--) this.context.pump.call(call)
    return result
  }

  #dispatch(action: QueryAction): void {
    this.publish(reduce(this.state, action))
  }
}

const OVER: QueryAction = { type: "loading", isLoading: false }
