// Every case of the official suite is tested here, or listed with a reason in docs/comparison.md, which also has their
// number.
import { readdirSync, readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { officialNames, partOf } from "./names"

const here = new URL("./", import.meta.url)
const files = readdirSync(here).filter((name) => name.endsWith(".test.ts") && name !== "complete.test.ts")
const sources = files.map((name) => readFileSync(new URL(name, here), "utf8")).join()
const docs = readFileSync(new URL("../../../docs/comparison.md", import.meta.url), "utf8")
const leftOut = docs.split("`tests/interop/official`")[1] ?? ""
const names = Object.values(officialNames).flat()

const isAsked = (name: string) => sources.includes(`"${partOf[name] ?? name}"`) || sources.includes(`: ${name}"`)
const cells = Array.from(leftOut.matchAll(/^\| (.*?) \|/gm), ([, cell = ""]) => cell.split("; ")).flat()
const isLeftOut = (name: string) => cells.includes(name)

it.each(names)("is asked, or left out with a reason: %s", (name) => {
  expect([isAsked(name), isLeftOut(name)].filter(Boolean)).toHaveLength(1)
})

it("the docs say how many are asked", () => {
  expect(leftOut).toContain(`asks ${names.filter(isAsked).length} of the ${names.length} cases`)
})
