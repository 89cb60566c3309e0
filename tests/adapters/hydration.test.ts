// Hydration: the page adopts the server's markup unchanged, whatever has happened since, and updates soon after. Runs
// with each version of Vue and React.
import type { ReactNode } from "react"
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import type { VuePluginApi } from "../../js-glue/adapters/vue"
import type { Ref, Runtime } from "../../js-glue/types"
import { loadReact, loadVue, type ReactBundle, reactVersions, type VueBundle, vueVersions } from "./frameworks"
import { connect, flush, items, makeRuntime, type Todo } from "./harness"
import { openPage } from "./page"
import { openReact, pluginKey } from "./react-harness"

/** The values that a page may show of a runtime with the same lifetime. */
function refsOf({ $socket, queued }: Runtime, dataArr: Ref<Todo[]>): Ref<unknown>[] {
  return [$socket.status, $socket.reason, $socket.recovered, $socket.buffered, queued, dataArr] as Ref<unknown>[]
}
const first = JSON.stringify(["closed", null, false, { count: 0, bytes: 0 }, [], []])

/** A page's runtime before hydration: connected, with a list after its first read. */
async function openRuntime(made: Awaited<ReturnType<typeof makeRuntime>>) {
  const { runtime, platform } = made
  onTestFinished(() => runtime.dispose())
  const list = runtime.usePluginApi(pluginKey).$data.todo?.getAll?.<Todo>()
  if (!list) throw new Error("the config has getAll")
  await connect(runtime, platform)
  void list.execute()
  await flush()
  platform.request().answered(200, items("Milk"))
  return { ...made, list, refs: refsOf(runtime, list.dataArr) }
}

/** The same runtime on a server: not connected, nothing read. */
async function openServer() {
  const { runtime } = await makeRuntime()
  onTestFinished(() => runtime.dispose())
  const list = runtime.usePluginApi(pluginKey).$data.todo?.getAll?.<Todo>()
  if (!list) throw new Error("the config has getAll")
  return { runtime, refs: refsOf(runtime, list.dataArr) }
}

describe.each(reactVersions)("react%s", (suffix) => {
  let bundle: ReactBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadReact(suffix)
  })

  /** Renders on a server and hydrates on a page with a used runtime. Returns the texts that the page showed. */
  async function hydrate(
    tree: (refs: readonly Ref<unknown>[], page: Awaited<ReturnType<typeof openReact>>) => ReactNode,
  ) {
    const page = await openReact(bundle)
    const { refs, ...rest } = await openRuntime(page)
    const server = await openServer()
    const provide = (runtime: Runtime, of: readonly Ref<unknown>[]) =>
      page.h(bundle.adapter.RacletteProvider, { runtime, pluginKey }, tree(of, page))
    const html = bundle.server.renderToString(provide(server.runtime, server.refs))
    const element = document.createElement("div")
    element.innerHTML = html
    const recovered: unknown[] = []
    await page.act(() => {
      bundle.client.hydrateRoot(element, provide(page.runtime, refs), {
        onRecoverableError: (error) => recovered.push(error),
      })
    })
    return { ...page, ...rest, html: html.replaceAll("&quot;", '"'), element, recovered }
  }

  it("every ref is what it was on the server, then what it is", async () => {
    const { html, element, recovered, problems } = await hydrate((refs, { h }) => {
      const All = () => JSON.stringify(refs.map((ref) => bundle.adapter.useRacletteRef(ref) ?? null))
      return h("p", {}, h(All))
    })
    expect(html).toContain(first)
    expect(element.textContent).toContain('["connected",null,false')
    expect(element.textContent).toContain("Milk")
    expect([recovered, problems]).toEqual([[], []])
  })

  it("also where a boundary is hydrated later, after the page has changed again", async () => {
    const { react } = bundle
    let resume = () => {}
    let isOnPage = false
    const waiting = new Promise<void>((resolve) => {
      resume = resolve
    })
    let isReady = false
    const { element, recovered, problems, act, html } = await hydrate(([status], { h }) => {
      const Late = () => {
        const shown = bundle.adapter.useRacletteRef(status as Ref<string>)
        if (isOnPage && !isReady) throw waiting
        return h("b", {}, shown)
      }
      const Soon = () => {
        react.useEffect(() => {
          isOnPage = true
        })
        return bundle.adapter.useRacletteRef(status as Ref<string>)
      }
      return [h("p", { key: 1 }, h(Soon)), h(react.Suspense, { key: 2, fallback: "wait" }, h(Late))]
    })
    expect(html).toContain("<b>closed</b>")
    isReady = true
    await act(resume)
    expect(element.textContent).toBe("connectedconnected")
    expect([recovered, problems]).toEqual([[], []])
  })

  it("a query is loading, though its answer is there already, and shows it then", async () => {
    const { html, element, recovered, problems } = await hydrate((_refs, { reader, h }) => h(reader("getAll")))
    expect(html).toContain("loading")
    expect(element.textContent).toBe("Milk")
    expect([recovered, problems]).toEqual([[], []])
  })
})

describe.each(vueVersions)("%s", (version) => {
  let bundle: VueBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadVue(version)
  })

  /** As above, for a component with this setup, which returns its render function. */
  async function hydrate(setup: (api: VuePluginApi, refs: readonly Ref<unknown>[]) => unknown) {
    const page = await openRuntime(await makeRuntime())
    const server = await openServer()
    const problems: unknown[] = []
    for (const name of ["warn", "error"] as const) {
      const spy = vi.spyOn(console, name).mockImplementation((...said) => problems.push(said.join(" ")))
      onTestFinished(() => spy.mockRestore())
    }
    const make = (runtime: Runtime, refs: readonly Ref<unknown>[]) =>
      bundle.vue
        .createSSRApp({ setup: () => setup(bundle.adapter.usePluginApi(), refs) as () => string })
        .use(bundle.adapter.createRaclette(runtime, { pluginKey }))
    const element = document.createElement("div")
    element.innerHTML = await bundle.server.renderToString(make(server.runtime, server.refs))
    const app = make(page.runtime, page.refs)
    app.mount(element)
    onTestFinished(() => app.unmount())
    const adopted = element.textContent
    await flush()
    return { ...page, adopted, element, problems }
  }

  it("every ref is what it was on the server, then what it is", async () => {
    const { adopted, element, problems } = await hydrate(({ $socket }, refs) => {
      const own = refs.map((ref) => bundle.adapter.fromRef(ref))
      const all = bundle.vue.computed(() => JSON.stringify(own.map(({ value }) => value ?? null)))
      return () => bundle.vue.h("p", `${all.value} ${$socket.status.value}`)
    })
    expect(adopted).toBe(`${first} closed`)
    expect(element.textContent).toMatch(/^\["connected",null,false.*Milk.* connected$/)
    expect(problems).toEqual([])
  })

  it("also one that somebody else has read already, and one that is read in setup", async () => {
    const seen: unknown[] = []
    const { element, problems, adopted } = await hydrate((_api, [source]) => {
      const status = bundle.adapter.fromRef(source as Ref<unknown>)
      const inSetup = status.value
      // Nobody's component.
      new Promise<void>((resolve) => resolve()).then(() => seen.push(status.value))
      bundle.vue.watch(status, (now) => seen.push(now), { immediate: true, flush: "sync" })
      return () => bundle.vue.h("p", `${inSetup} ${status.value}`)
    })
    expect(adopted).toBe("closed closed")
    expect(element.textContent).toBe("closed connected")
    expect(seen).toEqual(expect.arrayContaining(["closed", "connected"]))
    expect(problems).toEqual([])
  })

  it("a query has no rows and is not loading, though its answer is there already, and shows it then", async () => {
    const lengths: unknown[] = []
    const { element, problems, adopted } = await hydrate(({ $data }) => {
      const { dataArr, isLoading } = $data.todo?.getAll?.<Todo>({ options: { immediate: true } }) ?? {}
      bundle.vue.watch(
        () => dataArr?.value.length,
        (now) => lengths.push(now),
        { immediate: true },
      )
      return () =>
        bundle.vue.h("p", [`${isLoading?.value} `, dataArr?.value.map(({ name }) => bundle.vue.h("b", name))])
    })
    expect(adopted).toBe("false ")
    expect(element.textContent).toBe("false Milk")
    expect(lengths.filter((length) => length !== undefined).slice(-2)).toEqual([0, 1])
    expect(problems).toEqual([])
  })

  it("a component that is mounted later shows the current state at once", async () => {
    const { h, ref } = bundle.vue
    const isShown = ref(false)
    const { element, problems } = await hydrate(({ $socket }) => {
      const Late = { setup: () => () => h("p", $socket.status.value) }
      return () => (isShown.value ? h(Late) : h("p", "none"))
    })
    isShown.value = true
    const seen = await bundle.vue.nextTick(() => element.textContent)
    expect(seen).toBe("connected")
    expect(problems).toEqual([])
  })

  it("in a boundary that is hydrated later it is what it was on the server as well", async () => {
    const { h, Suspense } = bundle.vue
    let resume = () => {}
    let isServer = true
    const waiting = new Promise<void>((resolve) => {
      resume = resolve
    })
    const { element, problems, adopted } = await hydrate(({ $socket }) => {
      const Late = {
        async setup() {
          if (!isServer) await waiting
          isServer = false
          return () => h("b", $socket.status.value)
        },
      }
      return () => h("p", [h("i", $socket.status.value), h(Suspense, null, { default: () => h(Late) })])
    })
    expect(adopted).toBe("closedclosed")
    expect(element.textContent).toBe("connectedclosed")
    resume()
    await flush()
    expect(element.textContent).toBe("connectedconnected")
    expect(problems.filter((problem) => !String(problem).includes("<Suspense> is an experimental"))).toEqual([])
  })
})
