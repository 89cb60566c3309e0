// Every state of the page, on a phone and on a desktop, light, dark and in forced colors: no violations found by
// axe-core, and no horizontal scrolling. Screenshots of all states are stored in build/screens.
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import type { Page } from "@playwright/test"
import type { AxeResults, RunOptions } from "axe-core"
import type { Backend } from "../support/backend"
import { expect, test } from "./fixtures"
import type { TodoPage } from "./todo-page"

declare global {
  interface Window {
    axe: { run(options: RunOptions): Promise<AxeResults> }
  }
}

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")
const folder = fileURLToPath(new URL("../../build/screens", import.meta.url))

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }
const looks = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "dark", forcedColors: "active" },
} as const

/** The looks of each size. Forced colours are tested in one size only. */
const views = { phone: ["light", "dark", "forced"], desktop: ["light", "dark"] } as const

/**
 * The violations that axe-core finds in a look, one line per element. Dark and light differ only in their colours.
 */
function violations(page: Page, look: "light" | "dark"): Promise<string[]> {
  return page.evaluate(
    async (only) => {
      // Elements that are scrolled under the sticky form are not targets.
      const rules = { "target-size": { enabled: scrollY === 0 } }
      const { violations } = await window.axe.run({
        resultTypes: ["violations"],
        ...(only ? { runOnly: only } : { rules }),
      })
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
      )
    },
    look === "dark" ? ["color-contrast"] : undefined,
  )
}

/** Checks the current page in every size and look. `prepare` is called in each size. */
async function inspect(page: Page, state: string, prepare?: (size: keyof typeof sizes) => Promise<unknown>) {
  for (const [size, viewport] of Object.entries(sizes) as [keyof typeof sizes, typeof sizes.phone][]) {
    await page.setViewportSize(viewport)
    await page.evaluate(() => scrollTo(0, 0))
    await prepare?.(size)
    for (const look of views[size]) {
      await page.emulateMedia({ ...looks[look], reducedMotion: "reduce" })
      await expect(page.locator("html")).toHaveAttribute("data-theme", looks[look].colorScheme)
      const where = `${state}-${size}-${look}`
      await page.screenshot({ path: `${folder}/${where}.png` })
      // Forced colours come from the system, not from the page's styles.
      if (look !== "forced") expect.soft(await violations(page, look), where).toEqual([])
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), where).toBe(viewport.width)
    }
  }
}

/** The contrast of two colours, by the WCAG's formula. */
async function contrast(page: Page, element: string, ground: string): Promise<number> {
  return page.evaluate(
    (selectors) => {
      const [one = 0, other = 0] = selectors.map((selector) => {
        const colour = getComputedStyle(document.querySelector(selector) as Element).backgroundColor
        const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
          const value = Number(part) / 255
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
      })
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
    },
    [element, ground],
  )
}

/** Makes requests for the list fail after it is switched on. */
async function refuseList(page: Page): Promise<() => void> {
  let refuse = () => {}
  const told = new Promise<void>((resolve) => {
    refuse = resolve
  })
  await page.route("**/todo/all", async (route) => {
    await told
    await route.fulfill({ status: 500, json: { message: "the cellar is flooded" } })
  })
  return refuse
}

test.describe.configure({ mode: "parallel" })

test("while the list loads, when it fails, and when it is empty", async ({ open }) => {
  let fail = () => {}
  const todos = await open({
    viewport: sizes.phone,
    prepare: async (page) => {
      fail = await refuseList(page)
    },
  })
  const { page } = todos
  await page.addScriptTag({ path: axe })
  await todos.expectConnected()
  await expect(page.getByText("Loading todos")).toBeAttached()
  await inspect(page, "loading")
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, forcedColors: "none" })
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme)
    expect(await contrast(page, ".loading .row", "html"), colorScheme).toBeGreaterThan(1.2)
  }

  fail()
  await expect(page.getByRole("alert")).toContainText("the cellar is flooded")
  await inspect(page, "error")

  await page.unroute("**/todo/all")
  await todos.retry.click()
  await expect(page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  await inspect(page, "empty")
  expect.soft(todos.errors.filter((error) => !error.includes("500"))).toEqual([])
})

/** Opens the page with todos of these names. The first two are completed. */
async function openWith(names: string[], { open, backend }: { open: () => Promise<TodoPage>; backend: Backend }) {
  for (const name of names) await backend.addTodo(name)
  const todos = await open()
  await todos.page.addScriptTag({ path: axe })
  await todos.expectConnected()
  for (const name of names.slice(0, 2)) await todos.checkbox(name).check()
  await expect(todos.filter("Done")).toHaveAccessibleName("Done 2")
  await expect(todos.item(names[1] as string)).toHaveAttribute("aria-busy", "false")
  return todos
}

test("with forty todos, and a message with Undo", async ({ open, backend }) => {
  const names = Array.from({ length: 41 }, (_, index) => `Peel potato number ${index + 1}`)
  const todos = await openWith(names, { open, backend })
  await todos.deleteButton("Peel potato number 3").click()
  await expect(todos.messageButton("Undo")).toBeVisible()
  await inspect(todos.page, "many")

  await todos.page.emulateMedia({ forcedColors: "active" })
  const ground = (name: "All" | "Open") => {
    const face = todos.filter(name).locator("xpath=following-sibling::*")
    return face.evaluate((element) => getComputedStyle(element).backgroundColor)
  }
  expect(await ground("All")).not.toBe(await ground("Open"))
})

const long = "Wash, peel and slice the potatoes, then ".repeat(5).trim()

test("with long names, one that is changed, one that is deleted meanwhile, live events, and without network", async ({
  open,
  backend,
}) => {
  const names = ["Milk", "Bread", long, "x".repeat(200), "קנה חלב, לחם וגבינה!"]
  const todos = await openWith(names, { open, backend })
  const { page } = todos
  await todos.item(long).getByRole("button", { name: "Show all" }).click()
  await inspect(page, "long")
  await todos.item(long).getByRole("button", { name: "Show less" }).click()

  await todos.checkbox("Milk").press("F2")
  await inspect(page, "editing")

  const ben = await open()
  await ben.deleteButton("Milk").click()
  await expect(todos.list.getByRole("alert")).toBeVisible()
  await inspect(page, "deleted-meanwhile")
  await page.getByRole("button", { name: "Discard" }).click()
  await ben.page.close()

  await todos.events.first().locator("summary").click()
  await inspect(page, "events", async (size) => {
    if (size === "phone") await page.getByRole("link", { name: "Events" }).press("Enter")
  })
  await todos.events.first().locator("summary").click()

  await page.context().setOffline(true)
  await expect(todos.connection).toContainText("Reconnecting")
  await todos.deleteButton("Bread").click()
  await expect(todos.messageButton("Retry")).toBeVisible()
  await inspect(page, "offline", () => todos.connection.focus())
})
