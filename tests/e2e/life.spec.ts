// What happens to a page in a browser: the network goes and comes, and the page goes into the back/forward cache.
import { chromium } from "@playwright/test"
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
