// A finding of a check. Any finding ends the run with exit code 1.
export interface Violation {
  /** The violated rule, always in the same words. */
  what: string
  /** The client, node or table concerned. */
  where: string
  /** In ms since 1970. */
  at: number
  detail: string
}

/** A refused write of the client `name`. */
export function refusal(name: string, { id }: { id?: string }, kind: string, detail: string): Violation {
  return { what: "a write was refused", where: `${name}, ${kind} of ${id}`, at: Date.now(), detail }
}

/** How many violations of a kind are printed; the others are counted. */
const PRINTED = 5

/** A line for each violation, with seconds since `start`. Of many of one kind, only the first and a count. */
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
