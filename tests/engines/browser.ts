// The interface between the tests and a browser, whichever driver implements it: pages that are loaded, used by role
// and name, and inspected. All tests of an engine share one browser process; each test has its own users.

/** A running browser. */
export interface Browser {
  /** Its name and version. */
  readonly version: string
  /** Whether the back/forward cache keeps a page with a WebSocket. */
  readonly keepsPages: boolean
  /** Opens a page with its own storage, or with that of the page `of`. */
  open(of?: BrowserPage): Promise<BrowserPage>
  close(): Promise<void>
}

export interface BrowserPage {
  /** Resolves when the document and its resources are loaded. */
  goto(url: string): Promise<void>
  reload(): Promise<void>
  /** Goes back in the history, possibly to a cached page. */
  back(): Promise<void>
  /** Runs `look` in the page, without its closure, and returns its result. Arguments and result are JSON. */
  evaluate<Args extends unknown[], Result>(look: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>>
  /** Clicks the control of this name, once it exists. */
  click(name: string): Promise<void>
  /** Replaces the text of the field of this name, once it exists, and presses Enter. */
  enter(name: string, text: string): Promise<void>
  close(): Promise<void>
}

/** The timeout of conditions, in ms. Longer than the longest reconnection delay. */
export const TIMEOUT = 20_000

/** Polls until the result is neither undefined nor null. Rejects after `TIMEOUT`, naming the condition. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | null>): Promise<T> {
  for (const limit = Date.now() + TIMEOUT; ; ) {
    const answer = await ask()
    if (answer !== undefined && answer !== null) return answer
    if (Date.now() > limit) throw new Error(`No ${what} within ${TIMEOUT} ms`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/** The control named `name` by its label, placeholder or text. Runs in the page. */
export function controlCalled(name: string): HTMLElement | undefined {
  const controls = document.querySelectorAll<HTMLInputElement | HTMLButtonElement>("button, input")
  return [...controls].find((control) => {
    const label = control.getAttribute("aria-label") ?? control.labels?.[0]?.textContent
    const called = label ?? (control.getAttribute("placeholder") || control.textContent)
    return called?.trim() === name && control.checkVisibility()
  })
}
