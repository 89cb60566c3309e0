// The statistics of the bench. It compares medians, not means, so that a single garbage collection does not decide.

/** Median, minimum and maximum of samples. */
export interface Spread {
  median: number
  min: number
  max: number
}

/** The spread of `samples`. Throws if there are none. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) throw new Error("No samples")
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
  return { median, min, max }
}

/** `items` rotated by `by` places, so that none is always first. */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
