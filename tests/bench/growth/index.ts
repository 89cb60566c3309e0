// The bench of growth, in Chromium: what an operation costs while there is more and more beside it, and how that grows.
import { runInChromium } from "../harness/platforms"
import { spreadOf } from "../harness/statistics"
import { factor, table, time } from "../harness/table"
import type { Report } from "../report"
import { type Line, linesOf } from "./lines"

/** How a cost grows over the counts that were measured. */
function shapeOf({ points }: Line): string {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) throw new Error("a line without points")
  const growth = last.ns / first.ns
  if (growth < 3) return "flat"
  // Caches and hash tables that no longer fit the processor's; a line that follows the count is far above.
  const exponent = Math.log(growth) / Math.log(last.count / first.count)
  return exponent < 0.35 ? "logarithmic" : exponent < 1.2 ? "linear or near it" : "worse than linear"
}

function growthTable(lines: readonly Line[]): string {
  const counts = [...new Set(lines.flatMap(({ points }) => points.map(({ count }) => count)))]
  const head = ["grows", "contender", ...counts.map((count) => count.toLocaleString("en")), "last/first", "shape"]
  const rows = lines.map((line, i) => {
    const { grows, contender, points } = line
    const at = (count: number) => points.find((point) => point.count === count)
    const { min, max } = spreadOf([points[0]?.ns ?? 0, points.at(-1)?.ns ?? 0])
    const growth = points[0]?.ns === min ? max / min : min / max
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
