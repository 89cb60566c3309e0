// Whose code it is: the app's, or that of a plugin whose components are below a `RacletteScope` or a `provideRaclette`. A
// store, and an effect scope that is to outlive its component, are nobody's in particular: they have the app's, whichever
// component comes first to use them.
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

/** What `createRaclette` installs in an app. */
export interface Installed extends Caller {
  runtime: Runtime
  /** The members that the host adds to an API. */
  extend(api: object): object | undefined
  scopes: Set<EffectScope>
  leaving: Leaving
}

/** What is provided: the app's, and the plugin of this place. */
export interface Place {
  app: Installed
  readonly pluginKey: string | undefined
}

export const placeKey: InjectionKey<Place> = Symbol("raclette-wasm")

/** What a component provides, which Vue gives to those below alone. */
const provided = new WeakMap<ComponentInternalInstance, Place>()

/** Where `caller` is called. Throws where the plugin is not installed. */
export function usePlace(caller: string): Place {
  if (!hasInjectionContext()) throw outside(caller, ", in a store, or in app.runWithContext()")
  const place = inject(placeKey, undefined)
  if (!place) throw notProvided(`${caller} found no runtime: install it with app.use(createRaclette(runtime)).`)
  const instance = getCurrentInstance()
  if (!instance) return place
  return isWithin(instance) ? (provided.get(instance) ?? place) : { ...place, pluginKey: place.app.pluginKey }
}

/**
 * The code of this component and of those below is that of the plugin `pluginKey`: `usePluginApi()` without a key means
 * it, and other plugins' APIs log as it. For setup(). Throws where the plugin is not installed.
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
    `${caller} was called outside of setup(), or in it behind an \`await\`: call it in setup(), before that${others}.`,
  )
}

/** The component's type, in the form that every version of Vue's types takes. */
interface RacletteScopeConstructor {
  new (): {
    $props: VNodeProps & AllowedComponentProps & { pluginKey: string }
    $slots: { default?: () => VNode[] }
  }
}

/**
 * `<RacletteScope plugin-key="…">`: what is in it is that plugin's code, as by `provideRaclette`. With another key its
 * content is made anew, since a component takes its API once.
 */
export const RacletteScope = {
  name: "RacletteScope",
  props: { pluginKey: { type: String, required: true } },
  setup(props: { pluginKey: string }, { slots }: { slots: { default?: () => VNode[] } }) {
    providePlace("RacletteScope", () => props.pluginKey)
    return () => h(Fragment, { key: props.pluginKey }, slots.default?.())
  },
} as unknown as RacletteScopeConstructor
