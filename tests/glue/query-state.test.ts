// The reducer of a query's state: each action changes only its fields, and equal values keep their identity.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { initialState, type QueryAction, type QueryState, reduce } from "../../js-glue/api/data/query-state"
import { RacletteError } from "../../js-glue/types/errors"

const error = new RacletteError("NETWORK_ERROR", "cut")
const items = [{ _id: "1" }]

const full: QueryState = {
  items,
  response: { items },
  isLoading: true,
  hasMore: true,
  error,
  asked: { list: "home", tags: ["a"] },
}

/** The fields that differ between two states. */
function difference(before: QueryState, after: QueryState): Partial<QueryState> {
  const parts = Object.entries(after).filter(([name, value]) => value !== before[name as keyof QueryState])
  return Object.fromEntries(parts)
}

describe("a query that was never executed", () => {
  it("shows nothing, and has its own params", () => {
    const own = { limit: 1 }
    const state = initialState(own)
    expect(state).toEqual({
      items: [],
      response: undefined,
      isLoading: false,
      hasMore: false,
      error: undefined,
      asked: { limit: 1 },
    })
    expect(state.asked).toBe(own)
  })

  it("shares no items with other queries", () => {
    expect(initialState({}).items).not.toBe(initialState({}).items)
  })
})

describe("an action", () => {
  const empty = initialState({})
  const cases: [string, QueryState, QueryAction, Partial<QueryState>][] = [
    ["loading: one began", empty, { type: "loading", isLoading: true }, { isLoading: true }],
    ["loading: the last one ended", full, { type: "loading", isLoading: false }, { isLoading: false }],
    ["asked", empty, { type: "asked", params: { limit: 2 } }, { asked: { limit: 2 } }],
    ["shown", empty, { type: "shown", items }, { items }],
    ["failed, which keeps what was good", { ...full, error: undefined }, { type: "failed", error }, { error }],
    [
      "answered, which clears the error",
      full,
      { type: "answered", response: "new", hasMore: false },
      { response: "new", hasMore: false, error: undefined },
    ],
    [
      "answered by no list, which says nothing of more",
      full,
      { type: "answered", response: "new", hasMore: undefined },
      { response: "new", error: undefined },
    ],
    [
      "answered as before, after a failure",
      full,
      { type: "answered", response: full.response, hasMore: true },
      { error: undefined },
    ],
  ]
  it.each(cases)("%s changes only its parts", (_name, before, action, parts) => {
    expect(difference(before, reduce(before, action))).toStrictEqual(parts)
  })

  it.each<[string, QueryAction]>([
    ["loading", { type: "loading", isLoading: true }],
    ["asked", { type: "asked", params: { list: "home", tags: ["a"] } }],
    ["shown", { type: "shown", items }],
    ["answered", { type: "answered", response: full.response, hasMore: true }],
    ["answered by no list", { type: "answered", response: full.response, hasMore: undefined }],
  ])("%s that brings what is there already leaves the state what it is", (_name, action) => {
    const state = { ...full, error: undefined }
    expect(reduce(state, action)).toBe(state)
  })

  it("asked keeps equal parts of the params", () => {
    const { asked } = reduce(full, { type: "asked", params: { list: "work", tags: ["a"] } })
    expect(asked).toEqual({ list: "work", tags: ["a"] })
    expect(asked.tags).toBe(full.asked.tags)
  })
})

it("no sequence of actions changes an earlier state", () => {
  const action = fc.oneof<fc.Arbitrary<QueryAction>[]>(
    fc.record({ type: fc.constant("loading" as const), isLoading: fc.boolean() }),
    fc.record({ type: fc.constant("asked" as const), params: fc.dictionary(fc.string(), fc.jsonValue()) }),
    fc.record({
      type: fc.constant("answered" as const),
      response: fc.jsonValue(),
      hasMore: fc.option(fc.boolean(), { nil: undefined }),
    }),
    fc.constant<QueryAction>({ type: "failed", error }),
    fc.record({ type: fc.constant("shown" as const), items: fc.array(fc.dictionary(fc.string(), fc.jsonValue())) }),
  )
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      let state = initialState({})
      for (const one of actions) {
        // Writing to a frozen object throws.
        const before = Object.freeze(state)
        const copy = structuredClone({ ...before, error: undefined })
        state = reduce(before, one)
        expect({ ...before, error: undefined }).toEqual(copy)
        expect(Object.keys(state)).toEqual(Object.keys(before))
      }
    }),
  )
})
