// The page itself: a strict content security policy, themes, narrow screens, reduced motion, and landmarks for screen
// readers.
import type { Route } from "@playwright/test"
import { expect, test } from "./fixtures"

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"

async function addPolicy(route: Route): Promise<void> {
  const response = await route.fetch()
  await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": POLICY } })
}

test("the page works under a strict content security policy", async ({ open }) => {
  const todos = await open({ prepare: (page) => page.route(({ pathname }) => pathname === "/", addPolicy) })
  await todos.expectConnected()
  await todos.add("Milk")
  await todos.rename("Milk", "Cream")
  await todos.expectNames(["Cream"])
  await todos.deleteButton("Cream").click()
  await expect(todos.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  await expect(todos.page.getByRole("button", { name: "Add", exact: true })).toHaveCSS("cursor", "pointer")
  expect(todos.errors).toEqual([])

  await todos.page.evaluate(() => document.body.append(Object.assign(document.createElement("style"))))
  await expect.poll(() => todos.errors.join()).toContain("Content Security Policy")
})

test("the theme follows the system until one is chosen, and the choice is kept", async ({ open }) => {
  const { page } = await open({ colorScheme: "light" })
  const root = page.locator("html")
  const light = await root.evaluate((element) => getComputedStyle(element).backgroundColor)
  await expect(root).toHaveAttribute("data-theme", "light")

  await page.emulateMedia({ colorScheme: "dark" })
  await expect(root).toHaveAttribute("data-theme", "dark")
  await expect(root).not.toHaveCSS("background-color", light)

  await page.getByRole("button", { name: "Switch to light theme" }).click()
  await expect(root).toHaveCSS("background-color", light)
  await page.reload()
  await expect(root).toHaveCSS("background-color", light)
  await expect(page.getByRole("button", { name: "Switch to dark theme" })).toBeVisible()
})

test("a narrow screen shows everything without scrolling sideways", async ({ open }) => {
  const todos = await open({ viewport: { width: 320, height: 640 } })
  const name = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
  await todos.add(name)
  await expect(todos.deleteButton(name)).toBeInViewport()
  await expect(todos.page.getByRole("button", { name: "Add", exact: true })).toBeInViewport()
  expect(await todos.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await expect(todos.page.getByText("Events that the backend sends")).toBeHidden()
})

test("nothing moves with reduced motion", async ({ open }) => {
  const todos = await open({ reducedMotion: "reduce" })
  await todos.add("Milk")
  await expect(todos.item("Milk")).toHaveCSS("animation-name", "none")
  const lively = await open({ reducedMotion: "no-preference" })
  await expect(lively.item("Milk")).not.toHaveCSS("animation-name", "none")
})

test("the parts of the page are told apart", async ({ open }) => {
  const todos = await open()
  const { page } = todos
  await todos.add("Milk")
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Todos")
  await expect(page.getByRole("main")).toBeVisible()
  await expect(page.getByRole("banner")).toBeVisible()
  for (const name of ["Todo list", "Live events", "Notifications"]) {
    await expect(page.getByRole("region", { name, exact: true })).toBeAttached()
  }
  await expect(page.getByRole("group", { name: "Show" })).toBeVisible()
  await expect(todos.list).toHaveAccessibleDescription(/Delete deletes/)
})

test("the user's name survives a reload", async ({ open }) => {
  const todos = await open()
  const name = await todos.user()
  await todos.page.reload()
  await expect(todos.page.getByText(`You are ${name}`)).toBeVisible()
  await todos.expectConnected()
})
