// One query or mutation as its user sees it: refs, and the functions that drive it. The state machine is the core's;
// here its outcomes become values.
import type { SettledEffect } from "../runtime/effects"
import { check, type ErrorCode, messageOf, RacletteError } from "../runtime/errors"
import type { RequestOptions } from "../runtime/requests"
import type { Context } from "./context"
import { changeIn, hasMoreIn, isAnswer, itemsOf } from "./items"
import { optimisticPatch } from "./optimistic"
import { type OperationShape, type Params, type RequestParts, splitParams } from "./params"
import { QueryView } from "./query-view"
import { batch, peek, State, set } from "./refs"
import { share, shareAnswer } from "./share"
import { type EntityStore, type Item, idOf, isOlder, type Patch } from "./store"
import type {
  ExecuteResult,
  Query,
  QueryArgs,
  QueryInfo,
  RacletteErrorLike,
  StoredMutation,
  Unsubscribe,
} from "./types"

/** What a query is of, fixed when it is made. */
export interface QuerySpec {
  id: string
  pluginKey: string
  entity: string
  /** The entity's type: queries of one type share their items. */
  type: string
  operation: string
  /** What a mutation does to an item; undefined for a read. */
  change: Patch["kind"] | undefined
  shape: OperationShape
  args: QueryArgs<Item>
}

/** What belongs to one execution that this query's user began. */
interface Execution {
  resolve(result: ExecuteResult<Item>): void
  params: Params
  patch: Patch | undefined
  /** It reads on. */
  adds: boolean
}

/** Headers that are not kept with a mutation: who sends it later has credentials of its own. */
const SECRET_HEADERS = new Set(["authorization", "cookie", "proxy-authorization"])

export class QueryRunner {
  readonly spec: QuerySpec
  readonly request: RequestOptions
  readonly handle: number
  readonly #context: Context
  readonly #store: EntityStore
  readonly #onGone: () => void
  readonly #ends: Unsubscribe[] = []
  readonly #executions = new Map<number, Execution>()
  readonly #view: QueryView
  readonly #response = new State<unknown>(undefined)
  readonly #query: State<QueryInfo>
  readonly #isLoading = new State(false)
  readonly #hasMore = new State(false)
  readonly #error = new State<RacletteErrorLike | undefined>(undefined)
  #params: Params
  #isPrepared = false
  #parts: { parts: RequestParts; bodyText: string | undefined } | undefined
  /** More than the first page was read. */
  #hasPages = false
  #disposed = false

  /** `onGone`: called once the query is disposed of and nothing of it waits any more. */
  constructor(context: Context, store: EntityStore, handle: number, spec: QuerySpec, onGone: () => void) {
    const { config = {}, options = {}, params = {} } = spec.args
    this.#context = context
    this.#store = store
    this.handle = handle
    this.spec = spec
    this.request = {
      init: options.mode === "cors" ? { ...config, mode: "cors" } : config,
      isStream: options.responseType === "stream",
      accepts: options.useStore === false ? () => true : isAnswer,
    }
    const abort = () => this.#abort()
    config.signal?.addEventListener("abort", abort)
    this.onDispose(() => config.signal?.removeEventListener("abort", abort))
    this.#onGone = onGone
    this.#params = params
    this.#query = new State<QueryInfo>(this.#info(params))
    this.#view = new QueryView(store, spec.type, this.#isList, () => this.#takesNew())
  }

  /** What the user gets. */
  facade(): Query<Item> {
    const execute = (params?: Params) => this.execute(params)
    return {
      data: this.#view.data,
      dataArr: this.#view.dataArr,
      response: this.#response,
      query: this.#query,
      isLoading: this.#isLoading,
      hasMore: this.#hasMore,
      error: this.#error,
      execute: Object.assign(execute, { next: () => this.#next() }),
      abort: () => this.#abort(),
      dispose: () => this.dispose(),
    }
  }

  #abort(): void {
    this.#enter((now) => this.#context.core.rac_abort_query(this.#context.runtime, this.handle, now))
  }

  execute(params: Params | undefined): Promise<ExecuteResult<Item>> {
    return this.#begin(false, () => {
      if (params === undefined && this.#isPrepared && !this.#hasPages) return
      if (params !== undefined) this.#take({ ...this.spec.args.params, ...params })
      this.#prepare(this.#wholeRange())
    })
  }

  /** An execution began, ours or one that the core began itself. */
  loading(execution: number): void {
    this.#view.began(execution)
    set(this.#isLoading, true)
  }

  /** The core settled an execution, ours or one that it began itself. */
  settled(effect: SettledEffect, response: unknown): ExecuteResult<Item> {
    const execution = this.#executions.get(effect.execution)
    this.#executions.delete(effect.execution)
    const error = effect.code === "OK" ? undefined : answerError(effect, response)
    const items = this.request.isStream ? undefined : itemsOf(response)
    const result: ExecuteResult<Item> = { response, result: error ? undefined : items, error }
    const tell = () =>
      batch(() => {
        if (effect.apply && !this.#disposed) this.#show(effect.execution, result, execution?.adds ?? false)
        if (!error && this.spec.change) this.#tellOthers(response, execution)
        if (execution?.patch) this.#store.settle(this.spec.type, execution.patch)
        this.#view.ended(effect.execution)
        set(this.#isLoading, effect.loading)
      })
    this.#context.guard(tell, "a subscriber of a query")
    execution?.resolve(result)
    const { cb } = this.spec.args.options ?? {}
    if (cb && !this.#disposed) this.#context.guard(() => cb(result), "options.cb")
    if (this.#disposed && this.#executions.size === 0) this.#onGone()
    return result
  }

  /** What it takes to make this execution's mutation again. */
  stored(execution: number): Omit<StoredMutation, "key" | "order"> {
    const { pluginKey, entity, operation, args } = this.spec
    const { notify, retry, timeout, optimistic } = args.options ?? {}
    const settings = { ...(notify !== undefined && { notify }), ...(retry && { retry }), ...(timeout && { timeout }) }
    return {
      pluginKey,
      entity,
      operation,
      params: JSON.stringify(this.#executions.get(execution)?.params ?? this.#params, (_name, value) =>
        typeof value === "bigint" ? String(value) : value,
      ),
      headers: [...new Headers(args.config?.headers)].filter(([name]) => !SECRET_HEADERS.has(name)),
      options: { ...settings, optimistic: optimistic === true },
    }
  }

  /** Executes a mutation that an earlier runtime kept under `key`. Throws MISSING_PARAM where its target has changed. */
  restore(key: string): Promise<ExecuteResult<Item>> {
    const { core, runtime } = this.#context
    this.#prepare(this.#params)
    const restore = (body: number, now: number) => core.restore(runtime, this.handle, body, key, now).value
    return this.#begin(false, () => {}, restore)
  }

  /** An event of the entity came, and the query is live: what it tells is shown, or asked for. */
  heard(payload: unknown): void {
    if (this.#disposed || !this.#isPrepared) return
    const change = changeIn(payload)
    if (!change) {
      void this.execute(undefined)
      return
    }
    const { type, items, deleted, prevVersion } = change
    const shown = new Map(this.#view.base.map((item) => [idOf(item), item]))
    const isNew = (item: Item) => !shown.has(idOf(item)) && !deleted.includes(idOf(item))
    const held = prevVersion && shown.get(idOf(prevVersion))
    const missedSome = held !== undefined && isOlder(held, prevVersion as Item)
    const created = type === "dataCreate" ? items : []
    this.#context.guard(
      () => batch(() => this.#store.take(this.spec.type, items, deleted, created)),
      "a subscriber of a query",
    )
    // Whether an item that is new here, or that changed, passes the query's own params, only the server can tell.
    const cannotTell = items.some(isNew) && !(this.#takesNew() && type === "dataCreate")
    const hasNoAnswer = peek(this.#response) === undefined
    if (hasNoAnswer || missedSome || cannotTell || (this.#isFiltered() && items.length > 0))
      void this.execute(undefined)
  }

  /** Calls `end` when the query is disposed of. */
  onDispose(end: Unsubscribe): void {
    this.#ends.push(end)
  }

  dispose(): void {
    if (this.#disposed) return
    const { core, runtime, pump } = this.#context
    this.#end()
    if (!pump.disposed) pump.enter((now) => core.rac_dispose_query(runtime, this.handle, now))
    for (const end of this.#ends) end()
    const waits = new RacletteError("DISPOSED", "the query; its mutation still waits for the network")
    for (const { resolve } of this.#executions.values()) resolve(failure(waits))
    if (this.#executions.size === 0) this.#onGone()
  }

  /** The runtime is gone: nothing is left to wait for. */
  abandon(): void {
    this.#end()
    for (const { resolve } of this.#executions.values()) resolve(failure(new RacletteError("DISPOSED", "the runtime")))
    this.#executions.clear()
  }

  #end(): void {
    this.#disposed = true
    this.#view.dispose()
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

  #begin(adds: boolean, prepare: () => void, start = this.#execute): Promise<ExecuteResult<Item>> {
    if (this.#disposed || this.#context.pump.disposed) {
      return Promise.resolve(failure(new RacletteError("DISPOSED", "the query")))
    }
    try {
      if (this.request.init.signal?.aborted) throw new RacletteError("ABORTED", "its signal was aborted before")
      prepare()
    } catch (thrown) {
      return Promise.resolve(this.#refused(thrown))
    }
    return new Promise((resolve) => {
      const patch = this.#assume()
      this.#enter((now) => {
        const execution = start(this.#bodyHandle(), now)
        this.#executions.set(execution, { resolve, params: this.#params, patch, adds })
        // What is repeated later, by the core as well, is all that is shown, not the last page.
        if (adds && !this.spec.args.options?.debounce) this.#prepare(this.#wholeRange())
      })
    })
  }

  readonly #execute = (body: number, now: number): number =>
    this.#context.core.rac_execute(this.#context.runtime, this.handle, body, now)

  #enter(call: (now: number) => void): void {
    if (!this.#disposed && !this.#context.pump.disposed) this.#context.pump.enter(call)
  }

  #info(params: Params): QueryInfo {
    return { id: this.spec.id, entity: this.spec.entity, operation: this.spec.operation, params }
  }

  /** The params of now, for everything that was read page by page. */
  #wholeRange(): Params {
    const { limit } = this.#params
    if (!this.#hasPages || typeof limit !== "number") return this.#params
    return { ...this.#params, limit: Math.max(limit, this.#view.base.length) }
  }

  /** Tells the core what the next executions ask for. */
  #prepare(params: Params): void {
    const parts = splitParams(this.spec.shape, params)
    const { core, runtime } = this.#context
    check(core.setRequest(runtime, this.handle, parts.path, parts.params, this.#variant()))
    this.#parts = { parts, bodyText: parts.body && JSON.stringify(parts.body) }
    this.#isPrepared = true
    const info = share(peek(this.#query), this.#info(params))
    this.#context.guard(() => set(this.#query, info), "a subscriber of a query")
  }

  /** Reads with another `config`, or to which other answers are good, are not shared; a signal is one user's own. */
  #variant(): string {
    const { headers, signal, ...rest } = this.request.init
    if (signal) return this.spec.id
    if (this.#isStored && Object.keys(this.request.init).length === 0) return ""
    return JSON.stringify([this.#isStored, rest, [...new Headers(headers)]])
  }

  get #isStored(): boolean {
    return this.spec.args.options?.useStore !== false && !this.request.isStream
  }

  #bodyHandle(): number {
    const text = this.#parts?.bodyText
    return text === undefined ? 0 : this.#context.pump.payloads.add({ text, attachments: [] })
  }

  /** It shows a list, which nothing but params can narrow. */
  get #isList(): boolean {
    const { placeholders, target } = this.spec.shape
    return this.spec.change === undefined && placeholders.length === 0 && target === undefined && this.#isStored
  }

  /** An item that is new on the server belongs to a list that nothing narrows. */
  #takesNew(): boolean {
    return this.#isList && this.#isPrepared && !this.#isFiltered()
  }

  #isFiltered(): boolean {
    const { placeholders } = this.spec.shape
    return Object.entries(this.#params).some(([name, value]) => value !== undefined && !placeholders.includes(name))
  }

  /** An optimistic mutation is shown before it is sent. */
  #assume(): Patch | undefined {
    const patch = optimisticPatch(this.#context, this.spec, this.#params)
    if (patch)
      this.#context.guard(() => batch(() => this.#store.assume(this.spec.type, patch)), "a subscriber of a query")
    return patch
  }

  #show(execution: number, { response, result, error }: ExecuteResult<Item>, adds: boolean): void {
    set(this.#error, error)
    if (error) return
    const shown = this.request.isStream ? response : shareAnswer(peek(this.#response), response)
    set(this.#response, shown)
    if (!this.#isStored || !result) return
    this.#view.answered(execution, itemsOf(shown) ?? result, adds)
    set(this.#hasMore, hasMoreIn(response, this.#reached()) ?? false)
    if (this.#hasPages && !this.#disposed) this.#prepare(this.#wholeRange())
  }

  /** What a mutation answered is true for every query that shows the item; one that lists showed already stays there. */
  #tellOthers(response: unknown, execution: Execution | undefined): void {
    if (!this.#isStored) return
    const { change, type } = this.spec
    const { items, deleted } = changeIn(response) ?? { items: itemsOf(response) ?? [], deleted: [] }
    const id = (execution?.params ?? this.#params)._id
    // A delete that succeeded is one, whatever its answer says of it.
    const gone = change === "delete" && deleted.length === 0 && id !== undefined ? [String(id)] : deleted
    this.#store.take(type, items, gone, execution?.patch && change === "create" ? items : [])
  }

  /** The request could not even be built. */
  #refused(thrown: unknown): ExecuteResult<Item> {
    const error =
      thrown instanceof RacletteError
        ? thrown
        : new RacletteError("BAD_ARGUMENT", `params: ${messageOf(thrown)}`, { cause: thrown })
    this.#context.guard(() => set(this.#error, error), "a subscriber of a query")
    const result = failure(error)
    const { cb } = this.spec.args.options ?? {}
    if (cb) this.#context.guard(() => cb(result), "options.cb")
    return result
  }
}

function failure(error: RacletteError): ExecuteResult<Item> {
  return { response: undefined, result: undefined, error }
}

/** The error of a failed execution: the server's own message where it sent one, and what it sent. */
function answerError({ code, status }: { code: ErrorCode; status: number }, body: unknown): RacletteError {
  const details: Record<string, unknown> = {}
  if (status > 0) details.status = status
  if (body !== undefined) details.body = body
  return new RacletteError(code, [status || "", serverMessage(body)].filter(Boolean).join(": "), { details })
}

function serverMessage(body: unknown): string {
  if (typeof body === "string") return body
  const message = (body as { message?: unknown } | undefined | null)?.message
  return typeof message === "string" ? message : ""
}
