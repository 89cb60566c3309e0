// Modules that the build generates, or selects for each entry.

/** core-file.ts or core-inline.ts. */
declare module "#shipped-core" {
  /** The entry's compiled core: the URL of its file, or its bytes. */
  export function shippedCore(): URL | BufferSource
  /** Fallback: loads the same core from a chunk of the package. */
  export const embeddedCore: (() => Promise<BufferSource>) | undefined
}

/** core-inline.ts as its own chunk, dist/embedded.js. */
declare module "#embedded-core" {
  export function shippedCore(): BufferSource
}

/** The compiled core as text; see scripts/pack-core.mjs. */
declare module "#packed-core" {
  /** The characters of `text`. Each of the last two starts a pair; the others are single digits. */
  export const alphabet: string
  /** Bytes by rank: first those of single digits, then those of pairs. */
  export const order: number[]
  /** Number of bytes. */
  export const size: number
  export const text: string
}
