// One query of a component as a store for useSyncExternalStore. A render may be thrown away, so rendering makes
// nothing that needs an end: the query is made when the component is on the page. A snapshot is read off the refs
// themselves and kept while they hold the same values, so it is never behind, never torn, and stable.
import type { ExecuteResult, Operation, Query, QueryArgs, Ref } from "raclette-wasm"
import { isRef, onChange } from "./refs"

/** The values of a query's refs beside its functions. The component's life is the query's, so there is no `dispose`. */
export type QueryState<T = Record<string, unknown>> = {
  readonly [Name in keyof Query<T> as Name extends "dispose" ? never : Name]: Query<T>[Name] extends Ref<infer Value>
    ? Value
    : Query<T>[Name]
}

type Params = Record<string, unknown>

export class QueryStore {
  readonly #make: () => Query
  /** A query that has ended: the first values, and the answer to whoever executes after the end. */
  readonly #ended: Query
  readonly #refNames: string[]
  readonly #members: Partial<Query>
  #query: Query | undefined
  #isDisposed = false
  #params: Params = {}
  /** The next execution is the first with these params. */
  #isNew = true
  /** Nothing was asked for yet, and the component will do so by itself. */
  #isAwaited = false
  #wasAsked = false
  #callbacks: QueryArgs["options"]
  #snapshot: Partial<Record<string, unknown>> | undefined

  /**
   * @param args without `params`, which come by `expect` and `ask`; of its callbacks those of the latest `adopt` count
   * @throws what the operation throws, for example `UNKNOWN_OPERATION`
   */
  constructor(operation: Operation, { options = {}, ...rest }: QueryArgs) {
    this.#callbacks = options
    this.#make = () => operation({ ...rest, options: { ...options, ...this.#forwarded(options), immediate: false } })
    this.#ended = operation({ ...rest, options: { ...options, immediate: false } })
    this.#ended.dispose()
    this.#refNames = Object.entries(this.#ended).flatMap(([name, member]) => (isRef(member) ? [name] : []))
    const execute = (extra?: Params) => this.#execute(extra)
    this.#members = {
      execute: Object.assign(execute, { next: () => (this.#isNew ? execute() : this.#live().execute.next()) }),
      abort: () => this.#query?.abort(),
    }
  }

  /** Takes over the callbacks of the latest render. */
  adopt(options: QueryArgs["options"]): void {
    this.#callbacks = options
  }

  /** A rendering says what the component will ask for; that counts until it does. */
  expect(params: Params, isImmediate: boolean): void {
    if (this.#wasAsked) return
    this.#params = params
    this.#isAwaited = isImmediate
  }

  /** The component asks for `params` from now on; executes if it is to. */
  ask(params: Params, isImmediate: boolean): void {
    this.#params = params
    this.#isNew = true
    this.#wasAsked = true
    this.#isAwaited = false
    if (isImmediate) void this.#execute(undefined)
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    const query = this.#live()
    const stops = this.#refNames.map((name) => onChange(query[name as keyof Query] as Ref<unknown>, changed))
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** The same object until a value changes. */
  readonly getSnapshot = (): QueryState => {
    const query = this.#query ?? this.#ended
    const values: Record<string, unknown> = {}
    for (const name of this.#refNames) values[name] = (query[name as keyof Query] as Ref<unknown>).value
    if (this.#isAwaited) values.isLoading = true
    const last = this.#snapshot
    const isSame = last !== undefined && this.#refNames.every((name) => Object.is(last[name], values[name]))
    this.#snapshot = isSame ? last : Object.freeze({ ...values, ...this.#members })
    return this.#snapshot as unknown as QueryState
  }

  dispose(): void {
    this.#isDisposed = true
    this.#query?.dispose()
  }

  #live(): Query {
    if (this.#isDisposed) return this.#query ?? this.#ended
    this.#query ??= this.#make()
    return this.#query
  }

  #execute(extra: Params | undefined): Promise<ExecuteResult> {
    const query = this.#live()
    if (extra === undefined && !this.#isNew) return query.execute()
    this.#isNew = false
    return query.execute({ ...this.#params, ...extra })
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
