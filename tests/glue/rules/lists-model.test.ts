// Compares lists of every kind (filtered by `match`, by a guess or not at all, sorted, paged, from servers that cap
// page sizes) with a model of the server, under random interleavings of reads, pages, changes by this and other
// clients, and late responses. At rest, with all pages read, each list shows exactly the server's rows.
import fc from "fast-check"
import { expect, it } from "vitest"
import type { FakeRequest } from "../harness"
import { Backend, type BackendRules } from "./backend"
import { atRest, type Item, type RuleArgs, type RuleQuery, settle, type World, world } from "./harness"

const match = (item: Item, params: Item) => params.done === undefined || item.done === params.done
const sort = (a: Item, b: Item) => Number(a.n) - Number(b.n)
const open = { done: false }
const live = { live: true, useCache: false }

const kinds: Record<string, RuleArgs> = {
  all: { options: live },
  matched: { params: open, options: { ...live, match } },
  guessed: { params: open, options: live },
  sorted: { params: open, options: { ...live, match, sort } },
  paged: { params: { limit: 2 }, options: live },
  "matched pages": { params: { ...open, limit: 2 }, options: { ...live, match } },
  "sorted pages": { params: { limit: 2 }, options: { ...live, sort } },
  "pages of the server's": { params: {}, options: live },
}
const servers: BackendRules[] = [{}, { cap: 2 }, { most: 3 }, { pageSize: 2, ignoresLimit: true, tells: "total" }]

const step = fc.tuple(
  fc.constantFrom(
    "create",
    "update",
    "delete",
    "my create",
    "my update",
    "my delete",
    "read",
    "next",
    "answer",
    "wait",
  ),
  fc.nat(1000),
)

class Run {
  readonly #made: World
  readonly #list: RuleQuery
  readonly #backend: Backend
  readonly #mayMove: boolean
  #version = 0
  #ids = 0

  constructor(made: World, kind: RuleArgs, rules: BackendRules) {
    this.#made = made
    this.#mayMove = kind.options?.sort !== undefined
    this.#backend = new Backend([], rules)
    for (let n = 0; n < 5; n++) this.#backend.rows.push(this.#row(n))
    this.#list = made.todo.getAll(kind)
  }

  #row(n: number): Item {
    return { _id: `${++this.#ids}`, n, done: n % 2 === 0, updatedAt: ++this.#version }
  }

  /** Sorts rows by `n`, like `sort`. A row whose `n` is unchanged keeps its place. */
  #put(row: Item): void {
    const { rows } = this.#backend
    const at = rows.findIndex(({ _id }) => _id === row._id)
    if (rows[at]?.n === row.n) rows[at] = row
    else this.#backend.rows = [...rows.filter(({ _id }) => _id !== row._id), row].sort(sort)
  }

  readonly #serve = (request: FakeRequest): void => {
    const { rows } = this.#backend
    if (request.method === "GET") {
      this.#backend.serve(request)
      return
    }
    const id = request.url.split("/").at(-1)
    const known = rows.find(({ _id }) => _id === id)
    if (request.method !== "POST" && !known) {
      request.answered(404, { message: "There is no such todo" })
      return
    }
    const sent = JSON.parse(String((request as { body?: unknown }).body ?? "{}")) as Item
    const row = { ...(known ?? { _id: `${++this.#ids}` }), ...sent, updatedAt: ++this.#version }
    if (request.method === "DELETE") this.#backend.rows = rows.filter(({ _id }) => _id !== id)
    else this.#put(row)
    const [type, key] = { POST: ["dataCreate", "todoCreated"], PATCH: ["dataUpdate", "todoUpdated"] }[
      request.method
    ] ?? ["dataDelete", "todoDeleted"]
    const body = type === "dataDelete" ? { items: [], deleted: [id] } : { items: [row] }
    this.#made.event(key as string, type as string, structuredClone(body))
    request.answered(200, { type, body })
  }

  async take([kind, pick]: [string, number]): Promise<void> {
    const { todo, platform, event } = this.#made
    const { rows } = this.#backend
    const row = rows[pick % Math.max(rows.length, 1)]
    // Only sorted lists know that a row has moved.
    const change = { done: pick % 2 === 0, ...(this.#mayMove || kind.endsWith("create") ? { n: pick % 10 } : {}) }
    const optimistic = { options: { optimistic: pick % 3 > 0 } }
    if (kind === "create") {
      const made = { ...this.#row(pick % 10), done: change.done }
      this.#put(made)
      event("todoCreated", "dataCreate", { items: [{ ...made }] })
    } else if (kind === "read") void this.#list.execute()
    else if (kind === "next") void this.#list.execute.next()
    else if (kind === "my create") void todo.create(optimistic).execute(change)
    else if (kind === "answer") {
      if (platform.requests.length > 0) this.#serve(platform.requests[pick % platform.requests.length] as FakeRequest)
    } else if (kind === "wait") platform.advance(pick * 2)
    else if (row) this.#change(kind, row, change, optimistic)
    if (pick % 4 > 0) await settle()
  }

  #change(kind: string, row: Item, change: Item, optimistic: RuleArgs): void {
    const { todo, event } = this.#made
    const { _id } = row
    if (kind === "update") {
      const now = { ...row, ...change, updatedAt: ++this.#version }
      this.#put(now)
      event("todoUpdated", "dataUpdate", { items: [{ ...now }], prevVersion: { ...row } })
    } else if (kind === "delete") {
      this.#backend.rows = this.#backend.rows.filter((other) => other !== row)
      event("todoDeleted", "dataDelete", { items: [], deleted: [_id] })
    } else if (kind === "my update") void todo.update(optimistic).execute({ _id, ...change })
    else void todo.delete(optimistic).execute({ _id })
  }

  /** The items that the list shows at the end, and the expected ones. */
  async end(isFiltered: boolean): Promise<[unknown[], unknown[]]> {
    await atRest(this.#made.platform, this.#serve)
    for (let i = 0; this.#list.hasMore.value; i++) {
      if (i > 40) throw new Error("it does not end")
      void this.#list.execute.next()
      await atRest(this.#made.platform, this.#serve)
    }
    const shown = this.#list.dataArr.value.map(({ _id, n, done }) => ({ _id, n, done }))
    const rows = this.#backend.rows.filter(({ done }) => !isFiltered || done === false)
    const told = rows.map(({ _id, n, done }) => ({ _id, n, done }))
    return [shown, told]
  }
}

const byId = (rows: unknown[]) => [...(rows as Item[])].sort((a, b) => Number(a._id) - Number(b._id))

it.each(Object.entries(kinds))("a list that is %s shows the server's rows in the end", async (_name, kind) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...servers.filter(({ most }) => most === undefined || "limit" in (kind.params ?? {}))),
      fc.array(step, { maxLength: 30 }),
      async (rules, steps) => {
        const made = await world()
        const run = new Run(made, kind, rules)
        await run.take(["read", 1])
        for (const one of steps) await run.take(one)
        const [shown, told] = await run.end((kind.params as Item | undefined)?.done === false)
        expect(byId(shown)).toEqual(byId(told))
        if (kind.options?.sort) expect(shown.map((row) => (row as Item).n)).toEqual(told.map((row) => (row as Item).n))
        made.runtime.dispose()
      },
    ),
    { numRuns: 120 },
  )
})
