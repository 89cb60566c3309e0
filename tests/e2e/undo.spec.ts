// Undo of deletions: by the message's button, by Ctrl+Z long after, and when the network is back.
import { expect, test } from "./fixtures"
import { quoted } from "./todo-page"

test("Undo brings a todo back to its place in every page, and the focus to it", async ({ open }) => {
  const anna = await open()
  const ben = await open()
  for (const name of ["Milk", "Bread", "Cheese"]) await anna.add(name)
  await anna.checkbox("Bread").check()
  await expect(ben.checkbox("Bread")).toBeChecked()
  await anna.filter("Done").check()

  await anna.deleteButton("Bread").click()
  await expect(anna.notifications).toContainText(`${quoted("Bread")} deleted`)
  await ben.expectNames(["Milk", "Cheese"])
  await anna.filter("Open").check()
  await anna.messageButton("Undo").click()
  for (const page of [anna, ben]) await page.expectNames(["Milk", "Bread", "Cheese"])
  await expect(ben.checkbox("Bread")).toBeChecked()
  await expect(anna.checkbox("Bread")).toBeFocused()
  await expect(anna.notifications).toContainText(`${quoted("Bread")} restored`)
  await expect(anna.messageButton("Undo")).toHaveCount(0)
  await expect(ben.notifications).toContainText(`${await anna.user()} restored ${quoted("Bread")}`)
})

test("by keyboard: Undo is reached from the list, and Ctrl+Z brings back one after the other, as Retry does", async ({
  open,
}) => {
  const todos = await open({ prepare: (page) => page.clock.install() })
  for (const name of ["Milk", "Bread", "Cheese"]) await todos.add(name)
  const { keyboard, clock } = todos.page
  await todos.checkbox("Milk").focus()
  await keyboard.press("Delete")
  await expect(todos.checkbox("Bread")).toBeFocused()
  await clock.fastForward(10_000)
  await todos.tabTo(todos.messageButton("Undo"))
  await clock.fastForward(60_000)
  await keyboard.press("Enter")
  await expect(todos.checkbox("Milk")).toBeFocused()

  await keyboard.press("Delete")
  await expect(todos.checkbox("Bread")).toBeFocused()
  await keyboard.press("Delete")
  await expect(todos.checkbox("Cheese")).toBeFocused()
  await todos.expectNames(["Cheese"])
  await expect(todos.messageButton("Undo")).toHaveCount(2)
  await clock.fastForward(60_000)
  await expect(todos.messageButton("Undo")).toHaveCount(0)
  await keyboard.press("Control+z")
  await expect(todos.checkbox("Bread")).toBeFocused()
  await todos.input.pressSequentially("Tea")
  await keyboard.press("Control+z")
  await expect(todos.input).not.toHaveValue("Tea")
  await todos.expectNames(["Bread", "Cheese"])
  await todos.checkbox("Cheese").press("Control+z")
  await expect(todos.checkbox("Milk")).toBeFocused()
  await keyboard.press("Control+z")
  await todos.expectNames(["Milk", "Bread", "Cheese"])
  expect(todos.errors).toEqual([])

  // Without a network both fail, nothing is lost, and Retry repeats them later.
  const context = todos.page.context()
  const alert = todos.notifications.getByRole("alert")
  await context.setOffline(true)
  await todos.deleteButton("Milk").click()
  await expect(alert).toContainText(
    `${quoted("Milk")} could not be deleted: You are offline. Check your network connection.`,
  )
  await todos.expectNames(["Milk", "Bread", "Cheese"])
  await context.setOffline(false)
  await todos.messageButton("Retry").click()
  await todos.expectNames(["Bread", "Cheese"])

  await context.setOffline(true)
  await todos.messageButton("Undo").click()
  await expect(alert).toContainText(`${quoted("Milk")} could not be restored`)
  await context.setOffline(false)
  await todos.messageButton("Retry").click()
  await todos.expectNames(["Milk", "Bread", "Cheese"])
  await expect(alert).toHaveCount(0)
})
