// Queries of a hidden Activity are not active, and catch up when it is shown. React 18 has no Activity.
import { beforeAll, expect, it, vi } from "vitest"
import type { QueryState } from "../../js-glue/adapters/react"
import { QueryStore } from "../../js-glue/adapters/react/query-store"
import { loadReact, type ReactBundle } from "./frameworks"
import { CountedRef, connect, nothing, type Todo } from "./harness"
import { openPage } from "./page"
import { type Args, openReact } from "./react-harness"

let bundle: ReactBundle
beforeAll(async () => {
  openPage()
  bundle = await loadReact("")
})

/** A list in an Activity, after its first read. */
async function openList(args: Args, strict = false) {
  const page = await openReact(bundle)
  const seen: QueryState<Todo>[] = []
  const List = page.reader("getAll", seen)
  const tree = (mode: "visible" | "hidden", now = args) =>
    page.h(bundle.react.Activity, { mode, children: page.h(List, { args: now }) })
  const { element, render, unmount } = await page.mount(tree("visible"), { strict })
  if (page.open().length > 0) await page.answer("Milk")
  const hide = (now?: Args) => render(tree("hidden", now))
  const show = (now?: Args) => render(tree("visible", now))
  return { ...page, seen, hide, show, unmount, text: () => element.textContent }
}

it.each([
  ["at its interval", { refetchInterval: 500 }, false],
  ["under StrictMode", { refetchInterval: 500 }, true],
  ["on focus and after a gap", {}, false],
  ["if it is live", { live: true }, false],
] as const)("a hidden query is not read %s, and catches up once", async (_when, options, strict) => {
  const { hide, show, act, open, platform, runtime, answer, text } = await openList({ options }, strict)
  await hide()
  await act(async () => {
    platform.advance(2000)
    platform.life("visible")
    await connect(runtime, platform)
    platform.advance(60_000)
  })
  expect(open()).toEqual([])
  await show()
  expect(open()).toEqual(["/todo/all"])
  expect(text()).toBe("loading Milk")
  await answer("Bread")
  expect(text()).toBe("Bread")
  expect(open()).toEqual([])
})

it("goes on at its interval when it is shown", async () => {
  const { hide, show, act, open, platform, answer } = await openList({ options: { refetchInterval: 500 } })
  await hide()
  await show()
  await act(() => platform.advance(5000))
  await answer("Milk")
  await act(() => platform.advance(500))
  expect(open()).toHaveLength(1)
})

it("that is executed by hand is read when it is shown only if it is due", async () => {
  const { seen, act, answer, hide, show, open, platform } = await openList({ options: { immediate: false } })
  await act(() => void seen.at(-1)?.execute())
  await answer("Milk")
  await hide()
  await show()
  expect(open()).toEqual([])
  await hide()
  await act(() => {
    platform.advance(2000)
    platform.life("visible")
    platform.advance(2000)
  })
  await show()
  expect(open()).toHaveLength(1)
})

it("stays hidden while its timing changes", async () => {
  const { hide, show, act, open, platform } = await openList({ options: { refetchInterval: 500 } })
  await hide()
  await hide({ options: { refetchInterval: 50 } })
  await act(() => platform.advance(5000))
  expect(open()).toEqual([])
  await show({ options: { refetchInterval: 50 } })
  expect(open()).toHaveLength(1)
})

it("shows at once what a ref became while it was hidden", async () => {
  const page = await openReact(bundle)
  const ref = new CountedRef("a")
  const Status = () => bundle.adapter.useRacletteRef(ref)
  const activity = (mode: string) => page.h(bundle.react.Activity, { mode, children: page.h(Status) })
  const { element, render } = await page.mount(activity("visible"))
  await render(activity("hidden"))
  await page.act(() => ref.set("b"))
  await render(activity("visible"))
  expect(element.textContent).toBe("b")
})

it("a query tells who begins to listen, since not every React looks again by itself", async () => {
  const { runtime, operation } = await openReact(bundle)
  const store = new QueryStore(operation(runtime.usePluginApi("pacifico__todo").$data, "getAll"), true, {}, {})
  const listener = vi.fn()
  store.subscribe(listener)()
  store.subscribe(listener)()
  expect(listener).toHaveBeenCalledTimes(2)
  store.dispose()
})

it("ends while it is hidden, and leaves nothing", async () => {
  const { hide, unmount, census } = await openList({ options: { refetchInterval: 500 } })
  await hide()
  await unmount()
  expect(census()).toEqual(nothing)
})
