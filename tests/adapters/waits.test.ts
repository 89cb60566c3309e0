// Promises that a component awaits when it unmounts stay pending: no code after the `await` runs, and there is no
// unhandled rejection. An API that is disposed explicitly rejects them with the documented error.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import type { SveltePluginApi } from "../../js-glue/adapters/svelte"
import type { PluginApi } from "../../js-glue/types"
import { loadReact, loadVue, reactVersions, vueVersions } from "./frameworks"
import { connect, eventFrame, flush, makeRuntime, nothing, type Rig } from "./harness"
import { openPage } from "./page"
import { openReact, pluginKey } from "./react-harness"
import { Host, loadSvelte, openSvelte, svelteVersions } from "./svelte-harness"

/** A mounted component. */
interface Mounted {
  api: PluginApi
  rig: Rig
  unmount(): Promise<void>
}

const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => {
  openPage()
  process.on("unhandledRejection", note)
})
afterAll(() => void process.off("unhandledRejection", note))

const svelteSources = {
  "Host.svelte": Host,
  "User.svelte": `<script>
    import { usePluginApi } from "raclette-wasm/svelte"
    const { tell } = $props()
    tell(usePluginApi())
  </script>`,
}

const frameworks: [string, () => Promise<Mounted>][] = [
  ...reactVersions.map((suffix): [string, () => Promise<Mounted>] => [
    `react${suffix}`,
    async () => {
      const bundle = await loadReact(suffix)
      const { h, mount, act, ...rig } = await openReact(bundle)
      let api: PluginApi | undefined
      const User = () => {
        api = bundle.adapter.usePluginApi()
        return null
      }
      const { unmount } = await mount(h(User), { strict: true })
      return { api: api as unknown as PluginApi, rig, unmount }
    },
  ]),
  ...vueVersions.map((version): [string, () => Promise<Mounted>] => [
    version,
    async () => {
      const { vue, adapter } = await loadVue(version)
      const rig = await makeRuntime()
      onTestFinished(() => rig.runtime.dispose())
      let api: unknown
      const setup = () => {
        api = adapter.usePluginApi()
        return () => "x"
      }
      const app = vue.createApp({ setup }).use(adapter.createRaclette(rig.runtime, { pluginKey }))
      app.mount(document.createElement("div"))
      return { api: api as PluginApi, rig, unmount: async () => app.unmount() }
    },
  ]),
  ...svelteVersions.map((version): [string, () => Promise<Mounted>] => [
    version,
    async () => {
      const { show, ...rig } = await openSvelte(await loadSvelte(version, svelteSources))
      let told: SveltePluginApi | undefined
      const { unmount } = show("User.svelte", { tell: (api: SveltePluginApi) => (told = api) })
      const { data, socket, eventbus, log, ...rest } = told as SveltePluginApi
      return { api: { ...rest, $data: data, $socket: socket, $eventbus: eventbus, $log: log }, rig, unmount }
    },
  ]),
]

const waits: [string, (api: PluginApi) => Promise<unknown>][] = [
  ["$socket.waitFor", ({ $socket }) => $socket.waitFor("todoCreated", { timeout: 1000 })],
  ["$socket.todoCreated.waitFor", ({ $socket }) => $socket.todoCreated.waitFor()],
  ["$eventbus.waitFor", ({ $eventbus }) => $eventbus.waitFor("e")],
  ["$eventbus.global.waitFor", ({ $eventbus }) => $eventbus.global.waitFor("e")],
  ["$socket.emitWithAck", ({ $socket }) => $socket.emitWithAck("ask")],
  ["$socket.timeout().emitWithAck", ({ $socket }) => $socket.timeout(1000).emitWithAck("ask")],
  ["$socket.sending().emitWithAck", ({ $socket }) => $socket.sending({ retries: 1 }).emitWithAck("ask")],
]

describe.each(frameworks)("%s", (_framework, mount) => {
  /** The outcome of a promise, and of the function that awaits it. */
  function watch(promise: Promise<unknown>) {
    const seen: string[] = []
    const run = async () => {
      await promise
      seen.push("went on")
    }
    void run()
    promise.then(
      () => seen.push("resolved"),
      ({ code }: { code: string }) => seen.push(code),
    )
    return seen
  }
  /** Waits until Node has reported unhandled rejections. */
  const turn = async () => {
    await flush()
    await new Promise((resolve) => setImmediate(resolve))
  }

  it.each(waits)("%s stays pending when the component goes, and holds nothing", async (_what, begin) => {
    const { api, rig, unmount } = await mount()
    const { text } = await connect(rig.runtime, rig.platform)
    const seen = watch(begin(api))
    await unmount()
    text(eventFrame("todoCreated", {}))
    rig.platform.advance(60_000)
    await turn()
    expect(seen).toEqual([])
    expect(unhandled).toEqual([])
    expect(rig.census()).toEqual(nothing)
  })

  it("every other outcome settles them", async () => {
    const { api, rig, unmount } = await mount()
    const { text } = await connect(rig.runtime, rig.platform)
    const resolved = api.$socket.waitFor("todoCreated")
    const late = api.$socket.waitFor("other", { timeout: 1000 })
    const aborted = api.$eventbus.waitFor("e", { signal: AbortSignal.abort(new Error("enough")) })
    await expect(aborted).rejects.toThrow("enough")
    text(eventFrame("todoCreated", { a: 1 }))
    expect(await resolved).toEqual({ a: 1 })
    rig.platform.advance(1000)
    await expect(late).rejects.toMatchObject({ code: "WAIT_TIMEOUT" })
    await unmount()
    await expect(api.$eventbus.waitFor("e")).rejects.toMatchObject({ code: "DISPOSED" })
  })

  it("an API that is disposed of by hand, or with its runtime, ends its waits by an error", async () => {
    for (const end of [({ api }: Mounted) => api.dispose(), ({ rig }: Mounted) => rig.runtime.dispose()]) {
      const mounted = await mount()
      const wait = expect(mounted.api.$socket.waitFor("todoCreated")).rejects.toMatchObject({ code: "DISPOSED" })
      end(mounted)
      await wait
    }
  })

  it("an iteration over events ends, and listeners are what they were", async () => {
    const { api, rig, unmount } = await mount()
    const { text } = await connect(rig.runtime, rig.platform)
    const heard: unknown[] = []
    const run = (async () => {
      for await (const event of api.$socket.events("todoCreated")) heard.push(event)
      return "over"
    })()
    const stop = api.$socket.on("todoCreated", (payload) => heard.push(payload))
    expect(api.$socket.off("todoCreated")).toBe(1)
    stop()
    text(eventFrame("todoCreated", 1))
    await flush()
    await unmount()
    expect(await run).toBe("over")
    expect(heard).toEqual([1])
    expect(Object.keys(api.$eventbus)).toEqual(["on", "once", "emit", "off", "removeListener", "waitFor", "global"])
    expect(api.$socket.on).toBe(api.$socket.on)
  })
})
