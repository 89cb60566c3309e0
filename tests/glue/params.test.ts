// How params are split into the core's part, in which every scalar is text, and the body.
import { describe, expect, it } from "vitest"
import { type OperationShape, splitParams } from "../../js-glue/api/data/params"

const shapeOf = (hasBody: boolean, ...placeholders: string[]): OperationShape => ({
  ...{ hasBody, placeholders, item: undefined, target: undefined },
})

/** The core's part of the params of a read. */
const spelled = (params: Record<string, unknown>) => splitParams(shapeOf(false), params).params

describe("the core's part of params", () => {
  it.each([
    ["a text", { q: "milk" }, '{"q":"milk"}'],
    ["numbers, as JavaScript writes them", { a: 0.1, b: 1e21, c: -0 }, '{"a":"0.1","b":"1e+21","c":"0"}'],
    ["what JSON has no number for", { a: Number.NaN, b: 10n ** 20n }, '{"a":"NaN","b":"100000000000000000000"}'],
    ["truth values, and null", { a: true, b: false, c: null }, '{"a":"true","b":"false","c":null}'],
    ["a date", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ["an invalid date", { at: new Date(Number.NaN) }, '{"at":null}'],
    [
      "nested values",
      { where: { age: [18, 65], is: { on: true } } },
      '{"where":{"age":["18","65"],"is":{"on":"true"}}}',
    ],
    ["half of a surrogate pair", { q: "a\ud800", in: ["\udc00"] }, '{"q":"a\ufffd","in":["\ufffd"]}'],
    ["nothing", {}, "{}"],
  ])("has %s", (_what, params, text) => {
    expect(spelled(params)).toBe(text)
  })

  it("leaves out what is undefined, also in arrays and objects within", () => {
    const params = { a: undefined, b: [1, undefined, 2], c: { d: undefined, e: [[undefined]] } }
    expect(spelled(params)).toBe('{"b":["1","2"],"c":{"e":[[]]}}')
  })

  it("keeps a key __proto__ as a key, at any depth", () => {
    const params = JSON.parse('{"__proto__":"x","a":{"__proto__":1}}')
    expect(spelled(params)).toBe('{"__proto__":"x","a":{"__proto__":"1"}}')
  })

  it("changes nothing of what was given", () => {
    const params = { a: 1, b: [2, undefined], c: { d: 3 } }
    spelled(params)
    expect(params).toStrictEqual({ a: 1, b: [2, undefined], c: { d: 3 } })
  })
})

describe("an operation with a body", () => {
  it("sends placeholders as text to the core, and the others as they are", () => {
    expect(splitParams(shapeOf(true, "_id"), { _id: 7, count: 2, at: null })).toEqual({
      ...{ path: "", params: '{"_id":"7"}', body: { count: 2, at: null } },
    })
  })

  it("sends every param if there are no placeholders", () => {
    expect(splitParams(shapeOf(true), { count: 2 })).toEqual({ path: "", params: "{}", body: { count: 2 } })
  })
})
