// The interface between the tests and a browser, whichever driver implements it: pages that are loaded, used by role
// and name, and inspected. All tests of an engine share one browser process; each test has its own users.

/** A browser that runs. */
export interface Browser {
  /** Its name and version. */
  readonly version: string
  /** Whether a page whose connection is a WebSocket comes back as it was when its reader goes back to it. */
  readonly keepsPages: boolean
  /** A page of a person of its own, whose data no other sees; `of`: of the person who has that page. */
  open(of?: BrowserPage): Promise<BrowserPage>
  close(): Promise<void>
}

export interface BrowserPage {
  /** Resolves when the document and all that it asks for is loaded. */
  goto(url: string): Promise<void>
  reload(): Promise<void>
  /** Goes back in the history; the page may be one that was kept. */
  back(): Promise<void>
  /** What `look`, which runs in the page and sees nothing around it, returns for `args`; both are JSON. */
  evaluate<Args extends unknown[], Result>(look: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>>
  /** Clicks on the control of this name, as soon as there is one. */
  click(name: string): Promise<void>
  /** Replaces what is in the field of this name, as soon as there is one, and presses Enter. */
  enter(name: string, text: string): Promise<void>
  close(): Promise<void>
}

/** How long one waits for a condition, in ms: longer than the longest pause between two attempts to reconnect. */
export const PATIENCE = 20_000

/** Asks until the answer is neither undefined nor null; rejects with what was waited for when it takes too long. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | null>): Promise<T> {
  for (const limit = Date.now() + PATIENCE; ; ) {
    const answer = await ask()
    if (answer !== undefined && answer !== null) return answer
    if (Date.now() > limit) throw new Error(`there was no ${what} within ${PATIENCE} ms`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

/** The control of the document that is called `name`, by its label, its placeholder or its text. Runs in the page. */
export function controlCalled(name: string): HTMLElement | undefined {
  const controls = document.querySelectorAll<HTMLInputElement | HTMLButtonElement>("button, input")
  return [...controls].find((control) => {
    const label = control.getAttribute("aria-label") ?? control.labels?.[0]?.textContent
    const called = label ?? (control.getAttribute("placeholder") || control.textContent)
    return called?.trim() === name && control.checkVisibility()
  })
}
