// The list in one page: adding, renaming by pointer, filters, counts, and the empty states.
import type { Route } from "@playwright/test"
import { expect, test } from "./fixtures"

test("an empty list says so, and how to begin", async ({ open }) => {
  const todos = await open()
  await expect(todos.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  await expect(todos.list).toBeHidden()
  await expect(todos.filter("All")).toBeHidden()
  await todos.add("Milk")
  await expect(todos.page.getByRole("heading", { name: "Nothing to do yet" })).toBeHidden()
  await expect(todos.filter("All")).toBeChecked()
})

test("names are trimmed; an empty one is not added", async ({ open }) => {
  const todos = await open()
  await todos.expectConnected()
  await todos.input.fill("   ")
  await todos.page.getByRole("button", { name: "Add", exact: true }).click()
  await expect(todos.input).toBeFocused()
  await todos.input.fill("  Milk  ")
  await todos.page.getByRole("button", { name: "Add", exact: true }).click()
  await todos.expectNames(["Milk"])
})

test("a name is shown as it was written, whatever it holds", async ({ open }) => {
  const todos = await open()
  const name = `<b>5 % "off"</b> & 'käse' 🧀 \\u0041`
  await todos.add(name)
  await expect(todos.item(name)).toContainText(name)
})

test("leaving the field saves a rename; an empty name or the same name changes nothing", async ({ open }) => {
  const todos = await open()
  await todos.add("Milk")
  await todos.page.getByRole("button", { name: "Rename Milk" }).click()
  await todos.editor("Milk").fill("Cream")
  await todos.input.focus()
  await todos.expectNames(["Cream"])
  await expect(todos.input).toBeFocused()

  const updates: string[] = []
  todos.page.on("request", (request) => {
    if (request.method() === "PATCH") updates.push(request.url())
  })
  for (const text of ["", "  ", "Cream"]) {
    await todos.rename("Cream", text)
    await expect(todos.editor("Cream")).toBeHidden()
    await todos.expectNames(["Cream"])
  }
  expect(updates).toEqual([])
})

test("a rename that begins while the last one waits for its answer is not ended by that", async ({ open }) => {
  const todos = await open()
  await todos.add("Milk")
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  const hold = async (route: Route) => {
    const response = await route.fetch()
    await held
    await route.fulfill({ response })
  }
  await todos.page.route("**/todo/*", (route) =>
    route.request().method() === "PATCH" ? hold(route) : route.fallback(),
  )
  await todos.rename("Milk", "Cream")
  await todos.expectNames(["Cream"])
  await expect(todos.editor("Milk")).toBeHidden()
  await todos.checkbox("Cream").press("F2")
  await todos.editor("Cream").fill("Butter")
  answer()
  await expect(todos.item("Cream")).toHaveAttribute("aria-busy", "false")
  await expect(todos.editor("Cream")).toHaveValue("Butter")
  await todos.editor("Cream").press("Enter")
  await todos.expectNames(["Butter"])
})

test("filters hide, and the counts are of all", async ({ open }) => {
  const todos = await open()
  for (const name of ["One", "Two", "Three"]) await todos.add(name)
  await todos.checkbox("Two").check()
  await expect(todos.filter("All")).toHaveAccessibleName("All 3")
  await expect(todos.filter("Open")).toHaveAccessibleName("Open 2")
  await expect(todos.filter("Done")).toHaveAccessibleName("Done 1")
  await expect(todos.page.getByRole("status", { name: "Counts" })).toHaveText("2 open, 1 done")

  await todos.filter("Open").check()
  await todos.expectNames(["One", "Three"])
  await todos.filter("Done").check()
  await todos.expectNames(["Two"])
  await expect(todos.filter("All")).toHaveAccessibleName("All 3")

  await todos.deleteButton("Two").click()
  await expect(todos.page.getByRole("heading", { name: "Nothing is done yet" })).toBeVisible()
  await todos.filter("All").check()
  await todos.expectNames(["One", "Three"])
})

test("what is entered while another todo is on its way is added after it, and nothing twice", async ({ open }) => {
  const todos = await open()
  for (const name of ["One", "Two", "Three"]) {
    await todos.input.fill(name)
    await todos.input.press("Enter")
    await todos.input.press("Enter")
  }
  await todos.expectNames(["One", "Two", "Three"])
  await expect(todos.input).toHaveValue("")
})

test("a new todo is never hidden by the filter", async ({ open }) => {
  const todos = await open()
  await todos.add("One")
  await todos.filter("Done").check()
  await expect(todos.checkbox("One")).toBeHidden()
  await todos.add("Two")
  await expect(todos.filter("All")).toBeChecked()
})

test("a todo that was checked twice in a row ends as it began", async ({ open }) => {
  const todos = await open()
  await todos.add("One")
  const answers: number[] = []
  todos.page.on("response", (response) => {
    if (response.request().method() === "PATCH") answers.push(response.status())
  })
  await todos.checkbox("One").focus()
  await todos.page.keyboard.press("Space")
  await todos.page.keyboard.press("Space")
  await expect.poll(() => answers).toEqual([200, 200])
  await expect(todos.item("One")).toHaveAttribute("aria-busy", "false")
  await expect(todos.checkbox("One")).not.toBeChecked()
})
