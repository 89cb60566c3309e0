// Failed changes: the snackbar reports them with a Retry button, and no typed text is lost.
import type { Route } from "@playwright/test"
import { expect, test } from "./fixtures"
import { quoted } from "./todo-page"

test("a todo that could not be added stays in the field, and can be added later", async ({ open, backend }) => {
  const todos = await open()
  await todos.expectConnected()
  await backend.kill()
  await todos.input.fill("Buy cheese")
  await todos.input.press("Enter")
  const alert = todos.notifications.getByRole("alert")
  await expect(alert).toContainText(
    `${quoted("Buy cheese")} could not be added: No response from the backend. Is it running?`,
  )
  await expect(todos.input).toHaveValue("Buy cheese")
  await expect(todos.input).toBeFocused()

  await backend.start()
  await todos.expectConnected()
  await todos.messageButton("Retry").click()
  await expect(todos.checkbox("Buy cheese")).toBeVisible()
  await expect(todos.input).toHaveValue("")
  await expect(alert).toBeHidden()
  await expect(todos.input).toBeFocused()
})

test("a todo that was added without an answer is not added again by Retry or Enter, but by typing it anew", async ({
  open,
}) => {
  const todos = await open()
  await todos.expectConnected()
  const loseAnswer = async (route: Route) => {
    if (route.request().method() === "POST") await route.fetch()
    await route.abort()
  }
  const addWithoutAnswer = async (name: string) => {
    await todos.page.route("**/todo", loseAnswer)
    await todos.input.fill(name)
    await todos.input.press("Enter")
    await expect(todos.messageButton("Retry")).toBeVisible()
    await todos.page.unroute("**/todo")
  }
  await addWithoutAnswer("Milk")
  await todos.messageButton("Retry").press("Enter")
  await expect(todos.input).toHaveValue("")
  await addWithoutAnswer("Bread")
  await todos.input.press("Enter")
  await expect(todos.input).toHaveValue("")
  await expect(todos.messageButton("Retry")).toHaveCount(0)
  await addWithoutAnswer("Cheese")
  await todos.input.fill("Che")
  await todos.input.fill("Cheese")
  await todos.input.press("Enter")
  await expect(todos.input).toHaveValue("")
  await todos.add("Tea")
  await todos.expectNames(["Milk", "Bread", "Cheese", "Cheese", "Tea"])
})

test("a check that failed is taken back, and done by Retry", async ({ open, backend }) => {
  const todos = await open()
  await todos.add("Buy cheese")
  await backend.kill()
  await todos.checkbox("Buy cheese").click()
  const alert = todos.notifications.getByRole("alert")
  await expect(alert).toContainText(`${quoted("Buy cheese")} could not be changed`)
  await expect(todos.checkbox("Buy cheese")).not.toBeChecked()
  await backend.start()
  await todos.expectConnected()
  await todos.messageButton("Retry").press("Enter")
  await expect(todos.checkbox("Buy cheese")).toBeChecked()
  await expect(alert).toBeHidden()
  await expect(todos.checkbox("Buy cheese")).toBeFocused()

  // A refused change has no Retry: it would be refused again.
  await todos.page.route("**/todo/*", (route) => route.fulfill({ status: 403, json: { message: "not yours" } }))
  await todos.deleteButton("Buy cheese").click()
  await expect(alert).toContainText("not yours")
  await expect(todos.messageButton("Retry")).toHaveCount(0)
})

test("a rename that failed keeps the text, until it is left or done by Retry", async ({ open, backend }) => {
  const todos = await open()
  await todos.add("Buy cheese")
  await backend.kill()
  const alert = todos.notifications.getByRole("alert")
  await todos.rename("Buy cheese", "Buy raclette")
  await expect(alert).toContainText("could not be changed")
  await expect(todos.editor("Buy cheese")).toHaveValue("Buy raclette")
  await todos.editor("Buy cheese").press("Escape")
  await todos.expectNames(["Buy cheese"])

  await todos.rename("Buy cheese", "Buy gruyère")
  await expect(todos.editor("Buy cheese")).toHaveValue("Buy gruyère")
  await expect(alert).toHaveCount(1)
  await backend.start()
  await todos.expectConnected()
  await todos.messageButton("Retry").click()
  await todos.expectNames(["Buy gruyère"])
  await expect(todos.editor("Buy cheese")).toBeHidden()
  await expect(alert).toBeHidden()
})
