// Formats plain-text tables for the terminal and for reports.
import { type Budget, OURS } from "./cases"
import { type CaseResult, holds, ratioTo } from "./measure"

/** Rows of texts under a head, the first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)))
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => (column === 0 ? (row[0] ?? "").padEnd(width) : (row[column] ?? "").padStart(width)))
      .join("  ")
      .trimEnd()
  return [
    line(head),
    widths
      .map((width) => "-".repeat(width))
      .join("  ")
      .trimEnd(),
    ...rows.map(line),
  ].join("\n")
}

/** A time with three digits and its unit. */
export function time(ns: number): string {
  if (ns < 1e3) return `${digits(ns)} ns`
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`
  if (ns < 1e9) return `${digits(ns / 1e6)} ms`
  return `${digits(ns / 1e9)} s`
}

/** A factor with a sign. */
export function factor(ratio: number): string {
  return `${ratio < 0.1 ? ratio.toPrecision(2) : digits(ratio)}×`
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/**
 * One table over all cases: every contender's times, our ratio to it by medians, which budgets go by, and by the least
 * of both, which a machine that does something else meanwhile changes less.
 */
export function caseTable(results: readonly CaseResult[]): string {
  const rows = results.flatMap((result) => [
    ...result.rows.map((row, i) => {
      const ratio = ratioTo(row.contender, result.rows)
      const budget = budgetBeside(row.contender, result.budget)
      return [
        i === 0 ? `${result.group}, ${result.name}` : "",
        row.contender,
        ...[row.median, row.min, row.max].map(time),
        i === 0 || ratio === undefined ? "" : factor(ratio),
        i === 0 ? "" : factor((result.rows[0]?.min ?? row.min) / row.min),
        budget,
        budget && (holds(result) ? "holds" : "MISSED"),
        row.note ?? "",
      ]
    }),
    ...(result.failures ?? []).map(({ contender, reason }) => [
      "",
      contender,
      ...Array(7).fill(""),
      failureText(reason),
    ]),
  ])
  return table(["case", "contender", "median", "min", "max", "ours to it", "by least", "budget", "", ""], rows)
}

/** The budget in the row of the peer that it compares with, or if it is a time, in ours. */
function budgetBeside(contender: string, budget: Budget | undefined): string {
  if (!budget) return ""
  if ("ns" in budget) return contender === OURS ? `≤ ${time(budget.ns)}` : ""
  return contender === budget.peer ? `≤ ${budget.ratio}×` : ""
}

/** Why a version could not take part, in one line: the error itself, without what surrounds it. */
export function failureText(reason: string): string {
  const lines = reason.trim().split("\n")
  return `FAILED: ${(lines.find((line) => /Error\b/.test(line)) ?? lines[0] ?? "").trim().slice(0, 160)}`
}

/** Our time in each place as a multiple of that of the version `name`, by medians and by the least. */
export function versionTable(places: object, name: string): string {
  const columns = Object.entries(places) as [string, readonly CaseResult[]][]
  const cases = columns[0]?.[1] ?? []
  const rows = cases.map((one, i) => [
    `${one.group}, ${one.name}`,
    ...columns.flatMap(([, results]) => versionCells(results[i], name)),
  ])
  const head = columns.flatMap(([place]) => [place, "by least"])
  return `The time of this version divided by that of ${name}; below 1× it is faster:\n\n${table(["case", ...head], rows)}`
}

function versionCells(result: CaseResult | undefined, name: string): [string, string] {
  const [ours, theirs] = [OURS, name].map((version) => result?.rows.find(({ contender }) => contender === version))
  if (ours && theirs) return [factor(ours.median / theirs.median), factor(ours.min / theirs.min)]
  return [result?.failures?.some(({ contender }) => contender === name) ? "FAILED" : "-", "-"]
}
