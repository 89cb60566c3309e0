// Renaming a todo while other users change the same list: no typed text is lost.
import { expect, test } from "./fixtures"
import { quoted } from "./todo-page"

test("the text for a todo that another page deletes or checks off stays until it is added, discarded or saved", async ({
  open,
}) => {
  const [anna, ben] = [await open(), await open()]
  for (const name of ["Milk", "Bread", "Cheese", "Tea"]) await anna.add(name)
  await expect(ben.checkbox("Tea")).toBeVisible()
  const sent: string[] = []
  anna.page.on("request", (request) => {
    if (request.url().includes("/todo") && request.method() !== "GET") sent.push(request.method())
  })
  const isGone = anna.list.getByRole("alert")
  const rename = async (name: string, to: string) => {
    await anna.checkbox(name).press("F2")
    await anna.editor(name).fill(to)
  }

  await rename("Bread", "Rye")
  await ben.deleteButton("Bread").click()
  await expect(isGone).toContainText("This todo was deleted in another page")
  await expect(anna.editor("Bread")).toBeFocused()
  await anna.input.focus()
  await expect(anna.editor("Bread")).toHaveValue("Rye")
  await anna.page.getByRole("button", { name: "Add as a new todo" }).click()
  for (const page of [anna, ben]) await page.expectNames(["Milk", "Cheese", "Tea", "Rye"])
  await expect(anna.checkbox("Cheese")).toBeFocused()
  expect(sent).toEqual(["POST"])

  await rename("Cheese", "Gruyère")
  await ben.deleteButton("Cheese").click()
  await expect(isGone).toBeVisible()
  // Anna may hear of it before the answer reaches Ben, whose last message is about Bread until then.
  await expect(ben.notifications).toContainText(`${quoted("Cheese")} deleted`)
  await ben.messageButton("Undo").last().click()
  await expect(isGone).toBeHidden()
  await expect(anna.editor("Cheese")).toBeFocused()
  await anna.editor("Cheese").press("Enter")
  await ben.expectNames(["Milk", "Gruyère", "Tea", "Rye"])
  expect(sent).toEqual(["POST", "PATCH"])

  await rename("Tea", "Coffee")
  await ben.deleteButton("Tea").click()
  await expect(isGone).toBeVisible()
  await anna.page.getByRole("button", { name: "Discard" }).click()
  await rename("Rye", "Spelt")
  await ben.deleteButton("Rye").click()
  await expect(isGone).toBeVisible()
  await anna.page.keyboard.press("Escape")
  await anna.expectNames(["Milk", "Gruyère"])
  await expect(anna.checkbox("Gruyère")).toBeFocused()
  expect(sent).toEqual(["POST", "PATCH"])

  await anna.filter("Open").check()
  await rename("Milk", "Oat milk")
  await ben.checkbox("Milk").check()
  await expect(anna.checkbox("Milk")).toBeChecked()
  await expect(anna.editor("Milk")).toBeFocused()
  await anna.editor("Milk").press("Enter")
  await anna.expectNames(["Gruyère"])
  await ben.expectNames(["Oat milk", "Gruyère"])
  await expect(anna.notifications.getByRole("alert")).toHaveCount(0)
})
