// The package in the hands of two frameworks, in a real browser against the real backend: a component written for
// raclette with its import standing for raclette-wasm/vue, and a React app under StrictMode.
import { test as base, expect, type Page } from "@playwright/test"
import { Backend } from "../support/backend"

interface App {
  page: Page
  /** What the console said with level error, and what was thrown. */
  errors: string[]
  /** Requests for the list. */
  reads: string[]
  /** How many of them there were when the first was answered: the first session may bring another, soon after. */
  readsBeforeAnswer: number | undefined
}

const test = base.extend<{ backend: Backend; open: (name: string) => Promise<App> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs off this pattern
  backend: async ({}, use) => {
    const backend = await Backend.create({ web: "apps" })
    await use(backend)
    await backend.dispose()
  },
  open: async ({ page, backend }, use) => {
    await use(async (name) => {
      const app: App = { page, errors: [], reads: [], readsBeforeAnswer: undefined }
      page.on("console", (message) => message.type() === "error" && app.errors.push(message.text()))
      page.on("pageerror", (error) => app.errors.push(error.message))
      page.on("request", (request) => request.url().includes("/todo/all") && app.reads.push(request.url()))
      page.on("response", (response) => {
        if (response.url().includes("/todo/all")) app.readsBeforeAnswer ??= app.reads.length
      })
      await page.goto(`${backend.url}${name}.html`)
      await expect(page.getByRole("status")).toHaveText("connected")
      return app
    })
  },
})

test("a component that was written for raclette works unchanged", async ({ open, backend }) => {
  await backend.addTodo("Milk")
  const { page, errors } = await open("raclette")
  const entries = page.locator(".entry")
  await expect(page.locator(".query")).toHaveText("todo getAll")
  await expect(entries).toHaveCount(1)

  await backend.addTodo("Bread")
  await expect(page.getByRole("button", { name: "delete Bread" })).toBeVisible()

  await page.getByLabel("new entry").fill("Tea")
  await page.getByLabel("new entry").press("Enter")
  await expect(entries).toHaveCount(3)
  await expect(page.getByLabel("new entry")).toHaveValue("")
  await expect(page.getByRole("listitem")).toHaveText(["pacifico__todo: todo created"])

  await page.getByPlaceholder("Milk").fill("Oat milk")
  await page.getByRole("button", { name: "update Milk" }).click()
  await expect(page.getByRole("button", { name: "delete Oat milk" })).toBeVisible()

  await page.getByRole("button", { name: "delete Bread" }).click()
  await expect(page.getByRole("listitem").last()).toHaveText("pacifico__todo: My own notification")
  expect(errors).toEqual([])
})

test("its listeners and queries end with it, and begin again with it", async ({ open, backend }) => {
  const { page, errors, reads } = await open("raclette")
  await backend.addTodo("Milk")
  await expect(page.getByRole("button", { name: "delete Milk" })).toBeVisible()
  await page.getByRole("button", { name: "Hide" }).click()
  const before = reads.length
  await backend.addTodo("Bread")
  await page.getByRole("button", { name: "Show" }).click()
  await expect(page.getByRole("button", { name: "delete Bread" })).toBeVisible()
  expect(reads).toHaveLength(before + 1)
  await backend.addTodo("Tea")
  await expect(page.getByRole("button", { name: "delete Tea" })).toBeVisible()
  expect(errors).toEqual([])
})

test("a React app under StrictMode reads once, follows events, and asks again when params change", async ({
  open,
  backend,
}) => {
  await backend.addTodo("Milk")
  const app = await open("react")
  const { page, errors, reads } = app
  const items = page.getByRole("listitem")
  await expect(items).toHaveText(["Milk"])
  expect(app.readsBeforeAnswer).toBe(1)

  await page.getByRole("button", { name: "Add" }).click()
  await expect(items).toHaveText(["Milk", "Todo 2"])
  await backend.addTodo("Bread")
  await expect(items).toHaveText(["Milk", "Todo 2", "Bread"])

  await page.getByRole("button", { name: "Only two" }).click()
  await expect(items).toHaveText(["Milk", "Todo 2"])
  expect(reads.at(-1)).toContain("limit=2")

  await page.getByRole("button", { name: "Hide" }).click()
  const before = reads.length
  await backend.addTodo("Tea")
  await page.getByRole("button", { name: "Show" }).click()
  await expect(items).toHaveText(["Milk", "Todo 2", "Bread", "Tea"])
  expect(reads).toHaveLength(before + 1)
  expect(errors).toEqual([])
})
