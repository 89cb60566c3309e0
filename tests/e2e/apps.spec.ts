// The package in two apps, in a real browser against the real backend: raclette.js plugins in a host that provides a
// host's modules, and a React app under StrictMode.
import { test as base, expect, type Page } from "@playwright/test"
import { Backend } from "../support/backend"

interface App {
  page: Page
  /** Console errors and uncaught exceptions. */
  errors: string[]
  /** The requests for the list, with their params. */
  reads: string[]
  headers: Record<string, string>[]
  /** Their number at the first response. The first session may cause another one soon after. */
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
      const app: App = { page, errors: [], reads: [], headers: [], readsBeforeAnswer: undefined }
      page.on("console", (message) => message.type() === "error" && app.errors.push(message.text()))
      page.on("pageerror", (error) => app.errors.push(error.message))
      page.on("request", (request) => {
        if (!request.url().includes("/todo/all")) return
        app.reads.push(request.url())
        app.headers.push(request.headers())
      })
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
  await page.getByRole("button", { name: "say hello" }).click()
  await expect(page.getByRole("listitem").last()).toHaveText("pacifico__todo: hello")

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
  await expect(page.locator(".others")).toHaveText("2 open todos")
  await expect(page.locator(".results")).toHaveText("2 READ!")
  // One per widget, since their requests differ, and none while they were hidden.
  expect(reads).toHaveLength(before + 3)
  await backend.addTodo("Tea")
  await expect(page.getByRole("button", { name: "delete Tea" })).toBeVisible()
  expect(errors).toEqual([])
})

test("a plugin has what the host adds: state, and its own texts in the language of the page", async ({ open }) => {
  const { page, errors } = await open("raclette")
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Todos")
  await expect(page.locator(".state")).toHaveText("no title in en")
  await page.getByRole("button", { name: "set title" }).click()
  await page.getByRole("button", { name: "Deutsch" }).click()
  await expect(page.locator(".state")).toHaveText("Test in de")
  await expect(page.getByRole("heading")).toHaveText(["Aufgaben", "Notizen"])
  expect(errors).toEqual([])
})

test("two plugins live in one app, each with its own data, and with the other's", async ({ open, backend }) => {
  const { page, errors } = await open("raclette")
  const logged: string[] = []
  page.on("console", (message) => logged.push(message.text()))
  await expect(page.locator(".others")).toHaveText("0 open todos")
  await backend.addTodo("Milk")
  await expect(page.locator(".others")).toHaveText("1 open todos")
  await expect.poll(() => logged.filter((text) => text.includes("heard of a todo"))).toHaveLength(1)
  expect(logged.find((text) => text.includes("heard of a todo"))).toMatch(/^plugin\/pacifico__notes - /)

  await page.getByLabel("new note").fill("Buy milk")
  await page.getByLabel("new note").press("Enter")
  await expect(page.locator(".note")).toHaveText(/^Buy milk/)
  await expect(page.getByRole("listitem")).toHaveText(["pacifico__notes: noted Buy milk"])
  await page.getByRole("button", { name: "archive Buy milk" }).click()
  await expect(page.getByRole("button", { name: "archive Buy milk" })).toHaveCount(0)
  expect(errors).toEqual([])
})

test("every documented option of $data does what it says", async ({ open, backend }) => {
  await backend.addTodo("Milk")
  const { page, reads, headers } = await open("raclette")
  const widget = page.locator(".options-widget")
  const shown = (name: string) => widget.locator(`.${name}`)
  const results = shown("results")
  const press = (name: string) => widget.getByRole("button", { name, exact: true }).click()
  await expect(shown("id")).toHaveText("plugin-pacifico__todo-options-mine")
  await expect(results).toContainText("1 READ!")
  await expect(shown("none")).toHaveText("0 0")
  await expect(shown("response")).toHaveText("true")
  await expect(shown("feed")).toHaveText("0 of the feed")
  expect(headers.filter((one) => one["x-widget"] === "options")).toHaveLength(1)

  const countOf = async (name: string, until: () => Promise<unknown>) => {
    const before = reads.length
    await press(name)
    await until()
    return reads.length - before
  }
  expect(await countOf("read twice", () => expect(results).toContainText("twice true"))).toBeLessThan(2)
  expect(await countOf("read fresh", () => expect(results).toContainText("fresh"))).toBe(1)
  await press("stream")
  await expect(shown("stream")).toHaveText("true")
  await press("create and refresh")
  await expect(results).toContainText("2 READ!")
  await press("refuse")
  await expect(shown("failure")).toHaveText("HTTP_ERROR false")
  await expect(page.getByRole("listitem")).toHaveCount(0)
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
