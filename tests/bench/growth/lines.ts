// Growth as lines: a contender's cost by count.
import type { CaseResult } from "../harness/measure"

export interface Line {
  /** The growing objects and the operation. */
  grows: string
  contender: string
  points: { count: number; ns: number }[]
}

/** The lines of results, whose groups are kinds of objects and whose names are counts. */
export function linesOf(results: readonly CaseResult[]): Line[] {
  const lines = new Map<string, Line>()
  for (const { group, name, rows } of results) {
    for (const { contender, median } of rows) {
      const key = `${group}\0${contender}`
      const line = lines.get(key) ?? { grows: group, contender, points: [] }
      lines.set(key, line)
      line.points.push({ count: Number(name), ns: median })
    }
  }
  return [...lines.values()].sort((a, b) => (a.grows === b.grows ? 0 : order(results, a) - order(results, b)))
}

const order = (results: readonly CaseResult[], { grows }: Line) => results.findIndex(({ group }) => group === grows)

/** The growth of a cost over the last two decades of counts. At lower counts, constant costs may hide it. */
export function shapeOf({ points }: Line): "flat" | "logarithmic" | "linear" | "worse" {
  const end = points.at(-1)
  const begin = end && points.findLast(({ count }) => count <= end.count / 100)
  if (!end || !begin) throw new Error("A line must span two decades of counts")
  // CPU caches and noise can make a constant cost grow two- or threefold.
  const exponent = Math.log(end.ns / begin.ns) / Math.log(end.count / begin.count)
  return exponent < 0.25 ? "flat" : exponent < 0.5 ? "logarithmic" : exponent < 1.3 ? "linear" : "worse"
}
