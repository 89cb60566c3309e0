// raclette-wasm/react in a page: a component's runtime objects exist once and end with it, under StrictMode, concurrent
// rendering and Activity. Snapshots never tear, and keep their identity until they change. Runs with React 19 and 18.
import type { ReactNode } from "react"
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import type { QueryState } from "../../js-glue/adapters/react"
import type { PluginApi, QueryArgs } from "../../js-glue/types"
import { makeRuntime as makeOnFakePlatform } from "../glue/harness"
import { until } from "../support/until"
import { loadReact, type ReactBundle, reactVersions } from "./frameworks"
import {
  CountedRef,
  connect,
  eventFrame,
  flush,
  items,
  makeRuntime,
  nothing,
  type Rig,
  type Todo,
  withExtraRef,
} from "./harness"
import { openPage } from "./page"

const pluginKey = "pacifico__todo"
const code = (value: string) => expect.objectContaining({ name: "RacletteError", code: value })
const acting = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }

describe.each(reactVersions)("react%s", (suffix) => {
  let bundle: ReactBundle
  let rig: Rig
  let problems: string[]
  beforeAll(async () => {
    openPage()
    bundle = await loadReact(suffix)
  })
  beforeEach(async () => {
    acting.IS_REACT_ACT_ENVIRONMENT = true
    problems = []
    const error = vi.spyOn(console, "error").mockImplementation((...said) => problems.push(said.join(" ")))
    rig = await makeRuntime()
    onTestFinished(() => {
      error.mockRestore()
      rig.runtime.dispose()
    })
  })

  const h = (type: unknown, props: object = {}, ...children: ReactNode[]) =>
    bundle.react.createElement(type as string, props, ...children)
  const act = (work: () => void | Promise<void>) => bundle.react.act(async () => work())

  /** Mounts components below a provider, by default under StrictMode. */
  async function mount(node: ReactNode, { strict = true, runtime = rig.runtime } = {}) {
    const element = document.createElement("div")
    const root = bundle.client.createRoot(element)
    const tree = (below: ReactNode) => {
      const provided = h(bundle.adapter.RacletteProvider, { runtime, pluginKey }, below)
      return strict ? h(bundle.react.StrictMode, {}, provided) : provided
    }
    const render = (below: ReactNode) => act(() => root.render(tree(below)))
    await render(node)
    return { element, root, tree, render, unmount: () => act(() => root.unmount()) }
  }

  const getAll = (api: PluginApi) => {
    const operation = api.$data.todo?.getAll
    if (!operation) throw new Error("the config has getAll")
    return operation
  }

  /** A component that shows the list. `seen` gets the result of each render. */
  function makeList(seen: QueryState<Todo>[] = []) {
    return function List({ args }: { args?: QueryArgs<Todo> }) {
      const { $data } = bundle.adapter.usePluginApi()
      const state = bundle.adapter.useQuery<Todo>(getAll({ $data } as PluginApi), args)
      seen.push(state)
      return h("p", {}, state.isLoading ? "loading " : "", state.dataArr.map(({ name }) => name).join())
    }
  }

  const answer = (...names: string[]) => act(() => rig.platform.request().answered(200, items(...names)))

  describe("usePluginApi", () => {
    /** A component that shows nothing. `seen` gets the API of each render. */
    const makeUser = (seen: PluginApi[], effect: (api: PluginApi) => undefined | (() => void) = () => undefined) =>
      function User({ options }: { options?: Parameters<typeof bundle.adapter.usePluginApi>[0]; at?: number }) {
        const api = bundle.adapter.usePluginApi(options)
        seen.push(api)
        bundle.react.useEffect(() => effect(api), [api])
        return null
      }

    it("is the same at every render, until it is asked for something else", async () => {
      const seen: PluginApi[] = []
      const User = makeUser(seen)
      const { render, unmount } = await mount(h(User, { options: { actionId: "save" } }), { strict: false })
      await render(h(User, { options: { actionId: "save" } }))
      await render(h(User, { options: { pluginKey, actionId: "save" } }))
      expect(seen.length).toBeGreaterThanOrEqual(3)
      expect(new Set(seen).size).toBe(1)
      expect(getAll(seen[0] as PluginApi)().query.value.id).toMatch(/^plugin-pacifico__todo-save-/)
      await render(h(User, { options: "other__plugin" }))
      expect(seen.at(-1)?.pluginKey).toBe("other__plugin")
      expect(() => seen[0] && getAll(seen[0])()).toThrow(code("DISPOSED"))
      expect(rig.census()).toEqual(nothing)
      await unmount()
    })

    it("of another plugin logs as the provider's, and parts that are switched off say so", async () => {
      const titles: string[] = []
      const { runtime } = await makeOnFakePlatform({ log: { sink: ({ title }) => void titles.push(title) } })
      onTestFinished(() => runtime.dispose())
      const seen: PluginApi[] = []
      const User = makeUser(seen)
      const tree = (options: Parameters<typeof bundle.adapter.usePluginApi>[0]) =>
        h(bundle.adapter.RacletteProvider, { runtime, pluginKey }, h(User, { options }))
      const { render, unmount } = await mount(tree("raclette__core"), { strict: false })
      seen.at(-1)?.$log("x")
      expect([seen.at(-1)?.pluginKey, ...titles]).toEqual(["raclette__core", `plugin/${pluginKey} - x`])
      await render(tree({ pluginKey: "raclette__core", $data: true, $socket: false }))
      const api = seen.at(-1)
      expect(() => api?.$socket).toThrow("`$socket: false`")
      expect(api?.$data).toBeDefined()
      await render(tree({ pluginKey: "raclette__core", $data: true, $socket: false }))
      expect(seen.at(-1)).toBe(api)
      await render(tree({ pluginKey: "raclette__core", $data: true, $socket: true }))
      expect(seen.at(-1)?.$socket.status.value).toBe("closed")
      await unmount()
    })

    it("is the same though parts of it are made in place at every render, and logs as the latest says", async () => {
      const entries: string[] = []
      const { runtime, platform } = await makeOnFakePlatform({ log: { sink: ({ title }) => void entries.push(title) } })
      const { $eventbus, $log } = runtime.usePluginApi("acme__shop")
      const seen: PluginApi[] = []
      const Shop = ({ name }: { name?: string }) => {
        const parts = { $eventbus: { ...$eventbus }, ...(name && { $log: $log.child(name) }) }
        seen.push(bundle.adapter.usePluginApi(parts))
        return null
      }
      const { render } = await mount(h(Shop), { runtime, strict: false })
      await render(h(Shop))
      expect(new Set(seen.splice(0)).size).toBe(1)
      await render(h(Shop, { name: "cart" }))
      await render(h(Shop, { name: "cart" }))
      await render(h(Shop, { name: "basket" }))
      expect(new Set(seen).size).toBe(1)
      const api = seen[0] as PluginApi
      api.$log("one")
      api.$log.child("row").info("two")
      api.$socket.on("todoCreated", () => {
        throw new Error("boom")
      })
      ;(await connect(runtime, platform)).text(eventFrame("todoCreated", {}))
      expect(entries).toEqual([
        "plugin/acme__shop/basket - one",
        "plugin/acme__shop/basket/row - two",
        "plugin/acme__shop/cart - LISTENER_THREW",
      ])
      expect(problems).toEqual([])
      runtime.dispose()
    })

    it("takes another part of a class for another, and lets a clean-up log where no log is given any more", async () => {
      const entries: string[] = []
      const { runtime } = await makeOnFakePlatform({ log: { sink: ({ title }) => void entries.push(title) } })
      const { $log, $eventbus } = runtime.usePluginApi("acme__shop")
      const said: string[] = []
      class Bus {
        readonly #name: string
        constructor(name: string) {
          this.#name = name
        }
        on() {}
        emit() {
          said.push(this.#name)
        }
      }
      const Shop = ({ bus, logs }: { bus: Bus; logs: boolean }) => {
        const parts = { $eventbus: bus as unknown as typeof $eventbus, ...(logs && { $log }) }
        const api = bundle.adapter.usePluginApi(parts)
        bundle.react.useEffect(() => {
          api.$eventbus.emit("e")
          return () => void api.$log("bye")
        }, [api])
        return null
      }
      const { render } = await mount(h(Shop, { bus: new Bus("a"), logs: true }), { runtime, strict: false })
      await render(h(Shop, { bus: new Bus("b"), logs: false }))
      expect([said, entries]).toEqual([["a", "b"], ["plugin/acme__shop - bye"]])
      expect(problems).toEqual([])
      runtime.dispose()
    })

    it("works after StrictMode's second mount, for children as well, and leaks no listener", async () => {
      const { text } = await connect(rig.runtime, rig.platform)
      const heard: string[] = []
      const Child = ({ api }: { api: PluginApi }) => {
        bundle.react.useEffect(() => api.$eventbus.on("e", () => heard.push("child")), [api])
        return null
      }
      const Parent = () => {
        const api = bundle.adapter.usePluginApi()
        bundle.react.useEffect(() => api.$socket.on("todoCreated", () => heard.push("parent")), [api])
        bundle.react.useEffect(() => () => api.$eventbus.global.emit("gone"), [api])
        return h(Child, { api })
      }
      const gone = vi.fn()
      rig.runtime.$eventbus.on("gone", gone)
      const { unmount } = await mount(h(Parent))
      expect(gone).toHaveBeenCalledTimes(1)
      expect(rig.census()).toEqual({ ...nothing, socketListeners: 1, busListeners: 2 })
      text(eventFrame("todoCreated", 1))
      expect(heard).toEqual(["parent"])
      await unmount()
      expect(gone).toHaveBeenCalledTimes(2)
      expect(rig.census()).toEqual({ ...nothing, busListeners: 1 })
      expect(problems).toEqual([])
    })

    it("still serves the clean-ups of effects, which React runs after the component is gone", async () => {
      acting.IS_REACT_ACT_ENVIRONMENT = false
      const gone = vi.fn()
      rig.runtime.$eventbus.on("gone", gone)
      const User = makeUser([], (api) => () => api.$eventbus.global.emit("gone"))
      const element = document.createElement("div")
      const root = bundle.client.createRoot(element)
      const provide = (below: ReactNode) =>
        root.render(h(bundle.adapter.RacletteProvider, { runtime: rig.runtime, pluginKey }, below, "shown"))
      provide(h(User))
      await until(() => element.textContent === "shown")
      bundle.react.startTransition(() => provide(undefined))
      await until(() => gone.mock.calls.length === 1)
      await until(() => rig.census().busListeners === 1)
      expect(problems).toEqual([])
      acting.IS_REACT_ACT_ENVIRONMENT = true
    })

    it("takes back at the end what no effect took back", async () => {
      const seen: PluginApi[] = []
      const User = makeUser(seen, (api) => {
        api.$socket.on("todoCreated", () => {})
        getAll(api)({ options: { immediate: true, live: true } })
        return undefined
      })
      const { unmount } = await mount(h(User), { strict: false })
      expect(rig.census()).toMatchObject({ socketListeners: 2, queries: 1, requests: 1 })
      await unmount()
      expect(rig.census()).toEqual(nothing)
    })

    it("says what to do where it cannot work", async () => {
      const { StrictMode } = bundle.react
      const failure = (node: ReactNode) => {
        try {
          bundle.server.renderToString(h(StrictMode, {}, node))
        } catch (error) {
          return String(error)
        }
        return "nothing failed"
      }
      const User = makeUser([])
      expect(failure(h(User))).toContain("put <RacletteProvider runtime={runtime}> above")
      const withoutKey = h(bundle.adapter.RacletteProvider, { runtime: rig.runtime }, h(User))
      expect(failure(withoutKey)).toContain("give RacletteProvider a `pluginKey`")
    })
  })

  describe("useQuery", () => {
    it("reads once under StrictMode, and ends what is under way with the component", async () => {
      const List = makeList()
      const { element, unmount } = await mount(h(List))
      expect(element.textContent).toBe("loading ")
      expect(rig.platform.requests).toHaveLength(1)
      expect(rig.census()).toEqual({ ...nothing, queries: 1, requests: 1 })
      const request = rig.platform.request()
      await unmount()
      expect(request.aborted).toBe(true)
      expect(rig.census()).toEqual(nothing)
      expect(problems).toEqual([])
    })

    it("is loading from the first render, shows the answer by one more, and is the same until it changes", async () => {
      const seen: QueryState<Todo>[] = []
      const List = makeList(seen)
      const { element, render } = await mount(h(List), { strict: false })
      expect(new Set(seen).size).toBe(1)
      expect(seen[0]).toMatchObject({ isLoading: true, dataArr: [], data: {}, hasMore: false })
      await answer("Milk")
      expect(element.textContent).toBe("Milk")
      expect(new Set(seen).size).toBe(2)
      await render(h(List))
      await render(h(List, { args: {} }))
      await act(() => rig.runtime.usePluginApi(pluginKey).$eventbus.global.emit("e"))
      expect(new Set(seen).size).toBe(2)
      const last = seen.at(-1)
      await act(async () => void (await last?.execute()))
      // The same response again: nothing shown has changed.
      expect(seen.at(-1)?.dataArr).toBe(last?.dataArr)
      expect(seen.at(-1)?.execute).toBe(last?.execute)
    })

    it("has every ref of the query, by whatever name", async () => {
      const extra = new CountedRef("new")
      const seen: QueryState<Todo>[] = []
      const { unmount } = await mount(h(makeList(seen)), { runtime: withExtraRef(rig.runtime, extra) })
      const plain = getAll(rig.runtime.usePluginApi(pluginKey))()
      const names = Object.keys({ ...plain, extra }).filter((name) => name !== "dispose")
      expect(Object.keys(seen.at(-1) ?? {}).sort()).toEqual(names.sort())
      await act(() => extra.set("newer"))
      expect(seen.at(-1)).toMatchObject({ extra: "newer" })
      await unmount()
      expect(extra.listeners.size).toBe(0)
    })

    it("executes again when params say something else, and shows the old list until then", async () => {
      const List = makeList()
      const list = (params: Record<string, unknown>) => h(List, { args: { params, options: { useCache: false } } })
      const { element, render } = await mount(list({ limit: 2, tags: ["a"] }), { strict: false })
      await answer("Milk")
      await render(list({ tags: ["a"], none: undefined, limit: 2 }))
      expect(rig.platform.requests).toEqual([])
      await render(list({ limit: 3 }))
      expect(element.textContent).toBe("loading Milk")
      expect(rig.platform.requests.map(({ url }) => url)).toEqual(["http://backend.test/todo/all?limit=3"])
      await answer("Bread")
      expect(element.textContent).toBe("Bread")
      expect(rig.census().queries).toBe(1)
    })

    it("execute() repeats, execute(params) merges over the params, and next() reads on", async () => {
      const seen: QueryState<Todo>[] = []
      const List = makeList(seen)
      const { render } = await mount(
        h(List, { args: { params: { limit: 1 }, options: { useCache: false, immediate: false } } }),
      )
      const execute = seen.at(-1)?.execute
      const ask = async (begin: () => unknown) => {
        await act(() => void begin())
        const { url } = rig.platform.request()
        await answer("Milk")
        return url.replace("http://backend.test/todo/all?", "")
      }
      expect(rig.platform.requests).toEqual([])
      expect(await ask(() => execute?.())).toBe("limit=1")
      expect(await ask(() => execute?.({ tag: "a" }))).toBe("limit=1&tag=a")
      expect(await ask(() => execute?.())).toBe("limit=1&tag=a")
      expect(await ask(() => execute?.next())).toBe("limit=1&offset=1&tag=a")
      await render(h(List, { args: { params: { limit: 2 }, options: { useCache: false, immediate: false } } }))
      expect(rig.platform.requests).toEqual([])
      expect(await ask(() => execute?.())).toBe("limit=2")
    })

    it("executes again with a new signal after an aborted one", async () => {
      const List = makeList()
      const first = new AbortController()
      const list = ({ signal }: AbortController) => h(List, { args: { config: { signal } } })
      const { element, render } = await mount(list(first), { strict: false })
      await answer("Milk")
      await render(list(new AbortController()))
      await render(list(first))
      expect(rig.platform.requests).toEqual([])
      first.abort()
      await render(list(first))
      expect(rig.platform.requests).toEqual([])
      await render(list(new AbortController()))
      await answer("Bread")
      expect(element.textContent).toBe("Bread")
    })

    it("is aborted by the signal of the latest render alone", async () => {
      const seen: QueryState<Todo>[] = []
      const List = makeList(seen)
      const [first, second] = [new AbortController(), new AbortController()]
      const list = ({ signal }: AbortController) =>
        h(List, { args: { config: { signal }, options: { immediate: false } } })
      const { render } = await mount(list(first))
      await render(list(second))
      first.abort()
      const execute = async () => (await seen.at(-1)?.execute())?.error?.code
      let ended: Promise<string | undefined> | undefined
      await act(() => {
        ended = execute()
      })
      expect(rig.platform.requests).toHaveLength(1)
      await act(() => second.abort())
      expect(await ended).toBe("ABORTED")
      expect(rig.platform.requests).toEqual([])
    })

    it("begins when `immediate` becomes true", async () => {
      const List = makeList()
      const { render, element } = await mount(h(List, { args: { options: { immediate: false } } }))
      expect(element.textContent).toBe("")
      expect(rig.platform.requests).toEqual([])
      await render(h(List, { args: { options: { immediate: true } } }))
      expect(rig.platform.requests).toHaveLength(1)
      expect(rig.census().queries).toBe(1)
    })

    it("makes a new query for other options or another operation, and ends the old one", async () => {
      const List = makeList()
      const { render } = await mount(h(List))
      await render(h(List, { args: { config: { headers: new Headers({ a: "1" }) } } }))
      await render(h(List, { args: { config: { headers: new Headers({ a: "1" }) } } }))
      expect(rig.census().queries).toBe(1)
      const open = rig.platform.requests.filter(({ aborted }) => !aborted)
      expect(open.map(({ headers }) => headers.get("a"))).toEqual(["1"])
    })

    it("calls the callbacks of the latest render, and none after the end", async () => {
      const List = makeList()
      const called: string[] = []
      const args = (name: string): QueryArgs<Todo> => ({ options: { cb: () => called.push(name) } })
      const { render, unmount } = await mount(h(List, { args: args("first") }))
      await render(h(List, { args: args("second") }))
      expect(rig.platform.requests).toHaveLength(1)
      await answer("Milk")
      expect(new Set(called)).toEqual(new Set(["second"]))
      const before = called.length
      await render(h(List, { args: { ...args("third"), params: { limit: 1 } } }))
      await unmount()
      expect(called).toHaveLength(before)
      expect(rig.census()).toEqual(nothing)
    })

    it("ends quietly: a late execute() makes no request", async () => {
      const seen: QueryState<Todo>[] = []
      const { unmount } = await mount(h(makeList(seen)))
      const execute = seen.at(-1)?.execute
      await unmount()
      expect((await execute?.())?.error?.code).toBe("DISPOSED")
      expect(rig.platform.requests).toEqual([])
      expect(problems).toEqual([])
    })

    it("throws to the error boundary what the operation throws", async () => {
      class Boundary extends bundle.react.Component<{ children?: ReactNode }> {
        static getDerivedStateFromError = (error: { code: string }) => ({ code: error.code })
        override state = { code: "" }
        override render = () => this.state.code || this.props.children
      }
      const Wrong = () => {
        const { $data } = bundle.adapter.usePluginApi()
        bundle.adapter.useQuery($data.todo?.nothing ?? getAll({ $data } as PluginApi))
        return null
      }
      const { element } = await mount(h(Boundary, {}, h(Wrong)))
      expect(element.textContent).toBe("UNKNOWN_OPERATION")
      expect(rig.census()).toEqual(nothing)
    })

    it("leaves nothing of a render that was thrown away", async () => {
      let resume = () => {}
      let isReady = false
      const waiting = new Promise<void>((resolve) => {
        resume = () => {
          isReady = true
          resolve()
        }
      })
      const List = makeList()
      const Suspending = () => {
        const { $data } = bundle.adapter.usePluginApi()
        bundle.adapter.useQuery(getAll({ $data } as PluginApi))
        if (!isReady) throw waiting
        return h(List)
      }
      const { unmount } = await mount(h(bundle.react.Suspense, { fallback: "wait" }, h(Suspending)))
      expect(rig.census()).toEqual(nothing)
      await act(resume)
      expect(rig.census().queries).toBe(2)
      await unmount()
      expect(rig.census()).toEqual(nothing)
    })

    it("is never torn by an answer that comes in the middle of a concurrent rendering", async () => {
      acting.IS_REACT_ACT_ENVIRONMENT = false
      const shared = rig.runtime.usePluginApi(pluginKey)
      const { dataArr, execute } = getAll(shared)<Todo>()
      const committed: string[][] = []
      let whole = new Array<string>(8)
      const seen: string[] = []
      /** Takes longer than a slice of the scheduler, so that each reader renders in its own task. */
      const busy = () => {
        for (const end = performance.now() + 12; performance.now() < end; );
      }
      const Reader = ({ at }: { at: number }) => {
        const names = bundle.adapter.useRacletteRef(dataArr).map(({ name }) => name)
        busy()
        seen.push(names.join())
        bundle.react.useLayoutEffect(() => void whole.splice(at, 1, names.join()))
        return names.join()
      }
      const readers = Array.from({ length: 8 }, (_, at) => h(Reader, { key: at, at }))
      const Readers = () => {
        bundle.react.useLayoutEffect(() => {
          committed.push(whole)
          whole = new Array<string>(8)
        })
        return readers
      }
      const element = document.createElement("div")
      const root = bundle.client.createRoot(element)
      void execute()
      await flush()
      bundle.react.startTransition(() => root.render(h(Readers)))
      await until(() => seen.length >= 2)
      expect(committed).toEqual([])
      rig.platform.request().answered(200, items("Milk"))
      await until(() => element.textContent === "Milk".repeat(8))
      expect(seen.slice(0, 2)).toEqual(["", ""])
      for (const values of committed) expect(new Set(values).size).toBe(1)
      root.unmount()
      acting.IS_REACT_ACT_ENVIRONMENT = true
    })

    it("is the same for a thousand components, one after the other", async () => {
      const List = makeList()
      const { render, unmount } = await mount(h(List, { key: 0 }))
      for (let i = 1; i < 1000; i++) await render(h(List, { key: i }))
      expect(rig.census()).toMatchObject({ queries: 1, requests: 1 })
      await unmount()
      expect(rig.census()).toEqual(nothing)
    })
  })

  it("useMutation only executes on a call, and reports its state", async () => {
    const seen: QueryState<Todo>[] = []
    const Creator = () => {
      const { $data } = bundle.adapter.usePluginApi()
      const create = $data.todo?.create
      if (!create) throw new Error("the config has create")
      seen.push(bundle.adapter.useMutation<Todo>(create, { params: { by: "me" } }))
      return null
    }
    const { unmount } = await mount(h(Creator))
    expect(rig.platform.requests).toEqual([])
    expect(seen.at(-1)?.isLoading).toBe(false)
    await act(() => void seen.at(-1)?.execute({ name: "Milk" }))
    expect(seen.at(-1)?.isLoading).toBe(true)
    expect(rig.platform.requests.map(({ body }) => body)).toEqual(['{"by":"me","name":"Milk"}'])
    await act(() => rig.platform.request().answered(409, { message: "no" }))
    expect(seen.at(-1)).toMatchObject({ isLoading: false, error: { code: "HTTP_ERROR" } })
    await unmount()
    expect(rig.census()).toEqual(nothing)
  })

  it("useRacletteRef follows any ref, and unsubscribes", async () => {
    const refs = [new CountedRef("a"), new CountedRef("x")]
    const Reader = ({ at }: { at: number }) => bundle.adapter.useRacletteRef(refs[at] as CountedRef<string>)
    const { element, render, unmount } = await mount(h(Reader, { at: 0 }))
    expect(refs.map(({ listeners }) => listeners.size)).toEqual([1, 0])
    await act(() => refs[0]?.set("b"))
    expect(element.textContent).toBe("b")
    await render(h(Reader, { at: 1 }))
    expect(element.textContent).toBe("x")
    expect(refs.map(({ listeners }) => listeners.size)).toEqual([0, 1])
    await unmount()
    expect(refs.map(({ listeners }) => listeners.size)).toEqual([0, 0])
  })

  it("useRuntime returns the runtime", async () => {
    let given: unknown
    const User = () => {
      given = bundle.adapter.useRuntime()
      return null
    }
    await mount(h(User))
    expect(given).toBe(rig.runtime)
  })

  // React 18 has no Activity.
  if (suffix === "") {
    it("keeps a query while an Activity hides it, and reads again when it shows", async () => {
      const { Activity } = bundle.react
      const List = makeList()
      const tree = (mode: "visible" | "hidden") => h(Activity, { mode, children: h(List) })
      const { element, render, unmount } = await mount(tree("visible"))
      await answer("Milk")
      await render(tree("hidden"))
      expect(rig.census().queries).toBe(1)
      rig.platform.advance(2000)
      await render(tree("visible"))
      expect(rig.platform.requests).toHaveLength(1)
      expect(element.textContent).toBe("loading Milk")
      await render(tree("hidden"))
      await unmount()
      expect(rig.census()).toEqual(nothing)
    })
  }

  describe("a server", () => {
    it("renders the list as loading, requests nothing and leaves nothing; the page goes on from there", async () => {
      const List = makeList()
      const tree = h(bundle.adapter.RacletteProvider, { runtime: rig.runtime, pluginKey }, h(List))
      const html = bundle.server.renderToString(tree)
      expect(html).toContain("loading")
      expect(rig.platform.requests).toEqual([])
      expect(rig.census()).toEqual(nothing)
      const element = document.createElement("div")
      element.innerHTML = html
      await act(() => void bundle.client.hydrateRoot(element, tree))
      expect(problems).toEqual([])
      await answer("Milk")
      expect(element.textContent).toBe("Milk")
    })
  })
})
