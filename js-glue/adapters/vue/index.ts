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
import {
  type App,
  type ComputedRef,
  computed,
  customRef,
  type EffectScope,
  effectScope,
  getCurrentInstance,
  getCurrentScope,
  hasInjectionContext,
  type InjectionKey,
  inject,
  nextTick,
  onScopeDispose,
  shallowRef,
  ssrContextKey,
} from "vue"
import { initialOf, isRef, mapOperations, onChange, overlay } from "../shared/api-shape"
import { openApi, optionsOf } from "../shared/open-api"
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
      app.provide(installedKey, { runtime, pluginKey: options.pluginKey, scopes })
      const { unmount } = app
      app.unmount = () => {
        unmount()
        for (const scope of scopes) scope.stop()
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
  const { runtime, pluginKey, scopes } = useInstalled("usePluginApi()")
  const scope = openScope("usePluginApi()")
  const api = openApi(runtime, optionsOf(given, pluginKey, "createRaclette"))
  scopes.add(scope)
  scope.run(() =>
    onScopeDispose(() => {
      scopes.delete(scope)
      api.dispose()
    }),
  )
  const isServer = inject(ssrContextKey, undefined) !== undefined
  return bridge(isServer ? onServer(api) : api, scope)
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

function bridge(api: PluginApi, scope: EffectScope): VuePluginApi {
  return Object.freeze({
    ...api,
    $data: mapOperations(api.$data, (operation) => bridgeOperation(operation, scope)),
    $socket: bridgeSocket(api.$socket, scope),
    dispose: () => scope.stop(),
  }) as unknown as VuePluginApi
}

function bridgeOperation(operation: Operation, scope: EffectScope) {
  return (args?: QueryArgs) => {
    const query = operation(args)
    const own = scope.run(effectScope) ?? effectScope()
    const members = Object.entries(query).map(([name, member]) => [
      name,
      isRef(member) ? toVueRef(member, own) : member,
    ])
    const dispose = () => {
      query.dispose()
      own.stop()
    }
    return { ...Object.fromEntries(members), dispose }
  }
}

function bridgeSocket(socket: PluginApi["$socket"], scope: EffectScope): object {
  const refs = new Map<PropertyKey, ComputedRef<unknown>>()
  return overlay(socket, (name) => {
    // An API is no state: in a store it stays as it is.
    if (name === "__v_skip") return true
    const member: unknown = Reflect.get(socket, name)
    if (!isRef(member)) return member
    const known = refs.get(name) ?? toVueRef(member, scope)
    refs.set(name, known)
    return known
  })
}

/** Reads the source itself, so what it shows is never behind; listens once it is read, for as long as `scope` is. */
function toVueRef<T>(source: Ref<T>, scope: EffectScope): ComputedRef<T> {
  let isListening = false
  const inner = customRef<T>((track, trigger) => ({
    get() {
      if (!isListening && scope.active) {
        isListening = true
        scope.run(() => onScopeDispose(onChange(source, trigger)))
      }
      track()
      return source.value
    },
    set() {},
  }))
  // In its own scope: before Vue 3.5 a computed ref ends with whichever scope is active when it is made.
  const make = () => computed(() => inner.value)
  const ref = (scope.active && scope.run(make)) || make()
  const value = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(ref), "value") as PropertyDescriptor
  return Object.defineProperties(ref, {
    value: { ...value, get: () => (isHydrating() ? initialOf(source) : value.get?.call(ref)) },
    // A ref of Vue knows who depends on it, who know the ref: as JSON that has no end.
    toJSON: { value: () => ref.value },
  })
}

/** Counts the hydrations that are over. */
const hydrations = shallowRef(0)
let isCounting = false

/**
 * Whether a component asks whose first rendering adopts what a server rendered: it has to be given what it was given there.
 * Who asks then is asked again soon after.
 */
function isHydrating(): boolean {
  const instance = getCurrentInstance()
  // A component that is mounted has no element before its first rendering is over.
  if (!instance || instance.isMounted || !instance.vnode.el) return false
  void hydrations.value
  if (!isCounting) {
    isCounting = true
    void nextTick(() => {
      isCounting = false
      hydrations.value++
    })
  }
  return true
}
