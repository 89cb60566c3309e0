// The short list of tests for every engine: the demo page's main functions, and the package in a minimal page, in a
// worker and under a content security policy. All other tests run only in Chromium (tests/e2e, tests/package). The
// tests of an engine share a browser and a backend, each with its own todos; a test that stops the backend has its own.
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { Backend } from "../support/backend"
import { root } from "../support/process"
import { POLICY, Site, type SiteOptions } from "../support/site"
import type { Browser, BrowserPage } from "./browser"
import { connection, create, doneNames, names, state, told } from "./looks"

/** Defines the tests for the browser that `start` starts. */
export function describeEngine(name: string, start: () => Promise<Browser>): void {
  let browser: Browser
  let shared: Backend
  const pages: BrowserPage[] = []

  async function open(url: string, of?: BrowserPage): Promise<BrowserPage> {
    const page = await browser.open(of)
    pages.push(page)
    await page.goto(url)
    return page
  }

  async function close(page: BrowserPage): Promise<void> {
    pages.splice(pages.indexOf(page), 1)
    await page.close()
  }

  /** A backend for one test. The test may stop it. */
  async function ownBackend(): Promise<Backend> {
    const backend = await Backend.create({ web: "demo" })
    onTestFinished(() => backend.dispose())
    return backend
  }

  async function openDemo(url: string): Promise<BrowserPage> {
    const page = await open(url)
    await expect.poll(() => connection(page)).toContain("Connected")
    return page
  }

  /**
   * The address of a page with a client of the package, under the policy. The page works without the backend, too.
   * `answer` is the site's option of the same name.
   */
  async function clientSite(
    backend: Backend,
    { offlineMode = false, answer = () => false }: { offlineMode?: boolean; answer?: SiteOptions["answer"] } = {},
  ): Promise<string> {
    const config = await (await fetch(`${backend.url}raclette/config/pacifico__todo`)).json()
    config.data.todo.offlineMode = offlineMode
    const setting = JSON.stringify({ config, token: await backend.token("anna") })
    const site = await Site.start({
      files: { "/raclette-wasm/": join(root, "dist"), "/": join(root, "tests/engines/pages") },
      backend: backend.url,
      policy: POLICY,
      answer(path, response) {
        if (answer(path, response)) return true
        if (path === "/setting.json") response.end(setting)
        return path === "/setting.json"
      },
    })
    onTestFinished(() => site.stop())
    return site.url
  }

  async function openClient(url: string, of?: BrowserPage): Promise<BrowserPage> {
    const page = await open(url, of)
    await expect.poll(() => state(page)).toMatchObject({ status: "connected" })
    return page
  }

  /** Expects that the client shows its own todo and another client's, without errors. */
  async function expectSync(page: BrowserPage, backend: Backend): Promise<void> {
    const [own, others] = [`own ${Math.random()}`, `another's ${Math.random()}`]
    await create(page, own)
    await expect.poll(async () => (await state(page))?.names).toContain(own)
    await backend.addTodo(others)
    await expect.poll(async () => (await state(page))?.names).toContain(others)
    expect((await state(page))?.errors).toEqual([])
    expect((await told(page)).problems).toEqual([])
  }

  describe(name, () => {
    beforeAll(async () => {
      shared = await Backend.create({ web: "demo" })
      browser = await start()
      console.log(browser.version)
    })
    afterEach(async () => {
      for (const page of [...pages]) await close(page)
    })
    afterAll(() => Promise.all([browser?.close(), shared?.dispose()]))

    it("shows the whole life of a todo, in two pages", async () => {
      const [anna, ben] = [await openDemo(shared.url), await openDemo(shared.url)]
      await anna.enter("New todo", "Buy cheese")
      for (const page of [anna, ben]) await expect.poll(() => names(page)).toContain("Buy cheese")
      await anna.click("Rename Buy cheese")
      await anna.enter("New name of Buy cheese", "Buy raclette")
      for (const page of [anna, ben]) await expect.poll(() => names(page)).toContain("Buy raclette")
      expect(await names(ben)).not.toContain("Buy cheese")
      await ben.click("Buy raclette")
      for (const page of [anna, ben]) await expect.poll(() => doneNames(page)).toContain("Buy raclette")
      await ben.click("Delete Buy raclette")
      for (const page of [anna, ben]) await expect.poll(() => names(page)).not.toContain("Buy raclette")
    })

    it("is in sync after the backend was killed and is back", async () => {
      const backend = await ownBackend()
      const two = [await openDemo(backend.url), await openDemo(backend.url)]
      await backend.addTodo("Light the stove")
      for (const page of two) await expect.poll(() => names(page)).toEqual(["Light the stove"])
      await backend.kill()
      for (const page of two) await expect.poll(() => connection(page)).toContain("Reconnecting")
      await backend.start()
      await backend.addTodo("Slice bread")
      for (const page of two) {
        await expect.poll(() => connection(page)).toContain("Connected")
        await expect.poll(() => names(page)).toEqual(["Light the stove", "Slice bread"])
      }
    })

    it("is in sync after the network was gone and is back", async () => {
      const network = await Site.start({ files: "", backend: shared.url, proxied: /^/ })
      onTestFinished(() => network.stop())
      const page = await openDemo(network.url)
      await network.stop()
      await expect.poll(() => connection(page)).toContain("Reconnecting")
      await shared.addTodo("Meanwhile")
      await network.listen()
      await expect.poll(() => connection(page)).toContain("Connected")
      await expect.poll(() => names(page)).toContain("Meanwhile")
      await page.enter("New todo", "Afterwards")
      await expect.poll(() => names(page)).toContain("Afterwards")
    })

    it.each(["index", "inline"])("works under the policy, with %s.js", async (entry) => {
      const page = await openClient(`${await clientSite(shared)}?entry=${entry}`)
      await expectSync(page, shared)
      const ran = await page.evaluate(() => {
        document.head.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }))
        return "ran" in window
      })
      expect(ran).toBe(false)
      await expect.poll(async () => (await told(page)).problems.join()).toContain("script-src")
    })

    it.each(["index", "inline"])("works in a worker, under the policy, with %s.js", async (entry) => {
      await expectSync(await openClient(`${await clientSite(shared)}?worker&entry=${entry}`), shared)
    })

    it("works where there is only polling", async () => {
      await expectSync(await openClient(`${await clientSite(shared)}?transports=polling`), shared)
    })

    it("keeps what was made offline across a reload, and sends it once, in its order", async () => {
      const backend = await ownBackend()
      const page = await openClient(await clientSite(backend, { offlineMode: true }))
      await backend.kill()
      await expect.poll(() => state(page)).toMatchObject({ status: "reconnecting" })
      for (const todo of ["one", "two"]) await create(page, todo)
      await expect.poll(() => state(page)).toMatchObject({ queued: 2 })
      await page.reload()
      await expect.poll(() => state(page)).toMatchObject({ queued: 2 })
      await create(page, "three")
      await expect.poll(() => state(page)).toMatchObject({ queued: 3 })
      await backend.start()
      await expect.poll(() => state(page)).toMatchObject({ queued: 0, names: ["one", "two", "three"] })
    })

    it("leaves what was made offline to another page of its user when it is closed", async () => {
      const backend = await ownBackend()
      const url = await clientSite(backend, { offlineMode: true })
      const first = await openClient(url)
      const second = await openClient(url, first)
      await backend.kill()
      await create(first, "left")
      await expect.poll(() => state(first)).toMatchObject({ queued: 1 })
      expect(await state(second)).toMatchObject({ queued: 0 })
      await close(first)
      await expect.poll(() => state(second)).toMatchObject({ queued: 1 })
      await backend.start()
      await expect.poll(() => state(second)).toMatchObject({ queued: 0, names: ["left"] })
    })

    it("is in sync after a link that led nowhere, as a download does", async () => {
      let followed = 0
      const answer: SiteOptions["answer"] = (path, response) => {
        if (path !== "/nowhere") return false
        response.writeHead(204).end(() => followed++)
        return true
      }
      const page = await openClient(await clientSite(shared, { answer }))
      await page.evaluate(() => void setTimeout(() => location.assign("/nowhere")))
      await expect.poll(() => followed).toBe(1)
      // Firefox has closed the WebSocket by then.
      await expect.poll(() => state(page)).toMatchObject({ status: "connected" })
      await expectSync(page, shared)
    })

    it("is in sync when its reader goes back to it", async () => {
      const url = await clientSite(shared)
      const page = await openClient(url)
      await page.evaluate(() => void Object.assign(window, { isMarked: true }))
      await page.goto(`${url}elsewhere.html`)
      await shared.addTodo("While it was left")
      await page.back()
      await expect.poll(async () => (await state(page))?.names).toContain("While it was left")
      await expect.poll(() => state(page)).toMatchObject({ status: "connected" })
      expect(await page.evaluate(() => "isMarked" in window)).toBe(browser.keepsPages)
    })
  })
}
