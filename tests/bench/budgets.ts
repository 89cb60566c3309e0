// The table of budgets in docs/bench.md: each budget and what was measured, by place. What misses its budget is bold. It
// is drawn from results.json alone.
import type { Results } from "./chart"
import { type Budget, OURS } from "./harness/cases"
import { type CaseResult, holds, ratioTo } from "./harness/measure"
import type { Places } from "./harness/platforms"
import { factor, time } from "./harness/table"

/** The line above the table. */
const MARK = "<!-- from docs/bench/results.json: npm run bench -- --publish -->\n"
const HEAD = "| | compared with | budget | Chromium | Firefox | Node |\n| --- | --- | --- | --- | --- | --- |\n"

/** The document with a new table below its mark. Throws if it has no mark. */
export function withBudgets(document: string, results: Results): string {
  const [before, after, ...more] = document.split(MARK)
  const table = /^(\|.*\n)*/.exec(after ?? "")?.[0]
  if (after === undefined || !table || more.length > 0)
    throw new Error(`docs/bench.md needs exactly one table below the line ${MARK.trim()}`)
  return `${before}${MARK}${budgetTable(results)}${after.slice(table.length)}`
}

/** The table of all budgets. */
export function budgetTable(results: Results): string {
  const suites = [results.frames, results.bus, results.query, results.start]
  const rows = [...suites.flatMap(suiteRows), ...sizeRows(results.size), ...memoryRows(results.memory)]
  return `${HEAD}${rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("")}`
}

function suiteRows(places: Partial<Places> | undefined): string[][] {
  return (places?.chromium ?? []).flatMap(({ group, name, budget }) => {
    if (!budget) return []
    const measured = (["chromium", "firefox", "node"] as const).map((place) => {
      const result = places?.[place]?.find((one) => one.group === group && one.name === name)
      return result ? cellOf({ ...result, budget }) : ""
    })
    return [[`${group}, ${name}`, "ns" in budget ? "" : budget.peer, limitOf(budget), ...measured]]
  })
}

const limitOf = (budget: Budget) => ("ns" in budget ? `≤ ${time(budget.ns)}` : `≤ ${budget.ratio}×`)

function cellOf(result: CaseResult & { budget: Budget }): string {
  const { budget, rows } = result
  const value = "ns" in budget ? rows.find(({ contender }) => contender === OURS)?.median : ratioTo(budget.peer, rows)
  if (value === undefined) return ""
  return judged("ns" in budget ? time(value) : factor(value), holds(result) === true)
}

const judged = (text: string, isGood: boolean) => (isGood ? text : `**${text}**`)

function sizeRows(size: Results["size"]): string[][] {
  if (!size) return []
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  return (["first", "all"] as const).map((load) => {
    const [{ name, brotli }, { must }] = [size[load], size.budget[load]]
    return [`${name}, brotli`, "", `≤ ${kilobytes(must)}`, judged(kilobytes(brotli), brotli <= must), "", ""]
  })
}

function memoryRows(memory: Results["memory"]): string[][] {
  const active = (memory?.things ?? []).filter(({ thing }) => thing.startsWith("active"))
  const ours = active.find(({ contender }) => contender === OURS)
  return active.flatMap(({ thing, contender, total }) => {
    if (!ours || contender === OURS) return []
    const ratio = ours.total / total
    return [[`memory, ${thing}`, contender, "≤ 1×", judged(factor(ratio), ratio <= 1), "", ""]]
  })
}
