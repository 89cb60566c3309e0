// raclette-wasm/svelte in server rendering and hydration: on the server nothing keeps running and nothing leaks, and
// the page adopts the markup whatever has happened since.
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { SveltePluginApi } from "../../js-glue/adapters/svelte"
import type { Runtime } from "../../js-glue/types"
import { connect, flush, items, makeRuntime, nothing, type Rig } from "./harness"
import { openPage } from "./page"
import {
  Host,
  loadSvelte,
  loadSvelteServer,
  openSvelte,
  pluginKey,
  type SvelteServerBundle,
  svelteVersions,
  textOf,
} from "./svelte-harness"

const use = `import { usePluginApi } from "raclette-wasm/svelte"`

const sources = {
  "Host.svelte": Host,
  "List.svelte": `<script>
    ${use}
    let { options, also } = $props()
    const api = usePluginApi()
    const query = api.data.todo.getAll({ options })
    also?.(api, query)
    const { dataArr, isLoading, error } = query
    const { status } = api.socket
  </script>
  <p class={status.value} title={status.value}>{status.value} {isLoading.value} {$status} {error.value?.code ?? ""}</p>
  {#if dataArr.value.length > 0}<i>some</i>{:else}<i>none</i>{/if}
  <ul>{#each dataArr.value as { _id, name } (_id)}<li>{name}</li>{:else}<li>empty</li>{/each}</ul>`,
  "Await.svelte": `<script>
    ${use}
    const list = usePluginApi().data.todo.getAll()
    await list.execute()
    const { dataArr } = list
  </script>
  <ul>{#each dataArr.value as { name }}<li>{name}</li>{/each}</ul>`,
}
type Name = keyof typeof sources
const older = { "Host.svelte": Host, "List.svelte": sources["List.svelte"] } as typeof sources
const everything = { immediate: true, live: true, refetchInterval: 1000 }

async function render(bundle: SvelteServerBundle<Name>, name: Name, runtime: Runtime, props: object = {}) {
  const of = bundle.components[name]
  const { body } = await bundle.server.render(bundle.components["Host.svelte"], {
    props: { runtime, pluginKey, of, ...props },
  })
  await flush()
  return body
}

const servers = {} as Record<string, SvelteServerBundle<Name>>
/** The markup that a server rendered for the page, by version. */
const html: Record<string, string> = {}

describe.each(svelteVersions)("%s on a server", (version) => {
  let rig: Rig
  const bundle = () => servers[version] as SvelteServerBundle<Name>
  beforeAll(async () => {
    expect(typeof window).toBe("undefined")
    servers[version] = await loadSvelteServer(version, version === "svelte" ? sources : older)
  })
  const open = async () => {
    rig = await makeRuntime()
    onTestFinished(() => rig.runtime.dispose())
    return rig
  }

  it("requests nothing automatically, and leaves nothing", async () => {
    const { runtime, platform, census } = await open()
    html[version] = await render(bundle(), "List.svelte", runtime, { options: everything })
    expect(textOf({ textContent: html[version].replace(/<!--.*?-->/g, "").replace(/<[^>]*>/g, " ") })).toBe(
      "closed false closed none empty",
    )
    expect(platform.requests).toEqual([])
    expect(platform.timers.size).toBe(0)
    expect(census()).toEqual(nothing)
  })

  it("forgets listeners and waits with the page, and still speaks", async () => {
    const { runtime, platform, census } = await open()
    const { $eventbus } = runtime.usePluginApi(pluginKey)
    const heard: unknown[] = []
    $eventbus.global.on("e", ({ data }: { data: unknown }) => heard.push(data))
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on("unhandledRejection", note)
    onTestFinished(() => void process.off("unhandledRejection", note))
    const also = ({ socket, eventbus }: SveltePluginApi) => {
      socket.on("todoCreated", () => {})
      socket.onAny(() => {})
      eventbus.on("e", () => {})
      void socket.waitFor("todoCreated", { timeout: 5 })
      void eventbus.waitFor("e", { timeout: 5 })
      eventbus.global.emit("e", 1)
    }
    await render(bundle(), "List.svelte", runtime, { also })
    platform.advance(1000)
    await new Promise((resolve) => setImmediate(resolve))
    expect([heard, unhandled]).toEqual([[1], []])
    expect(census()).toEqual({ ...nothing, busListeners: 1 })
  })

  // An older Svelte does not report that rendering failed, and has no `await` in components.
  if (version !== "svelte") return
  it("leaves nothing of a page that could not be rendered", async () => {
    const { runtime, census } = await open()
    const also = ({ socket }: SveltePluginApi) => {
      socket.on("todoCreated", () => {})
      throw new Error("broken")
    }
    await expect(render(bundle(), "List.svelte", runtime, { also })).rejects.toThrow("broken")
    await flush()
    expect(census()).toEqual(nothing)
  })

  it("shows what a component awaits, and leaves nothing", async () => {
    const { runtime, platform, census } = await open()
    const rendering = render(bundle(), "Await.svelte", runtime)
    for (let i = 0; i < 5; i++) await flush()
    platform.request().answered(200, items("Milk", "Bread"))
    expect((await rendering).replace(/<!--.*?-->/g, "")).toContain("<li>Milk</li><li>Bread</li>")
    expect(census()).toEqual(nothing)
  })
})

describe.each(svelteVersions)("%s adopts what a server rendered", (version) => {
  it("and shows what is, without a word about it", async () => {
    openPage()
    const bundle = await loadSvelte(version, version === "svelte" ? sources : older)
    const page = await openSvelte(bundle)
    const list = page.runtime.usePluginApi(pluginKey).$data.todo?.getAll?.()
    await connect(page.runtime, page.platform)
    void list?.execute()
    await page.answer("Milk", "Bread")
    const target = document.createElement("div")
    target.innerHTML = html[version] ?? ""
    const [line, rows] = [target.querySelector("p"), target.querySelector("ul")]
    expect(textOf(target)).toContain("closed false closed none empty")
    const { element, unmount } = page.show("List.svelte", { options: everything }, { target })
    await page.settle()
    expect(textOf(element)).toBe("connected false connected some MilkBread")
    expect(element.querySelector("p")).toBe(line)
    expect(element.querySelector("ul")).toBe(rows)
    expect([line?.className, line?.getAttribute("title")]).toEqual(["connected", "connected"])
    expect(page.problems).toEqual([])
    await unmount()
  })
})
