// Runs the code of docs/angular.md unchanged, compiled in the page, with and without zones.
import { transform } from "esbuild"
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import type { Runtime } from "../../js-glue/types"
import { until } from "../support/until"
import { importBundled, virtualFiles } from "./bundled"
import { filesOf } from "./documents"
import { connect, eventFrame, flush, items, makeRuntime, nothing } from "./harness"
import { openPage } from "./page"

interface AngularBundle {
  core: typeof import("@angular/core")
  platform: typeof import("@angular/platform-browser")
  raclette: {
    RACLETTE: import("@angular/core").InjectionToken<Runtime>
    injectPluginApi(key: string): import("../../js-glue/types").PluginApi
    injectRef<T>(ref: import("../../js-glue/types").Ref<T>): import("@angular/core").Signal<T>
  }
  Todos: import("@angular/core").Type<unknown>
}

async function load(): Promise<AngularBundle> {
  const code = `
    import "@angular/compiler"
    export * as core from "@angular/core"
    export * as platform from "@angular/platform-browser"
    export * as raclette from "./raclette"
    export { Todos } from "./todos"`
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
  const compile = async (_name: string, text: string) =>
    (await transform(text, { loader: "ts", target: "es2022", tsconfigRaw })).code
  return importBundled("angular", code, {
    conditions: ["import"],
    mainFields: ["es2022", "module"],
    plugins: [virtualFiles(/^\.\/(raclette|todos)$/, await filesOf("angular.md"), compile)],
  })
}

describe("docs/angular.md", () => {
  let bundle: AngularBundle
  beforeAll(async () => {
    openPage()
    bundle = await load()
  })

  const turn = () => new Promise((resolve) => setTimeout(resolve))
  /** Waits until the page shows the expected text. */
  const shows = (element: Element, text: string | RegExp) =>
    expect.poll(() => (element.textContent ?? "").replace(/\s+/g, " ").trim()).toMatch(text)

  async function start() {
    const rig = await makeRuntime()
    onTestFinished(() => rig.runtime.dispose())
    const problems: unknown[] = []
    const spy = vi.spyOn(console, "error").mockImplementation((...said) => problems.push(said.join(" ")))
    onTestFinished(() => spy.mockRestore())
    const element = document.createElement("app-todos")
    document.body.append(element)
    const { core, platform, raclette, Todos } = bundle
    const providers = [core.provideZonelessChangeDetection(), { provide: raclette.RACLETTE, useValue: rig.runtime }]
    const app = await platform.bootstrapApplication(Todos, { providers })
    await until(() => rig.platform.requests.length === 1)
    return { ...rig, app, element, problems }
  }

  it("shows what is read, reads again at an event, and ends", async () => {
    const { app, element, runtime, platform, census, problems } = await start()
    await shows(element, /^closed ?…$/)
    platform.request().answered(200, items("Milk"))
    await shows(element, /^closed ?Milk$/)
    const { text } = await connect(runtime, platform)
    text(eventFrame("todoCreated", {}))
    await flush()
    await shows(element, /^connected ?… ?Milk$/)
    platform.request().answered(500)
    await shows(element, /^connected.*500.*Milk$/)
    text(eventFrame("todoCreated", {}))
    await flush()
    const request = platform.request()
    app.destroy()
    await turn()
    expect(request.aborted).toBe(true)
    expect(census()).toEqual(nothing)
    expect(problems).toEqual([])
  })

  it("a service of the root keeps its API as long as the app, and a signal may be set while another is computed", async () => {
    const { app, runtime, census, platform } = await start()
    platform.request().answered(200, items("Milk"))
    const { core, raclette } = bundle
    const [status, query] = core.runInInjectionContext(app.injector, () => {
      const api = raclette.injectPluginApi("pacifico__todo")
      const query = api.$data.todo?.getAll?.()
      if (!query) throw new Error("the config has getAll")
      return [raclette.injectRef(runtime.$socket.status), { query, isLoading: raclette.injectRef(query.isLoading) }]
    })
    const computed = core.computed(() => {
      void query.query.execute({ limit: 1 })
      return query.query.isLoading.value
    })
    expect([status(), computed(), query.isLoading()]).toEqual(["closed", true, true])
    app.destroy()
    await turn()
    expect(census()).toEqual(nothing)
  })
})
