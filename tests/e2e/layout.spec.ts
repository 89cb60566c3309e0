// The layout with long lists and long names, on phones and at 400 % zoom (a window of 320 × 256), and names in
// right-to-left scripts.
import { expect, test } from "./fixtures"
import { isolated, quoted, type TodoPage } from "./todo-page"

const phone = { viewport: { width: 360, height: 640 } }
const names = Array.from({ length: 40 }, (_, index) => `Potato ${index + 1}`)

test("with forty todos a new one shows beside the field; the live events stay in sight, or are a link away", async ({
  open,
  backend,
}) => {
  for (const name of names) await backend.addTodo(name)
  const todos = await open({ viewport: { width: 1280, height: 720 } })
  const panel = todos.page.getByRole("region", { name: "Live events" })
  await todos.expectConnected()
  await todos.add("Cheese")
  await expect(todos.checkbox("Cheese")).toBeInViewport()
  await expect(todos.input).toBeInViewport()
  await expect(todos.input).toBeFocused()
  await expect(panel.getByRole("heading")).toBeInViewport()
  await todos.expectUncovered(todos.deleteButton("Cheese"))

  await todos.page.setViewportSize(phone.viewport)
  await todos.page.evaluate(() => scrollTo(0, 0))
  await todos.add("Bread")
  await expect(todos.checkbox("Bread")).toBeInViewport()
  await todos.page.evaluate(() => scrollTo(0, 0))
  await panel.getByText("Live events").click()
  await expect(todos.events.first()).toBeHidden()
  await todos.page.getByRole("link", { name: "Events" }).press("Enter")
  await expect(todos.events.first()).toBeInViewport()
  await expect(panel.locator("summary").first()).toBeFocused()
})

/** Creates messages that stay until dismissed: errors of deleting these todos. */
async function failToDelete(todos: TodoPage, names: string[]): Promise<void> {
  await todos.page.route("**/todo/*", (route) =>
    route.request().method() === "DELETE" ? route.abort() : route.fallback(),
  )
  for (const name of names) {
    await todos.deleteButton(name).click()
    await expect(todos.notifications).toContainText(`${quoted(name)} could not be deleted`)
  }
}

test("messages on a phone can be scrolled free of every button, also by keyboard", async ({ open, backend }) => {
  for (const name of names.slice(0, 16)) await backend.addTodo(name)
  const todos = await open(phone)
  await failToDelete(todos, ["Potato 1", "Potato 2", "Potato 3"])
  await todos.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
  await todos.expectUncovered(todos.deleteButton("Potato 16"))
  await todos.page.evaluate(() => scrollTo(0, 0))
  await todos.checkbox("Potato 4").focus()
  for (let potato = 5; potato <= 16; potato++) {
    await todos.page.keyboard.press("ArrowDown")
    await todos.expectUncovered(todos.checkbox(`Potato ${potato}`))
  }
  await todos.page.keyboard.press("Tab")
  await todos.expectUncovered(todos.page.locator(":focus"))
  await expect(todos.messageButton("Retry")).toBeVisible()
})

test("messages cover nothing where they stand beside the list, nor the form at 400 % zoom", async ({
  open,
  backend,
}) => {
  for (const name of names.slice(0, 12)) await backend.addTodo(name)
  const todos = await open({ viewport: { width: 1280, height: 720 } })
  await failToDelete(todos, names.slice(0, 3))
  await expect(todos.messageButton("Retry")).toHaveCount(3)
  await todos.page.evaluate(() => scrollTo(0, 0))
  const isSeen = (element: Element) => element.getBoundingClientRect().bottom < innerHeight
  for (const name of names.slice(0, 12)) {
    const button = todos.deleteButton(name)
    if (await button.evaluate(isSeen)) await todos.expectUncovered(button)
  }
  await todos.expectUncovered(todos.page.getByRole("region", { name: "Live events" }).getByRole("heading"))

  await todos.page.setViewportSize({ width: 320, height: 256 })
  await todos.page.evaluate(() => scrollTo(0, 0))
  await todos.input.focus()
  await todos.expectUncovered(todos.input)
  await todos.expectUncovered(todos.page.getByRole("button", { name: "Add", exact: true }))
  await todos.deleteButton("Potato 4").focus()
  await todos.expectUncovered(todos.deleteButton("Potato 4"))
})

test("a long name takes three lines until all of it is asked for", async ({ open }) => {
  const todos = await open(phone)
  const name = "Wash, peel and slice the potatoes ".repeat(6).trim().slice(0, 200)
  await todos.add("Milk")
  await todos.add(name)
  const text = todos.item(name).getByText(name, { exact: true })
  const lines = () =>
    text.evaluate((element) => element.clientHeight / Number.parseFloat(getComputedStyle(element).lineHeight))
  expect(Math.round(await lines())).toBe(3)
  const more = todos.item(name).getByRole("button", { name: "Show all" })
  await more.press("Enter")
  expect(Math.round(await lines())).toBeGreaterThan(4)
  const less = todos.item(name).getByRole("button", { name: "Show less" })
  await expect(less).toBeFocused()
  await less.press("Enter")
  await expect.poll(async () => Math.round(await lines())).toBe(3)
  await expect(todos.item("Milk").getByRole("button", { name: "Show all" })).toHaveCount(0)
  await todos.page.setViewportSize({ width: 940, height: 720 })
  await expect(more).toHaveCount(0)
})

test("names have the direction of their script, wherever they show or are typed", async ({ open }) => {
  const todos = await open()
  const ben = await open()
  for (const page of [todos, ben]) await page.expectConnected()
  const name = "קנה חלב!"
  await todos.input.fill(name)
  await expect(todos.input).toHaveCSS("direction", "rtl")
  await todos.input.press("Enter")
  const text = todos.item(name).getByText(name, { exact: true })
  await expect(text).toHaveCSS("direction", "rtl")
  await expect(todos.notifications).toContainText(`${quoted(name)} added`)
  await expect(ben.notifications).toContainText(`added ${quoted(name)}`)
  await expect(todos.notifications.getByText(quoted(name))).toHaveAttribute("dir", "auto")
  await expect(todos.events.filter({ hasText: "todoCreated" })).toContainText(isolated(name))
  await text.dblclick()
  await expect(todos.editor(name)).toHaveCSS("direction", "rtl")
  await todos.editor(name).fill("Milk!")
  await expect(todos.editor(name)).toHaveCSS("direction", "ltr")
})

test("times have the date on any other day than today", async ({ open }) => {
  const todos = await open({ prepare: (page) => page.clock.install() })
  await todos.expectConnected()
  await todos.add("Milk")
  const time = todos.item("Milk").locator("time")
  const event = todos.events.first().locator("time")
  await expect(time).toHaveText(/^\d\d:\d\d$/)
  await expect(event).toHaveText(/^\d\d:\d\d:\d\d$/)
  await expect(time).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/)
  await expect(event).toHaveAttribute("title", /\d{4}.*\d\d:\d\d:\d\d/)
  await todos.page.clock.fastForward(24 * 60 * 60 * 1000)
  await expect(time).toHaveText(/^\d{1,2} \p{L}+.*\d\d:\d\d$/u)
  await expect(event).toHaveText(/^\d{1,2} \p{L}+.*\d\d:\d\d:\d\d$/u)
})
