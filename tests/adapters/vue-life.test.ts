// The life cycle of a Vue component's queries: KeepAlive deactivates them, a change of `:key` joins requests in flight,
// and promises of an unmounted component cause no unhandled rejections. Also the values that params may hold.
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { Component } from "vue"
import type { VuePluginApi } from "../../js-glue/adapters/vue"
import { loadPinia, loadVue, type VueBundle, vueVersions } from "./frameworks"
import { connect, eventFrame, flush, items, makeRuntime, nothing } from "./harness"
import { openPage } from "./page"

const key = "pacifico__todo"
type Options = Record<string, unknown>

describe.each(vueVersions)("%s", (version) => {
  let bundle: VueBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadVue(version)
  })

  async function open() {
    const rig = await makeRuntime()
    onTestFinished(() => rig.runtime.dispose())
    const { createApp } = bundle.vue
    const element = document.createElement("div")
    const mount = (root: Component) => {
      const app = createApp(root).use(bundle.adapter.createRaclette(rig.runtime, { pluginKey: key }))
      app.mount(element)
      return app
    }
    const urls = () => rig.platform.requests.map(({ url }) => url.replace("http://backend.test", ""))
    const answer = async (...names: string[]) => {
      await flush()
      rig.platform.request().answered(200, items(...names))
      await flush()
    }
    return { ...rig, element, mount, urls, answer }
  }
  const getAll = (api: VuePluginApi, args: object = {}) => {
    const query = api.$data.todo?.getAll?.(args)
    if (!query) throw new Error("the config has getAll")
    return query
  }

  describe("what a component keeps up to date", () => {
    it("is what it made in its setup, read or not, and not what a handler executed once", async () => {
      const page = await open()
      let api: VuePluginApi | undefined
      const Page = {
        setup() {
          api = bundle.adapter.usePluginApi()
          void getAll(api).execute()
          return () => bundle.vue.h("p")
        },
      }
      page.mount(Page)
      await page.answer("Milk")
      for (let i = 0; i < 3; i++) {
        const one = (api as VuePluginApi).$data.todo?.get?.({ params: { _id: String(i) } })
        const executed = one?.execute()
        await page.answer("Milk")
        expect((await executed)?.result).toHaveLength(1)
      }
      page.platform.advance(5000)
      page.platform.life("visible")
      page.platform.advance(1000)
      await flush()
      expect(page.urls()).toEqual(["/todo/all"])
    })

    it("is what it shows of a handler's, as long as it is there", async () => {
      const page = await open()
      const { h, shallowRef } = bundle.vue
      const shown = shallowRef<ReturnType<typeof getAll>>()
      let api: VuePluginApi | undefined
      const Page = {
        setup() {
          api = bundle.adapter.usePluginApi()
          return () => h("p", shown.value?.dataArr.value.map(({ name }) => name).join() ?? "none")
        },
      }
      const app = page.mount(Page)
      shown.value = getAll(api as VuePluginApi)
      void shown.value.execute()
      await page.answer("Milk")
      expect(page.element.textContent).toBe("Milk")
      page.platform.advance(5000)
      page.platform.life("visible")
      page.platform.advance(1000)
      await flush()
      expect(page.urls()).toEqual(["/todo/all"])
      await page.answer("Bread")
      expect(page.element.textContent).toBe("Bread")
      app.unmount()
      await flush()
      page.platform.advance(5000)
      page.platform.life("visible")
      page.platform.advance(1000)
      expect(page.urls()).toEqual([])
    })
  })

  describe("a component that KeepAlive hides", () => {
    /** A list in a KeepAlive, after its first read. */
    async function openList(options: Options, setup?: (api: VuePluginApi) => ReturnType<typeof getAll>) {
      const page = await open()
      const { h, KeepAlive, ref } = bundle.vue
      const isShown = ref(true)
      let list: ReturnType<typeof getAll> | undefined
      const List = {
        setup() {
          const api = bundle.adapter.usePluginApi()
          list = setup?.(api) ?? getAll(api, { options: { immediate: true, ...options } })
          const { dataArr, isLoading } = list
          return () => h("p", `${isLoading.value ? "loading " : ""}${dataArr.value.map(({ name }) => name)}`)
        },
      }
      const app = page.mount(() => h(KeepAlive, null, { default: () => (isShown.value ? h(List) : h("b", "other")) }))
      if (!list) throw new Error("it was not set up")
      const show = async (now: boolean) => {
        isShown.value = now
        await flush()
      }
      return { ...page, app, list, show }
    }

    it.each([
      ["at its interval", { refetchInterval: 500 }],
      ["on focus and after a gap", {}],
      ["if it is live", { live: true }],
    ])("is not read %s, and catches up once", async (_when, options) => {
      const { show, answer, platform, runtime, urls, element } = await openList(options)
      await answer("Milk")
      await show(false)
      platform.advance(2000)
      platform.life("visible")
      const { text } = await connect(runtime, platform)
      platform.advance(2000)
      text(eventFrame("todoCreated", "what is this?"))
      await flush()
      expect(urls()).toEqual([])
      expect(element.textContent).toBe("other")
      await show(true)
      expect(urls()).toEqual(["/todo/all"])
      expect(element.textContent).toBe("loading Milk")
      await answer("Bread")
      expect(element.textContent).toBe("Bread")
      await show(false)
      await show(true)
      expect(urls()).toEqual([])
    })

    it("follows configure() and execute()", async () => {
      const { show, answer, platform, urls, list } = await openList({ refetchInterval: 500 })
      await answer("Milk")
      await show(false)
      list.configure({ refetchInterval: 50 })
      platform.advance(5000)
      void list.execute()
      await flush()
      expect(urls()).toHaveLength(1)
      await answer("Milk")
      list.configure({ active: false })
      await show(true)
      platform.advance(5000)
      await flush()
      expect(urls()).toEqual([])
      list.configure({ active: true })
      await flush()
      expect(urls()).toHaveLength(1)
    })

    it("lets what is begun while it is hidden rest as well", async () => {
      let api: VuePluginApi | undefined
      const { show, answer, platform, urls } = await openList({}, (given) => {
        api = given
        return getAll(given)
      })
      await show(false)
      getAll(api as VuePluginApi, { options: { immediate: true, refetchInterval: 500 } })
      await answer("Milk")
      platform.advance(5000)
      await flush()
      expect(urls()).toEqual([])
      await show(true)
      expect(urls()).toHaveLength(1)
    })

    it("ends, and leaves nothing", async () => {
      const { show, app, census } = await openList({ refetchInterval: 500 })
      await show(false)
      app.unmount()
      expect(census()).toEqual(nothing)
    })
  })

  describe("another :key", () => {
    /** A list that is created again for each key. */
    async function openKeyed(paramsOf: (at: number) => object = () => ({})) {
      const page = await open()
      const { h, nextTick, ref } = bundle.vue
      const at = ref(0)
      const states: unknown[] = []
      const List = {
        props: ["at"],
        setup(props: { at: number }) {
          const api = bundle.adapter.usePluginApi()
          api.$socket.on("todoCreated", () => states.push(props.at))
          const { dataArr } = getAll(api, { params: paramsOf(props.at), options: { immediate: true } })
          return () => h("p", dataArr.value.map(({ name }) => name).join())
        },
      }
      const app = page.mount(() => h(List, { key: at.value, at: at.value }))
      await flush()
      const change = async () => {
        at.value++
        await nextTick()
        await flush()
      }
      return { ...page, app, change, states }
    }

    it("joins the read that is under way", async () => {
      const { change, platform, answer, element, census } = await openKeyed()
      const request = platform.request()
      await change()
      await change()
      expect(request.aborted).toBe(false)
      expect(platform.requests).toEqual([request])
      expect(census()).toMatchObject({ queries: 1, requests: 1, socketListeners: 1 })
      await answer("Milk")
      expect(element.textContent).toBe("Milk")
    })

    it("aborts requests that are no longer needed", async () => {
      const { change, urls, platform } = await openKeyed((page) => ({ page }))
      const request = platform.request()
      await change()
      expect(request.aborted).toBe(true)
      expect(urls()).toEqual(["/todo/all?page=1"])
    })

    it("hears events once, and none after the end", async () => {
      const { change, runtime, platform, states, app } = await openKeyed()
      const { text } = await connect(runtime, platform)
      await change()
      text(eventFrame("todoCreated", {}))
      app.unmount()
      text(eventFrame("todoCreated", {}))
      expect(states).toEqual([1])
    })

    it("has ended for its own onUnmounted", async () => {
      const page = await open()
      const codes: unknown[] = []
      const code = (call: () => unknown) => {
        try {
          call()
          return "fine"
        } catch (error) {
          return (error as { code: string }).code
        }
      }
      const app = page.mount({
        setup() {
          const api = bundle.adapter.usePluginApi()
          bundle.vue.onUnmounted(() => {
            codes.push(
              code(() => getAll(api)),
              code(() => api.$eventbus.emit("e")),
            )
          })
          return () => "x"
        },
      })
      app.unmount()
      expect(codes).toEqual(["DISPOSED", "DISPOSED"])
    })
  })

  it("params hold refs, computeds, getters and props at any depth, read when it is executed", async () => {
    const { computed, reactive, ref, shallowRef, toRef, readonly, unref } = bundle.vue
    const { mount, urls } = await open()
    const page = ref(1)
    const form = reactive({ tags: ["a"], owner: { name: ref("me") } })
    let execute: (() => unknown) | undefined
    mount({
      setup() {
        const params = {
          page,
          next: computed(() => page.value + 1),
          by: toRef(() => form.owner.name),
          filter: { tags: readonly(form).tags, deep: [shallowRef(computed(() => page.value * 10)), () => [page]] },
          get size() {
            return page.value * 2
          },
        }
        execute = getAll(bundle.adapter.usePluginApi(), {
          params: computed(() => params),
          options: { useCache: false },
        }).execute
        return () => unref(page)
      },
    })
    void execute?.()
    page.value = 2
    form.tags.push("b")
    form.owner.name = "you"
    void execute?.()
    await flush()
    const asked = urls().map((url) =>
      [...new URLSearchParams(url.split("?")[1])].map((pair) => pair.join("=")).join(" "),
    )
    expect(asked[0]).toMatch(/by=me .*next=2 page=1 size=2/)
    expect(asked[1]).toMatch(/by=you .*next=3 page=2 size=4/)
    expect(asked[0]).toContain("filter[tags]=a ")
    expect(asked[1]).toMatch(/filter\[deep\].*=20.*filter\[tags\]=a filter\[tags\]=b/)
  })
})

it("a store that a hidden component made goes on: it is nobody's", async () => {
  openPage()
  const { vue, adapter, pinia } = await loadPinia()
  const { runtime, platform, census } = await makeRuntime()
  onTestFinished(() => runtime.dispose())
  const useTodos = pinia.defineStore("todos", () => {
    const { $data } = adapter.usePluginApi()
    const { dataArr } = $data.todo?.getAll?.({ options: { immediate: true, refetchInterval: 500 } }) ?? {}
    return { dataArr }
  })
  const { h, KeepAlive, ref } = vue
  const isShown = ref(true)
  const List = {
    setup() {
      const todos = useTodos()
      return () => h("p", String(todos.dataArr?.length))
    },
  }
  const app = vue.createApp(() => h(KeepAlive, null, { default: () => (isShown.value ? h(List) : h("b", "other")) }))
  app.use(pinia.createPinia()).use(adapter.createRaclette(runtime, { pluginKey: key }))
  app.mount(document.createElement("div"))
  await flush()
  platform.request().answered(200, items("Milk"))
  isShown.value = false
  await flush()
  platform.advance(500)
  await flush()
  expect(platform.requests).toHaveLength(1)
  app.unmount()
  expect(census()).toEqual(nothing)
})
