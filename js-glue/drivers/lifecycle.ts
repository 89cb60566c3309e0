// Watches the page: the network goes offline or online, the page is hidden or shown, or it enters or leaves the
// back/forward cache. Reports nothing on platforms without a page.
import type { LifecycleEvent } from "../types/drivers"

/** Calls `notify` for each change, until the returned function is called. */
export function watchLifecycle(notify: (event: LifecycleEvent) => void): () => void {
  const { document, navigator } = globalThis
  if (typeof document === "undefined" || typeof addEventListener !== "function") return () => {}
  const controller = new AbortController()
  const { signal } = controller
  addEventListener("online", () => notify("online"), { signal })
  addEventListener("offline", () => notify("offline"), { signal })
  addEventListener("pagehide", () => notify("hide"), { signal })
  addEventListener("pageshow", ({ persisted }) => persisted && notify("show"), { signal })
  const notifyVisibility = () => notify(document.visibilityState === "visible" ? "visible" : "hidden")
  document.addEventListener("visibilitychange", notifyVisibility, { signal })
  if (navigator?.onLine === false) notify("offline")
  if (document.visibilityState === "hidden") notify("hidden")
  return () => controller.abort()
}
