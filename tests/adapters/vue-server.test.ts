// raclette-wasm/vue in server rendering: without a window and without unmounts nothing leaks, even if the runtime
// outlives the rendering.
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import type { VuePluginApi } from "../../js-glue/adapters/vue"
import { loadVue, type VueBundle, vueVersions } from "./frameworks"
import { flush, items, makeRuntime, nothing, type Rig } from "./harness"

describe.each(vueVersions)("%s on a server", (version) => {
  let bundle: VueBundle
  let rig: Rig
  beforeAll(async () => {
    expect(typeof window).toBe("undefined")
    bundle = await loadVue(version)
  })
  beforeEach(async () => {
    rig = await makeRuntime()
    onTestFinished(() => rig.runtime.dispose())
  })

  /** Renders a component that shows the list. Its setup also calls `also`. */
  function render(options: object, also: (api: VuePluginApi, query: ReturnType<typeof getAll>) => void = () => {}) {
    const { h } = bundle.vue
    const root = () => {
      const api = bundle.adapter.usePluginApi()
      const query = getAll(api, options)
      also(api, query)
      const { data, isLoading, error } = query
      const names = () => Object.values(data.value).map(({ name }) => h("p", name))
      return () => [names(), `${isLoading.value} ${error.value?.code ?? ""} ${api.$socket.status.value}`]
    }
    const app = bundle.vue
      .createSSRApp({ setup: root })
      .use(bundle.adapter.createRaclette(rig.runtime, { pluginKey: "pacifico__todo" }))
    return bundle.server.renderToString(app)
  }

  function getAll(api: VuePluginApi, options: object) {
    const query = api.$data.todo?.getAll?.({ options })
    if (!query) throw new Error("the config has getAll")
    return query
  }

  const text = (html: string) => html.replace(/<!--.*?-->/g, "")

  it("requests nothing automatically, and leaves nothing", async () => {
    const html = await render({ immediate: true, live: true, refetchInterval: 1000 })
    expect(text(html)).toBe("false  closed")
    expect(rig.platform.requests).toEqual([])
    expect(rig.platform.timers.size).toBe(0)
    expect(rig.census()).toEqual(nothing)
  })

  it("hears nothing, waits for nothing, and still speaks", async () => {
    const { $eventbus } = rig.runtime.usePluginApi("pacifico__todo")
    const [heard, onServer] = [vi.fn(), vi.fn()]
    $eventbus.global.on("e", heard)
    const ends: unknown[] = []
    await render({}, (api) => {
      ends.push(api.$socket.on("k", onServer), api.$socket.todoCreated.on(onServer), api.$socket.onAny(onServer))
      ends.push(api.$eventbus.on("e", onServer), api.$eventbus.global.once("e", onServer))
      void api.$socket.waitFor("k", { timeout: 5 })
      void api.$socket.todoCreated.waitFor({ timeout: 5 })
      void api.$eventbus.waitFor("e", { timeout: 5 })
      api.$eventbus.global.emit("e", 1)
      expect(api.$socket.off("k")).toBe(0)
    })
    for (const end of ends) (end as () => void)()
    expect(heard).toHaveBeenCalledTimes(1)
    expect(onServer).not.toHaveBeenCalled()
    expect(rig.platform.timers.size).toBe(0)
    expect(rig.census()).toEqual({ ...nothing, busListeners: 1 })
  })

  it("an iteration over events is over at once", async () => {
    let iterated: Promise<string> | undefined
    await render({}, (api) => {
      iterated = (async () => {
        for await (const _ of api.$socket.events("k")) return "an event"
        return "over"
      })()
    })
    expect(await iterated).toBe("over")
  })

  it("shows the items that onServerPrefetch fetched, and leaves nothing", async () => {
    const results: unknown[] = []
    const rendering = render({ cb: (result: unknown) => results.push(result) }, (_api, { execute, isLoading }) => {
      bundle.vue.onServerPrefetch(async () => {
        const executed = execute()
        expect(isLoading.value).toBe(true)
        await executed
      })
    })
    await flush()
    expect(rig.census()).toMatchObject({ queries: 1, requests: 1 })
    rig.platform.request().answered(200, items("Milk", "Bread"))
    expect(text(await rendering)).toBe("<p>Milk</p><p>Bread</p>false  closed")
    expect(results).toHaveLength(1)
    expect(rig.census()).toEqual(nothing)
  })

  it("shows a failure, and the latest of two executions", async () => {
    const failing = render({}, (_api, { execute }) => bundle.vue.onServerPrefetch(async () => void (await execute())))
    await flush()
    rig.platform.request().answered(500)
    expect(text(await failing)).toContain("HTTP_ERROR")

    const twice = render({ useCache: false }, (_api, { execute }) => {
      bundle.vue.onServerPrefetch(() => Promise.all([execute({ limit: 1 }), execute({ limit: 2 })]))
    })
    await flush()
    const [first, second] = rig.platform.requests
    second?.answered(200, items("second"))
    await flush()
    first?.answered(200, items("first"))
    expect(text(await twice)).toContain("<p>second</p>")
    expect(rig.census()).toEqual(nothing)
  })

  it("ends what is under way by abort and dispose", async () => {
    const codes: unknown[] = []
    await render({}, (_api, query) => {
      bundle.vue.onServerPrefetch(async () => {
        const aborted = query.execute()
        query.abort()
        codes.push((await aborted).error?.code)
        const disposed = query.execute.next()
        query.dispose()
        codes.push((await disposed).error?.code, (await query.execute()).error?.code)
      })
    })
    expect(codes).toEqual(["ABORTED", "DISPOSED", "DISPOSED"])
    expect(rig.census()).toEqual(nothing)
  })

  it("fails for a name that no config has", async () => {
    let thrown: unknown
    await render({}, (api) => {
      try {
        api.$data.todo?.nothing?.()
      } catch (error) {
        thrown = error
      }
    })
    expect(thrown).toMatchObject({ code: "UNKNOWN_OPERATION" })
  })
})
