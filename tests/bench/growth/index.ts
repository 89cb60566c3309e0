// The bench of growth, in Chromium: how the cost of an operation grows with the number of other objects.
import { browsers } from "../harness/browsers"
import type { BenchOptions } from "../harness/builds"
import { runInBrowser } from "../harness/platforms"
import { factor, failureText, table, time } from "../harness/table"
import type { Report } from "../report"
import { type Line, linesOf, shapeOf } from "./lines"

function growthTable(lines: readonly Line[]): string {
  const counts = [...new Set(lines.flatMap(({ points }) => points.map(({ count }) => count)))]
  const head = ["grows", "contender", ...counts.map((count) => count.toLocaleString("en")), "last/first", "shape"]
  const rows = lines.map((line, i) => {
    const { grows, contender, points } = line
    const at = (count: number) => points.find((point) => point.count === count)
    const growth = (points.at(-1)?.ns ?? 1) / (points[0]?.ns ?? 1)
    return [
      lines[i - 1]?.grows === grows ? "" : grows,
      contender,
      ...counts.map((count) => {
        const point = at(count)
        return point ? time(point.ns) : "-"
      }),
      factor(growth),
      (points[0]?.count ?? 0) * 100 <= (points.at(-1)?.count ?? 0) ? shapeOf(line) : "-",
    ]
  })
  return table(head, rows)
}

export async function run(options: BenchOptions): Promise<Report> {
  const results = await runInBrowser("growth/cases.ts", browsers.chromium, options)
  const lines = linesOf(results)
  const failures = results.flatMap(({ group, name, failures = [] }) =>
    failures.map(({ contender, reason }) => `${group}, ${name}: ${contender} ${failureText(reason)}`),
  )
  const note = "Plugins and active queries end at 10,000: more would take minutes to make, not to use."
  const text = [growthTable(lines), ...failures, note].join("\n\n")
  return { name: "growth", title: "Growth, in Chromium", text, data: { lines } }
}
