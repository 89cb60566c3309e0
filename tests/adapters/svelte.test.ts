// raclette-wasm/svelte in a page: refs that templates, `$derived` and `$effect` follow, stores, and cleanup with the
// component or effect that created something. Runs with the newest and the oldest supported Svelte.
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { SveltePluginApi } from "../../js-glue/adapters/svelte"
import type { Query, Ref } from "../../js-glue/types"
import { makeRuntime as makeOnFakePlatform } from "../glue/harness"
import { CountedRef, connect, eventFrame, flush, nothing, type Todo, withExtraRef } from "./harness"
import { openPage } from "./page"
import {
  Host,
  loadSvelte,
  openSvelte,
  pluginKey,
  type SvelteBundle,
  type SvelteVersion,
  svelteVersions,
  textOf,
} from "./svelte-harness"

const use = `import { usePluginApi } from "raclette-wasm/svelte"`

const sources = {
  "Host.svelte": Host,
  "Api.svelte": `<script>
    ${use}
    let { tell, given } = $props()
    tell(usePluginApi(given))
  </script>`,
  "List.svelte": `<script>
    ${use}
    let { tell, args } = $props()
    const api = usePluginApi()
    const { data, dataArr, isLoading, error, query, execute } = api.data.todo.getAll(args ?? { options: { immediate: true } })
    const { status } = api.socket
    const line = $derived(dataArr.value.map(({ name }) => name).join() + (isLoading.value ? " loading" : " settled"))
    tell?.({ api, execute, dataArr })
  </script>
  <p>{query.value.operation} {line} {error.value?.code ?? ""} {status.value}</p>
  {#each Object.values(data.value) as todo (todo._id)}<b>{todo.name}</b>{/each}`,
  "Stores.svelte": `<script>
    ${use}
    const { data, socket } = usePluginApi()
    const { dataArr, isLoading } = data.todo.getAll({ options: { immediate: true } })
    const { status } = socket
  </script>
  <p>{$status} {$isLoading} {$dataArr.map(({ name }) => name).join()}</p>`,
  "Effect.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { data } = usePluginApi()
    const { dataArr, data: byId, isLoading } = data.todo.getAll()
    const seen = []
    $effect.pre(() => { seen.push([dataArr.value.length, Object.keys(byId.value), isLoading.value]) })
    tell({ seen, execute: data.todo.getAll().execute, dataArr, isLoading })
  </script>`,
  "todos.svelte.ts": `import { fromApi, fromRef } from "raclette-wasm/svelte"
    export class Todos {
      filter: string = $state("")
      readonly #list: any
      readonly status: any
      readonly api: any
      constructor(runtime: any) {
        this.api = fromApi(runtime.usePluginApi("${pluginKey}"))
        this.#list = this.api.data.todo.getAll()
        this.status = fromRef(runtime.$socket.status)
      }
      names = $derived.by(() => this.#list.dataArr.value.map((todo: any) => todo.name).filter((name: string) => name.includes(this.filter)))
      load() { return this.#list.execute() }
    }`,
  "Module.svelte": `<script>
    import { useRuntime } from "raclette-wasm/svelte"
    import { Todos } from "./todos.svelte.ts"
    let { tell } = $props()
    const todos = new Todos(useRuntime())
    tell(todos)
  </script>
  <p>{todos.names.join()} {todos.status.value}</p>`,
  "Keyed.svelte": `<script>
    import List from "./List.svelte"
    let { tell } = $props()
    let key = $state(0)
    let isShown = $state(true)
    tell({ next: () => key++, hide: () => (isShown = false) })
  </script>
  {#if isShown}{#key key}<List />{/key}{/if}`,
  "Moved.svelte": `<script>
    import List from "./List.svelte"
    let { tell } = $props()
    let isBelow = $state(false)
    tell({ move: () => (isBelow = true) })
  </script>
  {#if !isBelow}<List />{/if}<hr />{#if isBelow}<List />{/if}`,
  "Handler.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { data } = usePluginApi()
    let one = $state.raw()
    tell({ open: (_id) => { one = data.todo.get({ params: { _id } }); return one.execute() } })
  </script>
  <p>{one?.dataArr.value.map(({ name }) => name).join() ?? "none"}</p>`,
  "Places.svelte": `<script>
    import { setRaclette, usePluginApi, useRuntime } from "raclette-wasm/svelte"
    let { tell, key } = $props()
    setRaclette(useRuntime(), { pluginKey: key })
    tell({ own: usePluginApi(), other: usePluginApi("${pluginKey}"), acting: usePluginApi({ pluginKey: "${pluginKey}", actionId: "save" }) })
  </script>`,
  "Hiding.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { dataArr, execute } = usePluginApi().data.todo.getAll()
    const line = $derived(dataArr.value.map(({ name }) => name).join())
    let isShown = $state(true)
    tell({ execute, show: (now) => (isShown = now) })
  </script>
  {#if isShown}<p>{line}</p>{/if}`,
  "Broken.svelte": `<script>
    ${use}
    const { socket, data } = usePluginApi()
    socket.on("todoCreated", () => {})
    data.todo.getAll({ options: { immediate: true } })
    throw new Error("broken")
  </script>`,
  "Boundary.svelte": `<script>
    import Broken from "./Broken.svelte"
  </script>
  <svelte:boundary><Broken />{#snippet failed(error)}<p>{error.message}</p>{/snippet}</svelte:boundary>`,
}

type Name = keyof typeof sources
interface Told {
  api: SveltePluginApi
  execute: Query<Todo>["execute"]
  dataArr: Ref<Todo[]>
}

describe.each(svelteVersions)("%s", (version: SvelteVersion) => {
  let bundle: SvelteBundle<Name>
  beforeAll(async () => {
    openPage()
    bundle = await loadSvelte(version, sources)
  })

  /** Shows a component that reports a value. */
  async function show<T>(name: Exclude<Name, "Host.svelte">, props: object = {}) {
    const page = await openSvelte(bundle)
    let told: T | undefined
    const shown = page.show(name, { ...props, tell: (value: T) => (told = value) })
    return { ...page, ...shown, told: told as T }
  }

  describe("state", () => {
    it("is rendered by templates when it changes, also through `$derived`", async () => {
      const { element, answer, runtime, platform, settle, problems } = await show("List.svelte")
      expect(textOf(element)).toBe("getAll loading closed")
      await answer("Milk", "Bread")
      expect(textOf(element)).toBe("getAll Milk,Bread settled closed MilkBread")
      await connect(runtime, platform)
      await settle()
      expect(textOf(element)).toContain("connected")
      expect(problems).toEqual([])
    })

    it("says what failed", async () => {
      const { element, refuse } = await show("List.svelte")
      await refuse(500)
      expect(textOf(element)).toBe("getAll settled HTTP_ERROR closed")
    })

    it("is available as stores, which `$` reads", async () => {
      const { element, answer, problems } = await show("Stores.svelte")
      expect(textOf(element)).toBe("closed true")
      await answer("Milk")
      expect(textOf(element)).toBe("closed false Milk")
      expect(problems).toEqual([])
    })

    it("is of every ref that a query or the socket has, by whatever name", async () => {
      const page = await openSvelte(bundle)
      const extra = new CountedRef("new")
      let told: Told | undefined
      const runtime = withExtraRef(page.runtime, extra)
      page.show("Api.svelte", { tell: (api: SveltePluginApi) => (told = { api } as Told) }, { runtime })
      const api = told?.api as SveltePluginApi
      const isRef = (member: unknown) => typeof (member as Partial<Ref<unknown>>)?.subscribe === "function"
      const names = (of: object) => Object.entries(of).flatMap(([name, member]) => (isRef(member) ? [name] : []))
      const query = api.data.todo?.getAll?.() as unknown as Record<string, Ref<unknown>>
      expect(names(query)).toHaveLength(8)
      expect(names(api.socket)).toEqual(["status", "reason", "recovered", "buffered"])
      const heard: unknown[] = []
      const stop = query.extra?.subscribe((value) => heard.push(value))
      extra.set("newer")
      expect(query.extra?.value).toBe("newer")
      stop?.()
      extra.set("newest")
      expect(heard).toEqual(["new", "newer"])
    })

    it("is there in the same task, and whole in every run of an effect", async () => {
      const { told, platform, settle } = await show<Told & { seen: unknown[]; isLoading: Ref<boolean> }>(
        "Effect.svelte",
      )
      const shared = told.execute()
      await flush()
      platform.request().answered(200, { body: { items: [{ _id: "Milk", name: "Milk" }] } })
      await shared
      await settle()
      expect(told.seen[0]).toEqual([0, [], false])
      for (const [length, keys] of told.seen as [number, string[], boolean][]) expect(keys).toHaveLength(length)
    })

    it("is followed only while it is observed", async () => {
      const page = await openSvelte(bundle)
      const counted = new CountedRef(1)
      const ref = bundle.adapter.fromRef(counted)
      expect(ref.value).toBe(1)
      expect(counted.listeners.size).toBe(0)
      const stop = ref.subscribe(() => {})
      expect(counted.listeners.size).toBe(1)
      stop()
      expect(counted.listeners.size).toBe(0)
      expect(page.problems).toEqual([])
    })

    it("is what it is where a `$derived` is shown again that nobody looked at meanwhile", async () => {
      const { told, element, answer, settle } = await show<Told & { show(now: boolean): void }>("Hiding.svelte")
      void told.execute()
      await answer("Milk")
      expect(textOf(element)).toBe("Milk")
      told.show(false)
      await settle()
      void told.execute({ again: true })
      await answer("Bread")
      told.show(true)
      await settle()
      expect(textOf(element)).toBe("Bread")
      void told.execute({ again: false })
      await answer("Tea")
      expect(textOf(element)).toBe("Tea")
    })

    it("lives in a module of runes that belongs to no component", async () => {
      const { told, element, answer, settle, unmount, census, runtime, platform } = await show<{
        filter: string
        load(): Promise<unknown>
        api: SveltePluginApi
      }>("Module.svelte")
      expect(textOf(element)).toBe("closed")
      void told.load()
      await answer("Milk", "Bread")
      expect(textOf(element)).toBe("Milk,Bread closed")
      told.filter = "M"
      await connect(runtime, platform)
      await settle()
      expect(textOf(element)).toBe("Milk connected")
      await unmount()
      await flush()
      expect(census().queries).toBe(1)
      told.api.dispose()
      expect(census()).toEqual(nothing)
    })
  })

  describe("the end", () => {
    it("of a component takes back what it registered, and leaves the runtime alone", async () => {
      const { told, unmount, census, runtime, platform } = await show<Told>("List.svelte")
      const { text } = await connect(runtime, platform)
      const heard: unknown[] = []
      told.api.socket.on("todoCreated", (payload) => heard.push(payload))
      told.api.eventbus.global.on("e", (event) => heard.push(event))
      text(eventFrame("todoCreated", 1))
      await flush()
      expect(heard).toEqual([1])
      await unmount()
      const { $eventbus, dispose } = runtime.usePluginApi(pluginKey)
      $eventbus.global.emit("e", 2)
      text(eventFrame("todoCreated", 3))
      await flush()
      expect(heard).toEqual([1])
      dispose()
      expect(census()).toEqual(nothing)
      expect(runtime.$socket.status.value).toBe("connected")
    })

    it("while a read is under way ends that, and tells whoever waits", async () => {
      const { told, unmount, open, platform, settle, problems } = await show<Told>("List.svelte")
      const executed = told.execute()
      await flush()
      const request = platform.request()
      await unmount()
      await settle()
      expect((await executed).error?.code).toMatch(/ABORTED|DISPOSED/)
      expect([open(), request.aborted]).toEqual([[], true])
      expect((await told.execute()).error?.code).toBe("DISPOSED")
      expect(problems).toEqual([])
    })

    it("of one component is not that of another with the same key", async () => {
      const page = await openSvelte(bundle)
      const told: Told[] = []
      const tell = (value: Told) => told.push(value)
      const first = page.show("List.svelte", { tell })
      const second = page.show("List.svelte", { tell })
      await page.answer("Milk")
      await first.unmount()
      await flush()
      void told[1]?.execute({ again: true })
      await page.answer("Bread")
      expect(textOf(second.element)).toContain("Bread")
      expect((await told[0]?.execute())?.error?.code).toBe("DISPOSED")
      await second.unmount()
      await flush()
      expect(page.census()).toEqual(nothing)
    })

    it("of a component that is recreated, by {#key} or a hot reload, lets the next join the read", async () => {
      const { told, platform, element, answer, settle, open, census } = await show<{ next(): void; hide(): void }>(
        "Keyed.svelte",
      )
      await flush()
      const request = platform.request()
      told.next()
      await settle()
      expect([open(), request.aborted]).toEqual([["/todo/all"], false])
      await answer("Milk")
      expect(textOf(element)).toBe("getAll Milk settled closed Milk")
      told.hide()
      await settle()
      expect(census()).toEqual(nothing)
    })

    it("of a component that is gone before the next one is made lets that join as well", async () => {
      const { told, platform, element, answer, settle, open } = await show<{ move(): void }>("Moved.svelte")
      await flush()
      const request = platform.request()
      told.move()
      await settle()
      expect([open(), request.aborted]).toEqual([["/todo/all"], false])
      await answer("Milk")
      expect(textOf(element)).toBe("getAll Milk settled closed Milk")
    })

    it("of a component that fails while it is made leaves nothing to be drawn", async () => {
      const { element, settle, census } = await show("Boundary.svelte")
      await settle()
      expect(textOf(element)).toMatch(/^broken/)
      expect(census()).toEqual(nothing)
    })

    it("comes by hand as well, and later calls say so", async () => {
      const { told, census, settle } = await show<Told>("List.svelte")
      told.api.dispose()
      await settle()
      expect(census()).toEqual(nothing)
      expect(() => told.api.socket.on("todoCreated", () => {})).toThrow(expect.objectContaining({ code: "DISPOSED" }))
    })
  })

  it("a query that a handler makes is followed, and kept up to date while it is shown", async () => {
    const { told, element, answer, platform, open, unmount } = await show<{ open(id: string): Promise<unknown> }>(
      "Handler.svelte",
    )
    expect(textOf(element)).toBe("none")
    void told.open("a")
    await answer("Milk")
    expect(textOf(element)).toBe("Milk")
    platform.advance(5000)
    platform.life("visible")
    platform.advance(1000)
    await flush()
    expect(open()).toEqual(["/todo/a"])
    await unmount()
    await flush()
    expect(open()).toEqual([])
  })

  describe("whose code it is", () => {
    it("is that of the nearest setRaclette; another plugin's API keeps its log", async () => {
      const page = await openSvelte(bundle)
      let told: Record<string, SveltePluginApi> = {}
      const titles: string[] = []
      const { runtime } = await makeOnFakePlatform({ log: { sink: ({ title }) => void titles.push(title) } })
      onTestFinished(() => runtime.dispose())
      page.show("Places.svelte", { key: "acme__shop", tell: (value: typeof told) => (told = value) }, { runtime })
      expect([told.own?.pluginKey, told.other?.pluginKey]).toEqual(["acme__shop", pluginKey])
      const id = () => told.other?.data.todo?.getAll?.().query.value.id
      expect(id()).toMatch(/^plugin-pacifico__todo-/)
      told.other?.log("said")
      expect(titles.at(-1)).toBe("plugin/acme__shop - said")
      expect(told.acting?.data.todo?.getAll?.().query.value.id).toMatch(/^plugin-pacifico__todo-save-/)
    })

    it("is asked for where nobody said it, and so is the runtime", async () => {
      const page = await openSvelte(bundle)
      const tell = () => {}
      expect(() => page.show("Api.svelte", { pluginKey: undefined, tell })).toThrow(/setRaclette a `pluginKey`/)
      expect(() => page.show("Api.svelte", { tell }, { isAlone: true })).toThrow(
        expect.objectContaining({ code: "NOT_PROVIDED", message: expect.stringContaining("setRaclette(runtime)") }),
      )
      expect(() => bundle.adapter.usePluginApi("x")).toThrow(/outside a component/)
      expect(() => bundle.adapter.useRuntime()).toThrow(/outside a component/)
      expect(page.census()).toEqual(nothing)
    })
  })

  it("items are shared: changing one throws an error that names the query, and drafts are made by structuredClone", async () => {
    const { told, answer } = await show<Told>("List.svelte")
    await answer("Milk")
    const [item] = told.dataArr.value
    if (!item) throw new Error("nothing is shown")
    expect(() => (item.name = "Mil")).toThrow(/todo\.getAll shows cannot be changed.*structuredClone/)
    expect(() => told.dataArr.value.reverse()).toThrow(/todo\.getAll/)
    let heard: Todo[] = []
    told.dataArr.subscribe((list) => (heard = list))
    expect(heard[0]).toBe(item)
    expect(structuredClone(item)).toEqual({ _id: "Milk", name: "Milk" })
  })
})
