// The built site as its reader uses it: the live example keeps two windows in sync, search finds words, pages lead to each
// other, and nothing fails on the way. Screenshots are kept in build/screens, for people to look at.
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { test as base, expect, type Page } from "@playwright/test"
import type { AxeResults } from "axe-core"
import { Site } from "../support/site"

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")
const folder = (path: string) => fileURLToPath(new URL(`../../build/${path}`, import.meta.url))

/** A page of the site, which fails its test where the console or the network has an error. */
const test = base.extend<{ address: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs off this pattern
  address: async ({}, use) => {
    const site = await Site.start({ files: folder("docs"), backend: "http://127.0.0.1:9", proxied: /^$/ })
    await use(site.url)
    await site.stop()
  },
  page: async ({ page }, use) => {
    const errors: string[] = []
    page.on("pageerror", (error) => errors.push(error.message))
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())))
    page.on("requestfailed", (request) => errors.push(`${request.url()} ${request.failure()?.errorText}`))
    page.on("response", (response) => void (response.status() >= 400 && errors.push(`${response.url()} failed`)))
    await use(page)
    expect(errors).toEqual([])
  },
})

const todosOf = (page: Page, user: string) => page.getByRole("list", { name: `Todos of ${user}` }).getByRole("listitem")

async function openExample(page: Page, address: string) {
  await page.goto(address)
  for (const user of ["Anna", "Ben"]) {
    await expect(todosOf(page, user)).toHaveText(["Grate the cheese", "Peel the potatoes"])
    await expect(page.getByRole("article", { name: user })).toContainText("connected")
  }
}

test("a todo of one window shows in the other", async ({ page, address }) => {
  await openExample(page, address)
  await page.getByRole("textbox", { name: "New todo of Anna" }).fill("Invite the neighbours")
  await page.getByRole("article", { name: "Anna" }).getByRole("button", { name: "Add" }).click()
  for (const user of ["Anna", "Ben"]) await expect(todosOf(page, user).nth(2)).toHaveText("Invite the neighbours")
  await expect(page.getByRole("article", { name: "Ben" })).toContainText("todoCreated")

  await page.getByRole("button", { name: "Emit todoCreated from the server" }).click()
  for (const user of ["Anna", "Ben"]) await expect(todosOf(page, user)).toHaveCount(4)
})

test("search finds a word, and its result leads there", async ({ page, address }) => {
  await page.goto(`${address}start.html`)
  await page.getByRole("button", { name: "Search" }).click()
  await page.getByRole("searchbox").fill("refetchInterval")
  await page.locator(".results a").first().click()
  await expect(page).not.toHaveURL(/start/)
  await expect(page.locator("main")).toContainText("refetchInterval")
})

test("the reference has every entry", async ({ page, address }) => {
  await page.goto(`${address}api/index.html`)
  await expect(page.getByRole("heading", { name: "createRuntime()" })).toBeVisible()
  await page.getByRole("link", { name: "raclette-wasm/testing", exact: true }).first().click()
  await expect(page.getByRole("heading", { name: "createBackend()" })).toBeVisible()
})

const views = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
}

for (const [size, viewport] of Object.entries(views)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`looks right on a ${size}, ${colorScheme}`, async ({ browser, address }) => {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" })
      const page = await context.newPage()
      await openExample(page, address)
      await page.getByRole("button", { name: "Emit todoCreated from the server" }).click()
      await expect(todosOf(page, "Ben")).toHaveCount(3)
      await page.addScriptTag({ path: axe })
      const { violations } = await page.evaluate<AxeResults>('axe.run("main, .live")')
      const targets = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" ")}`)
      expect.soft(targets).toEqual([])
      for (const name of ["index", "start", "data", "api/testing"]) {
        if (name !== "index") await page.goto(`${address}${name}.html`)
        await page.evaluate(() => scrollTo(0, 0))
        await page.screenshot({
          path: folder(`screens/docs-${name.replace("/", "-")}-${size}-${colorScheme}.png`),
          fullPage: name === "index",
        })
        expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(viewport.width)
      }
      await context.close()
    })
  }
}
