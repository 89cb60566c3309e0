// A finding of a check. Any finding ends the run with exit code 1.
export interface Violation {
  /** What does not hold, in the same words each time. */
  what: string
  /** Whom or what it was found at. */
  where: string
  /** In ms since 1970. */
  at: number
  detail: string
}

/** How many of one kind are printed; of the others there is a count. */
const PRINTED = 5

/** A line for each, with seconds since `start`; of many of a kind only the first ones, and how many more there are. */
export function printViolations(violations: readonly Violation[], start: number): string[] {
  const kinds = new Set(violations.map(({ what }) => what))
  return [...kinds].flatMap((what) => {
    const found = violations.filter((violation) => violation.what === what)
    const lines = found.slice(0, PRINTED).map(({ where, at, detail }) => {
      return `VIOLATION at ${((at - start) / 1000).toFixed(1)} s: ${what}: ${where}: ${detail}`
    })
    return found.length > PRINTED ? [...lines, `  and ${found.length - PRINTED} more: ${what}`] : lines
  })
}
