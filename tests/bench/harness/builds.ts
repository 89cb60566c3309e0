// The builds of the package that a bench compares: this one, and with `--against` another. Each is a module of its own
// with its own WebAssembly, so that two versions in one page or process share no state.
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { root } from "../../support/process"
import { bundle } from "./bundle"
import { OURS } from "./cases"

/** A built package. */
export interface Build {
  /** Its name in every table. */
  name: string
  /** The folder that ships. */
  dist: string
}

/** What each bench is asked to do. */
export interface BenchOptions {
  quick: boolean
  /** The build to compare with. */
  against?: Build
}

/** The package as it is built now. */
export const ourBuild: Build = { name: OURS, dist: join(root, "dist") }

/** The builds to measure: this one first. */
export const buildsOf = ({ against }: BenchOptions): Build[] => (against ? [ourBuild, against] : [ourBuild])

/**
 * The modules of a build by file name: `package.js` is minified and has all that the package exports. Beside it are the
 * chunks that it may load.
 */
export async function modulesOf({ dist }: Build): Promise<Record<string, string>> {
  const modules: Record<string, string> = { "package.js": await bundle(`export * from "raclette-wasm"`, dist) }
  for (const name of await readdir(dist)) {
    if (name.endsWith(".js") && name !== "index.js") modules[name] = await readFile(join(dist, name), "utf8")
  }
  return modules
}
