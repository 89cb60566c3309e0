// Bundles the simulator of tests/simulate. Run by a TypeScript loader instead, it would start a second later and run a
// third fewer seeds.
import { join } from "node:path"
import { root } from "./setup.mjs"

/** Node flags for fewer and cheaper garbage collections: seeds share no objects. */
const flags = ["--max-semi-space-size=64", "--min-semi-space-size=32", "--single-threaded-gc"]

/** Builds the simulator. Returns the command that runs it with `args`: `[program, arguments]`. */
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
