// A backend with a list, which answers as its rules say: with a page size of its own, with a cap, or in full. What it is
// asked for beside `limit` and `offset` it takes as filters on the fields of its rows.
import type { FakeRequest } from "../harness"
import { type Item, jsonOf } from "./harness"

export interface BackendRules {
  /** How many rows a page has where no `limit` is given. Default: all. */
  pageSize?: number
  /** Beyond it, a `limit` is taken for it. Default: none. */
  cap?: number
  /** Beyond it, a `limit` is refused with 400. Default: none. */
  most?: number
  /** `limit` is not read at all. */
  ignoresLimit?: boolean
  /** What stands beside the items. Default: hasMore. */
  tells?: "hasMore" | "total" | "nothing"
}

export class Backend {
  #ids = 0

  constructor(
    public rows: Item[],
    private readonly rules: BackendRules = {},
  ) {}

  /** Answers one request. */
  readonly serve = (request: FakeRequest): void => {
    const { pathname, searchParams } = new URL(request.url)
    const id = decodeURIComponent(pathname.split("/").at(-1) ?? "")
    if (request.method === "GET" && id === "all") this.#list(request, searchParams)
    else if (request.method === "GET") this.#one(request, id)
    else this.#change(request, id)
  }

  #list(request: FakeRequest, asked: URLSearchParams): void {
    const { pageSize, cap = Number.POSITIVE_INFINITY, most, ignoresLimit, tells = "hasMore" } = this.rules
    const limit = asked.has("limit") && !ignoresLimit ? Number(asked.get("limit")) : (pageSize ?? this.rows.length)
    if (!(limit >= 0) || (most !== undefined && limit > most)) {
      request.answered(400, { message: "limit" })
      return
    }
    const filters = [...asked].filter(([name]) => name !== "limit" && name !== "offset")
    const all = this.rows.filter((row) => filters.every(([name, value]) => String(row[name]) === value))
    const offset = Number(asked.get("offset") ?? 0)
    const items = structuredClone(all.slice(offset, offset + Math.min(limit, cap)))
    const beside = { hasMore: offset + items.length < all.length, total: all.length }
    request.answered(200, {
      type: "dataRead",
      body: { items, ...(tells !== "nothing" && { [tells]: beside[tells] }) },
    })
  }

  #one(request: FakeRequest, id: string): void {
    const row = this.rows.find((row) => String(row._id ?? row.id) === id)
    if (row) request.answered(200, structuredClone(row))
    else request.answered(404, { message: "There is no such todo" })
  }

  #change(request: FakeRequest, id: string): void {
    const change = jsonOf(request) as Item
    const row = this.rows.find((row) => String(row._id ?? row.id) === id)
    if (request.method !== "POST" && !row) {
      request.answered(404, { message: "There is no such todo" })
      return
    }
    const done = row ?? { _id: `new-${++this.#ids}`, ...change }
    if (request.method === "DELETE") this.rows = this.rows.filter((other) => other !== row)
    else if (row) Object.assign(row, change)
    else this.rows.push(done)
    const type = { POST: "dataCreate", PATCH: "dataUpdate", DELETE: "dataDelete" }[request.method]
    const gone = request.method === "DELETE" && { deleted: [id] }
    request.answered(200, { type, body: { items: [structuredClone(done)], ...gone } })
  }
}

/** Rows `from` to `to`, each with its number as `_id` and name. */
export const rows = (from: number, to: number, more: Item = {}): Item[] =>
  [...Array(to - from + 1).keys()].map((i) => ({ _id: `${from + i}`, name: `${from + i}`, ...more }))
