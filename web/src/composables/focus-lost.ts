// For what is taken away while the focus may be in it, such as a message that is out of date: its owner hears, and says
// where the focus goes instead, before it falls back to the top of the page.
import { onBeforeUnmount, type ShallowRef } from "vue"

/** Calls `lost` when the component goes while `element`, which is of it, has the focus. */
export function useFocusLost(element: Readonly<ShallowRef<HTMLElement | null>>, lost: () => void): void {
  onBeforeUnmount(() => {
    if (element.value?.contains(document.activeElement)) lost()
  })
}
