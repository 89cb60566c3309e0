// Blink: the system's Chromium, which keeps pages that close their WebSocket when they are left.
import { launchOptions } from "../support/chromium"
import type { Browser } from "./browser"
import { launch } from "./puppeteer"

export const chromium = (): Promise<Browser> =>
  launch({ ...launchOptions, ignoreDefaultArgs: ["--disable-back-forward-cache"] }, true)
