// Refs of the API as refs of Vue: computed refs, since nobody may write to them, with two properties of their own. What a
// component reads while it adopts what a server rendered is what was read there; and a ref as JSON is what it holds.
import type { Ref } from "raclette-wasm"
import type { ComputedRef, EffectScope } from "vue"
import { initialOf, onChange } from "../shared/api-shape"
import { guardedValue } from "../shared/guard"
import { computed, customRef, effectScope, getCurrentInstance, nextTick, onScopeDispose, shallowRef } from "./framework"

/** How long refs listen. */
export type Listening = Pick<EffectScope, "active" | "run">

/** Reads the source itself, so what it shows is never behind; listens once it is read, for as long as `scope` is. */
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
  // In a scope that nothing ends: before Vue 3.5 a computed ref ends with whichever scope is active when it is made.
  const ref = effectScope(true).run(() => computed(() => inner.value)) as ComputedRef<T>
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
