// The bridge from a ref of raclette-wasm to one of Vue: shallow, since the runtime replaces values and never changes
// them in place, and ended with the component that made it.
import type { Ref } from "raclette-wasm"
import { onScopeDispose, type ShallowRef, shallowRef } from "vue"

export function fromRef<T>(source: Ref<T>): Readonly<ShallowRef<T>> {
  const target = shallowRef(source.value) as ShallowRef<T>
  onScopeDispose(
    source.subscribe((value) => {
      target.value = value
    }),
  )
  return target
}
