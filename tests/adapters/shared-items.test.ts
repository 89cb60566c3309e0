// Items are shared by all of a page. In development a write to one warns, in React with the query's name;
// structuredClone makes a draft of any item. Production has no such checks.
import { runInNewContext } from "node:vm"
import { build } from "esbuild"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { QueryState } from "../../js-glue/adapters/react"
import type * as guards from "../../js-glue/adapters/shared/guard"
import { root } from "../support/process"
import { loadReact, loadVue, type ReactBundle, reactVersions, type VueBundle, vueVersions } from "./frameworks"
import { CountedRef, flush, makeRuntime } from "./harness"
import { openPage } from "./page"
import { openReact } from "./react-harness"

interface Item {
  _id: string
  name: string
  tags: string[]
  owner: { name: string; at?: number }
}
const milk = (): Item => ({ _id: "a", name: "Milk", tags: ["x", "y"], owner: { name: "me" } })
const answer = () => ({ type: "dataRead", body: { items: [milk(), { ...milk(), _id: "b" }] } })

/** Accidental writes to an item. */
const changes: [string, (item: Item, list: Item[], data: Record<string, Item>) => unknown][] = [
  ["a member", (item) => (item.name = "Mil")],
  ["a nested member", (item) => (item.owner.name = "you")],
  ["a list in it", (item) => item.tags.push("z")],
  ["the order of a list in it", (item) => item.tags.sort()],
  ["all of it", (item) => Object.assign(item, { name: "Mil" })],
  ["the list", (_item, list) => list.push(milk())],
  ["the order of the list", (_item, list) => list.reverse()],
  ["what the list has", (_item, list) => list.splice(0, 1)],
  ["the items by id", (item, _list, data) => (data.a = item)],
]
/** Writes that throw the engine's own error. */
const others: typeof changes = [
  ["another member", (item) => (item.owner.at = 5)],
  ["one member less", (item) => delete (item as Partial<Item>).name],
  ["an item of the list", (item, list) => (list[1] = item)],
  ["the length of the list", (_item, list) => (list.length = 0)],
]

/** Uses of an item that do not change it. */
function expectToBeOfUse(item: Item, list: readonly Item[]): void {
  expect(structuredClone(item)).toEqual(milk())
  expect(structuredClone(list)).toEqual(answer().body.items)
  expect(JSON.stringify(item)).toBe(JSON.stringify(milk()))
  expect({ ...item, name: "Tea" }).toEqual({ ...milk(), name: "Tea" })
  expect(item).toEqual(milk())
  expect([...list].reverse().map(({ _id }) => _id)).toEqual(["b", "a"])
  expect(list.filter(({ tags }) => tags.includes("x")).sort()).toHaveLength(2)
  expect(Object.getPrototypeOf(item)).toBe(Object.prototype)
  const draft = structuredClone(item)
  draft.name = "Mil"
  draft.tags.length = 0
  expect(item).toEqual(milk())
}

describe.each(reactVersions)("react%s", (suffix) => {
  let bundle: ReactBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadReact(suffix)
  })

  async function shown() {
    const page = await openReact(bundle)
    const seen: QueryState<Item>[] = []
    const List = page.reader("getAll", seen as never)
    await page.mount(page.h(List))
    await page.act(() => page.platform.request().answered(200, answer()))
    const state = seen.at(-1)
    if (!state?.dataArr[0]) throw new Error("nothing is shown")
    return { ...page, state, item: state.dataArr[0] }
  }

  it.each(changes)("who changes %s is told which query shows it", async (_what, change) => {
    const { state, item } = await shown()
    expect(() => change(item, state.dataArr, state.data)).toThrow(
      /todo\.getAll shows cannot be changed.*structuredClone/,
    )
    expect(state.dataArr).toEqual(answer().body.items)
    expect((state.response as ReturnType<typeof answer>).body.items[0]).toBe(item)
  })

  it.each(others)("who changes %s is refused", async (_what, change) => {
    const { state, item } = await shown()
    expect(() => change(item, state.dataArr, state.data)).toThrow(TypeError)
    expect(state.dataArr).toEqual(answer().body.items)
  })

  it("they are the same objects for everybody, and of use as ever", async () => {
    const { state, item, runtime } = await shown()
    const list = runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.<Item>()
    await list?.execute()
    expect(list?.dataArr.value[0]).toBe(item)
    expectToBeOfUse(item, state.dataArr)
    const derived = Object.create(item) as Item
    derived.name = "Mil"
    expect([derived.name, item.name]).toEqual(["Mil", "Milk"])
  })

  it("a ref that is shown is one as well", async () => {
    const page = await openReact(bundle)
    const list = page.runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.<Item>()
    const Reader = () =>
      String(bundle.adapter.useRacletteRef(list?.dataArr as never as { value: Item[]; subscribe: never }).length)
    await page.mount(page.h(Reader))
    await page.act(() => void list?.execute())
    await page.act(() => page.platform.request().answered(200, answer()))
    const item = list?.dataArr.value[0] as Item
    expect(() => Object.assign(item, { name: "Mil" })).toThrow("cannot be changed")
    expectToBeOfUse(item, list?.dataArr.value ?? [])
  })
})

describe.each(vueVersions)("%s", (version) => {
  let bundle: VueBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadVue(version)
  })

  async function shown() {
    const { runtime, platform } = await makeRuntime()
    onTestFinished(() => runtime.dispose())
    let api: ReturnType<VueBundle["adapter"]["usePluginApi"]> | undefined
    const setup = () => {
      api = bundle.adapter.usePluginApi()
      return () => "x"
    }
    bundle.vue
      .createApp({ setup })
      .use(bundle.adapter.createRaclette(runtime, { pluginKey: "pacifico__todo" }))
      .mount(document.createElement("div"))
    const list = api?.$data.todo?.getAll?.<Item>({ options: { immediate: true } })
    await flush()
    platform.request().answered(200, answer())
    if (!api || !list?.dataArr.value[0]) throw new Error("nothing is shown")
    return { api, platform, list, item: list.dataArr.value[0] }
  }

  it.each([...changes, ...others])("who changes %s, in a ref or without, is refused", async (_what, change) => {
    const { list, item } = await shown()
    const { ref, reactive } = bundle.vue
    for (const one of [item, ref(item).value, reactive({ item }).item as Item]) {
      expect(() => change(one, list.dataArr.value, list.data.value)).toThrow(TypeError)
    }
    expect(list.dataArr.value).toEqual(answer().body.items)
  })

  it("a draft is made by structuredClone, and items are of use as ever", async () => {
    const { list, item } = await shown()
    const draft = bundle.vue.ref(structuredClone(item))
    draft.value.name = "Mil"
    draft.value.tags.length = 0
    expect(bundle.vue.isReactive(draft.value)).toBe(true)
    expectToBeOfUse(item, list.dataArr.value)
  })

  it("no proxy gets into them, by params or by what an optimistic function returns", async () => {
    const { api, list, platform } = await shown()
    const form = bundle.vue.reactive({ _id: "a", tags: ["new"], owner: { name: bundle.vue.ref("you") } })
    const { update } = api.$data.todo as unknown as Record<
      "update",
      (args: object) => { execute(params: object): unknown }
    >
    for (const optimistic of [true, () => ({ ...milk(), tags: form.tags, owner: form.owner })]) {
      void update({ options: { optimistic } }).execute(form)
      const [item] = list.dataArr.value
      expect(structuredClone(item)).toMatchObject({ tags: ["new"], owner: { name: "you" } })
      form.tags.length = 0
      expect(list.dataArr.value[0]?.tags).toEqual(["new"])
      form.tags.push("new")
      await flush()
      platform.request().failed("no network")
      expect(list.dataArr.value).toEqual(answer().body.items)
    }
  })
})

it("what is kept in a ref of somebody else is theirs to change", async () => {
  openPage()
  const bundle = await loadReact("")
  const { mount, h } = await openReact(bundle)
  const { vue, adapter } = await loadVue("vue")
  const own = new CountedRef({ list: [1] })
  const Reader = () => String(bundle.adapter.useRacletteRef(own).list.length)
  await mount(h(Reader))
  vue.effectScope().run(() => adapter.fromRef(own).value)
  own.value.list.push(2)
  expect(own.value.list).toEqual([1, 2])
})

describe("the guard", () => {
  /** The code after a bundler has replaced the mode, or without a bundler (undefined). */
  async function built(mode: string | undefined, globals: object = {}): Promise<typeof guards> {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: ["js-glue/adapters/shared/guard.ts"],
      bundle: true,
      write: false,
      format: "iife",
      globalName: "guards",
      platform: "neutral",
      define: mode === undefined ? {} : { "process.env.NODE_ENV": JSON.stringify(mode) },
    })
    const context: { guards?: typeof guards } = { Object, Array, WeakSet, ...globals } as never
    runInNewContext(`${outputFiles?.[0]?.text}; this.guards = guards`, context)
    return context.guards as typeof guards
  }

  it.each([
    ["in a bundle for development", "development", {}, true],
    ["in a bundle for production", "production", {}, false],
    ["on a page without a bundler", undefined, {}, false],
    ["in Node", undefined, { process: { env: {} } }, true],
    ["in Node, in production", undefined, { process: { env: { NODE_ENV: "production" } } }, false],
    ["where `process` is something else", undefined, { process: {} }, false],
  ])("%s", async (_where, mode, globals, isOn) => {
    const { guard } = await built(mode, globals)
    const list = [milk()]
    expect(guard(list, "todo.getAll")).toBe(list)
    expect([Object.isFrozen(list), Object.isFrozen(list[0]?.tags)]).toEqual([isOn, isOn])
  })

  it("leaves alone what is no item, and what is frozen already", async () => {
    const { guard } = await built("development")
    const stream = new ReadableStream()
    const frozen = Object.freeze({ at: new Date(5), list: Object.freeze([1]) })
    for (const value of [stream, frozen, "text", null, undefined, 5]) expect(guard(value, "x")).toBe(value)
    expect(Object.isFrozen(stream)).toBe(false)
    const circle: Record<string, unknown> = {}
    circle.again = circle
    expect(guard(circle, "x").again).toBe(circle)
  })
})
