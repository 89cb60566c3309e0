// What happens to the page: the network goes and comes, the page is hidden and looked at again, it goes into the
// back/forward cache and returns. On a platform without a page nothing is told.
import type { LifecycleEvent } from "../types/drivers"

/** Tells `tell` until the returned function is called. */
export function watchLifecycle(tell: (event: LifecycleEvent) => void): () => void {
  const { document, navigator } = globalThis
  if (typeof document === "undefined" || typeof addEventListener !== "function") return () => {}
  const controller = new AbortController()
  const { signal } = controller
  addEventListener("online", () => tell("online"), { signal })
  addEventListener("offline", () => tell("offline"), { signal })
  addEventListener("pagehide", () => tell("hide"), { signal })
  addEventListener("pageshow", ({ persisted }) => persisted && tell("show"), { signal })
  const tellVisibility = () => tell(document.visibilityState === "visible" ? "visible" : "hidden")
  document.addEventListener("visibilitychange", tellVisibility, { signal })
  if (navigator?.onLine === false) tell("offline")
  if (document.visibilityState === "hidden") tell("hidden")
  return () => controller.abort()
}
