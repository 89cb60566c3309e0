// The error tables of core and binding are the same: names, order, and a message for each.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { check, errorCodes, errorOf, messageOf, RacletteError } from "../../js-glue/types/errors"

describe("the error table", () => {
  it("has exactly the core's names, in the core's order", () => {
    const header = readFileSync(new URL("../../wasm/core/include/raclette/error.h", import.meta.url), "utf8")
    const table = /#define RACLETTE_ERROR_CODES\(X\)((?:.*\\\n)+.*)/.exec(header)?.[1] ?? ""
    const names = table.replace(/\/\*.*?\*\//g, "").match(/\bX\(\w+\)/g) ?? []
    expect(names.map((name) => name.slice(2, -1))).toEqual(errorCodes)
  })

  it("is documented code by code, with the same message", () => {
    const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")
    for (const code of errorCodes.slice(1)) {
      expect(text).toContain(`| \`${code}\` | ${new RacletteError(code).message} |`)
    }
  })
})

describe("RacletteError", () => {
  it("has a message with the detail, and keeps cause and details", () => {
    const cause = new Error("inner")
    const error = new RacletteError("DISPOSED", "this scope", { cause, details: { a: 1 } })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: "RacletteError", code: "DISPOSED", cause, details: { a: 1 } })
    expect(error.message).toBe(`${new RacletteError("DISPOSED").message} (this scope)`)
  })

  it("is created from a result of the core, unless that is OK", () => {
    expect(errorOf({ code: 0, text: "" })).toBeUndefined()
    const answer = { code: errorCodes.indexOf("BAD_PATTERN"), text: "a//b" }
    expect(errorOf(answer)).toMatchObject({ code: "BAD_PATTERN", message: expect.stringContaining("(a//b)") })
    expect(() => check(answer)).toThrow(RacletteError)
  })

  it("gets a message from any thrown value", () => {
    expect([new Error("e"), "text", 7, undefined].map(messageOf)).toEqual(["e", "text", "7", "undefined"])
  })
})
