// The scenarios of the rows of docs/from-tanstack-query.md, and their expected results. A scenario knows neither
// library: it runs the row's code, plays the network and other users, and reports what is shown.

import { until } from "../support/until"

export interface Todo {
  _id: string
  name: string
}

/** The gate to the backend: counts, holds and fails requests. */
export class Gate {
  readonly requests: string[] = []
  /** The number of next requests that fail, like those to an overloaded backend. */
  failures = 0
  aborted = 0
  #held: Promise<void> | undefined
  #release = () => {}

  /** Holds requests until `release`. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve
    })
  }

  release(): void {
    this.#held = undefined
    this.#release()
  }

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(input))
    this.requests.push(`${init.method?.toUpperCase() ?? "GET"} ${pathname}${search}`)
    init.signal?.addEventListener("abort", () => this.aborted++, { once: true })
    await this.#held
    if (this.failures === 0) return fetch(input, init)
    this.failures--
    return new Response("{}", { status: 503, headers: { "content-type": "application/json" } })
  }
}

/** A page with one of the two libraries. `Shown` is the type of its queries. */
export interface Side {
  /** Runs the code of the row, and observes its result. */
  run(): Promise<unknown>
  gate: Gate
  heard: unknown[][]
  /** `query` of the row's code, or `pages`. */
  shown: unknown
  /** The names that a query shows. */
  names(query: unknown): string[]
  /** Resolves when a query has no request in flight. */
  settled(query: unknown): Promise<unknown>
  /** Refetches, without the cache. */
  again(query: unknown): void
  /** Reads the next page. */
  next(query: unknown): Promise<unknown>
  /** A separate list that is refetched on focus. */
  control(): Promise<unknown>
  /** Simulates that the page loses and regains the focus. */
  focus(): void
  /** Creates a todo as another user; resolves when this page has its event. */
  other(name: string): Promise<void>
  /** The names of the backend's todos. */
  stored(): Promise<string[]>
}

export interface Scenario {
  /** A list shown before, or one that is read page by page. Default: none. */
  shows?: "query" | "pages"
  /** `query` reuses no answer, and the first one has not come yet. */
  isHeld?: boolean
  /** Fakes the clock: only waiting lets time pass, however slow the machine is. */
  isAtOnce?: boolean
  act(side: Side): Promise<unknown>
  outcome: unknown
}

const both = ["Bread", "Milk"]
const three = [...both, "Tea"]

/** The row creates a query. The outcome: what it shows, and the number of requests. */
const reads = (names: string[], requests: number, prepare = (_side: Side) => {}): Scenario => ({
  outcome: { names, requests },
  async act(side) {
    prepare(side)
    const query = await side.run()
    await side.settled(query)
    return { names: side.names(query), requests: side.gate.requests.length }
  },
})

/** The row creates a query, twice. The outcome: the number of requests. */
const readsTwice = (requests: number): Scenario => ({
  isAtOnce: true,
  outcome: requests,
  async act(side) {
    for (let i = 0; i < 2; i++) await side.settled(await side.run())
    return side.gate.requests.length
  },
})

const timesOf = (side: Side, path: string) => side.gate.requests.filter((request) => request === path).length

const reading: Record<string, Scenario> = {
  "a list": reads(both, 1),
  "with params": reads(["Bread"], 1),
  "one item": reads(["Bread"], 1),
  "not automatically": reads([], 0),
  "fresh for a second": readsTwice(1),
  "always stale": readsTwice(2),
  "at an interval": {
    outcome: both,
    async act(side) {
      const query = await side.run()
      await until(() => side.gate.requests.length >= 3)
      return side.names(query)
    },
  },
  "on focus": {
    outcome: both,
    async act(side) {
      const query = await side.run()
      await side.settled(query)
      await until(() => {
        side.focus()
        return side.gate.requests.length > 1
      })
      return side.names(query)
    },
  },
  "not on focus or reconnect": {
    outcome: 1,
    async act(side) {
      await side.settled(await side.run())
      await side.settled(await side.control())
      await until(() => {
        side.focus()
        return timesOf(side, "GET /todo/all?limit=9") > 2
      })
      return timesOf(side, "GET /todo/all")
    },
  },
  "retry once": reads(both, 2, ({ gate }) => {
    gate.failures = 1
  }),
  "on events of the backend": {
    outcome: three,
    async act(side) {
      const query = await side.run()
      await side.settled(query)
      await side.other("Tea")
      await until(() => side.names(query).length === 3)
      return side.names(query)
    },
  },
  "in a handler": { outcome: 2, act: (side) => side.run() },
  prefetch: { ...reads(both, 1), isAtOnce: true },
  "several queries": {
    outcome: [["Bread"], both],
    async act(side) {
      const queries = (await side.run()) as unknown[]
      await Promise.all(queries.map((query) => side.settled(query)))
      return queries.map((query) => side.names(query))
    },
  },
  pages: reads(["Bread"], 1),
  "fetch the next page": {
    shows: "pages",
    outcome: both,
    async act(side) {
      await side.run()
      return side.names(side.shown)
    },
  },
  "pages with cursors": {
    outcome: both,
    async act(side) {
      const pages = await side.run()
      await side.settled(pages)
      await side.next(pages)
      return side.names(pages)
    },
  },
}

/** The row inspects `query`. The outcome: its result while loading, loaded, refetching and failed. */
const looks = (outcome: [boolean, boolean, boolean, boolean]): Scenario => ({
  shows: "query",
  isHeld: true,
  outcome,
  async act({ gate, run, shown, settled, again }) {
    const found = [await run()]
    gate.release()
    await settled(shown)
    found.push(await run())
    gate.hold()
    again(shown)
    found.push(await run())
    gate.failures = 1
    gate.release()
    await settled(shown)
    found.push(await run())
    return found
  },
})

const looking: Record<string, Scenario> = {
  data: {
    shows: "query",
    outcome: both,
    act: async (side) => ((await side.run()) as Todo[]).map(({ name }) => name),
  },
  isLoading: looks([true, false, false, false]),
  isPending: looks([true, false, false, false]),
  isFetching: looks([true, false, true, false]),
  isRefetching: looks([false, false, true, false]),
  isError: looks([false, false, false, true]),
  isSuccess: looks([false, true, true, false]),
  refetch: {
    shows: "query",
    outcome: three,
    async act(side) {
      await side.other("Tea")
      await side.run()
      return side.names(side.shown)
    },
  },
  cancel: {
    shows: "query",
    isHeld: true,
    outcome: 1,
    async act(side) {
      await side.run()
      return side.gate.aborted
    },
  },
  hasNextPage: { shows: "pages", outcome: true, act: (side) => side.run() },
}

const stores = (failures = 0): Scenario => ({
  outcome: three,
  async act(side) {
    side.gate.failures = failures
    await side.run()
    await until(() => timesOf(side, "POST /todo") > failures)
    for (;;) {
      const stored = await side.stored()
      if (stored.length === 3) return stored
    }
  },
})

/** The row changes something. The outcome: what `query` finally shows. */
const shows = (names: string[]): Scenario => ({
  shows: "query",
  outcome: names,
  async act(side) {
    await side.run()
    await until(() => side.names(side.shown).join() === names.join())
    return side.names(side.shown)
  },
})

const says = (outcome: unknown[][]): Scenario => ({
  outcome,
  async act(side) {
    await side.run()
    await until(() => side.heard.length > 0)
    return side.heard
  },
})

const changing: Record<string, Scenario> = {
  "a mutation": stores(),
  "its result": { outcome: "Tea", act: (side) => side.run() },
  "on success": says([["Tea"]]),
  "on error": says([["refused"]]),
  "errors of a promise": { outcome: "refused", act: (side) => side.run() },
  "retry a mutation": stores(1),
  "update lists": shows(three),
  "update an item in all lists": shows(["Rye", "Milk"]),
  "optimistic update": {
    shows: "query",
    outcome: both,
    async act(side) {
      side.gate.hold()
      const running = side.run()
      await until(() => side.names(side.shown)[0]?.startsWith("xxx") === true)
      side.gate.release()
      await running
      await until(() => side.names(side.shown)[0] === "Bread")
      return side.names(side.shown)
    },
  },
}

/** By the first column of the page's tables, in order. */
export const scenarios: Record<string, Scenario> = { ...reading, ...looking, ...changing }
