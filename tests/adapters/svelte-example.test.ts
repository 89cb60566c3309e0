// Runs the components of docs/svelte.md unchanged, and checks the document's statements about them.
import { beforeAll, describe, expect, it } from "vitest"
import { filesOf } from "./documents"
import { connect, eventFrame, flush, nothing } from "./harness"
import { openPage } from "./page"
import { Host, loadSvelte, openSvelte, type SvelteBundle, svelteVersions, textOf } from "./svelte-harness"

const Module = `<script>
  import { useRuntime } from "raclette-wasm/svelte"
  import { createTodos } from "./todos.svelte.ts"
  let { tell } = $props()
  const todos = createTodos(useRuntime())
  tell(todos)
</script>
<p>{todos.open.length}</p>`

const files = await filesOf("svelte.md")
type Name = "App.svelte" | "+layout.svelte" | "Pages.svelte" | "TodoEditor.svelte" | "Module.svelte" | "Host.svelte"
const named = Object.entries(files).filter(([name]) => /\.svelte(\.ts)?$/.test(name))
const sources = { ...Object.fromEntries(named), "Host.svelte": Host, "Module.svelte": Module } as Record<Name, string>

describe.each(svelteVersions)("%s", (version) => {
  let bundle: SvelteBundle<Name>
  beforeAll(async () => {
    openPage()
    bundle = await loadSvelte(version, sources)
  })

  it("the app gives the runtime to a list that is read again at an event, and to a form", async () => {
    const page = await openSvelte(bundle)
    const { element, unmount } = page.show("App.svelte", { runtime: page.runtime }, { isAlone: true })
    await page.answer("Milk")
    expect(textOf(element)).toBe("closed Milk")
    const { text } = await connect(page.runtime, page.platform)
    text(eventFrame("todoCreated", {}))
    await page.settle()
    expect(textOf(element)).toBe("connected … Milk")
    await page.answer("Milk", "Tea")
    expect(textOf(element)).toBe("connected MilkTea")
    await unmount()
    await flush()
    expect(page.census()).toEqual(nothing)
    expect(page.problems).toEqual([])
  })

  it("a layout provides it as well", async () => {
    const page = await openSvelte(bundle)
    const children = bundle.svelte.createRawSnippet(() => ({ render: () => "<i>page</i>" }))
    const { element } = page.show("+layout.svelte", { data: { runtime: page.runtime }, children }, { isAlone: true })
    expect(textOf(element)).toBe("page")
  })

  it("a list with a function as params is asked for again by its effect", async () => {
    const page = await openSvelte(bundle)
    const { element } = page.show("Pages.svelte")
    await page.settle()
    expect(page.open()).toEqual(["/todo/all?limit=20&offset=0"])
    await page.answer("Milk")
    element.querySelector("button")?.click()
    await page.settle()
    expect(page.open()).toEqual(["/todo/all?limit=20&offset=20"])
    expect(textOf(element)).toBe("Milk More")
    await page.refuse(500)
    expect(textOf(element)).toMatch(/500.* More$/)
  })

  it("an editor has a draft", async () => {
    const page = await openSvelte(bundle)
    const todo = Object.freeze({ _id: "a", name: "Milk" })
    const { element } = page.show("TodoEditor.svelte", { todo })
    const input = element.querySelector("input") as HTMLInputElement
    expect(input.value).toBe("Milk")
    expect(page.problems).toEqual([])
  })

  it("a module has what is derived of a list", async () => {
    const page = await openSvelte(bundle)
    let todos: { load(): Promise<unknown>; dispose(): void } | undefined
    const { element } = page.show("Module.svelte", { tell: (value: typeof todos) => (todos = value) })
    void todos?.load()
    await page.answer("Milk", "Bread")
    expect(textOf(element)).toBe("2")
    todos?.dispose()
    expect(page.census()).toEqual(nothing)
  })
})
