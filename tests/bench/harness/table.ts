// Formats plain-text tables for the terminal and for reports.
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
  const rows = results.flatMap((result) =>
    result.rows.map((row, i) => {
      const ratio = ratioTo(row.contender, result.rows)
      const isBudget = result.budget?.peer === row.contender
      return [
        i === 0 ? `${result.group}, ${result.name}` : "",
        row.contender,
        ...[row.median, row.min, row.max].map(time),
        i === 0 || ratio === undefined ? "" : factor(ratio),
        i === 0 ? "" : factor((result.rows[0]?.min ?? row.min) / row.min),
        isBudget ? `≤ ${result.budget?.ratio}×` : "",
        isBudget ? (holds(result) ? "holds" : "MISSED") : "",
        row.note ?? "",
      ]
    }),
  )
  return table(["case", "contender", "median", "min", "max", "ours to it", "by least", "budget", "", ""], rows)
}
