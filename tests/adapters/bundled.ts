// Bundles a test's module so that all of it shares one copy of its framework, and imports it.
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { type BuildOptions, build, type Plugin } from "esbuild"
import { root } from "../support/process"

let made = 0

/** Imports `code` as if it were a file in the project's root. Each worker has its own files. */
export async function importBundled<T>(name: string, code: string, options: BuildOptions): Promise<T> {
  const folder = join(root, "build/adapters", process.env.VITEST_POOL_ID ?? "0")
  await mkdir(folder, { recursive: true })
  const outfile = join(folder, `${name}-${process.pid}-${made++}.mjs`)
  await build({
    stdin: { contents: code, resolveDir: root, loader: "js" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "error",
    ...options,
  })
  const module = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as T
  await rm(outfile)
  return module
}

/** Virtual files of a test, by name. Their imports resolve from the project's folder. */
export function virtualFiles(
  filter: RegExp,
  files: Record<string, string>,
  compile: (name: string, text: string) => string | Promise<string>,
): Plugin {
  return {
    name: `files of ${filter}`,
    setup({ onResolve, onLoad }) {
      const nameOf = (path: string) =>
        ["", ".ts", ".tsx"].map((ending) => path.replace(/^\.\//, "") + ending).find((name) => name in files)
      onResolve({ filter }, ({ path }) => {
        const name = nameOf(path)
        return name === undefined ? undefined : { path: name, namespace: "virtual" }
      })
      onLoad({ filter: /.*/, namespace: "virtual" }, async ({ path }) => ({
        contents: await compile(path, files[path] ?? ""),
        resolveDir: root,
      }))
    },
  }
}
