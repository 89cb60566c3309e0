// Focus management for components that are removed while they may have the focus, such as an outdated message. Without
// it, the browser would move the focus to the top of the page.
import { onBeforeUnmount, type ShallowRef } from "vue"

/** Calls `lost` before the component unmounts if `element` contains the focus. Move the focus there. */
export function useFocusLost(element: Readonly<ShallowRef<HTMLElement | null>>, lost: () => void): void {
  onBeforeUnmount(() => {
    if (element.value?.contains(document.activeElement)) lost()
  })
}
