// raclette-wasm/testing: a backend in memory that speaks the real wire protocol, for tests of components and pages. It imports
// only types of the package, and runs wherever the runtime runs.
import type { PluginConfig } from "raclette-wasm"
import { Backend } from "./backend"
import type { BackendOptions, TestBackend } from "./types"

export { type Reply, reply } from "./answers"
export type * from "./types"

/**
 * Creates a backend in memory with the routes and channels of the generated configs.
 *
 * @example
 * const backend = createBackend({ plugins: [todoConfig], items: { todo: [{ name: "Milk" }] } })
 * const runtime = await createRuntime(backend.options)
 * await backend.emit("todoCreated", { name: "Bread" })
 *
 * @throws Error for an unknown option, entity or operation. The message lists the known ones.
 */
export function createBackend<const Configs extends readonly PluginConfig[]>(
  options: BackendOptions<Configs>,
): TestBackend<Configs> {
  return new Backend(options)
}
