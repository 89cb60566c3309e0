// What the tests read from a page: from the demo page what a user sees, from the page in tests/engines/pages what its
// client reports.
import type { BrowserPage } from "./browser"

/** The names of the todos on the demo page, in order. */
export const names = (page: BrowserPage) =>
  page.evaluate(() => [...document.querySelectorAll("[type=checkbox]")].map((box) => box.getAttribute("aria-label")))

/** The names of the completed ones. */
export const doneNames = (page: BrowserPage) =>
  page.evaluate(() =>
    [...document.querySelectorAll("[type=checkbox]:checked")].map((box) => box.getAttribute("aria-label")),
  )

/** The connection status on the demo page. */
export const connection = (page: BrowserPage) =>
  page.evaluate(() => document.querySelector("[aria-label=Connection] [role=status]")?.textContent ?? "")

/** The globals that `pages/main.js` sets. */
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

/** The client's last report, and the errors in its page. */
export const told = (page: BrowserPage) => page.evaluate(() => (window as unknown as ClientWindow).told)

export const state = async (page: BrowserPage) => (await told(page))?.state

/** Makes the client create a todo. */
export const create = (page: BrowserPage, name: string) =>
  page.evaluate((name) => (window as unknown as ClientWindow).perform("create", name), name)
