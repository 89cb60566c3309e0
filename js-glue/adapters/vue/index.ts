// raclette-wasm/vue: the runtime as a Vue plugin, and `usePluginApi()` for setup(), with the API's refs as refs of
// Vue. What a component registers ends with its effect scope. Of raclette-wasm only types are imported, so the adapter
// goes with whichever entry the runtime was made by; importing it does nothing and needs no `window`.
import type {
  Operation,
  PluginApi,
  PluginApiOptions,
  Query,
  QueryArgs,
  Ref,
  RegisteredApi,
  RegisteredKey,
  Runtime,
} from "raclette-wasm"
import type { App, ComputedRef, EffectScope, InjectionKey } from "vue"
import { isRef, mapOperations, overlay } from "../shared/api-shape"
import { openApi, optionsOf } from "../shared/open-api"
import { withQuietEnd } from "../shared/quiet"
import { currentComponent, hiddenWith, Leaving } from "./component"
import { effectScope, getCurrentScope, hasInjectionContext, inject, onScopeDispose, ssrContextKey } from "./framework"
import { bridgeOperation, type Life } from "./operations"
import { toVueRef } from "./refs"
import { onServer } from "./server"

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

/** What `usePluginApi()` gives: the API of one plugin with refs of Vue. */
export type VuePluginApi<Api extends PluginApi = PluginApi> = {
  readonly [Name in keyof Api]: Name extends "$data"
    ? VueData<Api[Name]>
    : Name extends "$socket"
      ? WithVueRefs<Api[Name]>
      : Api[Name]
}

/** Options of `createRaclette`. */
export interface RacletteOptions {
  /** The plugin that `usePluginApi()` means where it is called without one. Default: none. */
  pluginKey?: string
  /** Dispose of the runtime when the app is unmounted. Default: false. */
  dispose?: boolean
}

interface Installed {
  runtime: Runtime
  pluginKey: string | undefined
  scopes: Set<EffectScope>
  leaving: Leaving
}

const installedKey: InjectionKey<Installed> = Symbol("raclette-wasm")

/**
 * Makes the Vue plugin: `createApp(App).use(createRaclette(runtime, { pluginKey }))`. When the app is unmounted, all
 * that was made by its `usePluginApi` ends, in stores as well; the runtime stays, unless `dispose` is set.
 */
export function createRaclette(runtime: Runtime, options: RacletteOptions = {}): { install(app: App): void } {
  return {
    install(app) {
      const scopes = new Set<EffectScope>()
      const leaving = new Leaving()
      app.provide(installedKey, { runtime, pluginKey: options.pluginKey, scopes, leaving })
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
  return useInstalled("useRuntime()").runtime
}

/**
 * The API of one plugin, for setup(), a Pinia store, or an effect scope in `app.runWithContext`. It ends with the
 * effect scope in which it is called. Its names and items are those of the runtime that `Register` tells of, or of `Api`.
 *
 * @param given the pluginKey, or the options of the runtime's `usePluginApi`; the pluginKey defaults to that of
 * `createRaclette`.
 * @throws an Error that says what to do, where there is no plugin, no scope or no key.
 */
export function usePluginApi<Key extends RegisteredKey>(pluginKey: Key): VuePluginApi<RegisteredApi<Key>>
export function usePluginApi<Api extends PluginApi = RegisteredApi>(
  given?: string | Partial<PluginApiOptions>,
): VuePluginApi<Api>
export function usePluginApi(given: string | Partial<PluginApiOptions> = {}): VuePluginApi {
  const { runtime, pluginKey, scopes, leaving } = useInstalled("usePluginApi()")
  const component = currentComponent()
  const scope = openScope("usePluginApi()")
  const options = optionsOf(given, pluginKey, "createRaclette")
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
  return bridge(isServer ? onServer(api) : api, life)
}

/**
 * Any ref of the API as a read-only ref of Vue, for example `fromRef(runtime.$socket.status)`. It follows its source
 * until the effect scope ends in which this is called.
 */
export function fromRef<T>(source: Ref<T>): ComputedRef<T> {
  return toVueRef(source, openScope("fromRef()"))
}

function useInstalled(caller: string): Installed {
  if (!hasInjectionContext()) {
    throw new Error(`${caller} was called outside of setup(): call it there, in a store, or in app.runWithContext().`)
  }
  const installed = inject(installedKey, undefined)
  if (installed) return installed
  throw new Error(`${caller} found no runtime: install it with app.use(createRaclette(runtime)).`)
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
    $socket: bridgeSocket(api.$socket, life.scope),
  }) as unknown as VuePluginApi
}

function bridgeSocket(socket: PluginApi["$socket"], scope: EffectScope): object {
  const refs = new Map<PropertyKey, ComputedRef<unknown>>()
  return overlay(socket, (name) => {
    const member: unknown = Reflect.get(socket, name)
    if (!isRef(member)) return member
    const known = refs.get(name) ?? toVueRef(member, scope)
    refs.set(name, known)
    return known
  })
}
