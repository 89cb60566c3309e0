// Whether an element's text is cut by `line-clamp`, as it is laid out now.
import { onScopeDispose, ref, type ShallowRef, watch } from "vue"

/** `element` has to be clamped while it is measured: what is not is not cut. */
export function useIsCut(element: Readonly<ShallowRef<HTMLElement | null>>) {
  const isCut = ref(false)
  const observer = new ResizeObserver(() => {
    if (element.value) isCut.value = element.value.scrollHeight > element.value.clientHeight + 1
  })
  watch(element, (now, before) => {
    if (before) observer.unobserve(before)
    if (now) observer.observe(now)
  })
  onScopeDispose(() => observer.disconnect())
  return isCut
}
