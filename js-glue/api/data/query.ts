// One query or mutation as its user sees it: refs, and the functions that drive it. The state machine is the core's;
// here its outcomes become values. There may be very many, so what queries have in common stands in their operation and
// in their host, and what may never be asked for is made when it is.
import type { SettledEffect } from "../../runtime/effects"
import type {
  ExecuteResult,
  Query,
  QueryArgs,
  QueryInfo,
  RacletteErrorLike,
  StoredMutation,
  Unsubscribe,
} from "../../types"
import { check, RacletteError } from "../../types/errors"
import type { Owned, Registrations } from "../base/context"
import { batch, Later, peek, State, set } from "../base/state"
import type { Execution, QueryHost } from "./execution"
import { answerError, failure, requestError } from "./failures"
import { type Item, idOf, isOlder } from "./item"
import { changeIn, hasMoreIn, itemsOf } from "./items"
import {
  confirm,
  isFiltered,
  type OperationSpec,
  type PluginScope,
  readsList,
  requestOf,
  storedMutation,
  variantOf,
} from "./operation"
import { optimisticPatch } from "./optimistic"
import { type Params, splitParams } from "./params"
import { QueryView, type TakesNew } from "./query-view"
import { share, shareAnswer } from "./share"

export class QueryRunner implements Owned, TakesNew {
  readonly operation: OperationSpec
  readonly handle: number
  readonly #host: QueryHost
  readonly #owner: Registrations
  readonly #plugin: PluginScope
  readonly #args: QueryArgs<Item>
  readonly #view: QueryView
  readonly #response = new State<unknown>(undefined)
  readonly #isLoading = new State(false)
  readonly #hasMore = new State(false)
  readonly #error = new State<RacletteErrorLike | undefined>(undefined)
  #query: State<QueryInfo> | undefined
  #id: string | undefined
  #ends: Unsubscribe[] | undefined
  #params: Params
  /** The params that the core was told last. */
  #asked: Params
  /** What the core was told last, as text; undefined as long as it was told nothing. */
  #request: string | undefined
  #body: string | undefined
  /** So many executions of this query's user are under way. */
  #waiting = 0
  /** More than the first page was read. */
  #hasPages = false
  #disposed = false

  constructor(
    host: QueryHost,
    owner: Registrations,
    plugin: PluginScope,
    operation: OperationSpec,
    handle: number,
    args: QueryArgs<Item>,
  ) {
    this.#host = host
    this.#owner = owner
    this.#plugin = plugin
    this.handle = handle
    this.operation = operation
    this.#args = args
    this.#params = this.#asked = args.params ?? {}
    this.#view = new QueryView(operation.type, readsList(operation) && this.#isStored, this)
    owner.own(this)
    const signal = args.config?.signal
    if (!signal) return
    const abort = () => this.#abort()
    signal.addEventListener("abort", abort)
    this.onDispose(() => signal.removeEventListener("abort", abort))
  }

  /** What the user gets. */
  facade(): Query<Item> {
    const execute = ((params?: Params) => this.execute(params)) as Query<Item>["execute"]
    execute.next = () => this.#next()
    return {
      data: new Later(this.#view, itemsById),
      dataArr: this.#view.dataArr,
      response: this.#response,
      query: new Later(this, infoOf),
      isLoading: this.#isLoading,
      hasMore: this.#hasMore,
      error: this.#error,
      execute,
      abort: () => this.#abort(),
      dispose: () => this.dispose(),
    }
  }

  /** What was asked last; kept from when somebody looks at it. */
  get info(): State<QueryInfo> {
    this.#query ??= new State(this.#info(this.#asked))
    return this.#query
  }

  execute(params: Params | undefined): Promise<ExecuteResult<Item>> {
    return this.#begin(false, () => {
      if (params === undefined && this.#request !== undefined && !this.#hasPages) return
      if (params !== undefined) this.#take({ ...this.#args.params, ...params })
      this.#prepare(this.#wholeRange())
    })
  }

  /** An execution began, ours or one that the core began itself. */
  loading(execution: number): void {
    const { change, type } = this.operation
    if (this.#disposed) return
    if (change === undefined) type.recent.began(execution)
    set(this.#isLoading, true)
  }

  /** The core settled an execution, ours or one that it began itself. */
  settled(effect: SettledEffect, response: unknown): ExecuteResult<Item> {
    const { executions } = this.#host
    const execution = executions.get(effect.execution)
    if (executions.delete(effect.execution)) this.#waiting--
    const error = effect.code === "OK" ? undefined : answerError(effect, response)
    const result = { response, result: error || this.#isStream ? undefined : itemsOf(response), error }
    this.#changing(() => this.#tell(effect, result, execution))
    execution?.resolve(result)
    if (!this.#disposed) this.#callBack(result)
    if (this.#disposed && this.#waiting === 0) this.#host.gone(this)
    return result
  }

  /** What it takes to make this execution's mutation again. */
  stored(execution: number): Omit<StoredMutation, "key" | "order"> {
    return storedMutation(this.operation, this.#args, this.#host.executions.get(execution)?.params ?? this.#params)
  }

  /** Executes a mutation that an earlier runtime kept under `key`. Throws MISSING_PARAM where its target has changed. */
  restore(key: string): Promise<ExecuteResult<Item>> {
    const { core, runtime } = this.#host.context
    this.#prepare(this.#params)
    const restore = (body: number, now: number) => core.restore(runtime, this.handle, body, key, now).value
    return this.#begin(false, () => {}, restore)
  }

  /** An event of the entity came, and the query is live: what it tells is shown, or asked for. */
  heard(payload: unknown): void {
    if (this.#disposed || this.#request === undefined) return
    const change = changeIn(payload)
    if (!change) {
      void this.execute(undefined)
      return
    }
    const { type, items, deleted, prevVersion } = change
    const isNew = (item: Item) => this.#view.find(idOf(item)) === undefined && !deleted.includes(idOf(item))
    const bringsNew = items.some(isNew)
    const held = prevVersion && this.#view.find(idOf(prevVersion))
    const missedSome = held !== undefined && isOlder(held, prevVersion as Item)
    const created = type === "dataCreate" ? items : []
    this.#changing(() => this.operation.type.take(items, deleted, created))
    // Whether an item that is new here, or that changed, passes the query's own params, only the server can tell.
    const cannotTell = bringsNew && !(this.takesNew() && type === "dataCreate")
    const hasNoAnswer = peek(this.#response) === undefined
    if (hasNoAnswer || missedSome || cannotTell || (items.length > 0 && isFiltered(this.operation, this.#params)))
      void this.execute(undefined)
  }

  /** Calls `end` when the query is disposed of. */
  onDispose(end: Unsubscribe): void {
    this.#ends = [...(this.#ends ?? []), end]
  }

  dispose(): void {
    if (this.#disposed) return
    const { context, executions } = this.#host
    const { core, runtime, pump } = context
    this.#end()
    pump.abortStreams(this.handle)
    if (!pump.disposed) pump.enter((now) => core.rac_dispose_query(runtime, this.handle, now))
    this.#owner.release(this)
    if (this.#waiting === 0) this.#host.gone(this)
    else this.#leave(executions)
  }

  /** Mutations that wait for the network are sent all the same; who waits for them learns no more. */
  #leave(executions: ReadonlyMap<number, Execution>): void {
    const waits = failure(new RacletteError("DISPOSED", "the query; its mutation still waits for the network"))
    for (const [handle, { query, resolve }] of executions) {
      if (query !== this) continue
      this.operation.type.ended(handle)
      resolve(waits)
    }
    this.#changing(() => set(this.#isLoading, false))
  }

  /** The runtime is gone. */
  abandon(): void {
    this.#end()
    this.#host.context.guard(() => set(this.#isLoading, false), "a subscriber of a query")
  }

  #end(): void {
    this.#disposed = true
    this.#view.dispose()
    for (const end of this.#ends ?? []) end()
  }

  /** An item that is new on the server belongs to a list that nothing narrows. */
  takesNew(): boolean {
    return this.#view.isList && this.#request !== undefined && !isFiltered(this.operation, this.#params)
  }

  get #isStream(): boolean {
    return this.#args.options?.responseType === "stream"
  }

  get #isStored(): boolean {
    return this.#args.options?.useStore !== false && !this.#isStream
  }

  #abort(): void {
    const { pump, core, runtime } = this.#host.context
    if (this.#disposed || pump.disposed) return
    pump.abortStreams(this.handle)
    pump.enter((now) => core.rac_abort_query(runtime, this.handle, now))
  }

  /** Other params are another list, of which nothing was read on yet. */
  #take(params: Params): void {
    if (share(this.#params, params) !== this.#params) this.#hasPages = false
    this.#params = params
  }

  /** Reads on behind what is shown. */
  #next(): Promise<ExecuteResult<Item>> {
    return this.#begin(true, () => {
      this.#hasPages = true
      this.#prepare({ ...this.#params, offset: this.#reached() })
    })
  }

  /** How far into the server's list what is shown reaches. */
  #reached(): number {
    return (Number(this.#params.offset) || 0) + this.#view.base.length
  }

  #begin(adds: boolean, prepare: () => void, start = this.#start): Promise<ExecuteResult<Item>> {
    const { pump } = this.#host.context
    if (this.#disposed || pump.disposed) {
      return Promise.resolve(failure(new RacletteError("DISPOSED", "the query")))
    }
    try {
      if (this.#args.config?.signal?.aborted) throw new RacletteError("ABORTED", "its signal was aborted before")
      prepare()
    } catch (thrown) {
      return Promise.resolve(this.#refused(thrown))
    }
    // The clock is asked once: that takes longer than the core.
    const now = pump.now()
    const reused = adds || this.operation.change ? undefined : this.#reuse(now)
    if (reused) return Promise.resolve(reused)
    return new Promise((resolve) => {
      const patch = optimisticPatch(this.#host.context, this.operation, this.#args, this.#params)
      pump.enter((now) => {
        const execution = start.call(this, this.#bodyHandle(), now)
        this.#host.executions.set(execution, { query: this, resolve, params: this.#params, patch, adds })
        this.#waiting++
        // What is repeated later, by the core as well, is all that is shown, not the last page.
        if (adds && !this.#args.options?.debounce) this.#prepare(this.#wholeRange())
        // Once it has begun: a subscriber may execute the query itself, with other params.
        this.#changing(() => patch && this.operation.type.assume(patch))
      }, now)
    })
  }

  /** The result where its answer is there already: nothing is asked. */
  #reuse(now: number): ExecuteResult<Item> | undefined {
    const { core, runtime, pump } = this.#host.context
    const handle = core.rac_reuse(runtime, this.handle, now)
    if (handle === 0) return undefined
    const response = pump.response(handle)
    const result = { response, result: itemsOf(response), error: undefined }
    this.#changing(() => this.#show(NO_EXECUTION, result, false))
    this.#callBack(result)
    return result
  }

  #start(body: number, now: number): number {
    const { core, runtime } = this.#host.context
    return core.rac_execute(runtime, this.handle, body, now)
  }

  #info(params: Params): QueryInfo {
    const { entity, operation } = this.operation
    return { id: this.#makeId(), entity, operation, params }
  }

  #makeId(): string {
    const { entity, operation } = this.operation
    this.#id ??= this.#args.id || this.#plugin.queryId(entity, operation)
    return this.#id
  }

  /** The params of now, for everything that was read page by page. */
  #wholeRange(): Params {
    const { limit } = this.#params
    if (!this.#hasPages || typeof limit !== "number") return this.#params
    return { ...this.#params, limit: Math.max(limit, this.#view.base.length) }
  }

  /** Tells the core what the next executions ask for, unless it knows. */
  #prepare(params: Params): void {
    // As long as that fails it is not known what would be asked.
    const known = this.#request
    this.#request = undefined
    const { path, params: text, body } = splitParams(this.operation.shape, params)
    const bodyText = body && JSON.stringify(body)
    const options = requestOf(this.#args)
    // A signal is one user's own.
    const variant = options.init.signal ? this.#makeId() : variantOf(options.init, this.#isStored)
    const request = path === "" && variant === "" ? text : [path, variant, text].join("\n")
    const { core, runtime, pump } = this.#host.context
    if (request !== known) {
      check(core.setRequest(runtime, this.handle, path, text, variant))
      pump.setRequestOptions(this.handle, options)
    }
    this.#request = request
    this.#body = bodyText
    this.#asked = params
  }

  #bodyHandle(): number {
    if (this.#body === undefined) return 0
    return this.#host.context.pump.payloads.add({ text: this.#body, attachments: [] })
  }

  /** Changes what is shown, and says what was asked; what a subscriber throws is reported. */
  #changing(change: () => void): void {
    const changeAll = () => {
      change()
      if (this.#query) set(this.#query, share(peek(this.#query), this.#info(this.#asked)))
    }
    this.#host.context.guard(() => batch(changeAll), "a subscriber of a query")
  }

  #tell(effect: SettledEffect, result: ExecuteResult<Item>, execution: Execution | undefined): void {
    const { type, change } = this.operation
    if (effect.apply && !this.#disposed) this.#show(effect.execution, result, execution?.adds ?? false)
    if (!result.error && change && this.#isStored) {
      confirm(this.operation, result.response, execution?.params ?? this.#params, execution?.patch !== undefined)
    }
    if (execution?.patch) type.settle(execution.patch)
    type.ended(effect.execution)
    set(this.#isLoading, effect.loading && !this.#disposed)
  }

  #show(execution: number, { response, result, error }: ExecuteResult<Item>, adds: boolean): void {
    set(this.#error, error)
    if (error) return
    const shown = this.#isStream ? response : shareAnswer(peek(this.#response), response)
    set(this.#response, shown)
    if (!this.#isStored || !result) return
    this.#view.answered(execution, itemsOf(shown) ?? result, adds)
    set(this.#hasMore, hasMoreIn(response, this.#reached()) ?? false)
    if (this.#hasPages && !this.#disposed) this.#prepare(this.#wholeRange())
  }

  /** The request could not even be built. */
  #refused(thrown: unknown): ExecuteResult<Item> {
    const { context } = this.#host
    const error = requestError(thrown)
    context.guard(() => set(this.#error, error), "a subscriber of a query")
    const result = failure(error)
    this.#callBack(result)
    return result
  }

  #callBack(result: ExecuteResult<Item>): void {
    const { cb } = this.#args.options ?? {}
    if (cb) this.#host.context.guard(() => cb(result), "options.cb")
  }
}

/** Of an answer for which nobody executed anything. */
const NO_EXECUTION = 0

const itemsById = (view: QueryView) => view.byId
const infoOf = (query: QueryRunner) => query.info
