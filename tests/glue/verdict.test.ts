// What to do with an incoming item that differs from the known one: one test for each row of the table.
import { expect, it } from "vitest"
import { type News, type Verdict, verdictOn } from "../../js-glue/api/data/verdict"

const NEVER = Number.POSITIVE_INFINITY
const SINCE = 5

it.each<[News["kind"], "later" | "earlier", number | undefined, number, Verdict]>([
  ["read", "later", 1, NEVER, "take"],
  ["read", "later", 0, NEVER, "take"],
  ["read", "later", undefined, NEVER, "take"],
  ["read", "later", -1, NEVER, "doubt"],
  ["read", "later", -1, 6, "take"],
  ["read", "later", -1, 7, "doubt"],
  ["read", "earlier", 1, NEVER, "take"],
  ["read", "earlier", 0, NEVER, "keep"],
  ["read", "earlier", -1, NEVER, "keep"],
  ["read", "earlier", undefined, NEVER, "keep"],
  ["reused", "later", 1, NEVER, "keep"],
  ["reused", "earlier", undefined, NEVER, "keep"],
  ["event", "later", 1, NEVER, "take"],
  ["event", "later", 0, NEVER, "take"],
  ["event", "later", undefined, NEVER, "take"],
  ["event", "later", -1, NEVER, "keep"],
  ["mutation", "later", 1, NEVER, "take"],
  ["mutation", "later", undefined, NEVER, "take"],
  ["mutation", "later", -1, NEVER, "doubt"],
  ["mutation", "later", -1, 6, "doubt"],
  ["mutation", "earlier", 1, NEVER, "take"],
  ["mutation", "earlier", 0, NEVER, "take"],
  ["mutation", "earlier", -1, NEVER, "keep"],
  ["mutation", "earlier", undefined, NEVER, "ask"],
])("a %s that began %s, its version %s, an older one believed from %s: %s", (kind, when, order, doubted, verdict) => {
  const began = when === "later" ? SINCE + 1 : SINCE - 1
  expect(verdictOn({ kind, began, at: began }, SINCE, order, doubted)).toBe(verdict)
})

it("an item from the same request as the known one is the same response again", () => {
  expect(verdictOn({ kind: "read", began: SINCE, at: SINCE }, SINCE, undefined, NEVER)).toBe("take")
})
