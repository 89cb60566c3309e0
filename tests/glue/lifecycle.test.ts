// The lifecycle driver: events of the page's life, and how the page was loaded.
import { afterEach, describe, expect, it, vi } from "vitest"
import { watchLifecycle } from "../../js-glue/drivers/lifecycle"

/** A platform with a page. */
function page({ visibilityState = "visible", onLine = true as boolean | undefined } = {}) {
  const target = new EventTarget()
  const document = Object.assign(new EventTarget(), { visibilityState })
  vi.stubGlobal("document", document)
  vi.stubGlobal("navigator", { onLine })
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target))
  const told: string[] = []
  const end = watchLifecycle((event) => told.push(event))
  return { told, end, target, document }
}

afterEach(() => vi.unstubAllGlobals())

describe("a page's life", () => {
  it.each([
    [{}, []],
    [{ visibilityState: "hidden" }, ["hidden"]],
    [{ onLine: false }, ["offline"]],
    [{ onLine: false, visibilityState: "hidden" }, ["offline", "hidden"]],
    [{ onLine: undefined }, []],
  ])("that begins with %o tells %o", (how, expected) => {
    expect(page(how).told).toEqual(expected)
  })

  it("reports events until it is no longer watched", () => {
    const { told, end, target, document } = page()
    target.dispatchEvent(new Event("offline"))
    target.dispatchEvent(new Event("online"))
    document.visibilityState = "hidden"
    document.dispatchEvent(new Event("visibilitychange"))
    target.dispatchEvent(new Event("pagehide"))
    target.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }))
    target.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }))
    const expected = ["offline", "online", "hidden", "hide", "show"]
    expect(told).toEqual(expected)
    end()
    target.dispatchEvent(new Event("offline"))
    expect(told).toEqual(expected)
  })

  it("has no events if there is no page", () => {
    const told: string[] = []
    watchLifecycle((event) => told.push(event))()
    expect(told).toEqual([])
  })
})
