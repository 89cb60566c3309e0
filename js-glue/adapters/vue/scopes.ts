// Which plugin code belongs to: the app's default, or the plugin of the `RacletteScope` or `provideRaclette` above.
// Stores and detached effect scopes always get the app's default, whichever component creates them.
import type { Runtime } from "raclette-wasm"
import type {
  AllowedComponentProps,
  ComponentInternalInstance,
  EffectScope,
  InjectionKey,
  VNode,
  VNodeProps,
} from "vue"
import { notProvided } from "../shared/absent"
import type { Caller } from "../shared/open-api"
import { isWithin, type Leaving } from "./component"
import { Fragment, getCurrentInstance, h, hasInjectionContext, inject, provide } from "./framework"

/** The data that `createRaclette` installs in an app. */
export interface Installed extends Caller {
  runtime: Runtime
  /** Returns the members that the app adds to an API. */
  extend(api: object): object | undefined
  scopes: Set<EffectScope>
  leaving: Leaving
}

/** The injected value: the app's data and the pluginKey for this place. */
export interface Place {
  app: Installed
  readonly pluginKey: string | undefined
}

export const placeKey: InjectionKey<Place> = Symbol("raclette-wasm")

/** Places that components provide. Vue injects them only into components below, not into the provider itself. */
const provided = new WeakMap<ComponentInternalInstance, Place>()

/** The place of the current component. Throws if the Vue plugin is not installed. */
export function usePlace(caller: string): Place {
  if (!hasInjectionContext()) throw outside(caller, ", in a store, or in app.runWithContext()")
  const place = inject(placeKey, undefined)
  if (!place) throw notProvided(`${caller} found no runtime: install it with app.use(createRaclette(runtime)).`)
  const instance = getCurrentInstance()
  if (!instance) return place
  return isWithin(instance) ? (provided.get(instance) ?? place) : { ...place, pluginKey: place.app.pluginKey }
}

/**
 * Sets the pluginKey for this component and those below: `usePluginApi()` uses it by default, and APIs of other plugins
 * use its log. Call it in setup(). Throws if the Vue plugin is not installed.
 */
export function provideRaclette(pluginKey: string): void {
  providePlace("provideRaclette()", () => pluginKey)
}

function providePlace(caller: string, pluginKeyNow: () => string): void {
  const { app } = usePlace(caller)
  const instance = getCurrentInstance()
  if (!instance || !isWithin(instance)) throw outside(caller, "")
  const place = {
    app,
    get pluginKey() {
      return pluginKeyNow()
    },
  }
  provided.set(instance, place)
  provide(placeKey, place)
}

function outside(caller: string, others: string): Error {
  return new Error(
    `${caller} was called outside setup(), or in it behind an \`await\`: call it in setup(), before that${others}.`,
  )
}

/** The component's type, in a form that works with all versions of Vue's types. */
interface RacletteScopeConstructor {
  new (): {
    $props: VNodeProps & AllowedComponentProps & { pluginKey: string }
    $slots: { default?: () => VNode[] }
  }
}

/**
 * `<RacletteScope plugin-key="…">`: like `provideRaclette` for its content. Another key recreates the content, because
 * components take their API once.
 */
export const RacletteScope = {
  name: "RacletteScope",
  props: { pluginKey: { type: String, required: true } },
  setup(props: { pluginKey: string }, { slots }: { slots: { default?: () => VNode[] } }) {
    providePlace("RacletteScope", () => props.pluginKey)
    return () => h(Fragment, { key: props.pluginKey }, slots.default?.())
  },
} as unknown as RacletteScopeConstructor
