// The browsers of the bench: the system's Chromium, driven by Playwright, and its Firefox, which Playwright cannot drive.
// Each page has its own storage and cache.
import { existsSync } from "node:fs"
import { type Browser, chromium, type Page } from "@playwright/test"
import { firefox, firefoxPath } from "../../engines/firefox"
import { launchOptions } from "../../support/chromium"

/** What a suite needs of a page. */
export interface BenchPage {
  /** Runs `look` in the page, without its closure. Argument and result are JSON. */
  evaluate<Arg, Result>(look: (arg: Arg) => Result, arg: Arg): Promise<Awaited<Result>>
  close(): Promise<void>
}

/** Calls the export `name` of the module at `script` in a page of the bench's site. */
export function callIn<Result>(page: BenchPage, script: string, name: string, args: unknown[]): Promise<Result> {
  type Call = (script: string, name: string, args: unknown[]) => Promise<Result>
  const look = (call: [string, string, unknown[]]) =>
    (globalThis as unknown as { callExport: Call }).callExport(...call)
  return page.evaluate(look, [script, name, args] as [string, string, unknown[]]) as Promise<Result>
}

/** A running browser, with pages of its driver's kind. */
export interface BenchBrowser<P = BenchPage> {
  open(url: string): Promise<P>
  close(): Promise<void>
}

export type Launch<P = BenchPage> = () => Promise<BenchBrowser<P>>

/** Chromium with Playwright's own pages, for its debugging protocol. */
export const launchPlaywright: Launch<Page> = async () => {
  const browser: Browser = await chromium.launch(launchOptions)
  return {
    async open(url) {
      const page = await (await browser.newContext()).newPage()
      await page.goto(url)
      return page
    },
    close: () => browser.close(),
  }
}

const launchChromium: Launch = async () => {
  const browser = await launchPlaywright()
  return {
    ...browser,
    async open(url) {
      const page = await browser.open(url)
      return {
        evaluate: (look, arg) => page.evaluate(look as never, arg),
        close: () => page.context().close(),
      }
    },
  }
}

/** Longer than any suite takes, in ms; by default Puppeteer would give up after three minutes. */
const LONGEST_SUITE = 6 * 3_600_000

const launchFirefox: Launch = async () => {
  const browser = await firefox({ protocolTimeout: LONGEST_SUITE })
  return {
    async open(url) {
      const page = await browser.open()
      await page.goto(url)
      return page
    },
    close: () => browser.close(),
  }
}

/** The browsers by name. */
export const browsers = { chromium: launchChromium, firefox: launchFirefox }

/** Whether Firefox is installed. */
export const hasFirefox = (): boolean => existsSync(firefoxPath)

/** What a report says instead of the numbers of Firefox. */
export const NO_FIREFOX = `Not measured in Firefox: there is no ${firefoxPath}. Install firefox-esr, or set FIREFOX_PATH.`
