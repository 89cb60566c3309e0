// The fixtures of every test: its own backend, and pages that each have their own browser context, so that two pages
// are two users on two machines.
import { type BrowserContextOptions, test as base, type Page } from "@playwright/test"
import { Backend } from "../support/backend"
import { TodoPage } from "./todo-page"

export { expect } from "@playwright/test"

interface OpenOptions extends BrowserContextOptions {
  /** Called before the page is loaded. */
  prepare?: (page: Page) => Promise<unknown>
}

interface Fixtures {
  backend: Backend
  /** Opens the todo page in a new context. Resolves when the page is loaded, whatever it shows. */
  open: (options?: OpenOptions) => Promise<TodoPage>
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs off this pattern
  backend: async ({}, use) => {
    const backend = await Backend.create({ web: "demo" })
    await use(backend)
    await backend.dispose()
  },
  open: async ({ browser, backend }, use) => {
    await use(async ({ prepare, ...options } = {}) => {
      const context = await browser.newContext({ baseURL: backend.url, locale: "en-GB", ...options })
      const page = await context.newPage()
      const todoPage = new TodoPage(page)
      await prepare?.(page)
      await page.goto("/")
      return todoPage
    })
    await Promise.all(browser.contexts().map((context) => context.close()))
  },
})
