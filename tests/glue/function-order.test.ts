// The order of the module's functions: similar ones are adjacent, and none is lost.
import { describe, expect, it } from "vitest"

const script = new URL("../../scripts/function-order.mjs", import.meta.url).href
const { orderBySimilarity } = (await import(script)) as { orderBySimilarity(text: string): string }

const others = [" (memory $0 1)", ' (export "a" (func $add1))', " (start $add1)"]
const calculating = (instruction: string, constant: number) =>
  [
    ` (func $${instruction}${constant} (param $0 i32) (result i32)`,
    `  (i32.${instruction}`,
    "   (local.get $0)",
    `   (i32.const ${constant})`,
    "  )",
    " )",
  ].join("\n")
const moduleOf = (forms: string[]) => ["(module", ...forms, ")", ""].join("\n")

describe("the order of a module's functions", () => {
  it("puts similar functions next to each other, and changes none", () => {
    const instructions = ["add", "sub", "mul", "xor"]
    const ones = instructions.map((instruction) => calculating(instruction, 1))
    const twos = instructions.map((instruction) => calculating(instruction, 2))
    const ordered = orderBySimilarity(moduleOf([...ones, ...others, ...twos]))
    expect(ordered.split("\n").sort()).toEqual(
      moduleOf([...ones, ...others, ...twos])
        .split("\n")
        .sort(),
    )
    const names = Array.from(ordered.matchAll(/\(func \$(\w+) \(param/g), ([, name]) => name)
    expect(names).toEqual(["add1", "add2", "sub1", "sub2", "mul1", "mul2", "xor1", "xor2"])
  })

  it("throws if no function is found", () => {
    expect(() => orderBySimilarity(moduleOf(others))).toThrow("No functions found")
  })
})
