// The API passed to code that inspects any object: JSON, templates, Pinia, devtools. `$data`, `$socket` and their refs
// behave like plain objects, and are mistaken for nothing else.
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { VuePluginApi } from "../../js-glue/adapters/vue"
import { loadPinia, loadVue, type VueBundle, vueVersions } from "./frameworks"
import { makeRuntime } from "./harness"
import { openPage } from "./page"

const key = "pacifico__todo"
const names = ["effect", "toJSON", "nodeType", "__v_isRef", "__v_isReactive", "_isVue", "render", "constructor"]

describe.each(vueVersions)("%s", (version) => {
  let bundle: VueBundle
  beforeAll(async () => {
    openPage()
    bundle = await loadVue(version)
  })

  /** Mounts a component with an API. */
  async function mount(template: string, also: (api: VuePluginApi) => object = () => ({})) {
    const { runtime } = await makeRuntime()
    onTestFinished(() => runtime.dispose())
    const { createApp, defineComponent } = bundle.vue
    const problems: string[] = []
    let api: VuePluginApi | undefined
    const setup = () => {
      api = bundle.adapter.usePluginApi()
      return also(api)
    }
    const app = createApp(defineComponent({ template, setup })).use(
      bundle.adapter.createRaclette(runtime, { pluginKey: key }),
    )
    app.config.warnHandler = (message) => problems.push(message)
    app.config.errorHandler = (error) => problems.push(String(error))
    const element = document.createElement("div")
    app.mount(element)
    if (!api) throw new Error("there is no API")
    return { api, element, problems }
  }

  it("shows $data, its entities, $socket and a query in a template", async () => {
    const { element, problems } = await mount(
      "<p>{{ all }}</p><p>{{ all.todo }}</p><p>{{ query }}</p><p>{{ socket }}</p><p>{{ String(all) + String(socket) }}</p>",
      ({ $data, $socket }) => ({ all: $data, socket: $socket, query: $data.todo?.getAll?.() }),
    )
    const texts = [...element.querySelectorAll("p")].map((p) => p.textContent ?? "")
    expect(texts.slice(0, 2)).toEqual(['{\n  "todo": {}\n}', "{}"])
    expect(JSON.parse(texts[2] ?? "")).toMatchObject({ dataArr: [], isLoading: false })
    expect(JSON.parse(texts[3] ?? "")).toMatchObject({ status: "closed", recovered: false })
    expect(texts[4]).toBe("[object Object][object Object]")
    expect(problems).toEqual([])
  })

  it("is JSON of what its refs hold", async () => {
    const { api } = await mount("<p>{{ status }}</p>", ({ $socket }) => ({ status: $socket.status }))
    const query = api.$data.todo?.getAll?.()
    expect(JSON.parse(JSON.stringify({ query, api }))).toMatchObject({
      query: { data: {}, dataArr: [], isLoading: false },
      api: { pluginKey: key, $data: { todo: {} }, $socket: { status: "closed" } },
    })
  })

  it("has no names of tools, and fails as the runtime does for those of a user", async () => {
    const { api } = await mount("<p />")
    for (const subject of [api.$data, api.$data.todo, api.$socket] as Record<string, unknown>[]) {
      for (const name of names) expect(subject[name], name).toBe(Reflect.get({}, name))
      expect(`${subject}`).toBe("[object Object]")
      expect(() => structuredClone(subject)).toThrow(expect.objectContaining({ name: "DataCloneError" }))
    }
    expect(() => api.$data.todo?.effects?.()).toThrow(expect.objectContaining({ code: "UNKNOWN_OPERATION" }))
  })
})

it("in a Pinia store is neither state nor a getter, and storeToRefs leaves it out", async () => {
  openPage()
  const { vue, adapter, pinia } = await loadPinia()
  const { runtime } = await makeRuntime()
  onTestFinished(() => runtime.dispose())
  const useApi = pinia.defineStore("api", () => {
    const { $data, $socket } = adapter.usePluginApi()
    return { $data, $socket, todo: $data.todo, status: $socket.status, list: $data.todo?.getAll?.().dataArr }
  })
  const store = pinia.createPinia()
  const app = vue.createApp({ template: "<p>{{ api.list }}</p>", setup: () => ({ api: useApi() }) })
  app.use(store).use(adapter.createRaclette(runtime, { pluginKey: key }))
  app.mount(document.createElement("div"))
  expect(Object.keys(pinia.storeToRefs(useApi(store)))).toEqual(["status", "list"])
  expect(JSON.parse(JSON.stringify(useApi(store)))).toMatchObject({ $data: { todo: {} }, status: "closed", list: [] })
  expect(JSON.stringify(store.state.value)).toBe('{"api":{}}')
  app.unmount()
})
