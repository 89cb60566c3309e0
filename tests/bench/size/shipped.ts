// The size of the package: each entry raw, with gzip and with brotli at their best levels, and what a page with the
// main entry downloads: `first` before it can call createRuntime, `all` with every part that it may load later. The
// embedded copy does not count, since it replaces the WebAssembly file. In budget.json, `aim` and `must` come from the
// design, and `ceiling` is what a test enforces.
import { existsSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { join, posix } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import { build } from "esbuild"
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

/** The sizes of the files in `dist` that pages load, as far as this version has them. */
export async function shippedSizes(dist = join(root, "dist")): Promise<Size[]> {
  const names = ["raclette.wasm", "index.js", "inline.js", "embedded.js", "vue.js", "react.js", "svelte.js"]
  const present = names.filter((name) => existsSync(join(dist, name)))
  return Promise.all(present.map(async (name) => sizeOf(name, await readFile(join(dist, name)))))
}

/** What a page downloads, by file name. */
export interface PageLoad {
  first: string[]
  all: string[]
}

/** What a page that uses the main entry of `dist` downloads: its modules by their imports, and the WebAssembly. */
export async function pageLoad(dist = join(root, "dist")): Promise<PageLoad> {
  const modules = async (kinds: string[]) => {
    const found = new Set(["index.js"])
    for (const name of found) for (const imported of await importsOf(dist, name, kinds)) found.add(imported)
    return [...found].filter((name) => name !== "embedded.js")
  }
  const wasm = (await readdir(dist)).filter((name) => name.endsWith(".wasm"))
  return {
    first: [...(await modules(["import-statement"])), "raclette.wasm"],
    all: [...(await modules(["import-statement", "dynamic-import"])), ...wasm],
  }
}

/** The files of `dist` that the module `name` imports, in one of the ways `kinds`. */
async function importsOf(dist: string, name: string, kinds: string[]): Promise<string[]> {
  const { metafile } = await build({
    ...({ entryPoints: [join(dist, name)], bundle: true, format: "esm", write: false, metafile: true } as const),
    packages: "external",
    external: ["./*", "../*"],
  })
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports)
  return imported.flatMap(({ path, kind }) =>
    kinds.includes(kind) && path.startsWith(".") ? [posix.join(posix.dirname(name), path)] : [],
  )
}

/** The sizes of files of `dist`, each compressed by itself, as one. */
export async function togetherOf(name: string, files: string[], dist = join(root, "dist")): Promise<Size> {
  const sizes = await Promise.all(files.map(async (file) => sizeOf(file, await readFile(join(dist, file)))))
  const sum = (key: "raw" | "gzip" | "brotli") => sizes.reduce((total, size) => total + size[key], 0)
  return { name, raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") }
}

/** What a page downloads, in bytes. */
export async function pageSizes(dist = join(root, "dist")): Promise<{ first: Size; all: Size }> {
  const { first, all } = await pageLoad(dist)
  const sizes = [togetherOf("first load", first, dist), togetherOf("all that a page can load", all, dist)] as const
  const [firstSize, allSize] = await Promise.all(sizes)
  return { first: firstSize, all: allSize }
}
