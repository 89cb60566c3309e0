// Seeded pseudorandom numbers. All randomness of a run comes from here.

/** Mixes several values into one seed. Equal values give equal seeds. */
export function mix(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    const text = String(part)
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  }
  return (hash ^ (hash >>> 13)) >>> 0
}

/** Adds a line and its time to a hash. Cheaper than `mix`, for frequent calls. */
export function mixLine(hash: number, at: number, line: string): number {
  let mixed = Math.imul(hash ^ at, 0x2c1b3c6d)
  for (let i = 0; i < line.length; i++) mixed = Math.imul(mixed ^ line.charCodeAt(i), 0x01000193)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** A pseudorandom generator: mulberry32. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** An integer between `least` and `most`, inclusive. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T
  }
}
