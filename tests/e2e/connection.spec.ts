// What the page shows and offers when the backend, the connection or the login fails, and how it recovers.
import { readFile } from "node:fs/promises"
import { extname, join } from "node:path"
import type { Page, Route } from "@playwright/test"
import { webFolder } from "../support/backend"
import { expect, test } from "./fixtures"

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
}

async function fulfillFromDisk(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url())
  const file = join(webFolder, pathname === "/" ? "index.html" : pathname)
  await route.fulfill({ body: await readFile(file), contentType: types[extname(file)] })
}

/** Serves the page's files itself, so that the page loads while the backend is down. */
async function servePage(page: Page): Promise<void> {
  await page.route(({ pathname }) => pathname === "/" || /^\/(assets\/|favicon)/.test(pathname), fulfillFromDisk)
}

/** Closes every WebSocket as soon as it is opened. */
function refuseSockets(page: Page): Promise<void> {
  return page.routeWebSocket(/socket\.io/, (socket) => socket.close())
}

test("with the backend down at load the page says so, and a retry brings the list", async ({ open, backend }) => {
  await backend.addTodo("Buy cheese")
  await backend.kill()
  const prepare = async (page: Page) => {
    await servePage(page)
    await refuseSockets(page)
  }
  const todos = await open({ prepare })

  const alert = todos.page.getByRole("alert")
  await expect(alert).toContainText("The backend cannot be reached")
  await expect(todos.connection).toHaveText(/connecting…/i)
  const asked = todos.page.waitForRequest("**/auth/dev-login")
  await todos.retry.click()
  await asked
  await expect(alert).toContainText("The backend cannot be reached")

  await backend.start()
  await todos.retry.click()
  await expect(todos.checkbox("Buy cheese")).toBeVisible()
  await expect(alert).toBeHidden()
  await expect(todos.input).toBeFocused()
})

test("with the backend down at load the page recovers by itself when it is there", async ({ open, backend }) => {
  await backend.addTodo("Buy cheese")
  await backend.kill()
  const todos = await open({ prepare: servePage })
  await expect(todos.retry).toBeVisible()
  await backend.start()
  await todos.expectConnected()
  await expect(todos.checkbox("Buy cheese")).toBeVisible()
  await expect(todos.retry).toBeHidden()
})

test("an answer that says no is told apart from a backend that is not there", async ({ open }) => {
  const refuse = (route: Route) => route.fulfill({ status: 500, json: { message: "the cellar is flooded" } })
  const todos = await open({ prepare: (page) => page.route("**/todo/all", refuse) })
  await todos.expectConnected()
  await expect(todos.page.getByRole("alert")).toContainText("The list could not be loaded")
  await expect(todos.page.getByRole("alert")).toContainText("the cellar is flooded")
  const asked = todos.page.waitForRequest("**/todo/all")
  await todos.retry.click()
  await asked
  await todos.page.unroute("**/todo/all")
  // The runtime retries a failed read if the user does not.
  const empty = todos.page.getByRole("heading", { name: "Nothing to do yet" })
  await expect(async () => {
    if (!(await empty.isVisible())) await todos.retry.click({ timeout: 1000 })
    await expect(empty).toBeVisible({ timeout: 1000 })
  }).toPass()
})

test("the list is told to be loading until it is there", async ({ open }) => {
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  const hold = async (route: Route) => {
    await held
    await route.continue()
  }
  const todos = await open({ prepare: (page) => page.route("**/todo/all", hold) })
  await expect(todos.page.getByRole("status").filter({ hasText: "Loading todos" })).toBeAttached()
  answer()
  await expect(todos.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  await expect(todos.page.getByText("Loading todos")).toBeHidden()
})

test("a core that cannot be loaded is reported, and a retry loads it", async ({ open }) => {
  // The WebAssembly file, and the embedded copy that replaces it.
  const core = /\.wasm$|\/embedded[^/]*$/
  const todos = await open({ prepare: (page) => page.route(core, (route) => route.abort()) })
  await expect(todos.page.getByRole("alert")).toContainText("The page could not start")
  await todos.retry.press("Enter")
  await expect(todos.retry).toBeFocused()
  await todos.page.unroute(core)
  await todos.retry.press("Enter")
  await todos.expectConnected()
  await expect(todos.input).toBeFocused()
})

test("the badge says why there is no connection, by pointer and by keyboard, until Escape", async ({
  open,
  backend,
}) => {
  const todos = await open()
  await todos.expectConnected()
  await backend.kill()
  await expect(todos.connection).toContainText("Reconnecting")
  const reason = todos.page.getByRole("tooltip")
  await expect(reason).toBeHidden()
  await todos.connection.hover()
  await expect(reason).toContainText("TRANSPORT_FAILED")
  await expect(reason).toContainText("No response from the backend. Is it running?")
  await expect(reason).not.toContainText("url")
  await reason.hover()
  await expect(reason).toBeVisible()
  await todos.page.keyboard.press("Escape")
  await expect(reason).toBeHidden()
  await todos.input.hover()
  await todos.connection.hover()
  await expect(reason).toBeVisible()
  await todos.input.hover()
  await expect(reason).toBeHidden()
  await todos.input.focus()
  await todos.tabTo(todos.connection, "Shift+Tab")
  await expect(reason).toBeVisible()
  await expect(todos.connection).toHaveAccessibleDescription(/TRANSPORT_/)
  await todos.page.keyboard.press("Escape")
  await expect(reason).toBeHidden()
  await backend.start()
  await todos.expectConnected()
  await expect(todos.connection).toBeFocused()
})

test("on a phone without network the badge asks about the network, and covers nothing", async ({ open }) => {
  const todos = await open({ viewport: { width: 360, height: 640 } })
  await todos.add("Milk")
  await todos.page.context().setOffline(true)
  await expect(todos.connection).toContainText("Reconnecting")
  await todos.connection.focus()
  const reason = todos.page.getByRole("tooltip")
  await expect(reason).toContainText("Check your network connection")
  await expect(reason).not.toContainText("backend")
  await todos.expectUncovered(todos.input)
  await todos.expectUncovered(todos.page.getByRole("button", { name: "Add", exact: true }))
  const bottom = ({ bottom }: DOMRect) => bottom
  const box = (of: string) => todos.page.locator(of).evaluate((element) => element.getBoundingClientRect().toJSON())
  expect(bottom((await box("[role=tooltip]")) as DOMRect)).toBeLessThanOrEqual(((await box("form")) as DOMRect).top)
})

test("a login that is refused shows as rejected; connecting again works, and keeps the focus", async ({ open }) => {
  const refuse = (route: Route) => route.fulfill({ status: 403, json: {} })
  const todos = await open({ prepare: (page) => page.route("**/auth/dev-login", refuse) })
  await expect(todos.connection).toContainText("Rejected")
  await todos.page.unroute("**/auth/dev-login")
  await todos.page.getByRole("button", { name: "Connect", exact: true }).press("Enter")
  await todos.expectConnected()
  await expect(todos.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  await expect(todos.page.getByRole("button", { name: "Disconnect" })).toBeFocused()
})

test("a kept token that is refused is replaced by a new login", async ({ open }) => {
  const login = JSON.stringify({ token: "no-token-of-this-backend", refreshToken: "nor-this" })
  const stale = `sessionStorage.setItem("raclette-demo-login", ${JSON.stringify(login)})`
  const todos = await open({ prepare: (page) => page.addInitScript({ content: stale }) })
  await todos.expectConnected()
  await todos.add("Buy cheese")
})
