// The page without a mouse: everything is reachable and usable, and the focus is never lost.
import { expect, test } from "./fixtures"

test("add, check, rename and delete by keyboard alone", async ({ open }) => {
  const todos = await open()
  const { keyboard } = todos.page
  await todos.expectConnected()

  await todos.tabTo(todos.input)
  await keyboard.type("Milk")
  await keyboard.press("Enter")
  await expect(todos.checkbox("Milk")).toBeVisible()
  await expect(todos.input).toBeFocused()
  await expect(todos.input).toHaveValue("")
  await keyboard.type("Bread")
  await keyboard.press("Enter")
  await expect(todos.checkbox("Bread")).toBeVisible()

  await todos.tabTo(todos.checkbox("Milk"))
  await keyboard.press("Space")
  await expect(todos.checkbox("Milk")).toBeChecked()
  await expect(todos.filter("Done")).toHaveAccessibleName("Done 1")

  await keyboard.press("F2")
  await expect(todos.editor("Milk")).toBeFocused()
  await keyboard.type("Cream")
  await keyboard.press("Enter")
  await expect(todos.checkbox("Cream")).toBeFocused()
  await todos.expectNames(["Cream", "Bread"])

  await keyboard.press("Delete")
  await expect(todos.checkbox("Bread")).toBeFocused()
  await todos.expectNames(["Bread"])
  await todos.tabTo(todos.deleteButton("Bread"))
  await keyboard.press("Enter")
  await expect(todos.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  await expect(todos.input).toBeFocused()
  expect(todos.errors).toEqual([])
})

test("Enter, F2 and E on a todo rename it, Escape leaves it as it was", async ({ open }) => {
  const todos = await open()
  await todos.add("Milk")
  let name = "Milk"
  for (const key of ["Enter", "F2", "e"]) {
    await todos.checkbox(name).focus()
    await todos.page.keyboard.press(key)
    await expect(todos.editor(name)).toHaveValue(name)
    await todos.page.keyboard.type("Cream")
    await expect(todos.editor(name)).toHaveValue("Cream")
    await todos.page.keyboard.press("Escape")
    await expect(todos.checkbox(name)).toBeFocused()

    await todos.page.keyboard.press(key)
    await todos.page.keyboard.type(`Butter ${key}`)
    await todos.page.keyboard.press("Enter")
    name = `Butter ${key}`
    await todos.expectNames([name])
  }
})

test("arrow keys move between todos and stop at the ends", async ({ open }) => {
  const todos = await open()
  for (const name of ["One", "Two", "Three"]) await todos.add(name)
  const { keyboard } = todos.page
  await todos.checkbox("One").focus()
  await keyboard.press("ArrowDown")
  await keyboard.press("ArrowDown")
  await expect(todos.checkbox("Three")).toBeFocused()
  await keyboard.press("ArrowDown")
  await expect(todos.checkbox("Three")).toBeFocused()
  await keyboard.press("ArrowUp")
  await expect(todos.checkbox("Two")).toBeFocused()
})

test("the focus stays in the list when the last todo, or one that another person deletes, goes", async ({ open }) => {
  const anna = await open()
  const ben = await open()
  for (const name of ["One", "Two", "Three"]) await anna.add(name)
  await expect(ben.checkbox("Three")).toBeVisible()

  await anna.checkbox("Three").focus()
  await anna.page.keyboard.press("Delete")
  await expect(anna.checkbox("Two")).toBeFocused()

  await anna.checkbox("One").focus()
  await ben.deleteButton("One").click()
  await expect(anna.checkbox("Two")).toBeFocused()
})

test("a todo that the filter hides hands its focus on", async ({ open }) => {
  const todos = await open()
  for (const name of ["One", "Two"]) await todos.add(name)
  await todos.filter("Open").check()
  await todos.checkbox("One").focus()
  await todos.page.keyboard.press("Space")
  await expect(todos.checkbox("One")).toBeHidden()
  await expect(todos.checkbox("Two")).toBeFocused()
})

test("the focus can be seen", async ({ open }) => {
  const todos = await open()
  await todos.add("Milk")
  await todos.tabTo(todos.checkbox("Milk"))
  await expect(todos.checkbox("Milk")).toHaveCSS("outline-style", "solid")
  await expect(todos.checkbox("Milk")).toHaveCSS("outline-width", "2px")
})

test("the focus goes to the field when the filter goes with the last todo", async ({ open }) => {
  const anna = await open()
  const ben = await open()
  await anna.add("One")
  await anna.filter("All").focus()
  await ben.deleteButton("One").click()
  await expect(anna.filter("All")).toBeHidden()
  await expect(anna.input).toBeFocused()
})
