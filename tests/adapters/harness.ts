// Shared by the tests of all adapters: a runtime on the compiled core with a fake platform, and counts of the core's
// objects.
import { vi } from "vitest"
import { loadCore } from "../../js-glue/core/load"
import type { Operation, PluginApiOptions, QueryArgs, Ref, Runtime } from "../../js-glue/types"
import { type FakePlatform, makeRuntime as makeOnFakePlatform, wasm } from "../glue/harness"
import { censusOf } from "../support/core"

export { connect, eventFrame, flush } from "../glue/harness"

/** The core's object counts of one runtime. */
export interface Census {
  socketListeners: number
  busListeners: number
  queries: number
  requests: number
}

export interface Rig {
  runtime: Runtime
  platform: FakePlatform
  errors: { code: string; message: string }[]
  census(): Census
}

/** No objects. */
export const nothing: Census = { socketListeners: 0, busListeners: 0, queries: 0, requests: 0 }

export async function makeRuntime(): Promise<Rig> {
  const core = await loadCore(wasm)
  const create = vi.spyOn(core, "createRuntime")
  const made = await makeOnFakePlatform()
  const [result] = create.mock.results
  create.mockRestore()
  if (result?.type !== "return") throw new Error("the core made no runtime")
  const handle = result.value.value
  const census = () => {
    const [socketListeners = -1, busListeners = -1, , queries = -1, requests = -1] = censusOf(core, handle)
    return { socketListeners, busListeners, queries, requests }
  }
  return { ...made, census }
}

export interface Todo {
  _id: string
  name: string
}

/** A response of the backend. */
export const items = (...names: string[]) => ({
  type: "dataRead",
  body: { items: names.map((name) => ({ _id: name, name })) },
})

/** A ref that the test controls, and that counts its subscribers. */
export class CountedRef<T> implements Ref<T> {
  value: T
  readonly listeners = new Set<(value: T) => void>()

  constructor(value: T) {
    this.value = value
  }

  set(value: T): void {
    this.value = value
    for (const listener of [...this.listeners]) listener(value)
  }

  subscribe(listener: (value: T) => void): () => void {
    // Each subscription counts, even of a function that is already subscribed.
    const own = (next: T) => listener(next)
    this.listeners.add(own)
    listener(this.value)
    return () => void this.listeners.delete(own)
  }
}

/** `runtime` with an additional ref `extra` in its queries. */
export function withExtraRef(runtime: Runtime, extra: Ref<unknown>): Runtime {
  return {
    ...runtime,
    usePluginApi(options: string | PluginApiOptions) {
      const api = runtime.usePluginApi(options)
      const operation = api.$data.todo?.getAll as Operation
      const getAll = (args?: QueryArgs) => ({ ...operation(args), extra })
      return { ...api, $data: { todo: { getAll } } } as unknown as ReturnType<Runtime["usePluginApi"]>
    },
  }
}
