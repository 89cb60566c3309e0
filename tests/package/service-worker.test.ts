// The service worker of docs/work-offline.md: a page that is opened without a network has the whole runtime, shows what
// waits from earlier, and sends it when the network is back.
import { cp } from "node:fs/promises"
import type { ServerResponse } from "node:http"
import { join } from "node:path"
import type { Page } from "@playwright/test"
import { beforeAll, expect, it } from "vitest"
import { open, serve } from "./site"
import { codeBlock, folder, installed, write } from "./user"

const app = `
  import { createRuntime } from "./raclette-wasm/index.js"
  const operations = { create: { target: "/todo", method: "post" } }
  const data = { todo: { type: "todo", offlineMode: true, operations } }
  const plugin = { pluginName: "a", author: "b", pluginKey: "b__a", routePrefix: "", data }
  await navigator.serviceWorker.register("sw.js")
  await navigator.serviceWorker.ready
  const errors = []
  const onError = ({ code }) => errors.push(code)
  const runtime = await createRuntime({ plugins: [plugin], socket: { autoConnect: false }, log: { sink() {} }, onError })
  const { create } = runtime.usePluginApi("b__a").$data.todo
  const show = () => {
    document.title = runtime.queued.value.map(({ params }) => params.name) + ";" + errors
  }
  runtime.queued.subscribe(show)
  window.add = (name) => void create().execute({ name })`

beforeAll(async () => {
  await cp(join(installed, "dist"), join(folder, "offline/raclette-wasm"), { recursive: true })
  await write({
    "offline/index.html": '<!doctype html><title>loading</title><script type="module" src="app.js"></script>',
    "offline/app.js": app,
    "offline/sw.js": await codeBlock("docs/work-offline.md", "js service-worker"),
  })
})

/** The site of the app. While `isDown`, requests fail as without a network. */
async function openApp() {
  const state = { isDown: false, sent: 0 }
  const url = await serve({
    at: "offline",
    answer(path: string, response: ServerResponse) {
      if (state.isDown) response.destroy()
      else if (path.endsWith("/todo")) {
        state.sent++
        response.writeHead(201, { "content-type": "application/json" })
        response.end(JSON.stringify({ type: "dataCreate", body: { items: [{ _id: "1", name: "Tea" }] } }))
      } else return false
      return true
    },
  })
  const { page } = await open(url)
  await expect.poll(() => page.title()).toBe(";")
  return { page, state }
}

const add = (page: Page, name: string) =>
  page.evaluate((name) => (window as unknown as { add(name: string): void }).add(name), name)

it("lets a page start without a network, with what waits, which is sent once when it is back", async () => {
  const { page, state } = await openApp()
  state.isDown = true
  await page.reload()
  await expect.poll(() => page.title()).toBe(";")
  await add(page, "Tea")
  await expect.poll(() => page.title()).toBe("Tea;")
  await page.reload()
  await expect.poll(() => page.title()).toBe("Tea;")
  state.isDown = false
  await page.reload()
  await expect.poll(() => page.title()).toBe(";")
  expect(state.sent).toBe(1)
})

it("without the chunk, the page says so, and the next one that has it sends what waits", async () => {
  const { page, state } = await openApp()
  state.isDown = true
  await add(page, "Tea")
  await expect.poll(() => page.title()).toBe("Tea;")
  const forget = async () => {
    const cache = await caches.open("version-1")
    for (const request of await cache.keys()) if (request.url.endsWith("/offline.js")) await cache.delete(request)
  }
  await page.evaluate(forget)
  await page.reload()
  await expect.poll(() => page.title()).toBe(";STORAGE_FAILED")
  state.isDown = false
  await page.reload()
  await expect.poll(() => state.sent).toBe(1)
  await expect.poll(() => page.title()).toBe(";")
})
