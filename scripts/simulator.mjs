// Bundles the simulator of tests/simulate, and says how it is run. Run from the sources, what a loader of TypeScript does to
// each function would cost a third of the seeds, and the loader's start a second.
import { join } from "node:path"
import { root } from "./setup.mjs"

/** Fewer and cheaper collections, by the thread that runs: a seed leaves nothing that the next one needs. */
const flags = ["--max-semi-space-size=64", "--min-semi-space-size=32", "--single-threaded-gc"]

/** The program that simulates with `args`, and all of its arguments. */
export async function simulator(args) {
  const { build } = await import("esbuild")
  const outfile = join(root, "build/simulate/main.js")
  await build({
    absWorkingDir: root,
    entryPoints: ["tests/simulate/main.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  })
  return [process.execPath, [...flags, outfile, ...args]]
}
