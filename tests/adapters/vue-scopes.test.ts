// Widgets of several plugins in one Vue app: each gets its own plugin's API wherever in setup it asks, with the host's
// additions. Also the errors if something is missing.
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest"
import type { App, Component } from "vue"
import type { RacletteOptions, VuePluginApi } from "../../js-glue/adapters/vue"
import type { LogEntry, PluginApiParams, Runtime } from "../../js-glue/types"
import { makeRuntime as makeOnFakePlatform } from "../glue/harness"
import { loadPinia, loadVue, type VueBundle, vueVersions } from "./frameworks"
import { flush, items, makeRuntime, nothing } from "./harness"
import { openPage } from "./page"

const todo = "pacifico__todo"
const shop = "acme__shop"

type Hosted = VuePluginApi & Record<"$store" | "$i18n" | "$file", unknown>

describe.each(vueVersions)("%s", (version) => {
  let bundle: VueBundle
  let runtime: Runtime
  let entries: LogEntry[]
  let warnings: string[]
  beforeAll(async () => {
    openPage()
    bundle = await loadVue(version)
  })
  beforeEach(async () => {
    entries = []
    warnings = []
    const sink = (entry: LogEntry) => void entries.push(entry)
    runtime = (await makeOnFakePlatform({ log: { sink } })).runtime
    onTestFinished(() => runtime.dispose())
  })

  const use = (given?: string | PluginApiParams) => bundle.adapter.usePluginApi(given) as Hosted
  const titles = () => entries.map(({ title }) => title)

  function mount(root: Component, options: RacletteOptions = { pluginKey: todo }): { app: App; element: HTMLElement } {
    const element = document.createElement("div")
    const app = bundle.vue.createApp(root).use(bundle.adapter.createRaclette(runtime, options))
    app.config.warnHandler = (message) => warnings.push(message)
    app.mount(element)
    onTestFinished(() => app.unmount())
    return { app, element }
  }

  /** Mounts a component with this setup and returns setup's result. */
  function inSetup<T>(setup: () => T, options?: RacletteOptions): T {
    const returned: T[] = []
    mount(
      silent(() => returned.push(setup())),
      options,
    )
    return returned[0] as T
  }

  /** A component that shows nothing. */
  const silent = (setup: () => unknown) => ({
    setup() {
      setup()
      return () => null
    },
  })

  /** A component that shows its plugin's key, and adds its API to `apis`. */
  function makeWidget(apis: Hosted[] = []) {
    return bundle.vue.defineComponent({
      template: "<i>{{ key }}</i><slot />",
      setup() {
        const api = use()
        apis.push(api)
        return { key: api.pluginKey }
      },
    })
  }

  const components = () => ({ RacletteScope: bundle.adapter.RacletteScope, Widget: makeWidget() })

  describe("RacletteScope", () => {
    it("sets the plugin of its content, and the nearest one counts", () => {
      const { element } = mount({
        components: components(),
        template: `<Widget /><RacletteScope plugin-key="${shop}"><div><Widget><RacletteScope plugin-key="c__d"><Widget />
          </RacletteScope></Widget></div></RacletteScope><Widget />`,
      })
      expect(element.textContent?.replace(/\s/g, "")).toBe(`${todo}${shop}c__d${todo}`)
      expect(warnings).toEqual([])
    })

    it("needs no key of the app, and says so where there is neither", () => {
      const template = `<RacletteScope plugin-key="${shop}"><Widget /></RacletteScope>`
      const { element } = mount({ components: components(), template }, {})
      expect(element.textContent).toBe(shop)
      expect(() => mount({ components: components(), template: "<Widget />" }, {})).toThrow(
        'put a <RacletteScope plugin-key="…"> above',
      )
    })

    it("recreates its content for another key, and leaves nothing behind", async () => {
      const rig = await makeRuntime()
      runtime = rig.runtime
      const { shallowRef, onUnmounted, h } = bundle.vue
      const pluginKey = shallowRef(shop)
      const seen: string[] = []
      const Child = {
        setup() {
          const api = use()
          api.$eventbus.on("e", () => {})
          seen.push(api.pluginKey)
          onUnmounted(() => seen.push(`gone ${api.pluginKey}`))
          return () => h("p", api.pluginKey)
        },
      }
      const { app, element } = mount({
        setup: () => () =>
          h(bundle.adapter.RacletteScope, { pluginKey: pluginKey.value }, { default: () => [h(Child)] }),
      })
      pluginKey.value = "c__d"
      await bundle.vue.nextTick()
      expect(element.textContent).toBe("c__d")
      expect([...seen].sort()).toEqual([shop, "c__d", `gone ${shop}`].sort())
      expect(rig.census().busListeners).toBe(1)
      app.unmount()
      // The core is told of listeners at the end of the task.
      await Promise.resolve()
      expect(rig.census()).toEqual(nothing)
    })

    it("keeps its content while nothing of it changes", async () => {
      const { shallowRef, nextTick } = bundle.vue
      const count = shallowRef(0)
      const apis: Hosted[] = []
      const { element } = mount({
        components: { ...components(), Widget: makeWidget(apis) },
        setup: () => ({ count }),
        template: `<b>{{ count }}</b><RacletteScope plugin-key="${shop}"><Widget>{{ count }}</Widget></RacletteScope>`,
      })
      count.value = 1
      await nextTick()
      expect(element.textContent).toBe(`1${shop}1`)
      expect(apis).toHaveLength(1)
    })

    it("reaches through Teleport, KeepAlive and a v-for over plugins", () => {
      const { element } = mount({
        components: components(),
        setup: () => ({ keys: [shop, "c__d"] }),
        template: `<RacletteScope v-for="key in keys" :key="key" :plugin-key="key">
          <KeepAlive><Widget /></KeepAlive><Teleport to="body" disabled><Widget /></Teleport></RacletteScope>`,
      })
      expect(element.textContent?.replace(/\s/g, "")).toBe(`${shop}${shop}c__dc__d`)
    })
  })

  describe("provideRaclette", () => {
    it("is for the component itself and those below, and not for those beside", () => {
      const seen: string[] = []
      const Child = silent(() => seen.push(use().pluginKey))
      const { h } = bundle.vue
      const Parent = {
        setup() {
          seen.push(use().pluginKey)
          bundle.adapter.provideRaclette(shop)
          seen.push(use().pluginKey)
          return () => h(Child)
        },
      }
      mount({ setup: () => () => [h(Parent), h(Child)] })
      expect(seen).toEqual([todo, shop, shop, todo])
    })

    it("is for effect scopes within the component as well, and for its hooks", () => {
      const seen: string[] = []
      const { effectScope, onMounted } = bundle.vue
      inSetup(() => {
        bundle.adapter.provideRaclette(shop)
        effectScope().run(() => effectScope().run(() => seen.push(use().pluginKey)))
        onMounted(() => seen.push(use().pluginKey))
      })
      expect(seen).toEqual([shop, shop])
    })

    it("is not for what is to outlive the component", () => {
      const detached = bundle.vue.effectScope(true)
      onTestFinished(() => detached.stop())
      const key = inSetup(() => {
        bundle.adapter.provideRaclette(shop)
        return detached.run(() => use().pluginKey)
      })
      expect(key).toBe(todo)
    })

    it("works after an await in script setup, which restores the component", async () => {
      const { h, Suspense } = bundle.vue
      // Not in Vue's types.
      const { withAsyncContext } = bundle.vue as unknown as {
        withAsyncContext(begin: () => Promise<unknown>): [Promise<unknown>, () => void]
      }
      const seen: string[] = []
      const Child = silent(() => seen.push(use().pluginKey))
      const Page = {
        async setup() {
          // The compiled form of `await`.
          const [awaited, restore] = withAsyncContext(() => Promise.resolve())
          await awaited
          restore()
          bundle.adapter.provideRaclette(shop)
          seen.push(use().pluginKey)
          return () => h(Child)
        },
      }
      mount({ setup: () => () => h(Suspense, null, { default: () => h(Page) }) })
      await flush()
      expect(seen).toEqual([shop, shop])
    })

    it("and usePluginApi say what to do behind an await of one's own, and outside of setup", async () => {
      const { h, Suspense } = bundle.vue
      const thrown: string[] = []
      const messageOf = (call: () => unknown) => {
        try {
          call()
        } catch (error) {
          thrown.push((error as Error).message)
        }
      }
      const Page = {
        async setup() {
          await Promise.resolve()
          messageOf(() => use())
          messageOf(() => bundle.adapter.provideRaclette(shop))
          return () => null
        },
      }
      const { app } = mount({ setup: () => () => h(Suspense, null, { default: () => h(Page) }) })
      await flush()
      expect(thrown).toHaveLength(2)
      for (const message of thrown) expect(message).toContain("behind an `await`: call it in setup(), before that")
      expect(() => app.runWithContext(() => bundle.adapter.provideRaclette(shop))).toThrow("outside setup()")
    })
  })

  describe("another plugin's API", () => {
    it("keeps the log of the calling plugin, also for its own reports", () => {
      inSetup(() => {
        bundle.adapter.provideRaclette(shop)
        for (const api of [use("raclette__core"), use({ pluginKey: "raclette__core" }), use(), use(shop)]) api.$log("x")
        const core = use("raclette__core")
        core.$eventbus.on("e", () => {
          throw new Error("no")
        })
        core.$eventbus.emit("e")
        core.$log.child("list")("y")
      })
      const own = `plugin/${shop} - x`
      expect(titles().slice(0, 4)).toEqual([own, own, own, own])
      expect(titles().slice(4)).toEqual([expect.stringMatching(`^plugin/${shop} - `), `plugin/${shop}/list - y`])
    })

    it("has the other's names, bus and ids", () => {
      const { api, id } = inSetup(() => {
        bundle.adapter.provideRaclette(shop)
        const api = use({ pluginKey: todo, actionId: "save" })
        return { api, id: api.$data.todo?.getAll?.().query.value.id }
      })
      expect(api.pluginKey).toBe(todo)
      expect(id).toMatch(/^plugin-pacifico__todo-save-/)
    })

    it("logs as it is told to, and as itself where nobody said whose code it is", () => {
      const { $log } = runtime.usePluginApi("c__d")
      inSetup(() => use({ pluginKey: shop, $log }).$log("x"))
      inSetup(() => use(shop).$log("x"), {})
      expect(titles()).toEqual(["plugin/c__d - x", `plugin/${shop} - x`])
    })
  })

  describe("parts", () => {
    const names = ["$data", "$socket", "$eventbus", "$log"] as const

    it("that are true are the API's own, as those without a word", () => {
      const api = inSetup(() => use({ $data: true, $socket: true, $eventbus: true, $store: true }))
      expect(api.$data.todo?.getAll).toBeTypeOf("function")
      for (const name of names) expect(api[name], name).toBeDefined()
    })

    it.each(names)("that are false are none, and say so: %s", (name) => {
      const api = inSetup(() => use({ [name]: false }))
      expect(() => api[name]).toThrow(`\`${name}: false\``)
      expect(Object.keys(api)).not.toContain(name)
      for (const other of names.filter((one) => one !== name)) expect(api[other]).toBeDefined()
      expect(() => JSON.stringify({ ...api })).not.toThrow()
    })

    it("of others are taken beside them", () => {
      const other = runtime.usePluginApi(shop)
      const api = inSetup(() => use({ $eventbus: other.$eventbus, $socket: false }))
      expect(api.$eventbus).toBe(other.$eventbus)
    })
  })

  describe("extend", () => {
    it("adds an object's members to every plugin's API", () => {
      const $store = { get: () => 1 }
      const apis = inSetup(() => [use(), use(shop), use({ $store: true })], { pluginKey: todo, extend: { $store } })
      for (const api of apis) expect(api.$store).toBe($store)
      expect(Object.keys(apis[0] ?? {})).toContain("$store")
      expect(Object.isFrozen(apis[0])).toBe(true)
    })

    it("adds what a function makes of each API, in its scope", () => {
      const ended: string[] = []
      const extend = (api: VuePluginApi) => {
        bundle.vue.onScopeDispose(() => ended.push(api.pluginKey))
        return { $i18n: { t: (word: string) => `${api.pluginKey} ${word}` } }
      }
      const { app, element } = mount(
        {
          components: components(),
          setup: () => ({ t: (use().$i18n as { t(word: string): string }).t }),
          template: `{{ t("title") }}<RacletteScope plugin-key="${shop}"><Widget /></RacletteScope>`,
        } as Component,
        { pluginKey: todo, extend },
      )
      expect(element.textContent).toBe(`${todo} title${shop}`)
      expect(ended).toEqual([])
      app.unmount()
      expect(ended.sort()).toEqual([shop, todo])
    })

    it("may use other plugins' APIs, without end, and put members in the place of the API's", () => {
      const extend = (api: VuePluginApi) => ({ $data: { ...use("pacifico__todo").$data, own: api.$data } })
      const api = inSetup(() => use(shop), { extend })
      expect(Object.keys(api.$data)).toEqual(["todo", "own"])
      expect(api.pluginKey).toBe(shop)
    })

    it("may be made of the API itself: a store that creates data by its type", async () => {
      const rig = await makeRuntime()
      runtime = rig.runtime
      const extend = ({ $data }: VuePluginApi) => ({
        $store: { createData: (item: object, type: string) => $data[type]?.create?.().execute({ ...item }) },
      })
      const { $store } = inSetup(() => use(), { pluginKey: todo, extend })
      void ($store as ReturnType<typeof extend>["$store"]).createData({ name: "Milk" }, "todo")
      await flush()
      expect(rig.platform.request()).toMatchObject({ method: "POST", body: '{"name":"Milk"}' })
    })

    it("that throws is the caller's failure, and the next call extends again", () => {
      let isBroken = true
      const extend = () => {
        if (isBroken) throw new Error("broken")
        return { $store: 1 }
      }
      const options = { pluginKey: todo, extend }
      expect(() => inSetup(() => use(), options)).toThrow("broken")
      isBroken = false
      expect(inSetup(() => use(), options).$store).toBe(1)
    })

    it.each(["$store", "$i18n", "$file"] as const)("without %s, reading that says what to do", (name) => {
      const api = inSetup(() => use())
      const error = expect.objectContaining({
        name: "RacletteError",
        code: "NOT_PROVIDED",
        message: expect.stringContaining(`createRaclette(runtime, { extend: { ${name} } })`),
      })
      expect(() => api[name]).toThrow(error)
      expect(() => inSetup(() => use({ $store: true })[name])).toThrow(error)
      expect(Object.keys(api)).not.toContain(name)
      expect(() => `${JSON.stringify(api)}${bundle.vue.reactive({ ...api }).pluginKey}`).not.toThrow()
    })

    it("$store: false leaves out what it gives", () => {
      const api = inSetup(() => use({ $store: false }), { pluginKey: todo, extend: { $store: 1, $i18n: 2 } })
      expect(() => api.$store).toThrow("`$store: false`")
      expect(api.$i18n).toBe(2)
    })
  })

  it("two apps of one page have their own", () => {
    const seen: string[] = []
    const Child = silent(() => seen.push(use().pluginKey))
    const openInner = () => {
      const inner = bundle.vue.createApp(Child).use(bundle.adapter.createRaclette(runtime, { pluginKey: shop }))
      inner.mount(document.createElement("div"))
      inner.unmount()
    }
    inSetup(() => {
      bundle.adapter.provideRaclette("c__d")
      seen.push(use().pluginKey)
      bundle.vue.onMounted(openInner)
      bundle.vue.onMounted(() => seen.push(use().pluginKey))
    })
    expect(seen).toEqual(["c__d", shop, "c__d"])
  })

  it("on a server whose code it is holds as well", async () => {
    const { createSSRApp, h } = bundle.vue
    const Shown = {
      setup() {
        const { pluginKey } = use()
        return () => h("i", pluginKey)
      },
    }
    const content = () => h(bundle.adapter.RacletteScope, { pluginKey: shop }, { default: () => [h(Shown)] })
    const app = createSSRApp({ setup: () => content }).use(bundle.adapter.createRaclette(runtime, { pluginKey: todo }))
    expect(await bundle.server.renderToString(app)).toContain(`<i>${shop}</i>`)
  })
})

it("a Pinia store is the app's, whichever plugin's component comes first to use it", async () => {
  openPage()
  const { vue, adapter, pinia } = await loadPinia()
  const { runtime, platform } = await makeRuntime()
  onTestFinished(() => runtime.dispose())
  const useTodos = pinia.defineStore("todos", () => {
    const { pluginKey, $data } = adapter.usePluginApi()
    const { dataArr } = $data.todo?.getAll?.({ options: { immediate: true } }) ?? {}
    return { pluginKey: vue.ref(pluginKey), dataArr }
  })
  const Widget = { setup: () => ({ todos: useTodos() }), template: "<i>{{ todos.pluginKey }}</i>" }
  const Root = vue.defineComponent({
    components: { RacletteScope: adapter.RacletteScope, Widget },
    setup: () => adapter.provideRaclette(shop),
    template: '<RacletteScope plugin-key="c__d"><Widget /></RacletteScope>',
  })
  const app = vue
    .createApp(Root)
    .use(pinia.createPinia())
    .use(adapter.createRaclette(runtime, { pluginKey: todo }))
  const element = document.createElement("div")
  app.mount(element)
  onTestFinished(() => app.unmount())
  expect(element.textContent).toBe(todo)
  await flush()
  platform.request().answered(200, items("Milk"))
})
