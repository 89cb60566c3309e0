// The exported functions set every field of the inputs that they create. A missing field would silently be zero.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../support/process"

interface Declared {
  struct(name: string): { fields: { name: string }[] }
  variant(name: string): string[]
}
type Read = (path: string) => string
const script = new URL("../../scripts/cpp-declarations.mjs", import.meta.url).href
const { Declarations } = (await import(script)) as { Declarations: new (paths: string[], read: Read) => Declared }

const read: Read = (path) => readFileSync(join(root, path), "utf8")
const headers = ["emit.h", "input.h"].map((name) => `wasm/core/include/raclette/${name}`)
const declared = new Declarations([...headers, "wasm/bindings/layout.h"], read)
const functions = ["exports.cpp", "embind.cpp"].map((name) => read(`wasm/bindings/${name}`)).join("\n")

const inputs = declared.variant("Input").filter((name) => name !== "Tick")

it.each([...inputs, "OutgoingEvent", "RouteWords"])("every field of %s is set", (name) => {
  const made = [...functions.matchAll(new RegExp(`\\b${name}\\{([^{}]*)\\}`, "g"))]
  expect(made.length).toBeGreaterThan(0)
  const fields = declared.struct(name).fields.map((field) => field.name)
  for (const [, filled = ""] of made) {
    expect([...filled.matchAll(/\.(\w+) = /g)].map(([, field]) => field)).toEqual(fields)
  }
})

it("time passes with an input without fields", () => {
  expect(read("wasm/core/include/raclette/input.h")).toContain("struct Tick {};")
})
