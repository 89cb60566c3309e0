// Structural sharing, by examples and by properties: the result equals `next`, and equal parts keep their identity.
import { isDeepStrictEqual } from "node:util"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { share, shareAnswer, shareList } from "../../js-glue/api/data/share"

describe("share", () => {
  it("keeps unchanged parts, down to the smallest", () => {
    const before = { a: { x: 1 }, list: [{ _id: 1, tags: ["t"] }, { _id: 2 }] }
    const after = share(before, { a: { x: 1 }, list: [{ _id: 1, tags: ["t"], done: true }, { _id: 2 }] })
    expect(after).not.toBe(before)
    expect(after.a).toBe(before.a)
    expect(after.list[1]).toBe(before.list[1])
    expect(after.list[0]?.tags).toBe(before.list[0]?.tags)
    expect(after.list[0]).toEqual({ _id: 1, tags: ["t"], done: true })
  })

  it("returns the previous value if and only if nothing changed", () => {
    const json = fc.jsonValue({ maxDepth: 4 })
    fc.assert(
      fc.property(json, json, (a, b) => {
        const [before, next] = [structuredClone(a), structuredClone(b)]
        const shared = share(before, next)
        expect(shared).toEqual(next)
        expect(Object.is(shared, before)).toBe(isDeepStrictEqual(before, next))
        expect(share(before, structuredClone(a))).toBe(before)
      }),
      { numRuns: 2000 },
    )
  })

  it("keeps a key __proto__ as a key, and other objects unchanged", () => {
    const next = JSON.parse('{"__proto__":{"x":1},"b":2}')
    const shared = share(JSON.parse('{"__proto__":{"x":1}}'), next)
    expect(Object.getPrototypeOf(shared)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(shared, "__proto__")?.value).toEqual({ x: 1 })
    const bare = Object.assign(Object.create(null), { a: {}, b: 1 })
    const kept = { a: {} }
    expect(Object.getPrototypeOf(share(kept, bare))).toBeNull()
    expect(share(kept, bare).a).toBe(kept.a)
    expect(share({}, JSON.parse('{"__proto__":{}}'))).not.toEqual({})
    const date = new Date(0)
    expect(share(new Date(0), date)).toBe(date)
  })
})

describe("shareAnswer", () => {
  it("has the same result as `share`, however often and by whom a response is used", () => {
    const [one, other] = [{ list: [{ a: 1 }, { b: 2 }] }, { list: [{ a: 1 }] }]
    const answer = { list: [{ a: 1 }, { b: 3 }] }
    const first = shareAnswer(one, answer) as typeof one
    expect(first).toEqual(answer)
    expect(first.list[0]).toBe(one.list[0])
    expect(shareAnswer(first, answer)).toBe(first)
    const others = shareAnswer(other, answer) as typeof one
    expect(others.list[0]).toBe(other.list[0])
    expect(shareAnswer(first, answer)).toBe(first)
    expect(shareAnswer(undefined, answer)).toBe(answer)
    expect(shareAnswer("text", "text")).toBe("text")
  })
})

describe("shareList", () => {
  it("keeps the list whose items are the same, in the same order", () => {
    const [a, b] = [{}, {}]
    const list = [a, b]
    expect(shareList(list, [a, b])).toBe(list)
    for (const other of [[b, a], [a], [a, b, {}], [a, {}]]) expect(shareList(list, other)).toBe(other)
  })
})
