// A page with an in-memory backend: the real runtime, from its public entry, on the compiled core. Everything ends with
// the test.
import { readFileSync } from "node:fs"
import { onTestFinished } from "vitest"
import { createRuntime, type PluginConfig, type RuntimeOptions } from "../../js-glue"
import { type BackendOptions, createBackend, type TestBackend } from "../../js-glue/testing"
import todoConfig from "../../web/src/generated-config"

export const wasm = { bytes: readFileSync(new URL("../../build/wasm/raclette.wasm", import.meta.url)) }

export { todoConfig }

export interface Todo {
  _id: string
  name: string
  isCompleted: boolean
  updatedAt: string
}

/** A runtime of this backend. */
export async function openPage<Configs extends readonly PluginConfig[]>(
  backend: TestBackend<Configs>,
  options: RuntimeOptions = {},
) {
  const runtime = await createRuntime({ ...backend.options, wasm, log: { sink() {} }, ...(options as object) })
  onTestFinished(() => runtime.dispose())
  return runtime
}

/** A backend with the todo plugin. */
export function makeBackend(options: Partial<BackendOptions<readonly [typeof todoConfig]>> = {}) {
  const backend = createBackend({ plugins: [todoConfig], ...options })
  onTestFinished(() => backend.dispose())
  return backend
}

/** A backend and a connected runtime. */
export async function startPage(
  options: Partial<BackendOptions<readonly [typeof todoConfig]>> = {},
  runtimeOptions: RuntimeOptions = {},
) {
  const backend = makeBackend(options)
  const runtime = await openPage(backend, runtimeOptions)
  await backend.settled()
  return { backend, runtime, ...runtime.usePluginApi("pacifico__todo") }
}

/** The names of todos. */
export const namesOf = (items: readonly object[]) => items.map((item) => (item as Todo).name)
