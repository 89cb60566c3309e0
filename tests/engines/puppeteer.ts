// Pages driven by Puppeteer: Chromium by its own protocol, Firefox by WebDriver BiDi.
import puppeteer, {
  type BrowserContext,
  type ElementHandle,
  type LaunchOptions,
  type Page,
  type Browser as PuppeteerBrowser,
} from "puppeteer-core"
import { type Browser, type BrowserPage, controlCalled, TIMEOUT, until } from "./browser"

/** Starts the browser with a temporary profile. */
export async function launch(options: LaunchOptions, keepsPages: boolean): Promise<Browser> {
  const browser = await puppeteer.launch({ headless: true, timeout: TIMEOUT, ...options })
  return {
    version: await browser.version(),
    keepsPages,
    open: (of) => openIn(browser, of),
    close: () => browser.close(),
  }
}

async function openIn(browser: PuppeteerBrowser, of: BrowserPage | undefined): Promise<BrowserPage> {
  const context = of instanceof PuppeteerPage ? of.context : await browser.createBrowserContext()
  return new PuppeteerPage(context, await context.newPage())
}

class PuppeteerPage implements BrowserPage {
  readonly context: BrowserContext
  readonly #page: Page

  constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.#page = page
    page.setDefaultTimeout(TIMEOUT)
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url)
  }

  async reload(): Promise<void> {
    await this.#page.reload()
  }

  async back(): Promise<void> {
    await this.#page.goBack()
  }

  evaluate<Args extends unknown[], Result>(look: (...args: Args) => Result, ...args: Args): Promise<Awaited<Result>> {
    return this.#page.evaluate(look as (...args: unknown[]) => Result, ...args)
  }

  async click(name: string): Promise<void> {
    await (await this.#control(name)).click()
  }

  async enter(name: string, text: string): Promise<void> {
    const field = await this.#control(name)
    await field.evaluate((element) => (element as HTMLInputElement).select())
    await field.type(text)
    await field.press("Enter")
  }

  async close(): Promise<void> {
    await this.#page.close()
    if ((await this.context.pages()).length === 0) await this.context.close()
  }

  #control(name: string): Promise<ElementHandle> {
    return until(`control named ${name}`, async () => {
      const handle = await this.#page.evaluateHandle(controlCalled, name)
      return handle.asElement() as ElementHandle | null
    })
  }
}
