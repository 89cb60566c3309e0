// Runs the files of docs/solid.md unchanged, compiled with Solid's tools for pages and for servers.
import { join } from "node:path"
import { transformAsync } from "@babel/core"
import { transform } from "esbuild"
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import type { Runtime } from "../../js-glue/types"
import { root } from "../support/process"
import { importBundled, virtualFiles } from "./bundled"
import { filesOf } from "./documents"
import { connect, eventFrame, flush, items, makeRuntime, nothing } from "./harness"
import { openPage } from "./page"

interface SolidBundle {
  solid: typeof import("solid-js")
  web: typeof import("solid-js/web")
  raclette: { RacletteContext: import("solid-js").Context<Runtime | undefined>; usePluginApi: unknown }
  Todos: import("solid-js").Component<{ limit?: number }>
}

async function load(side: "client" | "server"): Promise<SolidBundle> {
  const code = `
    export * as solid from "solid-js"
    export * as web from "solid-js/web"
    export * as raclette from "./raclette"
    export { Todos } from "./Todos"`
  const compile = async (filename: string, text: string) => {
    const script = await transform(text, { loader: "tsx", jsx: "preserve", target: "esnext" })
    const generate = side === "client" ? "dom" : "ssr"
    const presets = [[join(root, "node_modules/babel-preset-solid"), { generate, hydratable: true }]]
    const compiled = await transformAsync(script.code, { filename, presets, babelrc: false, configFile: false })
    return compiled?.code ?? ""
  }
  return importBundled(`solid-${side}`, code, {
    conditions: ["import", ...(side === "client" ? ["browser", "development"] : ["node"])],
    external: side === "server" ? ["node:*", "seroval", "seroval-plugins"] : [],
    plugins: [virtualFiles(/^\.\/(raclette|Todos)$/, await filesOf("solid.md"), compile)],
  })
}

async function open() {
  const rig = await makeRuntime()
  onTestFinished(() => rig.runtime.dispose())
  const problems: unknown[] = []
  for (const name of ["warn", "error"] as const) {
    const spy = vi.spyOn(console, name).mockImplementation((...said) => problems.push(said.join(" ")))
    onTestFinished(() => spy.mockRestore())
  }
  const urls = () => rig.platform.requests.map(({ url }) => url.replace("http://backend.test", ""))
  const answer = async (...names: string[]) => {
    await flush()
    rig.platform.request().answered(200, items(...names))
    await flush()
  }
  return { ...rig, problems, urls, answer }
}

let html = ""

describe("on a server", () => {
  it("requests nothing, and leaves nothing once the page is rendered", async () => {
    expect(typeof window).toBe("undefined")
    const { solid, web, raclette, Todos } = await load("server")
    const { runtime, platform, census, problems } = await open()
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    html = web.renderToString(() =>
      solid.createComponent(raclette.RacletteContext.Provider, {
        value: runtime,
        get children() {
          return solid.createComponent(Todos, {})
        },
      }),
    )
    expect(html.replace(/<!--.*?-->/g, "")).toMatch(/<p[^>]*>closed<\/p>.*<ul[^>]*><\/ul>/)
    vi.runAllTimers()
    expect(platform.requests).toEqual([])
    expect(census()).toEqual(nothing)
    expect(problems).toEqual([])
  })
})

describe("on a page", () => {
  let bundle: SolidBundle
  beforeAll(async () => {
    openPage()
    bundle = await load("client")
  })

  /** Shows the list of the document. `adopted`: the server's markup, to hydrate. */
  async function show(adopted?: string) {
    const { solid, web, raclette, Todos } = bundle
    const page = await open()
    const [limit, setLimit] = solid.createSignal<number | undefined>(undefined)
    const element = document.createElement("div")
    const tree = () =>
      solid.createComponent(raclette.RacletteContext.Provider, {
        value: page.runtime,
        get children() {
          return solid.createComponent(Todos, {
            get limit() {
              return limit()
            },
          })
        },
      })
    const put = (): (() => void) => {
      if (adopted === undefined) return web.render(tree, element)
      element.innerHTML = adopted
      Object.assign(globalThis, { _$HY: { events: [], completed: new WeakSet(), r: {} } })
      return web.hydrate(tree, element)
    }
    return { ...page, element, setLimit, put }
  }

  it("shows what is read, reads again at an event and for other params, and ends", async () => {
    const { element, put, answer, urls, setLimit, runtime, platform, census, problems } = await show()
    const end = put()
    expect(element.querySelector("section")?.getAttribute("aria-busy")).toBe("true")
    await answer("Milk")
    expect(element.textContent).toBe("closedMilk")
    const { text } = await connect(runtime, platform)
    text(eventFrame("todoCreated", {}))
    await answer("Milk", "Bread")
    expect(element.textContent).toBe("connectedMilkBread")
    setLimit(1)
    await flush()
    expect(urls()).toEqual(["/todo/all?limit=1"])
    platform.request().answered(500)
    await flush()
    expect(element.textContent).toMatch(/^connected.*500.*MilkBread$/)
    setLimit(2)
    await flush()
    const request = platform.request()
    end()
    await flush()
    expect(request.aborted).toBe(true)
    expect(census()).toEqual(nothing)
    expect(problems).toEqual([])
  })

  it("adopts what a server rendered, whatever has happened by then", async () => {
    const { element, put, answer, runtime, platform, problems } = await show(html)
    await connect(runtime, platform)
    void runtime.usePluginApi("pacifico__todo").$data.todo?.getAll?.().execute()
    await answer("Milk")
    const end = put()
    const list = element.querySelector("ul")
    await flush()
    expect(element.textContent).toBe("connectedMilk")
    expect(element.querySelector("ul")).toBe(list)
    expect(element.querySelectorAll("section")).toHaveLength(1)
    expect(problems).toEqual([])
    end()
  })

  it("says what is missing above", async () => {
    const { solid, Todos } = bundle
    expect(() => solid.createRoot(() => solid.createComponent(Todos, {}))).toThrow(/RacletteContext\.Provider/)
  })
})
