// One query of a component as a store for useSyncExternalStore. A render may be thrown away, so rendering makes
// nothing that needs an end: the query is made when the component is on the page. A snapshot is read off the refs
// themselves and kept while they hold the same values, so it is never behind, never torn, and stable.
import type { ExecuteResult, Operation, Query, QueryArgs, Ref } from "raclette-wasm"
import { isRef, onChange } from "../shared/api-shape"
import { keyOf } from "./by-value"

/** The values of a query's refs beside its functions. The component's life is the query's, so there is no `dispose`. */
export type QueryState<T = Record<string, unknown>> = {
  readonly [Name in keyof Query<T> as Name extends "dispose" ? never : Name]: Query<T>[Name] extends Ref<infer Value>
    ? Value
    : Query<T>[Name]
}

type Params = object
type Given = Parameters<Query["execute"]>

export class QueryStore {
  readonly #make: (id?: string) => Query
  #callbacks: QueryArgs["options"]
  /** A query that has ended: what is shown before there is one, and the answer to whoever executes after the end. */
  #ended: Query | undefined
  #query: Query | undefined
  #params: Params = {}
  /** The next execution is the first with these params. */
  #isNew = true
  #wasAsked = false
  /** Nothing was asked for yet, and the component will do so by itself. */
  #isAwaited = false
  #isDisposed = false
  #shown: { of: Query; read: Values; values: Values; state: QueryState } | undefined
  readonly #functions: Pick<Query, "execute" | "abort">

  /** @param args without `params`, which come by `expect` and `ask`; of its callbacks those of the latest `adopt` count */
  constructor(operation: Operation, { options = {}, id, ...rest }: QueryArgs) {
    this.#callbacks = options
    const settings = { ...options, ...this.#forwarded(options), immediate: false }
    const params = () => this.#params
    this.#make = (made) => operation({ ...rest, id: id || made, params, options: settings })
    const execute = (...given: Given) => this.#execute(...given)
    this.#functions = {
      execute: Object.assign(execute, { next: () => (this.#isNew ? execute() : this.#live().execute.next()) }),
      abort: () => this.#query?.abort(),
    }
  }

  /**
   * A rendering says what the component will ask for; that counts until it does.
   *
   * @throws what the operation throws, for example `UNKNOWN_OPERATION`
   */
  expect(params: Params, isImmediate: boolean): void {
    if (this.#wasAsked) return
    this.#params = params
    this.#isAwaited = isImmediate
    this.#first()
  }

  /** Takes over the callbacks of the latest render. */
  adopt(options: QueryArgs["options"]): void {
    this.#callbacks = options
  }

  /** The component asks for `params` from now on; executes if it is to. */
  ask(params: Params, isImmediate: boolean): void {
    this.#params = params
    this.#isNew = true
    this.#wasAsked = true
    this.#isAwaited = false
    if (isImmediate) void this.#execute()
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    const stops = Object.values(this.#live()).flatMap((member) => (isRef(member) ? [onChange(member, changed)] : []))
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** The same object until a value changes. */
  readonly getSnapshot = (): QueryState => {
    const query = this.#query ?? this.#first()
    const read = valuesOf(query)
    if (this.#isAwaited) read.isLoading = true
    const last = this.#shown
    const isSame = (name: string) => {
      if (last === undefined || Object.is(read[name], last.read[name])) return last !== undefined
      // A query that takes the place of the ended one begins with values that are equal, not the same.
      return query !== last.of && keyOf(read[name]) === keyOf(last.read[name])
    }
    const names = Object.keys(read)
    const values = Object.fromEntries(names.map((name) => [name, isSame(name) ? last?.values[name] : read[name]]))
    const state = last && names.every(isSame) ? last.state : Object.freeze({ ...values, ...this.#functions })
    this.#shown = { of: query, read, values, state: state as QueryState }
    return this.#shown.state
  }

  dispose(): void {
    this.#isDisposed = true
    this.#query?.dispose()
  }

  #first(): Query {
    if (this.#ended) return this.#ended
    this.#ended = this.#make()
    this.#ended.dispose()
    return this.#ended
  }

  #live(): Query {
    if (this.#query || this.#isDisposed) return this.#query ?? this.#first()
    this.#query = this.#make(this.#first().query.value.id)
    return this.#query
  }

  #execute(...given: Given): Promise<ExecuteResult> {
    const query = this.#live()
    const isReset = this.#isNew && given[0] === undefined
    this.#isNew = false
    // The query reads its params itself; `{}` forgets what it was given while they were others.
    return isReset ? query.execute({}) : query.execute(...given)
  }

  /** Callbacks that call those of the latest render. */
  #forwarded({ cb, optimistic }: NonNullable<QueryArgs["options"]>): QueryArgs["options"] {
    const forwarded: QueryArgs["options"] = {}
    if (cb) forwarded.cb = (result) => this.#callbacks?.cb?.(result)
    if (typeof optimistic === "function") {
      forwarded.optimistic = (params, current) => {
        const latest = this.#callbacks?.optimistic
        return (typeof latest === "function" ? latest : optimistic)(params, current)
      }
    }
    return forwarded
  }
}

type Values = Record<string, unknown>

function valuesOf(query: Query): Values {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, member]) => (isRef(member) ? [[name, member.value]] : [])),
  )
}
