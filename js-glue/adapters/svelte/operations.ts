// Operations that create queries with refs for Svelte. State that an execution reads, such as the token, does not
// become a dependency of the calling `$effect` or `$derived`. Only state that a `params` function reads does.
import type { Operation, Query, QueryArgs } from "raclette-wasm"
import { untrack } from "svelte"
import { isRef } from "../shared/api-shape"
import { endsWithRun, isServer } from "./owner"
import { SvelteRef } from "./refs"

/** On a server these are left to the browser. */
const onServer = { immediate: false, live: false, refetchInterval: 0 }

/** `name`: `<entity>.<operation>`. */
export function toSvelteOperation(operation: Operation, name: string) {
  return (args: QueryArgs = {}): Query => {
    const asked = new Asked(args.params)
    const options = { ...args.options, ...(isServer && onServer) }
    const make = () => operation({ ...args, ...(asked.isFunction && { params: asked.params }), options })
    const query = options.immediate ? asked.whileReading(make) : untrack(make)
    // Later, so a replacement can share the request in flight.
    endsWithRun(() => queueMicrotask(query.dispose))
    return toSvelteQuery(query, name, asked)
  }
}

function toSvelteQuery(query: Query, operation: string, asked: Asked): Query {
  const refs = Object.entries(query).flatMap(([name, member]) =>
    isRef(member) ? [[name, new SvelteRef(member, operation)]] : [],
  )
  const { isRead, abort, dispose } = query
  const configure: Query["configure"] = (options) => query.configure?.(options)
  const execute: Query["execute"] = Object.assign(
    (...given: Parameters<Query["execute"]>) => asked.whileReading(() => query.execute(...given)),
    { next: (event?: unknown) => asked.whileReading(() => query.execute.next(event)) },
  )
  return Object.freeze({ ...Object.fromEntries(refs), execute, abort, dispose, isRead, configure })
}

/** Params of a query. If they are a function, it is called where its reads are tracked. */
class Asked {
  readonly #given: unknown
  #now: { readonly params: object } | undefined

  constructor(given: unknown) {
    this.#given = given
  }

  get isFunction(): boolean {
    return typeof this.#given === "function"
  }

  /** The tracked params during `whileReading`, else the current ones. */
  readonly params = (): object => this.#now?.params ?? (this.#given as () => object)()

  /** Runs `work` untracked, after reading the params tracked. */
  whileReading<T>(work: () => T): T {
    this.#now = this.#read()
    try {
      return untrack(work)
    } finally {
      this.#now = undefined
    }
  }

  #read(): { readonly params: object } | undefined {
    if (!this.isFunction) return undefined
    try {
      return { params: (this.#given as () => object)() }
    } catch {
      // The query calls it again and reports the error.
      return undefined
    }
  }
}
