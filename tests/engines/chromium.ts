// Blink: the system's Chromium. It keeps pages in the back/forward cache if they close their WebSocket when left.
import { launchOptions } from "../support/chromium"
import type { Browser } from "./browser"
import { launch } from "./puppeteer"

export const chromium = (): Promise<Browser> =>
  launch({ ...launchOptions, ignoreDefaultArgs: ["--disable-back-forward-cache"] }, true)
