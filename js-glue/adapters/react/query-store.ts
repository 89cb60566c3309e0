// One query of a component as a store for useSyncExternalStore. React may discard a render, so rendering creates
// nothing that needs a dispose: the query is created once the component is mounted. Other params get a new query, so
// older data cannot be mistaken for theirs. Until its first answer, the previous data is shown as loading. Snapshots
// are read from the refs and reused while the values are the same, so they are current, consistent and stable.
import type { ExecuteResult, Operation, Query, QueryArgs, QueryOptions, QueryTiming, Ref } from "raclette-wasm"
import { isRef, onChange } from "../shared/api-shape"
import { guard } from "../shared/guard"
import { isCopy } from "./by-value"

/** The values of a query's refs, and its functions except those that the component controls. */
export type QueryState<T = Record<string, unknown>> = {
  readonly [Name in keyof Query<T> as Name extends "dispose" | "configure" | "isRead"
    ? never
    : Name]: Query<T>[Name] extends Ref<infer Value> ? Value : Query<T>[Name]
}

type Params = object
type Given = Parameters<Query["execute"]>
type Values = Record<string, unknown>

/** A query and its params. */
interface Asking {
  query: Query
  params: Params
  /** True until the first execution. */
  isNew: boolean
}

/** How often in a row params may change after an answer before it was rendered. More is an endless loop. */
const MAX_UNSEEN = 50

export class QueryStore {
  readonly #operation: Operation
  readonly #reads: boolean
  readonly #args: Omit<QueryArgs, "options">
  #options: QueryOptions
  #timing: QueryTiming
  /** A disposed query: provides the state before the first query, and `execute` after the last. */
  #ended: Query | undefined
  #current: Asking | undefined
  /** Shown until the current query has an answer. */
  #previous: Query | undefined
  /** Params of the latest render before the component is mounted. */
  #expected: Params = {}
  #asked: Params | undefined
  #isImmediate = false
  #isVisible = true
  #isDisposed = false
  /** True if the answer was rendered with its params. */
  #isSeen = true
  #unseen = 0
  #shown: { of: Query | undefined; read: Values; state: QueryState } | undefined
  #awaited: { params: Params; isImmediate: boolean; base: QueryState; state: QueryState } | undefined
  readonly #listeners = new Set<() => void>()
  #unfollow = () => {}
  readonly #functions: Pick<Query, "execute" | "abort">

  /**
   * @param reads true for a read; a mutation in flight is not aborted when params change
   * @param args without `params`, which `read` and `ask` take; `adopt` replaces its callbacks
   * @param timing options that `configure` changes
   */
  constructor(operation: Operation, reads: boolean, { options = {}, ...args }: QueryArgs, timing: QueryTiming) {
    this.#operation = operation
    this.#reads = reads
    this.#args = args
    this.#options = options
    this.#timing = timing
    const execute = (...given: Given) => this.#execute(...given)
    this.#functions = {
      execute: Object.assign(execute, { next: () => this.#executeNext() }),
      abort: () => this.#current?.query.abort(),
    }
  }

  /** True if a hook for reads got a mutation, or the reverse. */
  get isWrong(): boolean {
    // Wrapped operations may lack `isRead`.
    return this.#first().isRead === !this.#reads
  }

  /** `<entity>.<operation>`. */
  get name(): string {
    const { entity, operation } = this.#first().query.value
    return `${entity}.${operation}`
  }

  /**
   * The state for a render with `params`, the same object until a value changes. `isLoading` is true from this render
   * on if the component is going to read.
   *
   * @throws what the operation throws, for example `UNKNOWN_OPERATION`
   */
  read(params: Params, isImmediate: boolean): QueryState {
    if (this.#asked === undefined) this.#expected = params
    const base = this.#snapshot()
    const isAsked = !this.#reads || (params === this.#asked && (this.#isImmediate || !isImmediate))
    if (isAsked || (this.#asked === undefined && !isImmediate)) return base
    const last = this.#awaited
    if (last?.params === params && last.isImmediate === isImmediate && last.base === base) return last.state
    const values = isImmediate
      ? { ...base, isLoading: true, error: undefined }
      : { ...base, ...valuesOf(this.#first()) }
    const query = this.#asked === undefined ? base.query : { ...base.query, params: params as Values }
    const state = Object.freeze({ ...values, query })
    this.#awaited = { params, isImmediate, base, state }
    return state
  }

  /** Uses the callbacks of the latest render. */
  adopt(options: QueryOptions): void {
    this.#options = options
  }

  /** Changes timing options. Shown data stays. */
  configure(timing: QueryTiming): void {
    if (isCopy(timing, this.#timing)) return
    // Options that are missing now get their defaults.
    const unsaid = Object.fromEntries(Object.keys(this.#timing).map((name) => [name, undefined]))
    this.#timing = timing
    this.#current?.query.configure?.({ ...unsaid, ...timing, active: this.#isActive })
  }

  /** Called when an Activity shows or hides the component. A hidden query is not active. */
  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return
    this.#isVisible = isVisible
    if (this.#reads) this.#current?.query.configure?.({ active: this.#isActive })
  }

  /** Called after a render with `params` is committed. */
  saw(params: Params, { isLoading }: QueryState): void {
    if (params === this.#asked && !isLoading) this.#isSeen = true
  }

  /** Sets the params. Executes if `isImmediate`. */
  ask(params: Params, isImmediate: boolean): void {
    const isOther = this.#asked !== undefined && params !== this.#asked
    if (isOther) this.#count()
    if (this.#awaited?.params === params) {
      const { state } = this.#awaited
      this.#shown = { of: undefined, read: { ...state }, state }
    }
    this.#asked = params
    this.#isImmediate = isImmediate
    // Listeners are notified once, after all steps.
    this.#unfollow()
    if (isOther && this.#reads) this.#leave(isImmediate)
    const current = this.#live()
    if (current) current.params = params
    if (isImmediate) void this.#execute()
    this.#follow()
    this.#changed()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#live()
    this.#follow()
    // React does not read again by itself when an Activity becomes visible.
    listener()
    return () => {
      this.#listeners.delete(listener)
      this.#follow()
    }
  }

  dispose(): void {
    this.#isDisposed = true
    this.#current?.query.dispose()
    this.#previous?.dispose()
  }

  get #isActive(): boolean {
    return this.#isVisible && this.#timing.active !== false
  }

  #snapshot(): QueryState {
    const query = this.#current?.query ?? this.#first()
    const read = valuesOf(query)
    const previous = isPending(query) ? this.#previous : undefined
    if (previous) Object.assign(read, valuesOf(previous), { isLoading: true, error: undefined, query: read.query })
    if (this.#reads && isGone(query)) {
      const { data, dataArr, response, hasMore } = valuesOf(this.#first())
      Object.assign(read, { data, dataArr, response, hasMore })
    }
    const of = previous ?? query
    const last = this.#shown
    // A new query starts with equal but distinct values.
    const isSame = (name: string) =>
      last !== undefined &&
      (Object.is(read[name], last.read[name]) ||
        ((of !== last.of || name === "query") && isCopy(last.read[name], read[name])))
    const names = Object.keys(read)
    if (last && names.every(isSame)) {
      this.#shown = { of, read, state: last.state }
      return last.state
    }
    const shown = (name: string) =>
      isSame(name) ? last?.state[name as keyof QueryState] : this.#guarded(name, read[name])
    const values = Object.fromEntries(names.map((name) => [name, shown(name)]))
    const state = Object.freeze({ ...values, ...this.#functions }) as unknown as QueryState
    this.#shown = { of, read, state }
    return state
  }

  /** Freezes shared data in development. */
  #guarded(name: string, value: unknown): unknown {
    return name === "data" || name === "dataArr" || name === "response" ? guard(value, this.name) : value
  }

  #first(): Query {
    if (this.#ended) return this.#ended
    this.#ended = this.#make(this.#expected).query
    this.#ended.dispose()
    return this.#ended
  }

  #make(params: Params): Asking {
    const made = { params, isNew: true } as Asking
    // All queries of the store share the random part of the first id.
    const id = this.#args.id || this.#ended?.query.value.id.split("-").pop()
    made.query = this.#operation({
      ...this.#args,
      ...(id && { id }),
      params: () => made.params,
      options: {
        ...this.#options,
        ...this.#timing,
        ...this.#forwarded(made),
        active: this.#isActive,
        immediate: false,
      },
    })
    return made
  }

  #live(): Asking | undefined {
    if (this.#isDisposed) return undefined
    this.#first()
    this.#current ??= this.#make(this.#asked ?? this.#expected)
    return this.#current
  }

  /** Drops the current query. `isShown`: its data stays until the next one has an answer. */
  #leave(isShown: boolean): void {
    const left = this.#current?.query
    this.#current = undefined
    left?.abort()
    if (isShown && left && isAnswered(left) && !isGone(left)) {
      this.#previous?.dispose()
      this.#previous = left
      left.configure?.({ active: false })
      return
    }
    left?.dispose()
    if (!isShown) this.#dropPrevious()
  }

  #dropPrevious(): void {
    this.#previous?.dispose()
    this.#previous = undefined
  }

  /** Detects params that change because of the answer to them. Throws if that does not stop. */
  #count(): void {
    const isSettled = this.#current?.isNew === false && !this.#current.query.isLoading.value
    this.#unseen = isSettled && !this.#isSeen ? this.#unseen + 1 : 0
    this.#isSeen = false
    if (this.#unseen > MAX_UNSEEN) throw new Error(changing("params", `useQuery(${this.name})`))
  }

  #execute(...given: Given): Promise<ExecuteResult> {
    const current = this.#live()
    if (!current) return this.#first().execute()
    current.isNew = false
    return current.query.execute(...given)
  }

  #executeNext(): Promise<ExecuteResult> {
    const current = this.#live()
    return !current || current.isNew ? this.#execute() : current.query.execute.next()
  }

  /** Subscribes to the refs of the current query while the store has listeners. */
  #follow(): void {
    this.#unfollow()
    const query = this.#listeners.size > 0 ? this.#current?.query : undefined
    const changed = () => this.#changed()
    const stops = Object.values(query ?? {}).flatMap((member) => (isRef(member) ? [onChange(member, changed)] : []))
    this.#unfollow = () => {
      for (const stop of stops) stop()
    }
  }

  #changed(): void {
    if (this.#previous && this.#current && !isPending(this.#current.query)) this.#dropPrevious()
    for (const listener of [...this.#listeners]) listener()
  }

  /** Callbacks that forward to those of the latest render while the query is the current one. */
  #forwarded(made: Asking): QueryOptions {
    const { cb, optimistic } = this.#options
    const forwarded: QueryOptions = {}
    if (cb) forwarded.cb = (result) => this.#current === made && this.#options.cb?.(result)
    if (typeof optimistic === "function") {
      forwarded.optimistic = (params, current) => {
        const latest = this.#options.optimistic
        return (typeof latest === "function" ? latest : optimistic)(params, current)
      }
    }
    return forwarded
  }
}

/** Message for arguments that differ at every render. */
export function changing(what: string, caller: string): string {
  return `${caller} was given other ${what} at every render, so it would never settle: make them once, with useMemo or outside the component.`
}

/** True before the first answer. */
function isPending({ isLoading, response, error }: Query): boolean {
  return isLoading.value && response.value === undefined && error.value === undefined
}

/** True if the server answered 404 or 410: the data does not exist any more. */
function isGone({ error }: Query): boolean {
  const status = error.value?.details?.status
  return status === 404 || status === 410
}

/** True if it has data. */
function isAnswered({ response, dataArr }: Query): boolean {
  return response.value !== undefined || dataArr.value.length > 0
}

function valuesOf(query: Query): Values {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, member]) => (isRef(member) ? [[name, member.value]] : [])),
  )
}
