// The snackbar and the live events: messages about this and other pages appear in time, and are bounded.
import { expect, test } from "./fixtures"
import { isolated, quoted } from "./todo-page"

test("creating and deleting show messages, on this page and on others", async ({ open }) => {
  const anna = await open()
  const ben = await open()
  await ben.expectConnected()
  const name = await anna.user()

  await anna.add("Milk")
  await expect(anna.notifications).toContainText(`${quoted("Milk")} added`)
  await expect(ben.notifications).toContainText(`${name} added ${quoted("Milk")}`)
  await anna.deleteButton("Milk").click()
  await expect(anna.notifications).toContainText(`${quoted("Milk")} deleted`)
  await expect(ben.notifications).toContainText(`${name} deleted ${quoted("Milk")}`)
  await expect(anna.notifications).not.toContainText(name)
})

test("a message goes by itself, and stays while it is pointed at", async ({ open }) => {
  const todos = await open({ prepare: (page) => page.clock.install() })
  await todos.add("Milk")
  const dismiss = todos.notifications.getByRole("button", { name: "Dismiss" })
  await expect(dismiss).toHaveCount(1)
  await dismiss.hover()
  await todos.page.clock.fastForward(6000)
  await expect(dismiss).toHaveCount(1)
  await todos.input.hover()
  await todos.page.clock.fastForward(6000)
  await expect(dismiss).toHaveCount(0)
})

test("at most three messages show, and each can be dismissed", async ({ open }) => {
  const todos = await open()
  for (const name of ["One", "Two", "Three", "Four"]) await todos.add(name)
  const dismiss = todos.notifications.getByRole("button", { name: "Dismiss" })
  await expect(dismiss).toHaveCount(3)
  await dismiss.first().click()
  await expect(dismiss).toHaveCount(2)
})

test("the focus goes on from a message that is dismissed, at last to where it came from", async ({ open }) => {
  const todos = await open()
  for (const name of ["One", "Two"]) await todos.add(name)
  const dismiss = todos.messageButton("Dismiss")
  await expect(dismiss).toHaveCount(2)
  await dismiss.first().press("Enter")
  await expect(dismiss).toHaveCount(1)
  await expect(dismiss).toBeFocused()
  await dismiss.press("Enter")
  await expect(todos.input).toBeFocused()
})

test("live events show as they arrive, newest first, with their payload", async ({ open }) => {
  const todos = await open()
  const ben = await open()
  for (const page of [todos, ben]) await page.expectConnected()
  await todos.add("Milk")
  for (const page of [todos, ben]) {
    await expect(page.events.filter({ hasText: "todoCreated" })).toHaveCount(1)
    await expect(page.events.filter({ hasText: "mySuperFancyCustomEvent" })).toHaveCount(1)
  }
  await todos.checkbox("Milk").check()
  await expect(todos.events.first()).toContainText("todoUpdated")
  await todos.deleteButton("Milk").click()
  await expect(todos.events.first()).toContainText("todoDeleted")

  const created = todos.events.filter({ hasText: "todoCreated" })
  await expect(created).toContainText(`dataCreate: ${isolated("Milk")}`)
  await expect(created).toContainText(/\d\d:\d\d:\d\d/)
  await expect(created.getByText('"name": "Milk"')).toBeHidden()
  await created.getByText("todoCreated", { exact: true }).click()
  await expect(created.getByText('"name": "Milk"')).toBeVisible()
  await expect(created).toContainText("plugin_pacifico__todo--todoCreated")
})

test("the events are capped, can be cleared and folded away", async ({ open, backend }) => {
  const todos = await open()
  await todos.expectConnected()
  await Promise.all(Array.from({ length: 30 }, (_, index) => backend.addTodo(`Potato ${index}`)))
  const panel = todos.page.getByRole("region", { name: "Live events" })
  await expect(panel.getByText("received: 60")).toBeVisible()
  await expect(todos.events).toHaveCount(50)

  await panel.getByRole("button", { name: "Clear events" }).press("Enter")
  await expect(todos.events).toHaveCount(0)
  await expect(panel.locator("summary")).toBeFocused()
  await panel.getByRole("heading", { name: "Live events" }).click()
  await expect(panel.getByText("Events that the backend sends")).toBeHidden()
})
