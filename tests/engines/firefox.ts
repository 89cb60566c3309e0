// Gecko: Debian's Firefox ESR. It never keeps a page with a WebSocket in the back/forward cache, since it decides
// before the page gets `pagehide`.
import type { LaunchOptions } from "puppeteer-core"
import type { Browser } from "./browser"
import { launch } from "./puppeteer"

/** The program: FIREFOX_PATH, or Debian's path. */
export const firefoxPath = process.env.FIREFOX_PATH ?? "/usr/bin/firefox-esr"

export const firefox = (options: LaunchOptions = {}): Promise<Browser> =>
  launch({ browser: "firefox", executablePath: firefoxPath, ...options }, false)
