// Refs of the API as Vue refs: computed refs, because they are read-only, with two changes. During hydration they
// return their initial value, as on the server. And their JSON is their value.
import type { Ref } from "raclette-wasm"
import type { ComputedRef, EffectScope } from "vue"
import { initialOf, onChange } from "../shared/api-shape"
import { guardedValue } from "../shared/guard"
import { computed, customRef, effectScope, getCurrentInstance, nextTick, onScopeDispose, shallowRef } from "./framework"

/** The scope of subscriptions. */
export type Listening = Pick<EffectScope, "active" | "run">

/** Reads the source directly, so it is always current. Subscribes at the first read, until `scope` ends. */
export function toVueRef<T>(source: Ref<T>, scope: Listening): ComputedRef<T> {
  let isListening = false
  const inner = customRef<T>((track, trigger) => ({
    get() {
      if (!isListening && scope.active) {
        isListening = true
        scope.run(() => onScopeDispose(onChange(source, trigger)))
      }
      track()
      return guardedValue(source)
    },
    set() {},
  }))
  // In a detached scope: before Vue 3.5, a computed ref ends with the scope in which it is created.
  const ref = effectScope(true).run(() => computed(() => inner.value)) as ComputedRef<T>
  const value = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(ref), "value") as PropertyDescriptor
  return Object.defineProperties(ref, {
    value: { ...value, get: () => (isHydrating() ? initialOf(source) : value.get?.call(ref)) },
    // Vue refs link to their dependents and back: their default JSON would be circular.
    toJSON: { value: () => ref.value },
  })
}

/** Number of finished hydrations. */
const hydrations = shallowRef(0)
let isCounting = false

/**
 * True while the current component hydrates: it must render the same values as on the server. It is rendered again soon
 * after.
 */
function isHydrating(): boolean {
  const instance = getCurrentInstance()
  // Without hydration, a component has no element during its first render.
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
