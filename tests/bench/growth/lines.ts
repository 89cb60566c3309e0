// Growth as lines: what one contender's operation costs by the count of what stands beside it.
import type { CaseResult } from "../harness/measure"

export interface Line {
  /** What there is more of, and what is done. */
  grows: string
  contender: string
  points: { count: number; ns: number }[]
}

/** The lines of results whose groups are what grows, and whose names are counts. */
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
