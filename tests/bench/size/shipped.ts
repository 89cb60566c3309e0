// How large the package is as it is shipped: each entry raw, with gzip and with brotli, at their best, as a server would
// keep them. The budget stands in budget.json: `must` is the aim of the design, `ceiling` what may never be passed; it
// only ever goes down, until it has reached the other.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { root } from "../../support/process"

/** Bytes of one file, or of several together. */
export interface Size {
  name: string
  raw: number
  gzip: number
  brotli: number
}

/** The size of some bytes. */
export function sizeOf(name: string, bytes: Uint8Array): Size {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  const brotli = brotliCompressSync(bytes, { params }).length
  return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli }
}

/** The sizes of the files in dist that pages load. */
export async function shippedSizes(): Promise<Size[]> {
  const names = ["raclette.wasm", "index.js", "inline.js", "vue.js", "react.js"]
  return Promise.all(names.map(async (name) => sizeOf(name, await readFile(join(root, "dist", name)))))
}

/** What a page loads that uses the main entry: the core and its binding. */
export function together(sizes: readonly Size[]): Size {
  const parts = sizes.filter(({ name }) => name === "raclette.wasm" || name === "index.js")
  const sum = (key: "raw" | "gzip" | "brotli") => parts.reduce((total, part) => total + part[key], 0)
  return { name: "together", raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") }
}
