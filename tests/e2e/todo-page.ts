// The page object: elements by role and name, and user actions. Nothing waits for time to pass; tests assert
// conditions.
import { expect, type Locator, type Page } from "@playwright/test"

/** A name within other text, with its direction isolated. */
export const isolated = (name: string) => `\u2068${name}\u2069`
export const quoted = (name: string) => `“${isolated(name)}”`

export class TodoPage {
  readonly page: Page
  readonly input: Locator
  readonly list: Locator
  readonly items: Locator
  readonly connection: Locator
  readonly notifications: Locator
  readonly events: Locator
  readonly retry: Locator
  /** Console errors and uncaught exceptions. */
  readonly errors: string[] = []
  #loads = 0

  constructor(page: Page) {
    this.page = page
    this.input = page.getByRole("textbox", { name: "New todo" })
    this.list = page.getByRole("list", { name: "Todos" })
    this.items = this.list.getByRole("listitem")
    this.connection = page.getByRole("group", { name: "Connection" })
    this.notifications = page.getByRole("region", { name: "Notifications" })
    this.events = page.getByRole("log", { name: "Events" }).getByRole("listitem")
    this.retry = page.getByRole("button", { name: "Try again" })
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text())
    })
    page.on("pageerror", (error) => this.errors.push(error.message))
    page.on("load", () => {
      this.#loads += 1
    })
  }

  /** The number of times that the page was loaded. */
  get loads(): number {
    return this.#loads
  }

  /** The name of this page's user. */
  async user(): Promise<string> {
    return (await this.page.getByText("You are").getByRole("strong").textContent()) ?? ""
  }

  item(name: string): Locator {
    return this.items.filter({ has: this.checkbox(name) })
  }

  checkbox(name: string): Locator {
    return this.page.getByRole("checkbox", { name, exact: true })
  }

  /** The text field that renames the todo `name`. */
  editor(name: string): Locator {
    return this.page.getByRole("textbox", { name: `New name of ${name}`, exact: true })
  }

  /** A button of the messages: Undo, Retry or Dismiss. */
  messageButton(name: "Undo" | "Retry" | "Dismiss"): Locator {
    return this.notifications.getByRole("button", { name })
  }

  deleteButton(name: string): Locator {
    return this.page.getByRole("button", { name: `Delete ${name}`, exact: true })
  }

  filter(name: "All" | "Open" | "Done"): Locator {
    return this.page.getByRole("radio", { name })
  }

  /** Adds a todo and waits until it is in the list. */
  async add(name: string): Promise<void> {
    await this.input.fill(name)
    await this.input.press("Enter")
    await expect(this.checkbox(name)).toBeVisible()
  }

  async rename(name: string, to: string): Promise<void> {
    await this.item(name).getByText(name, { exact: true }).dblclick()
    await this.editor(name).fill(to)
    await this.editor(name).press("Enter")
  }

  /** Expects these names in the list, in this order. */
  async expectNames(names: string[]): Promise<void> {
    await expect
      .poll(() => this.list.getByRole("checkbox").evaluateAll((boxes) => boxes.map((box) => box.ariaLabel)))
      .toEqual(names)
  }

  async expectConnected(): Promise<void> {
    await expect(this.connection).toContainText("Connected")
  }

  /** Expects that nothing covers the middle of `target`. */
  async expectUncovered(target: Locator): Promise<void> {
    const isUncovered = (element: Element) => {
      const { x, y, width, height } = element.getBoundingClientRect()
      const found = document.elementFromPoint(x + width / 2, y + height / 2)
      return found !== null && (element.contains(found) || found.contains(element))
    }
    await expect.poll(() => target.evaluate(isUncovered)).toBe(true)
  }

  /** Presses Tab until `target` has the focus; fails if it is not reached. */
  async tabTo(target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await this.page.keyboard.press(key)
    }
    throw new Error(`${key} does not reach ${target}`)
  }
}
