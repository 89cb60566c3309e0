// raclette-wasm/svelte: a context for the runtime, and `usePluginApi()` for Svelte 5. Svelte reserves names with `$`,
// so the parts of an API have names without it. Refs keep their type; Svelte tracks their `value`. Only types of
// raclette-wasm are imported, so the adapter works with every entry, in components and `.svelte.ts` modules, on pages
// and servers.
import type { Log, PluginApi, Ref, RegisteredApi, RegisteredKey, Runtime } from "raclette-wasm"
import { getContext, setContext, untrack } from "svelte"
import { notProvided } from "../shared/absent"
import { mapOperations, mapRefs } from "../shared/api-shape"
import { askedBy, type Caller, openApi } from "../shared/open-api"
import { withQuietEnd } from "../shared/quiet"
import { toSvelteOperation } from "./operations"
import { endsWithOwner } from "./owner"
import { SvelteRef } from "./refs"

/** The API of one plugin with names that Svelte allows. `value` of each ref is reactive. */
export interface SveltePluginApi<Api extends PluginApi = PluginApi> {
  readonly pluginKey: string
  readonly data: Api["$data"]
  readonly socket: Api["$socket"]
  readonly eventbus: Api["$eventbus"]
  readonly log: Api["$log"]
  /** Disposes of the API. Pending waits reject with `DISPOSED`. */
  dispose(): void
}

/** Options of `usePluginApi`. */
export interface UsePluginApiOptions<Key extends string = string> {
  /** Default: the pluginKey of `setRaclette`. */
  readonly pluginKey?: Key | undefined
  /** Query ids become `plugin-<pluginKey>-<actionId>-<random>`. Default: none. */
  readonly actionId?: string | undefined
  /** Default: the plugin's own log; for another plugin than that of `setRaclette`, the log of the latter. */
  readonly log?: Log | undefined
}

/** Options of `setRaclette`. */
export interface RacletteOptions {
  /** Default pluginKey of `usePluginApi()`. Default: none. */
  pluginKey?: string | undefined
}

const context = Symbol("raclette-wasm")

/**
 * Provides a runtime to this component and those below. Call it while the component is initialised, before any `await`.
 * It is not disposed of.
 *
 * @param given the runtime, or a function that returns it, as Svelte's compiler wants for props
 */
export function setRaclette(given: Runtime | (() => Runtime), { pluginKey }: RacletteOptions = {}): void {
  setContext<Caller>(context, {
    get runtime() {
      return typeof given === "function" ? given() : given
    },
    pluginKey,
  })
}

/** Returns the provided runtime. Throws if there is none. */
export function useRuntime(): Runtime {
  return provided("useRuntime()").runtime
}

/**
 * Returns the API of one plugin. Call it while a component is initialised, or in an `$effect`. The API ends with the
 * component, or when the effect runs again. Its types come from the runtime in `Register`, or from `Api`.
 *
 * @param given the pluginKey, or options. Default: the pluginKey of `setRaclette`. The API of another plugin logs as
 * that one.
 * @throws an Error that says what to do if there is no component, runtime or pluginKey
 */
export function usePluginApi<Key extends RegisteredKey>(
  given: Key | (UsePluginApiOptions & { readonly pluginKey: Key }),
): SveltePluginApi<RegisteredApi<Key>>
export function usePluginApi<Api extends PluginApi = RegisteredApi>(
  given?: string | UsePluginApiOptions,
): SveltePluginApi<Api>
export function usePluginApi(given: string | UsePluginApiOptions = {}): SveltePluginApi {
  const caller = provided("usePluginApi()")
  const { log, ...others } = typeof given === "string" ? { pluginKey: given } : given
  const { options } = askedBy({ ...others, $log: log }, caller, "give setRaclette a `pluginKey`")
  const data = openApi(caller.runtime, options)
  // Queries end a little later, so a replacement of the component can share a request in flight.
  const rest = openApi(caller.runtime, { ...options, $data: data.$data })
  let isLeft = false
  endsWithOwner(() => {
    isLeft = true
    rest.dispose()
    queueMicrotask(() => data.dispose())
  })
  const dispose = () => {
    rest.dispose()
    data.dispose()
  }
  return toSvelteApi({ ...rest, dispose }, () => isLeft)
}

/**
 * Converts an API of the runtime, for example `fromApi(runtime.usePluginApi("pacifico__todo"))` in a module outside
 * components. Call its `dispose()` yourself.
 */
export function fromApi<Api extends PluginApi>(api: Api): SveltePluginApi<Api> {
  return toSvelteApi(api, () => false) as SveltePluginApi<Api>
}

/** Converts a ref of the API to one with a reactive `value`, for example `fromRef(runtime.connection)`. */
export function fromRef<T>(ref: Ref<T>): Ref<T> {
  return new SvelteRef(ref)
}

/** `isLeft`: returns true once the component is destroyed. */
function toSvelteApi(api: PluginApi, isLeft: () => boolean): SveltePluginApi {
  const { pluginKey, $data, $log, dispose } = api
  // Listeners may run during the call; what they read must not become a dependency.
  const { $socket, $eventbus } = withQuietEnd(api, { pluginKey }, isLeft, untrack)
  return Object.freeze({
    pluginKey,
    data: mapOperations($data, toSvelteOperation),
    socket: mapRefs($socket, (ref) => new SvelteRef(ref)),
    eventbus: $eventbus,
    log: $log,
    dispose,
  })
}

function provided(caller: string): Caller {
  let found: Caller | undefined
  try {
    found = getContext<Caller | undefined>(context)
  } catch {
    throw new Error(
      `${caller} was called outside a component: call it while a component is made, before any \`await\`, or in an $effect. Elsewhere there is fromApi(runtime.usePluginApi(…)).`,
    )
  }
  if (found) return found
  throw notProvided(`${caller} found no runtime: call setRaclette(runtime) in a component above.`)
}
