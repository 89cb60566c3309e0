// Synchronization: a change in one page shows in the other without a reload. A dead backend or a closed connection
// delays it only while it lasts.
import { expect, test } from "./fixtures"
import type { TodoPage } from "./todo-page"

async function openTwo(open: () => Promise<TodoPage>): Promise<[TodoPage, TodoPage]> {
  const pages: [TodoPage, TodoPage] = [await open(), await open()]
  for (const page of pages) {
    await page.expectConnected()
    await expect(page.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()
  }
  return pages
}

function expectNoReload(...pages: TodoPage[]): void {
  for (const page of pages) expect(page.loads).toBe(1)
}

test("a todo added, renamed, checked and deleted in one page shows in the other", async ({ open }) => {
  const [anna, ben] = await openTwo(open)

  await anna.add("Buy cheese")
  await expect(ben.checkbox("Buy cheese")).toBeVisible()
  await expect(ben.item("Buy cheese")).toContainText(await anna.user())

  await anna.rename("Buy cheese", "Buy raclette")
  await ben.expectNames(["Buy raclette"])

  await ben.checkbox("Buy raclette").check()
  await expect(anna.checkbox("Buy raclette")).toBeChecked()
  await ben.checkbox("Buy raclette").uncheck()
  await expect(anna.checkbox("Buy raclette")).not.toBeChecked()

  await anna.deleteButton("Buy raclette").click()
  await expect(ben.page.getByRole("heading", { name: "Nothing to do yet" })).toBeVisible()

  expectNoReload(anna, ben)
  expect([...anna.errors, ...ben.errors]).toEqual([])
})

test("todos of a burst all show in every page", async ({ open, backend }) => {
  const [anna, ben] = await openTwo(open)
  const names = Array.from({ length: 30 }, (_, index) => `Potato ${index + 1}`)
  await Promise.all(names.map((name) => backend.addTodo(name)))
  for (const page of [anna, ben]) {
    for (const name of names) await expect(page.checkbox(name)).toBeVisible()
    await expect(page.items).toHaveCount(names.length)
  }
})

test("after the backend is killed and back, both pages show what happened meanwhile", async ({ open, backend }) => {
  const [anna, ben] = await openTwo(open)
  await anna.add("Light the stove")

  await backend.kill()
  for (const page of [anna, ben]) await expect(page.connection).toContainText("Reconnecting")

  // Written on another port, so no page gets the event: pages must refetch.
  await backend.startOnOtherPort()
  await backend.addTodo("Slice bread")
  await backend.kill()

  await backend.start()
  for (const page of [anna, ben]) {
    await page.expectConnected()
    await page.expectNames(["Light the stove", "Slice bread"])
  }

  await ben.add("Call the guests")
  await expect(anna.checkbox("Call the guests")).toBeVisible()
  expectNoReload(anna, ben)
})

test("a todo written as soon as the backend is back shows in both pages", async ({ open, backend }) => {
  const [anna, ben] = await openTwo(open)
  await anna.add("Light the stove")
  await backend.kill()
  await backend.start()
  await backend.addTodo("Peel potatoes")
  for (const page of [anna, ben]) {
    await page.expectNames(["Light the stove", "Peel potatoes"])
    await page.expectConnected()
  }
  expectNoReload(anna, ben)
})

test("a page that was disconnected hears nothing, and is in sync once it connects", async ({ open, backend }) => {
  const [anna, ben] = await openTwo(open)
  await ben.page.getByRole("button", { name: "Disconnect" }).click()
  await expect(ben.connection).toContainText("Closed")

  await backend.addTodo("Chill the wine")
  await expect(anna.events).not.toHaveCount(0)
  await expect(anna.checkbox("Chill the wine")).toBeVisible()
  await expect(ben.events).toHaveCount(0)

  await ben.page.getByRole("button", { name: "Connect", exact: true }).click()
  await ben.expectConnected()
  await expect(ben.checkbox("Chill the wine")).toBeVisible()
  expectNoReload(anna, ben)
})
