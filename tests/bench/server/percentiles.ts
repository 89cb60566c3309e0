// Exact percentiles of a complete sample, by nearest rank.

/** In the unit of the sample. */
export interface Percentiles {
  p50: number
  p90: number
  p99: number
  max: number
}

/** Percentiles of `sample`, which is sorted in place; zeros for an empty one. */
export function percentilesOf(sample: Float64Array): Percentiles {
  sample.sort()
  const at = (share: number) => sample[Math.max(0, Math.ceil(sample.length * share) - 1)] ?? 0
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}
