// Whether `line-clamp` truncates an element's text in the current layout.
import { onScopeDispose, ref, type ShallowRef, watch } from "vue"

/** `element` must have `line-clamp` while it is measured. */
export function useIsTruncated(element: Readonly<ShallowRef<HTMLElement | null>>) {
  const isTruncated = ref(false)
  const observer = new ResizeObserver(() => {
    if (element.value) isTruncated.value = element.value.scrollHeight > element.value.clientHeight + 1
  })
  watch(element, (now, before) => {
    if (before) observer.unobserve(before)
    if (now) observer.observe(now)
  })
  onScopeDispose(() => observer.disconnect())
  return isTruncated
}
