// The picture of the README: the page of two people, one of whom has just added a todo. It is written to
// build/screens/two-windows.png; `npm run docs:picture` copies it to docs/images.
import { copyFileSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "./fixtures"
import type { TodoPage } from "./todo-page"

const picture = fileURLToPath(new URL("../../build/screens/two-windows.png", import.meta.url))
const published = fileURLToPath(new URL("../../docs/images/two-windows.png", import.meta.url))

const size = { width: 440, height: 592 }

/** Two windows side by side, from a screenshot of each. */
function sideBySide(windows: { title: string; image: Buffer }[]): string {
  const figures = windows.map(
    ({ title, image }) => `<figure><figcaption><i></i><i></i><i></i>${title}</figcaption>
      <img src="data:image/png;base64,${image.toString("base64")}" width="${size.width}"></figure>`,
  )
  return `<!doctype html><style>
    body { margin: 0; padding: 24px; display: inline-flex; gap: 24px; background: #dfe6ee; font: 13px system-ui }
    figure { margin: 0; border-radius: 10px; overflow: hidden; box-shadow: 0 0 0 1px #0002; background: #f6f7f9 }
    figcaption { display: flex; gap: 6px; align-items: center; padding: 9px 12px; color: #444; border-bottom: 1px solid #0002 }
    i { width: 11px; height: 11px; border-radius: 50%; background: #c3cad3 } i:last-of-type { margin-right: 8px }
    img { display: block }
  </style>${figures.join("")}`
}

/** Closes the messages of a page. */
async function dismissAll(todos: TodoPage): Promise<void> {
  const dismiss = todos.messageButton("Dismiss")
  await expect(dismiss.first()).toBeVisible()
  while ((await dismiss.count()) > 0) await dismiss.first().click()
}

test("what one adds, the other sees", async ({ open, browser }) => {
  const look = { viewport: size, deviceScaleFactor: 1.25, colorScheme: "light", reducedMotion: "reduce" } as const
  const openAs = (name: string) => {
    const content = `sessionStorage.setItem("raclette-demo-user", "${name}")`
    return open({ ...look, prepare: (page) => page.addInitScript({ content }) })
  }
  const [anna, ben] = [await openAs("Anna"), await openAs("Ben")]
  for (const todos of [anna, ben]) await todos.expectConnected()
  for (const name of ["Grate the cheese", "Peel the potatoes"]) await anna.add(name)
  await ben.add("Buy pickles")
  await ben.checkbox("Grate the cheese").check()
  await expect(anna.checkbox("Grate the cheese")).toBeChecked()
  for (const todos of [anna, ben]) await dismissAll(todos)

  await anna.add("Invite the neighbours")
  await expect(ben.checkbox("Invite the neighbours")).toBeVisible()
  await expect(ben.notifications).toContainText("added")
  await dismissAll(anna)
  for (const { page } of [anna, ben]) {
    await page.mouse.move(0, 0)
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
      scrollTo(0, 0)
    })
  }

  const windows = await Promise.all(
    [anna, ben].map(async (todos) => ({ title: await todos.user(), image: await todos.page.screenshot() })),
  )
  const context = await browser.newContext({ deviceScaleFactor: look.deviceScaleFactor })
  const page = await context.newPage()
  await page.setContent(sideBySide(windows))
  await page.locator("body").screenshot({ path: picture })

  if (process.env.RACLETTE_PICTURE) {
    mkdirSync(dirname(published), { recursive: true })
    copyFileSync(picture, published)
  }
})
