// A backend with a list. Its rules set how it pages: with its own page size, with a cap, or not at all. It uses all
// params but `limit` and `offset` as filters on the fields of its rows.
import type { FakeRequest } from "../harness"
import { type Item, jsonOf } from "./harness"

export interface BackendRules {
  /** Rows per page if the request has no `limit`. Default: all. */
  pageSize?: number
  /** A higher `limit` is lowered to this. Default: none. */
  cap?: number
  /** A higher `limit` is refused with 400. Default: none. */
  most?: number
  /** Ignores `limit`. */
  ignoresLimit?: boolean
  /** The fields beside the items in a response. Default: hasMore. */
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

/** Rows `from` to `to`. The `_id` and name of each is its number. */
export const rows = (from: number, to: number, more: Item = {}): Item[] =>
  [...Array(to - from + 1).keys()].map((i) => ({ _id: `${from + i}`, name: `${from + i}`, ...more }))
