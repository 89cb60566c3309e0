// One query of a component as a store for useSyncExternalStore. A render may be thrown away, so rendering makes nothing
// that needs an end: the query is made when the component is on the page. What is read for other params is another
// query, so that nothing that was read before can be taken for it; as long as its first answer is not there, what was
// shown stays, and is never shown as settled. A snapshot is read off the refs themselves and kept while they hold the
// same values, so it is never behind, never torn, and stable.
import type { ExecuteResult, Operation, Query, QueryArgs, QueryOptions, QueryTiming, Ref } from "raclette-wasm"
import { isRef, onChange } from "../shared/api-shape"
import { guard } from "../shared/guard"
import { isCopy } from "./by-value"

/** The values of a query's refs beside its functions. How long it lives, and its options, are the component's to say. */
export type QueryState<T = Record<string, unknown>> = {
  readonly [Name in keyof Query<T> as Name extends "dispose" | "configure" | "isRead"
    ? never
    : Name]: Query<T>[Name] extends Ref<infer Value> ? Value : Query<T>[Name]
}

type Params = object
type Given = Parameters<Query["execute"]>
type Values = Record<string, unknown>

/** A query, and the params that it asks for. */
interface Asking {
  query: Query
  params: Params
  /** It was not executed yet. */
  isNew: boolean
}

/** So often in a row an answer may be followed by other params before it was shown with its own. */
const MAX_UNSEEN = 50

export class QueryStore {
  readonly #operation: Operation
  readonly #reads: boolean
  readonly #args: Omit<QueryArgs, "options">
  #options: QueryOptions
  #timing: QueryTiming
  /** A query that has ended: what is shown before there is one, and the answer to whoever executes after the end. */
  #ended: Query | undefined
  #current: Asking | undefined
  /** Shown as long as the current one has no answer. */
  #previous: Query | undefined
  /** What the latest rendering asks for, before the component is on the page. */
  #expected: Params = {}
  #asked: Params | undefined
  #isImmediate = false
  #isVisible = true
  #isDisposed = false
  /** The answer was shown with its params. */
  #isSeen = true
  #unseen = 0
  #shown: { of: Query | undefined; read: Values; state: QueryState } | undefined
  #awaited: { params: Params; isImmediate: boolean; base: QueryState; state: QueryState } | undefined
  readonly #listeners = new Set<() => void>()
  #unfollow = () => {}
  readonly #functions: Pick<Query, "execute" | "abort">

  /**
   * @param reads whether it is to read; what has been sent of a mutation is never given up for other params
   * @param args without `params`, which come by `read` and `ask`; of its callbacks those of the latest `adopt` count
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

  /** Whether the operation is not what the component takes it for. */
  get isWrong(): boolean {
    // Whoever wrapped it may have left out what it is.
    return this.#first().isRead === !this.#reads
  }

  /** What the operation is called. */
  get name(): string {
    const { entity, operation } = this.#first().query.value
    return `${entity}.${operation}`
  }

  /**
   * What a rendering shows that asks for `params`: the same object until a value changes. It is loading if the component
   * is going to read, from that very rendering on.
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

  /** Takes over the callbacks of the latest render. */
  adopt(options: QueryOptions): void {
    this.#options = options
  }

  /** Other timing; what is shown stays. */
  configure(timing: QueryTiming): void {
    if (isCopy(timing, this.#timing)) return
    // What is no longer said has its default again.
    const unsaid = Object.fromEntries(Object.keys(this.#timing).map((name) => [name, undefined]))
    this.#timing = timing
    this.#current?.query.configure?.({ ...unsaid, ...timing, active: this.#isActive })
  }

  /** The component is visible, or an Activity hides it: then its query rests. */
  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return
    this.#isVisible = isVisible
    if (this.#reads) this.#current?.query.configure?.({ active: this.#isActive })
  }

  /** A state is on the page, of a rendering that asks for `params`. */
  saw(params: Params, { isLoading }: QueryState): void {
    if (params === this.#asked && !isLoading) this.#isSeen = true
  }

  /** The component asks for `params` from now on; executes if it is to. */
  ask(params: Params, isImmediate: boolean): void {
    const isOther = this.#asked !== undefined && params !== this.#asked
    if (isOther) this.#count()
    if (this.#awaited?.params === params) {
      const { state } = this.#awaited
      this.#shown = { of: undefined, read: { ...state }, state }
    }
    this.#asked = params
    this.#isImmediate = isImmediate
    // One query ends and another begins, step by step; all of it is one change.
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
    // React does not look again by itself when an Activity shows what it hid.
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
    // A query that takes the place of another begins with values that are equal, not the same; so does what is asked.
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

  /** What is shared with others cannot be changed. */
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
    // What the id of the first one ends in, so that all have the same.
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

  /** Other params are another query. `isShown`: what this one shows stays until that has an answer. */
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

  /** Counts params that followed on an answer that was never shown with its own: they change because of it. */
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

  /** Listens to the refs of the current query, as long as somebody listens here. */
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

  /** Callbacks that call those of the latest render, as long as the query is the current one. */
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

/** What is said of arguments that never say the same twice. */
export function changing(what: string, caller: string): string {
  return `${caller} was given other ${what} at every render, so it would never come to rest: make them once, with useMemo or outside of the component.`
}

/** It reads, and has no answer yet. */
function isPending({ isLoading, response, error }: Query): boolean {
  return isLoading.value && response.value === undefined && error.value === undefined
}

/** What it asks for is not there, the server says: what was shown of it is no more. */
function isGone({ error }: Query): boolean {
  const status = error.value?.details?.status
  return status === 404 || status === 410
}

/** It has something to show. */
function isAnswered({ response, dataArr }: Query): boolean {
  return response.value !== undefined || dataArr.value.length > 0
}

function valuesOf(query: Query): Values {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, member]) => (isRef(member) ? [[name, member.value]] : [])),
  )
}
