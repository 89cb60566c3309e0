// What the build makes, or chooses per entry, and resolves by these specifiers.

/** core-file.ts or core-inline.ts. */
declare module "#shipped-core" {
  /** The core that the entry brings: where its file is, or its bytes. */
  export function shippedCore(): URL | BufferSource
  /** The same core from elsewhere, for where that one cannot be had. */
  export const embeddedCore: (() => Promise<BufferSource>) | undefined
}

/** core-inline.ts as a chunk of its own, dist/embedded.js. */
declare module "#embedded-core" {
  export function shippedCore(): BufferSource
}

/** The compiled core as text: see scripts/pack-core.mjs. */
declare module "#packed-core" {
  /** The characters of `text`; the last two begin a pair, each other stands for itself. */
  export const alphabet: string
  /** The bytes by the number that stands for them: first the single characters, then the pairs. */
  export const order: number[]
  /** How many bytes there are. */
  export const size: number
  export const text: string
}
