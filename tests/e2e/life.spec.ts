// The life cycle of a page: loss of the network, the back/forward cache, and hidden pages.
import { chromium, type Page } from "@playwright/test"
import { launchOptions } from "../support/chromium"
import { expect, test } from "./fixtures"
import { TodoPage } from "./todo-page"

test("a page that loses its network says so, and is back as soon as the network is", async ({ open, backend }) => {
  const anna = await open()
  await expect(anna.connection).toContainText("Connected")
  await anna.page.context().setOffline(true)
  await expect(anna.connection).toContainText("Reconnecting")
  await backend.addTodo("Meanwhile")
  await anna.page.context().setOffline(false)
  await expect(anna.connection).toContainText("Connected")
  await expect(anna.item("Meanwhile")).toBeVisible()
})

test("a page that comes back from the back/forward cache is connected and in sync", async ({ backend }) => {
  const browser = await chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  })
  try {
    const page = await browser.newPage()
    const anna = new TodoPage(page)
    await page.goto(backend.url)
    await expect(anna.connection).toContainText("Connected")
    await page.evaluate(() => {
      addEventListener("pageshow", ({ persisted }) => {
        document.title = persisted ? "from the cache" : "loaded anew"
      })
    })
    await page.goto(`${backend.url}health`)
    await backend.addTodo("Meanwhile")
    await page.evaluate(() => void setTimeout(() => history.back()))
    await expect(page).toHaveTitle("from the cache")
    await expect(anna.connection).toContainText("Connected")
    await expect(anna.item("Meanwhile")).toBeVisible()
  } finally {
    await browser.close()
  }
})

/** Removes WebSocket, and fakes visibility with `hide`, since a browser without a window shows all of its pages. */
async function withoutWebSocket(page: Page) {
  await page.clock.install()
  await page.addInitScript(() => {
    let visibility: DocumentVisibilityState = "visible"
    Object.defineProperty(document, "visibilityState", { get: () => visibility })
    addEventListener("tests:visibility", (event) => {
      visibility = (event as CustomEvent).detail
      document.dispatchEvent(new Event("visibilitychange"))
    })
    Object.defineProperty(window, "WebSocket", {
      value: function unavailable() {
        throw new Error("blocked")
      },
    })
  })
}

function tell(page: Page, visibility: DocumentVisibilityState) {
  return page.evaluate((detail) => dispatchEvent(new CustomEvent("tests:visibility", { detail })), visibility)
}

test("eight pages that poll do not stall each other", async ({ browser, backend }) => {
  const context = await browser.newContext({ baseURL: backend.url, locale: "en-GB" })
  const pages: TodoPage[] = []
  for (let i = 0; i < 8; i++) {
    const page = await context.newPage()
    await withoutWebSocket(page)
    const one = new TodoPage(page)
    await page.goto("/")
    await expect(one.connection).toContainText("Connected")
    if (i === 7) {
      await one.add("From the last")
      await expect(one.item("From the last")).toBeVisible()
    } else {
      await tell(page, "hidden")
      await page.clock.fastForward(10_000)
      await expect(one.connection).toContainText("Reconnecting")
    }
    pages.push(one)
  }
  const [first] = pages as [TodoPage]
  await tell(first.page, "visible")
  await expect(first.connection).toContainText("Connected")
  await expect(first.item("From the last")).toBeVisible()
})
