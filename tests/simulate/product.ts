// The built package on virtual globals. All runtimes of a process share one instance of the compiled core, like those
// of a page: one instance per run would take most of its time.
import { existsSync, readFileSync } from "node:fs"
import { PageSocket } from "./backend/line"
import { installGlobals } from "./platform/globals"
import type { Product } from "./scene"

/** The project's folder, both for the sources and for their bundle in build/simulate. */
export const root = new URL("../../", import.meta.url)

/** Loads the built package from dist, or another build from `folder`. */
export async function loadProduct(folder = new URL("dist/", root)): Promise<Product> {
  installGlobals(PageSocket)
  // There are many errors, whose stacks nobody reads.
  Error.stackTraceLimit = 0
  const { createRuntime } = (await import(new URL("index.js", folder).href)) as Product
  // So are the chunks that a page would load later: what is loaded already takes no time of its own.
  for (const name of ["polling.js", "offline.js"]) {
    const chunk = new URL(name, folder)
    if (existsSync(chunk)) await import(chunk.href)
  }
  const wasm = { module: await WebAssembly.compile(readFileSync(new URL("raclette.wasm", folder))) }
  // The instance is created outside of any run.
  const first = await createRuntime({ url: "http://backend.test", wasm, socket: { autoConnect: false } })
  first.dispose()
  return { createRuntime, wasm }
}
