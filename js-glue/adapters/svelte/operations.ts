// Operations that make queries with refs for Svelte. What they read of the page's state is no dependency of the `$effect` or
// `$derived` that calls them, so that none runs again because of the token of a request or the state that a callback looks
// at; with one exception, which is what the function `params` reads.
import type { Operation, Query, QueryArgs } from "raclette-wasm"
import { untrack } from "svelte"
import { isRef } from "../shared/api-shape"
import { endsWithRun, isServer } from "./owner"
import { SvelteRef } from "./refs"

/** What the browser is left to do, which renders the page again. */
const onServer = { immediate: false, live: false, refetchInterval: 0 }

/** `name`: `<entity>.<operation>`. */
export function toSvelteOperation(operation: Operation, name: string) {
  return (args: QueryArgs = {}): Query => {
    const asked = new Asked(args.params)
    const options = { ...args.options, ...(isServer && onServer) }
    const make = () => operation({ ...args, ...(asked.isFunction && { params: asked.params }), options })
    const query = options.immediate ? asked.whileReading(make) : untrack(make)
    // Whatever takes its place may join the read that is under way.
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

/** The params of a query, if they are a function: that is called where its reads count. */
class Asked {
  readonly #given: unknown
  #now: { readonly params: object } | undefined

  constructor(given: unknown) {
    this.#given = given
  }

  get isFunction(): boolean {
    return typeof this.#given === "function"
  }

  /** For the query: what was read for the execution that begins, or what is there now. */
  readonly params = (): object => this.#now?.params ?? (this.#given as () => object)()

  /** Does `work` without being told of what it reads, but of what the params read. */
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
      // The query asks again, and says what it comes to.
      return undefined
    }
  }
}
