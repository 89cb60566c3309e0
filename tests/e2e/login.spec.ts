// Tokens that expire within seconds, and refresh tokens that can be used once: in two pages of one browser with the
// code of docs/log-in.md, and in the demo page.
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { type BrowserContext, test as base, expect, type Page, type Route } from "@playwright/test"
import { transform } from "esbuild"
import type { Runtime } from "raclette-wasm"
import todoConfig from "../../web/src/generated-config"
import { Backend } from "../support/backend"
import { root } from "../support/process"
import { TodoPage } from "./todo-page"

declare global {
  interface Window {
    runtime: Runtime
    logIn(user: string): Promise<void>
    readLogin(): Promise<{ token: string } | undefined>
  }
}

const test = base.extend<{ backend: Backend }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs off this pattern
  backend: async ({}, use) => {
    const backend = await Backend.create({ web: "demo", env: { TOKEN_LIFETIME: "3" } })
    await use(backend)
    await backend.dispose()
  },
})

/** The code of the document's sections "Log in" and "Write `auth`", for a page of the backend itself. */
async function documented(): Promise<string> {
  const text = await readFile(join(root, "docs/log-in.md"), "utf8")
  const [logIn = "", auth = ""] = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string)
  expect([logIn, auth].map((code) => /async function (logIn|auth)\(/.exec(code)?.[1])).toEqual(["logIn", "auth"])
  const here = logIn.replace(/const url = .*/, "const url = location.origin").replace(/^import .*/, "")
  return (await transform(here + auth, { loader: "ts" })).code
}

const html = (code: string) => `<!doctype html><title>login</title><script type="module">
  import { createRuntime } from "/package/index.js"
  import { del, get, set } from "/idb-keyval.js"
  ${code}
  const options = { plugins: [${JSON.stringify(todoConfig)}], auth, socket: { autoConnect: false }, log: { sink() {} } }
  Object.assign(window, { logIn, readLogin: () => get("login"), runtime: await createRuntime(options) })
</script>`

/** Serves the page and the package at the backend's origin. */
async function serve(context: BrowserContext, backend: Backend, code: string): Promise<string> {
  await context.route("**/login.html", (route) => route.fulfill({ body: html(code), contentType: "text/html" }))
  const storage = join(root, "node_modules/idb-keyval/dist/index.js")
  await context.route("**/idb-keyval.js", (route) => route.fulfill({ path: storage, contentType: "text/javascript" }))
  await context.route("**/package/*", async (route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1) as string
    const contentType = name.endsWith(".wasm") ? "application/wasm" : "text/javascript"
    await route.fulfill({ body: await readFile(join(root, "dist", name)), contentType })
  })
  return `${backend.url}login.html`
}

const names = (page: Page) =>
  page.evaluate(async () => {
    const { todo } = window.runtime.usePluginApi("pacifico__todo").$data
    const { result, error } = (await todo?.getAll?.({ options: { useCache: false } }).execute()) ?? {}
    return error ? error.message : result?.map((item) => (item as { name: string }).name)
  })

/** The time until the login's token expires, in ms. */
const left = (page: Page) =>
  page.evaluate(async () => {
    const [, claims = ""] = (await window.readLogin())?.token.split(".") ?? []
    return (JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/"))) as { exp: number }).exp * 1000 - Date.now()
  })

const waitingPages = (page: Page) => page.evaluate(async () => ((await navigator.locks.query()).pending ?? []).length)

/**
 * Reads in both pages with a token that has expired. The first request for the next one is held until the other page
 * waits for its turn, or sends its own request. Resolves with the number of requests for tokens.
 */
async function readExpired(context: BrowserContext, pages: [Page, Page]): Promise<number> {
  const held: Route[] = []
  await context.route("**/auth/refresh", (route) => void held.push(route))
  const reads = Promise.all(pages.map(names))
  await expect.poll(() => held.length).toBeGreaterThan(0)
  await expect.poll(async () => held.length + (await waitingPages(pages[0]))).toBe(2)
  expect(held).toHaveLength(1)
  let answered = 0
  const answer = async (route: Route) => {
    answered++
    await route.continue()
  }
  await context.unroute("**/auth/refresh")
  await context.route("**/auth/refresh", answer)
  await Promise.all(held.map(answer))
  expect(await reads).toEqual([["Milk"], ["Milk"]])
  return answered
}

for (const { what, change, renewals } of [
  { what: "share one renewal", change: (code: string) => code, renewals: 1 },
  {
    what: "renew one after the other, where each renews whatever is stored",
    change: (code: string) => code.replace("reason && login.token === mine", "reason"),
    renewals: 2,
  },
]) {
  test(`two pages whose token expires at the same time ${what}, and the login goes on`, async ({
    browser,
    backend,
  }) => {
    const context = await browser.newContext()
    const url = await serve(context, backend, change(await documented()))
    const pages: [Page, Page] = [await context.newPage(), await context.newPage()]
    await backend.addTodo("Milk")
    for (const page of pages) {
      await page.goto(url)
      await page.waitForFunction(() => window.runtime)
    }
    await pages[0].evaluate(() => window.logIn("anna"))
    expect(await Promise.all(pages.map(names))).toEqual([["Milk"], ["Milk"]])
    for (let token = 1; token <= 2; token++) {
      await expect.poll(() => left(pages[0])).toBeLessThanOrEqual(0)
      expect(await readExpired(context, pages)).toBe(renewals)
    }
    for (const page of pages) {
      await page.evaluate(() => window.runtime.connect())
      await expect.poll(() => page.evaluate(() => window.runtime.$socket.status.value)).toBe("connected")
    }
    await context.close()
  })
}

test("the demo page stays logged in beyond its token, by one login", async ({ page, backend }) => {
  const todos = new TodoPage(page)
  const asked: string[] = []
  page.on("request", (request) => {
    if (request.url().includes("/auth/")) asked.push(new URL(request.url()).pathname)
  })
  await page.goto(backend.url)
  await todos.add("Milk")
  await expect.poll(() => asked.filter((path) => path === "/auth/refresh").length).toBeGreaterThan(1)
  await todos.expectConnected()
  await todos.add("Bread")
  await page.reload()
  await todos.expectNames(["Milk", "Bread"])
  expect(asked.filter((path) => path === "/auth/dev-login")).toHaveLength(1)
})
