// raclette-wasm/svelte: the runtime as context, and `usePluginApi()` for components of Svelte 5. Svelte keeps names with `$`
// for itself, so the parts of an API have theirs without. Their types are the runtime's own: a ref is a ref, whose `value`
// Svelte follows. Of raclette-wasm only types are imported, so the adapter goes with whichever entry the runtime was made
// by; it is plain JavaScript, for components as for `.svelte.ts` modules, on pages as on servers.
import type { Log, PluginApi, Ref, RegisteredApi, RegisteredKey, Runtime } from "raclette-wasm"
import { getContext, setContext, untrack } from "svelte"
import { notProvided } from "../shared/absent"
import { mapOperations, mapRefs } from "../shared/api-shape"
import { askedBy, type Caller, openApi } from "../shared/open-api"
import { withQuietEnd } from "../shared/quiet"
import { toSvelteOperation } from "./operations"
import { endsWithOwner } from "./owner"
import { SvelteRef } from "./refs"

/** The API of one plugin under names that Svelte leaves to its users; `value` of each ref is reactive. */
export interface SveltePluginApi<Api extends PluginApi = PluginApi> {
  readonly pluginKey: string
  readonly data: Api["$data"]
  readonly socket: Api["$socket"]
  readonly eventbus: Api["$eventbus"]
  readonly log: Api["$log"]
  /** As of the API: ends all that was registered through it, and waits by the error `DISPOSED`. */
  dispose(): void
}

/** Argument of `usePluginApi` in its long form. */
export interface UsePluginApiOptions<Key extends string = string> {
  /** Default: that of `setRaclette`. */
  readonly pluginKey?: Key | undefined
  /** Query ids become `plugin-<pluginKey>-<actionId>-<random>`. Default: none. */
  readonly actionId?: string | undefined
  /** Default: the plugin's own; for another plugin than that of `setRaclette`, that one's. */
  readonly log?: Log | undefined
}

/** Options of `setRaclette`. */
export interface RacletteOptions {
  /** The plugin that `usePluginApi()` means where it is called without one. Default: none. */
  pluginKey?: string | undefined
}

const context = Symbol("raclette-wasm")

/**
 * Gives a runtime to this component and those below; for the initialisation of a component, before any `await`. It is
 * yours: nothing here disposes of it.
 *
 * @param given the runtime, or a function of it, which Svelte's compiler wants of what comes as a prop
 */
export function setRaclette(given: Runtime | (() => Runtime), { pluginKey }: RacletteOptions = {}): void {
  setContext<Caller>(context, {
    get runtime() {
      return typeof given === "function" ? given() : given
    },
    pluginKey,
  })
}

/** The runtime that `setRaclette` was given. Throws where there is none. */
export function useRuntime(): Runtime {
  return provided("useRuntime()").runtime
}

/**
 * The API of one plugin, for the initialisation of a component or for an `$effect`. It ends with the component, or when the
 * effect runs again. Its names and items are those of the runtime that `Register` tells of, or of `Api`.
 *
 * @param given the pluginKey, or options; the pluginKey defaults to that of `setRaclette`. Another plugin's API keeps the
 * log of that one.
 * @throws an Error that says what to do, where there is no component, no runtime or no key.
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
  // Queries end a little later, so that whatever takes the component's place may join a read that is under way.
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
 * Any API of the runtime in the same form, for example `fromApi(runtime.usePluginApi("pacifico__todo"))` of a module that
 * belongs to no component: its end is yours, by `dispose()`.
 */
export function fromApi<Api extends PluginApi>(api: Api): SveltePluginApi<Api> {
  return toSvelteApi(api, () => false) as SveltePluginApi<Api>
}

/** Any ref of the API with a `value` that Svelte follows, for example `fromRef(runtime.connection)`. */
export function fromRef<T>(ref: Ref<T>): Ref<T> {
  return new SvelteRef(ref)
}

/** `isLeft`: whether who used it is gone. */
function toSvelteApi(api: PluginApi, isLeft: () => boolean): SveltePluginApi {
  const { pluginKey, $data, $log, dispose } = api
  // Listeners may be called, and what they read is their own affair.
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
      `${caller} was called outside of a component: call it while a component is made, before any \`await\`, or in an $effect. Elsewhere there is fromApi(runtime.usePluginApi(…)).`,
    )
  }
  if (found) return found
  throw notProvided(`${caller} found no runtime: call setRaclette(runtime) in a component above.`)
}
