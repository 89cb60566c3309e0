// The fewest steps of a failing run that fail as well: chunks are left out as long as the rest fails, ever smaller
// ones, down to single steps. Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.

/** Whether a run of only these steps fails. */
type Fails = (steps: readonly number[]) => Promise<boolean>

/** A minimal subset of `steps` that fails. `most`: the maximum number of runs. */
export async function shrink(steps: readonly number[], fails: Fails, most = 2000): Promise<number[]> {
  let left = [...steps]
  let runs = 0
  for (let size = Math.ceil(left.length / 2); size >= 1; ) {
    let hasShrunk = false
    for (let at = left.length; at > 0 && runs < most; ) {
      const begin = Math.max(at - size, 0)
      const without = [...left.slice(0, begin), ...left.slice(at)]
      at = begin
      runs++
      if (!(await fails(without))) continue
      left = without
      hasShrunk = true
    }
    if (runs >= most) break
    if (!hasShrunk) size = size === 1 ? 0 : Math.ceil(size / 2)
    else size = Math.max(1, Math.min(size, Math.ceil(left.length / 2)))
    if (left.length === 0) break
  }
  return left
}

/** Formats steps for `--steps`: `3,17-19`. */
export function printSteps(steps: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const step of steps) {
    const last = ranges.at(-1)
    if (last && last[1] === step - 1) last[1] = step
    else ranges.push([step, step])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",")
}

/** Parses the output of `printSteps`. `none` means no steps. */
export function readSteps(text: string): Set<number> {
  const steps = new Set<number>()
  if (text === "none") return steps
  for (const range of text.split(",")) {
    const [from = 0, to = from] = range.split("-").map(Number)
    for (let step = from; step <= to; step++) steps.add(step)
  }
  return steps
}
