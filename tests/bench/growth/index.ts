// The bench of growth, in Chromium: how the cost of an operation grows with the number of other objects.
import { runInChromium } from "../harness/platforms"
import { factor, table, time } from "../harness/table"
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
      shapeOf(line),
    ]
  })
  return table(head, rows)
}

export async function run({ quick }: { quick: boolean }): Promise<Report> {
  const results = await runInChromium("growth/cases.ts", quick)
  const lines = linesOf(results)
  const note = "Plugins and active queries end at 10,000: more would take minutes to make, not to use."
  return { name: "growth", title: "Growth, in Chromium", text: `${growthTable(lines)}\n\n${note}`, data: { lines } }
}
