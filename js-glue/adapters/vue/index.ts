// raclette-wasm/vue: the runtime as a Vue plugin, and `usePluginApi()` for setup(), with the API's refs as refs of
// Vue. What a component registers ends with its effect scope. Of raclette-wasm only types are imported, so the adapter
// goes with whichever entry the runtime was made by; importing it does nothing and needs no `window`.
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

/** `T` with each ref of the API as a read-only ref of Vue, which templates unwrap. */
export type WithVueRefs<T> = {
  readonly [Name in keyof T]: T[Name] extends Ref<infer Value> ? ComputedRef<Value> : T[Name]
}

/** A query or mutation, its state as refs of Vue. */
export type VueQuery<T = Record<string, unknown>> = WithVueRefs<Query<T>>

/** `$data.<entity>.<operation>(args)`. */
// biome-ignore lint/suspicious/noExplicitAny: an entity's type is the user's
export type VueOperation<Item = any> = <T = Item>(args?: QueryArgs<NoInfer<T>>) => VueQuery<T>

/** `$data` under the names of `Data`. */
export type VueData<Data> = {
  readonly [Entity in keyof Data]: {
    readonly [Name in keyof Data[Entity]]: Data[Entity][Name] extends Operation<infer Item> ? VueOperation<Item> : never
  }
}

/** The API of one plugin with refs of Vue. */
export type VuePluginApi<Api extends PluginApi = PluginApi> = {
  readonly [Name in keyof Api]: Name extends "$data"
    ? VueData<Api[Name]>
    : Name extends "$socket"
      ? WithVueRefs<Api[Name]>
      : Api[Name]
}

/** What `usePluginApi()` gives: the API of one plugin, and what the host adds to each. */
export type UsedPluginApi<Api extends PluginApi = PluginApi> = VuePluginApi<Api> & RegisteredExtension

/** Options of `createRaclette`. */
export interface RacletteOptions {
  /** The plugin that `usePluginApi()` means where it is called without one, outside of a `RacletteScope`. Default: none. */
  pluginKey?: string
  /**
   * Members that every plugin's API has beside its own, such as `$store` and `$i18n`; one of the same name takes the place of
   * the API's. A function is called for each `usePluginApi()`, in its effect scope, with the API as it is without them.
   * `Register` tells their types. Default: none.
   */
  extend?: RegisteredExtension | ((api: VuePluginApi) => RegisteredExtension)
  /** Dispose of the runtime when the app is unmounted. Default: false. */
  dispose?: boolean
}

/** What raclette.js' plugins know that is the host's. */
const HOSTED = ["$store", "$i18n", "$file"]

/**
 * Makes the Vue plugin: `createApp(App).use(createRaclette(runtime, { pluginKey }))`. When the app is unmounted, all
 * that was made by its `usePluginApi` ends, in stores as well; the runtime stays, unless `dispose` is set.
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

/** The runtime that `createRaclette` was given. Throws where the plugin is not installed. */
export function useRuntime(): Runtime {
  return usePlace("useRuntime()").app.runtime
}

/**
 * The API of one plugin, for setup(), a Pinia store, or an effect scope in `app.runWithContext`. It ends with the
 * effect scope in which it is called. Its names and items are those of the runtime that `Register` tells of, or of `Api`.
 *
 * @param given the pluginKey, or the options of the runtime's `usePluginApi`, whose parts may also be switched off by
 * `false`; the pluginKey defaults to that of the `RacletteScope` or `provideRaclette` above, else that of `createRaclette`.
 * Another plugin's API keeps the `$log` of that one.
 * @throws an Error that says what to do, where there is no plugin, no scope or no key; reading a part that was switched off,
 * or a `$store`, `$i18n` or `$file` that `extend` does not give, throws `NOT_PROVIDED`.
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
  // Queries have a scope of their own, which may end later.
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

/** What gives the host's members to an API. What the host asks for meanwhile has none of them: it would ask without end. */
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
 * Any ref of the API as a read-only ref of Vue, for example `fromRef(runtime.$socket.status)`. It follows its source
 * until the effect scope ends in which this is called.
 */
export function fromRef<T>(source: Ref<T>): ComputedRef<T> {
  return toVueRef(source, openScope("fromRef()"))
}

/** A scope that ends with the one in which it is opened. */
function openScope(caller: string): EffectScope {
  if (getCurrentScope()) return effectScope()
  throw new Error(
    `${caller} was called outside of an effect scope, so that nothing would end it: use effectScope().run().`,
  )
}

function bridge(api: PluginApi, life: Life): VuePluginApi {
  return Object.freeze({
    ...api,
    $data: mapOperations(api.$data, (operation) => bridgeOperation(operation, life)),
    $socket: mapRefs(api.$socket, (ref) => toVueRef(ref, life.scope)),
  }) as unknown as VuePluginApi
}
