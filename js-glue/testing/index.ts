// raclette-wasm/testing: a backend in memory on the wire of the real one, for tests of components and pages. It stands on the
// package's types alone, runs wherever the runtime runs, and needs neither Node nor a page.
import type { PluginConfig } from "raclette-wasm"
import { Backend } from "./backend"
import type { BackendOptions, TestBackend } from "./types"

export { type Reply, reply } from "./answers"
export type * from "./types"

/**
 * Makes a backend in memory: its routes and channels are those of the generated configs, its items those of `items`.
 *
 * @example
 * const backend = createBackend({ plugins: [todoConfig], items: { todo: [{ name: "Milk" }] } })
 * const runtime = await createRuntime(backend.options)
 * await backend.emit("todoCreated", { name: "Bread" })
 *
 * @throws Error where an option, an entity or a path of `paths` is not there; it says which there are.
 */
export function createBackend<const Configs extends readonly PluginConfig[]>(
  options: BackendOptions<Configs>,
): TestBackend<Configs> {
  return new Backend(options)
}
