// Offline mutations in a real browser with IndexedDB and Web Locks, on a page with only the package: they wait, survive
// a reload, and reach the backend once, in order.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { BrowserContext, Page } from "@playwright/test"
import type { Runtime } from "raclette-wasm"
import todoConfig from "../../web/src/generated-config"
import type { Backend } from "../support/backend"
import { root } from "../support/process"
import { expect, test } from "./fixtures"

declare global {
  interface Window {
    runtime: Runtime
    create(name: string): void
    become(user: string): Promise<unknown>
    names(): Promise<string[]>
  }
}

const { todo } = todoConfig.data
const config = { ...todoConfig, data: { todo: { ...todo, offlineMode: true } } }

const html = (tokens: object) => `<!doctype html><title>offline</title><script type="module">
  import { createRuntime } from "/package/index.js"
  const plugins = [${JSON.stringify(config)}]
  const tokens = ${JSON.stringify(tokens)}
  let user = "anna"
  const session = { auth: () => ({ token: tokens[user] }), identity: () => user }
  const runtime = await createRuntime({ plugins, ...session, log: { sink() {} } })
  const { $data } = runtime.usePluginApi("pacifico__todo")
  window.create = (name) => void $data.todo.create().execute({ name })
  window.names = async () => (await $data.todo.getAll().execute()).result.map(({ name }) => name)
  window.become = (next) => {
    user = next
    return runtime.reset()
  }
  window.runtime = runtime
</script>`

/** Serves the page and the package at the backend's origin, also without a network. */
async function serve(context: BrowserContext, backend: Backend): Promise<string> {
  const page = html({ anna: await backend.token("anna"), bert: await backend.token("bert") })
  await context.route("**/offline.html", (route) => route.fulfill({ body: page, contentType: "text/html" }))
  await context.route("**/package/*", async (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1) as string
    const contentType = name.endsWith(".wasm") ? "application/wasm" : "text/javascript"
    await route.fulfill({ body: await readFile(join(root, "dist", name)), contentType })
  })
  return `${backend.url}offline.html`
}

async function load(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.waitForFunction(() => window.runtime)
}

const queued = (page: Page) => page.evaluate(() => window.runtime.queued.value.length)

test("mutations made offline survive a reload, and reach the backend once, in their order", async ({
  browser,
  backend,
}) => {
  const context = await browser.newContext()
  const url = await serve(context, backend)
  const page = await context.newPage()
  await load(page, url)
  await context.setOffline(true)
  await page.evaluate(() => ["one", "two", "three"].map(window.create))
  await expect.poll(() => queued(page)).toBe(3)
  await load(page, url)
  expect(await queued(page)).toBe(3)
  await page.evaluate(() => window.create("four"))
  await expect.poll(() => queued(page)).toBe(4)
  await context.setOffline(false)
  await expect.poll(() => queued(page)).toBe(0)
  expect(await page.evaluate(() => window.names())).toEqual(["one", "two", "three", "four"])
  await load(page, url)
  expect(await queued(page)).toBe(0)
  expect(await page.evaluate(() => window.names())).toHaveLength(4)
  await context.close()
})

test("of two pages each sends what is its own; what one leaves goes to the one that is open, or that loads", async ({
  browser,
  backend,
}) => {
  const context = await browser.newContext()
  const url = await serve(context, backend)
  const [first, second] = [await context.newPage(), await context.newPage()]
  await load(first, url)
  await context.setOffline(true)
  await first.evaluate(() => window.create("left"))
  await expect.poll(() => queued(first)).toBe(1)
  await load(second, url)
  expect(await queued(second)).toBe(0)
  await first.close()
  await expect.poll(() => queued(second)).toBe(1)
  // A page that was open before the other one stored a mutation, and a page that loads.
  const third = await context.newPage()
  await load(third, url)
  await second.close()
  await expect.poll(() => queued(third)).toBe(1)
  await third.evaluate(() => window.create("behind"))
  await expect.poll(() => queued(third)).toBe(2)
  await load(third, url)
  expect(await queued(third)).toBe(2)
  await context.setOffline(false)
  await expect.poll(() => queued(third)).toBe(0)
  expect(await third.evaluate(() => window.names())).toEqual(["left", "behind"])
  await context.close()
})

test("what one user made offline is sent for that user alone, on any page", async ({ browser, backend }) => {
  const context = await browser.newContext()
  const url = await serve(context, backend)
  const senders: string[] = []
  context.on("request", (request) => {
    if (request.method() !== "POST" || !request.url().endsWith("/todo")) return
    const claims = request.headers().authorization?.split(".")[1] ?? ""
    senders.push(JSON.parse(Buffer.from(claims, "base64url").toString()).name)
  })
  const page = await context.newPage()
  await load(page, url)
  await context.setOffline(true)
  await page.evaluate(() => window.create("anna's"))
  await expect.poll(() => queued(page)).toBe(1)
  expect(await page.evaluate(() => window.become("bert"))).toEqual([])
  expect(await queued(page)).toBe(0)
  await page.evaluate(() => ["bert's", "dropped"].map(window.create))
  await expect.poll(() => queued(page)).toBe(2)
  await page.evaluate(() => window.runtime.queued.value.at(-1)?.drop())
  await expect.poll(() => queued(page)).toBe(1)
  const retried = page.waitForEvent("requestfailed")
  await page.evaluate(() => window.runtime.queued.value[0]?.retry())
  await retried
  await context.setOffline(false)
  await expect.poll(() => queued(page)).toBe(0)
  expect(await page.evaluate(() => window.names())).toEqual(["bert's"])
  await page.evaluate(() => window.become("anna"))
  await expect.poll(() => page.evaluate(() => window.names())).toEqual(["bert's", "anna's"])
  await expect.poll(() => queued(page)).toBe(0)
  expect([...new Set(senders)]).toEqual(["bert", "anna"])
  await expect.poll(() => page.evaluate(() => window.runtime.$socket.status.value)).toBe("connected")
  await context.close()
})
