// raclette-wasm/vue: a Vue plugin, and `usePluginApi()` for setup(), which returns the API with Vue refs. What a
// component registers ends with its effect scope. Only types of raclette-wasm are imported, so the adapter works with
// every entry. Importing it has no side effects and needs no `window`.
import type {
  Operation,
  PluginApi,
  PluginApiParams,
  Query,
  QueryArgs,
  Ref,
  RegisteredApi,
  RegisteredExtension,
  RegisteredKey,
  Runtime,
} from "raclette-wasm"
import type { App, ComputedRef, EffectScope } from "vue"
import { withAbsent } from "../shared/absent"
import { mapOperations, mapRefs } from "../shared/api-shape"
import { askedBy, openApi } from "../shared/open-api"
import { withQuietEnd } from "../shared/quiet"
import { currentComponent, hiddenWith, Leaving } from "./component"
import { effectScope, getCurrentScope, inject, onScopeDispose, ssrContextKey } from "./framework"
import { bridgeOperation, type Life } from "./operations"
import { toVueRef } from "./refs"
import { type Installed, placeKey, usePlace } from "./scopes"
import { onServer } from "./server"

export { provideRaclette, RacletteScope } from "./scopes"

/** `T` with each ref as a read-only Vue ref, which templates unwrap. */
export type WithVueRefs<T> = {
  readonly [Name in keyof T]: T[Name] extends Ref<infer Value> ? ComputedRef<Value> : T[Name]
}

/** A query or mutation with Vue refs. */
export type VueQuery<T = Record<string, unknown>> = WithVueRefs<Query<T>>

/** `$data.<entity>.<operation>(args)`. */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export type VueOperation<Item = any> = <T = Item>(args?: QueryArgs<NoInfer<T>>) => VueQuery<T>

/** `$data` with Vue refs. */
export type VueData<Data> = {
  readonly [Entity in keyof Data]: {
    readonly [Name in keyof Data[Entity]]: Data[Entity][Name] extends Operation<infer Item> ? VueOperation<Item> : never
  }
}

/** The API of one plugin with Vue refs. */
export type VuePluginApi<Api extends PluginApi = PluginApi> = {
  readonly [Name in keyof Api]: Name extends "$data"
    ? VueData<Api[Name]>
    : Name extends "$socket"
      ? WithVueRefs<Api[Name]>
      : Api[Name]
}

/** Result of `usePluginApi()`: the API of one plugin, and the members that the app adds. */
export type UsedPluginApi<Api extends PluginApi = PluginApi> = VuePluginApi<Api> & RegisteredExtension

/** Options of `createRaclette`. */
export interface RacletteOptions {
  /** Default pluginKey of `usePluginApi()` outside a `RacletteScope`. Default: none. */
  pluginKey?: string
  /**
   * More members for every plugin's API, such as `$store` and `$i18n`. They override members of the same name. A
   * function is called for each `usePluginApi()`, in its effect scope, with the API. `Register` declares their types.
   * Default: none.
   */
  extend?: RegisteredExtension | ((api: VuePluginApi) => RegisteredExtension)
  /** Dispose of the runtime when the app is unmounted. Default: false. */
  dispose?: boolean
}

/** Members that raclette.js' apps provide. */
const HOSTED = ["$store", "$i18n", "$file"]

/**
 * Creates the Vue plugin: `createApp(App).use(createRaclette(runtime, { pluginKey }))`. When the app is unmounted,
 * every API from `usePluginApi` is disposed of, also in stores. The runtime is not, unless `dispose` is set.
 */
export function createRaclette(runtime: Runtime, options: RacletteOptions = {}): { install(app: App): void } {
  return {
    install(app) {
      const scopes = new Set<EffectScope>()
      const leaving = new Leaving()
      const { pluginKey } = options
      const installed: Installed = { runtime, pluginKey, extend: extender(options.extend), scopes, leaving }
      app.provide(placeKey, { app: installed, pluginKey })
      const { unmount } = app
      app.unmount = () => {
        unmount()
        for (const scope of scopes) scope.stop()
        leaving.end()
        if (options.dispose) runtime.dispose()
      }
    },
  }
}

/** Returns the runtime of the app. Throws if the plugin is not installed. */
export function useRuntime(): Runtime {
  return usePlace("useRuntime()").app.runtime
}

/**
 * Returns the API of one plugin. Call it in setup(), a Pinia store, or an effect scope in `app.runWithContext`. The API
 * ends with that effect scope. Its types come from the runtime in `Register`, or from `Api`.
 *
 * @param given the pluginKey, or options like those of the runtime's `usePluginApi`; `false` switches a part off.
 * Default: the pluginKey of the `RacletteScope` or `provideRaclette` above, else of `createRaclette`. The API of
 * another plugin logs as that one.
 * @throws an Error that says what to do if there is no Vue plugin, effect scope or pluginKey. Reading a part that is
 * switched off, or a `$store`, `$i18n` or `$file` that `extend` does not provide, throws `NOT_PROVIDED`.
 */
export function usePluginApi<Key extends RegisteredKey>(
  given: Key | (PluginApiParams & { readonly pluginKey: Key }),
): UsedPluginApi<RegisteredApi<Key>>
export function usePluginApi<Api extends PluginApi = RegisteredApi>(
  given?: string | PluginApiParams,
): UsedPluginApi<Api>
export function usePluginApi(given: string | PluginApiParams = {}): UsedPluginApi {
  const { app, pluginKey } = usePlace("usePluginApi()")
  const { runtime, scopes, leaving } = app
  const component = currentComponent()
  const scope = openScope("usePluginApi()")
  const advice = 'give createRaclette a `pluginKey`, or put a <RacletteScope plugin-key="…"> above'
  const { options, absent } = askedBy(given, { runtime, pluginKey }, advice)
  const data = openApi(runtime, options)
  // Queries have their own scope, because they may end later.
  const rest = openApi(runtime, { ...options, $data: data.$data })
  let isDisposed = false
  scopes.add(scope)
  scope.run(() =>
    onScopeDispose(() => {
      scopes.delete(scope)
      rest.dispose()
      if (component && !isDisposed) leaving.add(data)
      else data.dispose()
    }),
  )
  const isLeft = () => !scope.active && !isDisposed
  const api = {
    ...withQuietEnd(rest, options, isLeft),
    dispose() {
      isDisposed = true
      scope.stop()
      data.dispose()
    },
  }
  const life = { scope, hidden: hiddenWith(component), end: () => data.dispose() }
  const isServer = inject(ssrContextKey, undefined) !== undefined
  const bridged = bridge(isServer ? onServer(api) : api, life)
  const added = scope.run(() => app.extend(bridged))
  const extended = added ? Object.freeze({ ...bridged, ...added }) : bridged
  for (const name of HOSTED) {
    if (!absent.has(name) && !(name in extended)) absent.set(name, hosted(name))
  }
  return withAbsent(extended, absent) as UsedPluginApi
}

/** Calls `extend`. APIs that `extend` itself uses are not extended, to avoid endless recursion. */
function extender(extend: RacletteOptions["extend"]): Installed["extend"] {
  if (typeof extend !== "function") return () => extend
  let isExtending = false
  return (api) => {
    if (isExtending) return undefined
    isExtending = true
    try {
      return extend(api as VuePluginApi)
    } finally {
      isExtending = false
    }
  }
}

function hosted(name: string): string {
  return `\`${name}\` is the app's own to give: createRaclette(runtime, { extend: { ${name} } }). See docs/from-raclette.md.`
}

/**
 * Converts a ref of the API to a read-only Vue ref, for example `fromRef(runtime.$socket.status)`. It follows its
 * source until the current effect scope ends.
 */
export function fromRef<T>(source: Ref<T>): ComputedRef<T> {
  return toVueRef(source, openScope("fromRef()"))
}

/** Opens a scope within the current one. Throws if there is none. */
function openScope(caller: string): EffectScope {
  if (getCurrentScope()) return effectScope()
  throw new Error(
    `${caller} was called outside an effect scope, so that nothing would end it: use effectScope().run().`,
  )
}

function bridge(api: PluginApi, life: Life): VuePluginApi {
  return Object.freeze({
    ...api,
    $data: mapOperations(api.$data, (operation) => bridgeOperation(operation, life)),
    $socket: mapRefs(api.$socket, (ref) => toVueRef(ref, life.scope)),
  }) as unknown as VuePluginApi
}
