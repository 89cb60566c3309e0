// A change that the backend did not take: told by the snackbar, and nothing that was typed is lost.
import { expect, test } from "./fixtures"

test("a todo that could not be added stays in the field, and can be added later", async ({ open, backend }) => {
  const todos = await open()
  await todos.expectConnected()
  await backend.kill()
  await todos.input.fill("Buy cheese")
  await todos.input.press("Enter")
  const alert = todos.notifications.getByRole("alert")
  await expect(alert).toContainText("could not be created")
  await expect(todos.input).toHaveValue("Buy cheese")
  await expect(todos.input).toBeFocused()

  await backend.start()
  await todos.expectConnected()
  await todos.input.press("Enter")
  await expect(todos.checkbox("Buy cheese")).toBeVisible()
  await expect(todos.input).toHaveValue("")
})

test("a rename that failed keeps the text; a check that failed is taken back", async ({ open, backend }) => {
  const todos = await open()
  await todos.add("Buy cheese")
  await backend.kill()

  await todos.checkbox("Buy cheese").click()
  const alert = todos.notifications.getByRole("alert")
  await expect(alert).toContainText("could not be updated")
  await expect(todos.checkbox("Buy cheese")).not.toBeChecked()
  await alert.getByRole("button", { name: "Dismiss" }).click()
  await expect(alert).toBeHidden()

  await todos.rename("Buy cheese", "Buy raclette")
  await expect(alert).toContainText("could not be updated")
  await expect(todos.editor("Buy cheese")).toHaveValue("Buy raclette")
  await todos.editor("Buy cheese").press("Escape")
  await todos.expectNames(["Buy cheese"])
})
