// raclette-wasm/vue in an app: refs that templates unwrap, state in the same task, and cleanup with the effect scope.
// Runs with the newest and the oldest supported Vue.

import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import type { App, ComputedRef, WritableComputedRef } from "vue"
import type { VuePluginApi } from "../../js-glue/adapters/vue"
import { loadPinia, loadVue, type VueBundle, vueVersions } from "./frameworks"
import { CountedRef, connect, eventFrame, flush, items, makeRuntime, nothing, type Rig, withExtraRef } from "./harness"
import { openPage } from "./page"

const key = "pacifico__todo"
const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })

describe.each(vueVersions)("%s", (version) => {
  let bundle: VueBundle
  let rig: Rig
  let app: App
  let warnings: string[]
  beforeAll(async () => {
    openPage()
    bundle = await loadVue(version)
  })
  beforeEach(async () => {
    warnings = []
    rig = await makeRuntime()
    onTestFinished(() => rig.runtime.dispose())
  })

  /** Mounts a component with this setup and template, and returns setup's result. */
  function mount<T extends object>(
    setup: () => T,
    {
      template = "<p />",
      runtime = rig.runtime,
      ...options
    }: { template?: string; runtime?: Rig["runtime"]; pluginKey?: string; dispose?: boolean } = {},
  ) {
    const { createApp, defineComponent } = bundle.vue
    let returned: T | undefined
    const root = defineComponent({
      template,
      setup: () => {
        returned = setup()
        return returned
      },
    })
    const element = document.createElement("div")
    app = createApp(root).use(bundle.adapter.createRaclette(runtime, { pluginKey: key, ...options }))
    app.config.warnHandler = (message) => warnings.push(message)
    app.mount(element)
    return { element, ...(returned as T) }
  }
  const useApi = () => bundle.adapter.usePluginApi()
  const getAll = (api: VuePluginApi, options = {}) => {
    const operation = api.$data.todo?.getAll
    if (!operation) throw new Error("the config has getAll")
    return operation({ options: { immediate: true, ...options } })
  }

  describe("state", () => {
    it("is idle once the runtime is gone", () => {
      const { isLoading } = mount(() => ({ isLoading: getAll(useApi()).isLoading }))
      expect(isLoading.value).toBe(true)
      rig.runtime.dispose()
      expect(isLoading.value).toBe(false)
    })

    it("is unwrapped by templates, and rendered when it changes", async () => {
      const template = `<p>{{ status }} {{ query.operation }} {{ isLoading }} {{ error?.code }}</p>
        <li v-for="entry in data" :key="entry._id">{{ entry.name }}</li><b v-for="entry in dataArr">{{ entry.name }}</b>`
      const { element } = mount(
        () => {
          const api = useApi()
          const { data, dataArr, query, isLoading, error } = getAll(api)
          return { data, dataArr, query, isLoading, error, status: api.$socket.status }
        },
        { template },
      )
      await flush()
      expect(element.textContent).toBe("closed getAll true ")
      rig.platform.request().answered(200, items("Milk", "Bread"))
      await flush()
      expect(element.innerHTML).toContain("<li>Milk</li><li>Bread</li><b>Milk</b><b>Bread</b>")
      expect(element.querySelector("p")?.textContent).toBe("closed getAll false ")
      expect(warnings).toEqual([])
    })

    it("is of every ref that a query or $socket has, by whatever name", () => {
      const extra = new CountedRef("new")
      const { query, plain, socket, plainSocket } = mount(
        () => {
          const api = useApi()
          const plain = rig.runtime.usePluginApi(key)
          return {
            query: getAll(api),
            plain: plain.$data.todo?.getAll?.(),
            socket: api.$socket,
            plainSocket: plain.$socket,
          }
        },
        { runtime: withExtraRef(rig.runtime, extra) },
      )
      const isSource = (member: unknown) => typeof (member as Partial<CountedRef<unknown>>)?.subscribe === "function"
      const names = (of: object) => Object.entries(of).flatMap(([name, member]) => (isSource(member) ? [name] : []))
      expect(names(plain ?? {})).toHaveLength(7)
      expect(names(plainSocket)).toEqual(["status", "reason", "recovered", "buffered"])
      for (const name of [...names(plain ?? {}), "extra"]) {
        expect(bundle.vue.isRef((query as unknown as Record<string, unknown>)[name]), name).toBe(true)
      }
      for (const name of names(plainSocket)) expect(bundle.vue.isRef(socket[name]), name).toBe(true)
      const bridged = (query as unknown as { extra: ComputedRef<string> }).extra
      expect(bridged.value).toBe("new")
      extra.set("newer")
      expect(bridged.value).toBe("newer")
    })

    it("is there in the same task, and whole: who sees one ref change sees the others changed", async () => {
      const seen: unknown[] = []
      const { dataArr, isLoading } = mount(() => {
        const { dataArr, data, isLoading } = getAll(useApi())
        bundle.vue.watch(dataArr, (now) => seen.push([now.length, Object.keys(data.value), isLoading.value]), {
          flush: "sync",
        })
        return { dataArr, isLoading }
      })
      await flush()
      rig.platform.request().answered(200, items("Milk"))
      expect(dataArr.value).toEqual([{ _id: "Milk", name: "Milk" }])
      expect(isLoading.value).toBe(false)
      expect(seen).toEqual([[1, ["Milk"], false]])
    })

    it("is shallow, and read-only", async () => {
      const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
      onTestFinished(() => warn.mockRestore())
      const { dataArr } = mount(() => ({ dataArr: getAll(useApi()).dataArr }))
      await flush()
      rig.platform.request().answered(200, items("Milk"))
      expect(bundle.vue.isReactive(dataArr.value)).toBe(false)
      expect(bundle.vue.isReactive(dataArr.value[0])).toBe(false)
      ;(dataArr as WritableComputedRef<unknown[]>).value = []
      expect(dataArr.value).toHaveLength(1)
      expect(warn.mock.calls.flat().join()).toContain("readonly")
    })

    it("is listened to only once it is read, until the query is disposed of or the component is gone", () => {
      const extra = new CountedRef(0)
      const { api } = mount(() => ({ api: useApi() }), { runtime: withExtraRef(rig.runtime, extra) })
      const make = () => getAll(api) as unknown as { extra: ComputedRef<number>; dispose(): void }
      const [first, second] = [make(), make()]
      expect(extra.listeners.size).toBe(0)
      expect([first.extra.value, first.extra.value, second.extra.value]).toEqual([0, 0, 0])
      expect(extra.listeners.size).toBe(2)
      first.dispose()
      expect(extra.listeners.size).toBe(1)
      app.unmount()
      expect(extra.listeners.size).toBe(0)
      expect(first.extra.value + second.extra.value).toBe(0)
      expect(extra.listeners.size).toBe(0)
    })

    it("goes on when the component goes that was the first to look at it", async () => {
      const { createApp, defineComponent, h, nextTick, shallowRef } = bundle.vue
      const isThere = shallowRef(true)
      let api: VuePluginApi | undefined
      let todos: ReturnType<typeof getAll> | undefined
      const child = defineComponent({
        setup() {
          todos = getAll(api as VuePluginApi)
          void todos.dataArr.value
          void api?.$socket.status.value
          return () => h("p")
        },
      })
      const root = defineComponent({
        setup() {
          api = useApi()
          return () => (isThere.value ? h(child) : h("b"))
        },
      })
      app = createApp(root).use(bundle.adapter.createRaclette(rig.runtime, { pluginKey: key }))
      app.mount(document.createElement("div"))
      await flush()
      isThere.value = false
      await nextTick()
      rig.platform.request().answered(200, items("Milk"))
      await connect(rig.runtime, rig.platform)
      expect(todos?.dataArr.value).toEqual(items("Milk").body.items)
      expect(api?.$socket.status.value).toBe("connected")
    })

    it("of a ref beside the API follows with fromRef", () => {
      const source = new CountedRef("a")
      const { bridged } = mount(() => ({ bridged: bundle.adapter.fromRef(source) }))
      expect(bridged.value).toBe("a")
      source.set("b")
      expect(bridged.value).toBe("b")
      app.unmount()
      expect(source.listeners.size).toBe(0)
      expect(() => bundle.adapter.fromRef(source)).toThrow("outside an effect scope")
    })
  })

  describe("usePluginApi", () => {
    it("takes no argument, a key, or options with or without a key", () => {
      const { keys, ids } = mount(() => {
        const apis = [
          useApi(),
          bundle.adapter.usePluginApi("other__plugin"),
          bundle.adapter.usePluginApi({ actionId: "save" }),
          bundle.adapter.usePluginApi({ pluginKey: "other__plugin", actionId: "save" }),
        ]
        return {
          keys: apis.map(({ pluginKey }) => pluginKey),
          ids: [apis[0], apis[2]].map((api) => api && getAll(api, { immediate: false }).query.value.id),
        }
      })
      expect(keys).toEqual([key, "other__plugin", key, "other__plugin"])
      expect(ids[0]).toMatch(/^plugin-pacifico__todo-\d+-todo-getAll-/)
      expect(ids[1]).toMatch(/^plugin-pacifico__todo-save-/)
    })

    it("gives all of the API: both forms of listening, both buses, the log", async () => {
      const { text } = await connect(rig.runtime, rig.platform)
      const heard: unknown[] = []
      const { api } = mount(() => {
        const api = useApi()
        api.$socket.todoCreated.on((payload: unknown) => heard.push(payload))
        api.$socket.on("todoCreated", (payload) => heard.push(payload))
        api.$eventbus.global.on("ui/*", (payload) => heard.push(payload))
        return { api }
      })
      text(eventFrame("todoCreated", 1))
      api.$eventbus.global.emit("ui/addToSnackbar", 2)
      expect(heard).toEqual([1, 1, { sender: key, data: 2 }])
      expect(Object.keys(api)).toEqual(["pluginKey", "$data", "$socket", "$eventbus", "$log", "dispose"])
      expect(Object.keys(api.$data)).toEqual(["todo"])
      expect(api.$socket.status.value).toBe("connected")
      expect(api.$socket.id).toBe("s1")
    })

    it("fails as the runtime does for a name that no config has", () => {
      const { api } = mount(() => ({ api: useApi() }))
      expect(() => api.$data.nothing?.getAll?.()).toThrow(code("UNKNOWN_ENTITY"))
      expect(() => api.$data.todo?.nothing?.()).toThrow(code("UNKNOWN_OPERATION"))
    })

    it("says what to do if it cannot work", () => {
      const { createApp, defineComponent } = bundle.vue
      expect(() => useApi()).toThrow("outside setup()")
      const failure = (root: object, install = (_app: App) => {}) => {
        const bare = createApp(defineComponent(root))
        bare.config.warnHandler = () => {}
        let thrown: unknown
        bare.config.errorHandler = (error) => {
          thrown = error
        }
        install(bare)
        try {
          bare.mount(document.createElement("div"))
        } catch (error) {
          thrown ??= error
        }
        return String(thrown)
      }
      const setup = () => {
        useApi()
        return () => null
      }
      expect(failure({ setup })).toContain("app.use(createRaclette(runtime))")
      expect(failure({ setup }, (bare) => bare.use(bundle.adapter.createRaclette(rig.runtime)))).toContain(
        "give createRaclette a `pluginKey`",
      )
      mount(() => ({}))
      expect(() => app.runWithContext(useApi)).toThrow("effectScope().run()")
      expect(rig.census()).toEqual(nothing)
    })

    it("stays what it is in reactive state", () => {
      const { api } = mount(() => ({ api: useApi() }))
      const kept = bundle.vue.reactive({ ...api })
      expect(kept.$socket).toBe(api.$socket)
      expect(kept.$data).toBe(api.$data)
      expect(kept.$eventbus).toBe(api.$eventbus)
      expect(kept.$eventbus.global).toBe(api.$eventbus.global)
      expect(bundle.vue.toRaw(api.$socket)).toBe(api.$socket)
      expect(bundle.vue.toRaw(api.$data)).toBe(api.$data)
      expect(bundle.vue.isRef(api.$data) || bundle.vue.isRef(api.$socket)).toBe(false)
    })
  })

  describe("the end", () => {
    const register = (heard: string[]) => {
      const api = useApi()
      api.$socket.on("todoCreated", () => heard.push("socket"))
      api.$eventbus.on("e", () => heard.push("bus"))
      api.$eventbus.global.on("e", () => heard.push("global"))
      const { dataArr } = getAll(api)
      bundle.vue.watch(dataArr, () => heard.push("data"))
      return { api, dataArr }
    }

    it("of a component takes back what it registered, and leaves the runtime alone", async () => {
      const { text } = await connect(rig.runtime, rig.platform)
      const heard: string[] = []
      mount(() => register(heard))
      await flush()
      expect(rig.census()).toEqual({ socketListeners: 1, busListeners: 2, queries: 1, requests: 1 })
      const request = rig.platform.request()
      app.unmount()
      expect(request.aborted).toBe(true)
      expect(rig.census()).toEqual(nothing)
      text(eventFrame("todoCreated", 1))
      rig.runtime.usePluginApi(key).$eventbus.global.emit("e")
      expect(heard).toEqual([])
      expect(rig.runtime.$socket.status.value).toBe("connected")
    })

    it("of a component under v-if comes with it", async () => {
      const { defineComponent, ref } = bundle.vue
      const isShown = ref(true)
      const Child = defineComponent({ template: "<p />", setup: () => register([]) })
      mount(() => ({ isShown, Child }), { template: '<component :is="Child" v-if="isShown" />' })
      expect(rig.census().queries).toBe(1)
      isShown.value = false
      await flush()
      expect(rig.census()).toEqual(nothing)
    })

    it("comes by dispose() as well, once", () => {
      const { api } = mount(() => register([]))
      api.dispose()
      expect(rig.census()).toEqual(nothing)
      expect(() => getAll(api)).toThrow(code("DISPOSED"))
      app.unmount()
    })

    it("of an effect scope comes with it, and with the app at the latest", () => {
      mount(() => ({}))
      const scopes = [bundle.vue.effectScope(), bundle.vue.effectScope()]
      for (const scope of scopes) app.runWithContext(() => scope.run(() => register([])))
      expect(rig.census().queries).toBe(2)
      scopes[0]?.stop()
      expect(rig.census().queries).toBe(1)
      app.unmount()
      expect(rig.census()).toEqual(nothing)
    })

    it("of the app is the runtime's if that is wanted, after the components'", () => {
      const heard: string[] = []
      mount(
        () => {
          const { api } = register(heard)
          bundle.vue.onBeforeUnmount(() => api.$eventbus.global.emit("gone"))
          return {}
        },
        { dispose: true },
      )
      const gone = vi.fn()
      rig.runtime.$eventbus.on("gone", gone)
      app.unmount()
      expect(gone).toHaveBeenCalledTimes(1)
      expect(() => rig.runtime.connect()).toThrow(code("DISPOSED"))
    })

    it("is the same for a thousand components, one after the other", () => {
      const { census } = rig
      for (let i = 0; i < 1000; i++) {
        mount(() => register([]))
        app.unmount()
      }
      expect(census()).toEqual(nothing)
      expect(rig.platform.requests).toEqual([])
    })
  })

  it("useRuntime() returns the runtime", () => {
    const { runtime } = mount(() => ({ runtime: bundle.vue.markRaw({ it: bundle.adapter.useRuntime() }) }))
    expect(runtime.it).toBe(rig.runtime)
  })
})

it("works in a Pinia store, which ends with the app", async () => {
  openPage()
  const { vue, adapter, pinia } = await loadPinia()
  const { runtime, platform, census } = await makeRuntime()
  const useTodos = pinia.defineStore("todos", () => {
    const { $data, $socket } = adapter.usePluginApi()
    const { dataArr, isLoading, execute } = $data.todo?.getAll?.({ options: { immediate: true } }) ?? {}
    $socket.on("todoCreated", () => void execute?.())
    return { dataArr, isLoading, status: $socket.status }
  })
  const Root = vue.defineComponent({
    template: '<p v-for="todo in todos.dataArr">{{ todo.name }}</p>',
    setup: () => ({ todos: useTodos() }),
  })
  const store = pinia.createPinia()
  const app = vue
    .createApp(Root)
    .use(store)
    .use(adapter.createRaclette(runtime, { pluginKey: key }))
  const element = document.createElement("div")
  app.mount(element)
  await flush()
  platform.request().answered(200, items("Milk"))
  await flush()
  expect(element.textContent).toBe("Milk")
  expect(useTodos(store).isLoading).toBe(false)
  expect(useTodos(store).status).toBe("closed")
  expect(store.state.value.todos).toEqual({})
  app.unmount()
  expect(census()).toEqual(nothing)
  runtime.dispose()
})
