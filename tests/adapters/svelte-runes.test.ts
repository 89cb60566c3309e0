// raclette-wasm/svelte with runes: dependencies of `$effect` and `$derived`, what ends when they run again, async
// components, and APIs and queries in `$state`, templates and JSON. Most cases come from reports about other Svelte 5
// libraries.
import { beforeAll, describe, expect, it } from "vitest"
import type { Query, Ref } from "../../js-glue/types"
import { CountedRef, flush, nothing, type Todo } from "./harness"
import { openPage } from "./page"
import { Host, loadSvelte, openSvelte, type SvelteBundle, svelteVersions, textOf } from "./svelte-harness"

const use = `import { usePluginApi } from "raclette-wasm/svelte"`
const names = "map(({ name }) => name).join()"

const sources = {
  "Host.svelte": Host,
  "Params.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { data } = usePluginApi()
    let _id = $state("a")
    const { dataArr, error, isLoading, execute } = data.todo.get({ params: () => ({ _id }) })
    $effect(() => void execute())
    tell({ set: (id) => (_id = id) })
  </script>
  <p>{#if isLoading.value}loading{:else if error.value}{error.value.code}{:else}{dataArr.value.${names}}{/if}</p>`,
  "Derived.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { data, eventbus } = usePluginApi()
    let _id = $state("a")
    let isShown = $state(true)
    const todo = $derived(data.todo.get({ params: { _id }, options: { immediate: true } }))
    tell({ set: (id) => (_id = id), show: (now) => (isShown = now) })
  </script>
  {#if isShown}<p>{todo.isLoading.value ? "loading" : todo.dataArr.value.${names}}</p>{/if}`,
  "Scope.svelte": `<script>
    ${use}
    let { tell } = $props()
    let key = $state("pacifico__todo")
    $effect(() => { usePluginApi(key).socket.on("todoCreated", () => {}) })
    tell({ set: (to) => (key = to) })
  </script>`,
  "Depends.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { data, eventbus } = usePluginApi()
    let token = $state(0)
    let page = $state(0)
    const runs = { execute: 0, immediate: 0, emit: 0, next: 0 }
    const config = { get headers() { return { token: String(token) } } }
    const { execute, isLoading } = data.todo.getAll({ params: () => ({ page }), config, options: { useCache: false } })
    isLoading.subscribe(() => token)
    eventbus.on("filter", () => token)
    $effect(() => { runs.execute++; void execute() })
    $effect(() => { runs.immediate++; data.todo.getAll({ params: { get token() { return token } }, options: { immediate: true } }) })
    $effect(() => { runs.emit++; eventbus.emit("filter", 1) })
    $effect(() => { runs.next++; void execute.next() })
    tell({ runs, renew: () => token++, turn: () => page++ })
  </script>`,
  "Loop.svelte": `<script>
    ${use}
    let { tell } = $props()
    const { dataArr, isLoading, error, execute } = usePluginApi().data.todo.getAll()
    const runs = { count: 0 }
    $effect(() => {
      runs.count++
      if (dataArr.value.length < 1 && !error.value) void execute()
      return () => isLoading.value
    })
    tell(runs)
  </script>
  <p>{isLoading.value} {dataArr.value.${names}}</p>`,
  "Emits.svelte": `<script>
    import { fromRef } from "raclette-wasm/svelte"
    import { untrack } from "svelte"
    let { tell, source } = $props()
    const count = untrack(() => fromRef(source))
    let word = $state("a")
    const sent = $derived.by(() => {
      source.set(source.value + 1)
      return word
    })
    tell({ say: (to) => (word = to) })
  </script>
  <p>{count.value}</p><p>{sent}</p>`,
  "Foreign.svelte": `<script>
    ${use}
    let { tell } = $props()
    const api = usePluginApi()
    const query = api.data.todo.getAll({ options: { immediate: true } })
    const { data, socket } = api
    let held = $state({ api, query, list: query.dataArr, socket, data })
    tell({ held, api, query })
  </script>
  <p>{JSON.stringify(query.dataArr)}</p><p>{\`\${data}\${socket}\${query}\${api}\`}</p><p>{JSON.stringify({ held, api })}</p>
  <p>{held.query.dataArr.value.length} {held.list.value.length} {held.socket.status.value}</p>`,
  "Await.svelte": `<script>
    ${use}
    const { data } = usePluginApi()
    const { dataArr, execute } = data.todo.getAll()
    await execute()
    const later = data.todo.get({ params: { _id: "x" }, options: { immediate: true } })
  </script>
  <p>{dataArr.value.${names}} {later.dataArr.value.${names}}</p>`,
  "Pending.svelte": `<script>
    import Await from "./Await.svelte"
    let { tell } = $props()
    let isWanted = $state(true)
    tell({ giveUp: () => (isWanted = false) })
  </script>
  <svelte:boundary>{#if isWanted}<Await />{/if}{#snippet pending()}<i>pending</i>{/snippet}</svelte:boundary>`,
}
type Name = keyof typeof sources

/** Removes the syntax that an older compiler does not support. */
const older = Object.fromEntries(Object.entries(sources).filter(([name]) => !/^(Await|Pending)/.test(name)))

describe.each(svelteVersions)("%s", (version) => {
  let bundle: SvelteBundle<Name>
  beforeAll(async () => {
    openPage()
    bundle = await loadSvelte(version, version === "svelte" ? sources : (older as typeof sources))
  })

  async function show<T>(name: Exclude<Name, "Host.svelte">, props: object = {}) {
    const page = await openSvelte(bundle)
    let told: T | undefined
    const shown = page.show(name, { ...props, tell: (value: T) => (told = value) })
    return { ...page, ...shown, told: told as T }
  }

  describe("an effect that executes", () => {
    it("runs again when what the function `params` reads is another, and shows what came of it", async () => {
      const { told, element, answer, refuse, settle, open, problems } = await show<{ set(id?: string): void }>(
        "Params.svelte",
      )
      await answer("a")
      expect(textOf(element)).toBe("a")
      told.set(undefined)
      await settle()
      expect([textOf(element), open()]).toEqual(["MISSING_PARAM", []])
      told.set("b")
      await settle()
      expect([textOf(element), open()]).toEqual(["loading", ["/todo/b"]])
      await refuse(404)
      expect(textOf(element)).toBe("HTTP_ERROR")
      told.set("c")
      await settle()
      await answer("c")
      expect(textOf(element)).toBe("c")
      expect(problems).toEqual([])
    })

    it("shows the latest, whatever is answered when", async () => {
      const { told, element, settle, platform } = await show<{ set(id: string): void }>("Params.svelte")
      await settle()
      const first = platform.request()
      told.set("b")
      await settle()
      const second = platform.requests.at(-1)
      second?.answered(200, { body: { items: [{ _id: "b", name: "b" }] } })
      await settle()
      if (!first.aborted) first.answered(200, { body: { items: [{ _id: "a", name: "a" }] } })
      await settle()
      expect(textOf(element)).toBe("b")
    })

    it("depends on nothing else that is read meanwhile: headers, callbacks, listeners of an event", async () => {
      const { told, settle } = await show<{ runs: object; renew(): void; turn(): void }>("Depends.svelte")
      await settle()
      const begun = { execute: 1, immediate: 1, emit: 1, next: 1 }
      expect(told.runs).toEqual(begun)
      told.renew()
      await settle()
      expect(told.runs).toEqual(begun)
      told.turn()
      await settle()
      expect(told.runs).toEqual({ ...begun, execute: 2, next: 2 })
    })

    it("comes to rest though it looks at what it executes", async () => {
      const { told, element, answer, settle, open, problems } = await show<{ count: number }>("Loop.svelte")
      await settle()
      expect(open()).toEqual(["/todo/all"])
      await answer("Milk")
      expect(textOf(element)).toBe("false Milk")
      expect(told.count).toBeLessThan(4)
      expect(problems).toEqual([])
    })
  })

  it("what changes while a $derived is at work is shown, and no mutation of that", async () => {
    const { told, element, settle, problems } = await show<{ say(word: string): void }>("Emits.svelte", {
      source: new CountedRef(0),
    })
    await settle()
    expect(textOf(element)).toBe("1a")
    told.say("b")
    await settle()
    expect(textOf(element)).toBe("2b")
    expect(problems).toEqual([])
  })

  describe("what a run makes ends with it", () => {
    it("a query of a $derived is another for other params, and the one before is over", async () => {
      const { told, element, answer, settle, open, census, problems, unmount } = await show<{
        set(id: string): void
        show(now: boolean): void
      }>("Derived.svelte")
      expect(textOf(element)).toBe("loading")
      await answer("a")
      expect(textOf(element)).toBe("a")
      told.set("b")
      await settle()
      expect([textOf(element), open(), census().queries]).toEqual(["loading", ["/todo/b"], 1])
      await answer("b")
      expect(textOf(element)).toBe("b")
      told.show(false)
      await settle()
      // An older Svelte does not notify a $derived that it lost its last reader.
      if (version === "svelte") expect(census().queries).toBe(0)
      told.show(true)
      await settle()
      expect(census().queries).toBe(1)
      await unmount()
      await flush()
      expect(census()).toEqual(nothing)
      expect(problems).toEqual([])
    })

    it("an API of an $effect, with its listeners", async () => {
      const { told, settle, census, unmount, problems } = await show<{ set(key: string): void }>("Scope.svelte")
      await settle()
      expect(census().socketListeners).toBe(1)
      told.set("acme__shop")
      await settle()
      expect(census().socketListeners).toBe(1)
      await unmount()
      await flush()
      expect(census()).toEqual(nothing)
      expect(problems).toEqual([])
    })
  })

  it("APIs, queries and refs are kept by $state as they are, and are JSON of what they hold", async () => {
    const { told, element, answer, problems } = await show<{
      held: { query: Query<Todo>; list: Ref<Todo[]> }
      query: Query<Todo>
    }>("Foreign.svelte")
    const texts = () => [...element.querySelectorAll("p")].map(textOf)
    expect(texts()[0]).toBe("[]")
    await answer("Milk")
    const [list, strings, json, values] = texts()
    expect(JSON.parse(list ?? "")).toEqual([{ _id: "Milk", name: "Milk" }])
    expect(strings).toBe("[object Object]".repeat(4))
    expect(JSON.parse(json ?? "")).toMatchObject({
      held: { list: [{ name: "Milk" }], query: { isLoading: false } },
      api: { pluginKey: "pacifico__todo", data: { todo: {} }, socket: { status: "closed" } },
    })
    expect(values).toBe("1 1 closed")
    expect(told.held.list.value).toBe(told.query.dataArr.value)
    const executed = told.held.query.execute({ limit: 1 })
    await answer("Tea")
    expect((await executed).result).toHaveLength(1)
    expect(problems).toEqual([])
  })

  // An older Svelte has no `await` in components.
  if (version !== "svelte") return
  it("a component may await its read, in a boundary that is pending meanwhile", async () => {
    const { element, answer, settle, unmount, census, problems } = await show("Pending.svelte")
    expect(textOf(element)).toBe("pending")
    await answer("Milk")
    for (let i = 0; i < 5; i++) await settle()
    expect(textOf(element)).toBe("Milk")
    await answer("Tea")
    expect(textOf(element)).toBe("Milk Tea")
    expect(census().queries).toBe(2)
    await unmount()
    await flush()
    expect(census()).toEqual(nothing)
    expect(problems).toEqual([])
  })

  it("a component that is given up while it awaits leaves nothing", async () => {
    const { told, settle, census, open, problems } = await show<{ giveUp(): void }>("Pending.svelte")
    await settle()
    expect(open()).toEqual(["/todo/all"])
    told.giveUp()
    for (let i = 0; i < 5; i++) await settle()
    expect([open(), census()]).toEqual([[], nothing])
    expect(problems).toEqual([])
  })
})
