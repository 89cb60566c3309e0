// What the tests read from a page: from the demo page what a user sees, from the page in tests/engines/pages what its
// client reports.
import type { BrowserPage } from "./browser"

/** The names of the todos on the demo page, in their order. */
export const names = (page: BrowserPage) =>
  page.evaluate(() => [...document.querySelectorAll("[type=checkbox]")].map((box) => box.getAttribute("aria-label")))

/** Those of them that are done. */
export const doneNames = (page: BrowserPage) =>
  page.evaluate(() =>
    [...document.querySelectorAll("[type=checkbox]:checked")].map((box) => box.getAttribute("aria-label")),
  )

/** What the demo page says of its connection. */
export const connection = (page: BrowserPage) =>
  page.evaluate(() => document.querySelector("[aria-label=Connection] [role=status]")?.textContent ?? "")

/** What `pages/main.js` makes of a page. */
interface ClientWindow {
  told: { state?: ClientState; problems: string[] }
  perform(method: "create", name: string): void
}

interface ClientState {
  status: string
  names: string[]
  queued: number
  errors: string[]
}

/** What the client said last, and what went wrong in its page. */
export const told = (page: BrowserPage) => page.evaluate(() => (window as unknown as ClientWindow).told)

export const state = async (page: BrowserPage) => (await told(page))?.state

/** Has the client create a todo. */
export const create = (page: BrowserPage, name: string) =>
  page.evaluate((name) => (window as unknown as ClientWindow).perform("create", name), name)
